import { expect, test } from "vitest";
import { initialOf, seriesOf } from "./series.ts";

test("the checkpoints of a run by their names, in order of training", () => {
  const names = ["step-1000.pt", "step-200.pt", "best.pt", "step-0.pt", "step-0.safetensors", "epoch-1.pt"];
  expect(seriesOf("step-200.pt", names)).toEqual([
    { name: "step-0.pt", step: 0 },
    { name: "step-200.pt", step: 200 },
    { name: "step-1000.pt", step: 1000 },
  ]);
  expect(initialOf("step-1000.pt", names)).toEqual({ name: "step-0.pt", step: 0 });
  expect(initialOf("step-0.pt", names)).toBeNull();
  expect(seriesOf("best.pt", names)).toEqual([]);
});

test("more numbers in a name: the first that differs is the step", () => {
  const keras = ["net2013.00-0.47.hdf5", "net2013.119-0.65.hdf5", "net2013.04-0.55.hdf5"];
  expect(seriesOf("net2013.04-0.55.hdf5", keras).map(({ step }) => step)).toEqual([0, 4, 119]);
  expect(seriesOf("layer1-step-3.npz", ["layer1-step-0.npz"]).map(({ step }) => step)).toEqual([0, 3]);
});

test("pieces of one checkpoint, hashes and single files are no series", () => {
  expect(seriesOf("model-00002-of-00003.safetensors", ["model-00001-of-00003.safetensors"])).toEqual([]);
  expect(seriesOf("1234567890123456.bin", ["6543210987654321.bin"])).toEqual([]);
  expect(seriesOf("step-1.pt", [])).toEqual([]);
  expect(seriesOf("step-1.pt", ["step-1.pt"])).toEqual([]);
});

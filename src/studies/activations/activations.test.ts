import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import { openBytes } from "../../formats/_shared/fixtures.testkit.ts";
import { computedValues, withOutputs } from "../../formats/onnx/expose.ts";
import { onnxFormat } from "../../formats/onnx/index.ts";
import { safetensorsFormat } from "../../formats/safetensors/index.ts";
import { runStudyOn } from "../_shared/runStudy.testkit.ts";
import { activationsStudy } from "./index.ts";
import { smallModel } from "./smallModel.testkit.ts";

let folder: string;
const path = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "modescope-activations-"));
  await writeFile(path("model.onnx"), smallModel());
  await writeFile(path("items.csv"), "item,a,b\nfirst,1,2\nsecond,-3,1\nthird,0,0\n");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ask = (parameters: unknown, stimuli = "items.csv") =>
  runStudyOn(
    activationsStudy,
    [
      { role: "model", path: path("model.onnx") },
      { role: "stimuli", path: path(stimuli) },
    ],
    parameters,
  );
async function valuesOf(file: Uint8Array<ArrayBuffer>, name: string): Promise<number[]> {
  const checkpoint = await openBytes(safetensorsFormat, file);
  const elements = checkpoint.tensors.find((tensor) => tensor.name === name)?.elements ?? 0;
  return Array.from(await checkpoint.read(name, 0, elements));
}

test("y = k · relu(x W + b) by hand, layer by layer, with the items' names", async () => {
  const { result } = await ask({ layers: "*", fill: { k: 2 } });
  expect(result.layers.map(({ name, op }) => `${name} ${op}`)).toEqual(["h MatMul", "s Add", "r Relu", "y Mul"]);
  expect(result.itemNames).toEqual(["first", "second", "third"]);
  expect(await valuesOf(result.file, "h")).toEqual([1, 2, 3, -3, 1, 5, 0, 0, 0]);
  expect(await valuesOf(result.file, "r")).toEqual([1.5, 2, 3, 0, 1, 5, 0.5, 0, 0]);
  expect(await valuesOf(result.file, "y")).toEqual([3, 4, 6, 0, 2, 10, 1, 0, 0]);
  expect(result.skipped).toEqual([{ name: "size", reason: "its first axis has 2 entries for 3 items" }]);
});

test("without a pattern: operators with weights, and the outputs", async () => {
  const { result } = await ask({ fill: { k: 1 } });
  expect(result.layers.map(({ name }) => name)).toEqual(["h", "y"]);
});

test("a layer that no item changes is left out with its reason", async () => {
  await writeFile(path("same.csv"), "1,2\n1,2\n1,2\n");
  await expect(ask({ layers: "h", fill: { k: 1 } }, "same.csv")).rejects.toMatchObject({
    details: { remedy: "Choose others. h: it is the same for every item." },
  });
});

test.each([
  [{}, "items.csv", "items.csv has no array for the model's input x."],
  [{ fill: { k: "two" } }, "items.csv", "The value for k is no number."],
  [{ pooling: "max", fill: { k: 1 } }, "items.csv", "Pooling is flatten or mean."],
  [{ fill: { k: 1 } }, "three.csv", "an item of three is 3, the model's input x wants 2."],
  [{ fill: { k: 1, x: 1 } }, "items.csv", "No input of the model is left for the stimuli."],
])("what does not fit is refused: %j, %s", async (parameters, stimuli, why) => {
  await writeFile(path("three.csv"), "1,2,3\n4,5,6\n");
  await expect(ask(parameters, stimuli)).rejects.toThrow(why);
});

test("weights in another file are refused by its name, and when that file is gone too", async () => {
  const fixture = "test/fixtures/onnx/external/model.onnx";
  const run = (model: string) =>
    runStudyOn(activationsStudy, [
      { role: "model", path: model },
      { role: "stimuli", path: path("items.csv") },
    ]);
  await expect(run(fixture)).rejects.toThrow(
    "model.onnx keeps weights in another file, weights.bin: such models are read, but not run.",
  );
  await writeFile(path("alone.onnx"), await readFile(fixture));
  // All of its weights gone, it is no model that the reader opens at all.
  await expect(run(path("alone.onnx"))).rejects.toMatchObject({ code: "bad-format" });
});

test("more outputs are appended without touching the model: the graph reads the same but for them", async () => {
  const plain = await openBytes(onnxFormat, smallModel());
  const more = withOutputs(smallModel(), ["h", "r"]);
  expect(more.subarray(0, smallModel().length)).toEqual(smallModel());
  expect(plain.graph === undefined ? [] : computedValues(plain.graph).map(({ name }) => name)).toEqual([
    "h",
    "s",
    "r",
    "size",
    "y",
  ]);
  expect(() => withOutputs(smallModel(), new Array(100_001).fill("a"))).toThrow("at most 100000");
  expect(memorySource(more, "file:///m.onnx").size).toBe(more.length);
});

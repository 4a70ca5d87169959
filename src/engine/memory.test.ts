import { expect, test } from "vitest";
import { spectrumAnalysis } from "../analysis/spectrum/index.ts";
import { statisticsAnalysis } from "../analysis/statistics/index.ts";
import { ModeScopeError } from "../base/errors.ts";
import type { DescribedTensor } from "../base/tensor.ts";
import { explainMemory, taskMemory } from "./memory.ts";

const MIB = 2 ** 20;
const tensor: DescribedTensor = {
  name: "w",
  shape: [4096, 1024],
  dtype: "f32",
  elements: 4096 * 1024,
  storedBytes: 16 * MIB,
  role: "weight",
  layout: "out-in",
  evidence: "",
  parts: [{ label: "i", axis: 0, start: 0, length: 1024 }],
};
const spectrum = spectrumAnalysis.manifest;

test("a matrix counts four times with a constant for reading, a part for its share, a second checkpoint twice; a stream counts its chunks", () => {
  expect(taskMemory(spectrum, tensor, null).bytes).toBe((32 + 4 * 16) * MIB);
  expect(taskMemory(spectrum, tensor, tensor.parts[0] ?? null).bytes).toBe((32 + 16) * MIB);
  expect(taskMemory(spectrum, tensor, null, true).bytes).toBe((32 + 8 * 16) * MIB);
  expect(taskMemory(spectrum, { ...tensor, dtype: "f64" }, null).bytes).toBe((32 + 8 * 16) * MIB);
  expect(taskMemory(statisticsAnalysis.manifest, { ...tensor, elements: 1e12 }, null)).toEqual({
    bytes: 32 * MIB,
    retires: false,
  });
});

test("a worker ends after a large matrix, unless it keeps it for the next look", () => {
  const large = { ...tensor, shape: [8192, 8192], elements: 8192 * 8192, parts: [] };
  expect(taskMemory(spectrum, large, null).retires).toBe(true);
  expect(taskMemory({ ...spectrum, cacheable: false }, large, null).retires).toBe(false);
  expect(taskMemory(spectrum, tensor, null).retires).toBe(false);
});

test("an array that cannot be had is a sentence with the tensor; another error stays what it is", () => {
  let thrown: unknown;
  try {
    new Float64Array(2 ** 45);
  } catch (error) {
    thrown = error;
  }
  expect(explainMemory(thrown, "w", "w")).toMatchObject({ code: "limit-exceeded", details: { tensor: "w" } });
  let grown: unknown;
  try {
    new WebAssembly.Memory({ initial: 1, maximum: 2 }).grow(5);
  } catch (error) {
    grown = error;
  }
  expect(explainMemory(grown, "w", "w")).toBeInstanceOf(ModeScopeError);
  const other = new RangeError("Maximum call stack size exceeded");
  expect(explainMemory(other, "w")).toBe(other);
});

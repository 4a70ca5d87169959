import { expect, test } from "vitest";
import { NEVER_CANCELLED } from "../../base/cancel.ts";
import type { DescribedTensor } from "../../base/tensor.ts";
import type { Checkpoint } from "../../formats/types.ts";
import { modesAnalysis } from "./index.ts";

function contextOf(
  rows: number,
  columns: number,
  values: Float32Array<ArrayBuffer>,
  over: Partial<DescribedTensor> = {},
) {
  const tensor: DescribedTensor = {
    name: "w",
    shape: [rows, columns],
    dtype: "f32",
    elements: rows * columns,
    storedBytes: 4 * rows * columns,
    role: "weight",
    layout: "out-in",
    evidence: "test",
    parts: [],
    matrix: { kind: "linear", rowAxes: [0], columnAxes: [1], fixed: [], rows, columns },
    ...over,
  };
  const checkpoint: Checkpoint = {
    format: "test",
    framework: "pytorch",
    tensors: [tensor],
    metadata: {},
    findings: [],
    skipped: [],
    version: "1",
    bytesRead: () => 0,
    read: async (_name, start, count) => values.slice(start, start + count),
    close: async () => {},
  };
  return {
    checkpoint,
    tensor,
    part: null,
    target: { tensor: "w", part: null, tap: null },
    cancel: NEVER_CANCELLED,
    progress() {},
  };
}

/** Toy world of four items (Canary, Salmon, Oak, Rose) and seven properties: σ = √7, √3, 1, 1. */
const TOY = new Float32Array([1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);

test("the toy world's modes: the global one, the animal–plant split, and a degenerate pair", async () => {
  const { modes } = await modesAnalysis.run(contextOf(7, 4, TOY), {});
  expect(modes.map((mode) => mode.degenerateGroup)).toEqual([[0], [1], [2, 3], [2, 3]]);
  for (const value of modes[0]?.right ?? []) expect(Math.abs(value)).toBeCloseTo(0.5, 6);
  expect(Math.abs(modes[0]?.left[0] ?? 0)).toBeCloseTo(0.755928946, 6);
  const split = modes[1]?.right ?? new Float32Array(4);
  expect(Math.sign(split[0] as number)).toBe(Math.sign(split[1] as number));
  expect(Math.sign(split[0] as number)).toBe(-Math.sign(split[2] as number));
  expect(modes[0]?.share).toBeCloseTo(7 / 12, 10);
});

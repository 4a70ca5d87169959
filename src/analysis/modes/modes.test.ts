import { expect, test } from "vitest";
import { matrixContext } from "../_shared/testCheckpoint.testkit.ts";
import { modesAnalysis } from "./index.ts";

/** Toy world of four items (Canary, Salmon, Oak, Rose) and seven properties: σ = √7, √3, 1, 1. */
const TOY = new Float32Array([1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);

test("the toy world's modes: the global one, the animal–plant split, and a degenerate pair", async () => {
  const { modes } = await modesAnalysis.run(matrixContext(7, 4, TOY), {});
  expect(modes.map((mode) => mode.degenerateGroup)).toEqual([[0], [1], [2, 3], [2, 3]]);
  for (const value of modes[0]?.right ?? []) expect(Math.abs(value)).toBeCloseTo(0.5, 6);
  expect(Math.abs(modes[0]?.left[0] ?? 0)).toBeCloseTo(0.755928946, 6);
  const split = modes[1]?.right ?? new Float32Array(4);
  expect(Math.sign(split[0] as number)).toBe(Math.sign(split[1] as number));
  expect(Math.sign(split[0] as number)).toBe(-Math.sign(split[2] as number));
  expect(modes[0]?.share).toBeCloseTo(7 / 12, 10);
});

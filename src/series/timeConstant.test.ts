import { expect, test } from "vitest";
import { deepStrength } from "../numerics/learning/deepLinear.ts";
import { timeConstant } from "./timeConstant.ts";

test("sum and mean conventions agree: τ, and a mode after 150 steps", () => {
  const facts = { rate: 0.01, momentum: 0, items: 4, properties: 7 };
  expect(timeConstant("half-sum", facts)).toBeCloseTo(100, 12);
  expect(timeConstant("sum", facts)).toBeCloseTo(50, 12);
  // MSE mean: N₃/(2η) with the mean convention's s/P is P·N₃/(2η) with s.
  expect(timeConstant("mean", { ...facts, rate: 0.1 })).toBeCloseTo(4 * 35, 10);
  expect(timeConstant("half-sum", { ...facts, momentum: 0.9 })).toBeCloseTo(10, 12);
  expect(deepStrength(150, Math.sqrt(7), 1e-3, 100)).toBeCloseTo(1.3605156028524714, 9);
});

import { expect, test } from "vitest";
import { linearScale, linearTicks, logScale, logTicks, tickLabel } from "./scales.ts";

test("linear ticks are round multiples inside the domain", () => {
  expect(linearTicks(-0.31, 0.29, 6)).toEqual([-0.3, -0.2, -0.1, 0, 0.1, 0.2]);
  expect(linearTicks(0, 100, 5)).toEqual([0, 20, 40, 60, 80, 100]);
  expect(linearTicks(3, 3, 5)).toEqual([]);
});

test("log ticks are decades, with 2 and 5 where few decades show", () => {
  expect(logTicks(1e-3, 10, 10)).toEqual([0.001, 0.01, 0.1, 1, 10]);
  expect(logTicks(1, 30, 10)).toEqual([1, 2, 5, 10, 20]);
  expect(logTicks(1e-12, 1, 4)).toHaveLength(4);
  expect(logTicks(0, 1, 4)).toEqual([]);
  expect(logTicks(3.1, 3.9, 4).length).toBeGreaterThanOrEqual(2);
});

test("a scale and its inverse agree", () => {
  for (const scale of [linearScale(-2, 6, 10, 210), logScale(0.01, 100, 300, 20)]) {
    for (const value of [0.5, 1, 4]) expect(scale.toValue(scale.toPixel(value))).toBeCloseTo(value, 10);
  }
  expect(logScale(0.01, 100, 0, 100).toPixel(0)).toBeNaN();
});

test("a domain of one point still has a place for it", () => {
  expect(linearScale(5, 5, 0, 100).toPixel(5)).toBeCloseTo(50);
  expect(linearScale(0, 0, 0, 100).toPixel(0)).toBeCloseTo(50);
});

test("tick labels stay short", () => {
  expect([0, 0.1 + 0.2, -1200, 1e-7, 2.5e8].map(tickLabel)).toEqual(["0", "0.3", "−1200", "1e−7", "2.5e8"]);
});

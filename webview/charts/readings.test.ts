import { expect, test } from "vitest";
import { moveIndex } from "./cursor.ts";
import { binsOf, readBin, visibleRange } from "./histogramBins.ts";
import { cumulative, density } from "./laws.ts";
import { halfMassSet, polesOf } from "./poles.ts";

test("poles: strongest of each sign, half-mass set marked", () => {
  const poles = polesOf([0.1, -0.7, 0.5, 0, -0.2, 0.45], 2);
  expect(poles.positive.map(({ unit }) => unit)).toEqual([2, 5]);
  expect(poles.negative.map(({ unit }) => unit)).toEqual([1, 4]);
  // Squares: 0.49 of 0.9925 in all is just below half, so a second unit is needed.
  expect(halfMassSet([0.1, -0.7, 0.5, 0, -0.2, 0.45])).toEqual([1, 2]);
  expect(poles.negative[0]).toEqual({ unit: 1, loading: -0.7, inHalf: true });
  expect(poles.halfCount).toBe(2);
});

test("a vector of zeros or NaN has no pole", () => {
  expect(polesOf([0, 0], 3)).toEqual({ positive: [], negative: [], halfCount: 0 });
  expect(polesOf([Number.NaN, 1], 3).positive.map(({ unit }) => unit)).toEqual([1]);
});

const LAWS = [
  { kind: "normal", mean: 0.5, std: 2, label: "n", source: "" },
  { kind: "uniform", low: -1, high: 3, label: "u", source: "" },
  { kind: "truncated-normal", mean: 0, std: 0.5, cut: 2, label: "t", source: "" },
] as const;

test.each(LAWS)("$kind: the density integrates to one and to its cumulative", (law) => {
  const step = 0.001;
  let mass = 0;
  let below = 0;
  for (let x = -20; x < 20; x += step) {
    mass += density(law, x + step / 2) * step;
    if (x < 0.3) below = mass;
  }
  expect(mass).toBeCloseTo(1, 3);
  expect(cumulative(law, 0.3)).toBeCloseTo(below, 2);
});

test("a truncated normal has nothing beyond its cut", () => {
  expect(density(LAWS[2], 1.01)).toBe(0);
  expect(cumulative(LAWS[2], 1.01)).toBeCloseTo(1, 6);
});

test("bins: density by width, outlier bins cut off in the picture, reading with expected counts", () => {
  const data = { edges: Float64Array.of(-9, 0, 1, 2, 3), counts: Float64Array.of(1, 4, 3, 2), finite: 10 };
  const bins = binsOf(data);
  expect(bins[1]?.density).toBeCloseTo(0.4);
  expect(visibleRange(bins)).toEqual({ low: -1, high: 3, cut: true });
  expect(readBin(bins[1]!, 10, [LAWS[1]])).toBe("0 to 1: 4 (40.0 %); expected u: 2.5");
});

test("keys move the cursor and stop at the ends", () => {
  expect(moveIndex("ArrowRight", null, 5)).toBe(0);
  expect(moveIndex("ArrowRight", 4, 5)).toBe(4);
  expect(moveIndex("PageUp", 3, 50)).toBe(0);
  expect(moveIndex("End", 0, 5)).toBe(4);
  expect(moveIndex("a", 0, 5)).toBeNull();
  expect(moveIndex("Home", null, 0)).toBeNull();
});

import { expect, test } from "vitest";
import { Random } from "../random.ts";
import { FIXTURE, matrix, worst } from "../similarity/fixture.testkit.ts";
import { leftFactors, type Matrix64 } from "../similarity/matrix.ts";
import { shuffled } from "../similarity/resampling.ts";
import { leastAssignment } from "./assignment.ts";
import { principalAngles } from "./principalAngles.ts";
import { type MatchedLayer, matchWeights, moved, put } from "./weightMatching.ts";

test("the least assignment is SciPy's", () => {
  const cost = matrix(FIXTURE.weights.cost);
  const found = leastAssignment(cost.data, 25);
  expect(Array.from(found)).toEqual(FIXTURE.weights.assignment);
  const total = found.reduce((sum, j, i) => sum + cost.data[i * 25 + j]!, 0);
  expect(total).toBeCloseTo(FIXTURE.weights.assignment_cost, 10);
});

test("all assignments of five, ties included, cost no less", () => {
  const random = new Random(4);
  for (let round = 0; round < 50; round++) {
    const cost = Float64Array.from({ length: 25 }, () => Math.floor(4 * random.uniform()));
    const price = (order: ArrayLike<number>) => Array.from(order).reduce((sum, j, i) => sum + cost[i * 5 + j]!, 0);
    const visit = (taken: readonly number[]): number =>
      taken.length === 5
        ? price(taken)
        : Math.min(...[0, 1, 2, 3, 4].filter((j) => !taken.includes(j)).map((j) => visit([...taken, j])));
    const found = leastAssignment(cost, 5);
    expect(new Set(found).size).toBe(5);
    expect(price(found)).toBe(visit([]));
  }
  expect(leastAssignment(new Float64Array(0), 0)).toHaveLength(0);
});

const orthonormal = (columns: Matrix64): Matrix64 => leftFactors(columns).left;

test("principal angles are SciPy's, tiny ones too", () => {
  const [a, b] = [FIXTURE.weights.a, FIXTURE.weights.b].map((rows) => orthonormal(matrix(rows))) as [
    Matrix64,
    Matrix64,
  ];
  expect(worst(principalAngles(a, b), FIXTURE.weights.angles)).toBeLessThan(1e-9);
  expect(Math.max(...principalAngles(a, a))).toBeLessThan(1e-9);
  const [c, s] = [Math.cos(1e-6), Math.sin(1e-6)];
  const turned = principalAngles(
    { rows: 1, columns: 2, data: Float64Array.of(1, 0) },
    { rows: 1, columns: 2, data: Float64Array.of(c, s) },
  );
  expect(turned[0]! / 1e-6).toBeCloseTo(1, 9);
});

function chain(widths: readonly number[], seed: number, taps = 1): MatchedLayer[] {
  const random = new Random(seed);
  return widths.slice(1).map((units, at) => {
    const inputs = widths[at]!;
    const used = at === 0 ? 1 : taps;
    return {
      units,
      inputs,
      taps: used,
      weights: Float64Array.from({ length: units * inputs * used }, () => random.normal()),
      vectors: [Float64Array.from({ length: units }, () => random.normal())],
      output: at === widths.length - 2 ? null : at,
      input: at === 0 ? null : at - 1,
    };
  });
}

test.each([1, 3])("a permuted copy with noise is put back unit by unit (%i taps)", (taps) => {
  const a = chain([7, 20, 16, 12, 5], 1, taps);
  const random = new Random(9);
  const orders = a.slice(0, -1).map(({ units }) => Int32Array.from(shuffled(units, random)));
  const b = a.map((layer, at) => {
    const copy = moved(layer, orders[at] ?? null, orders[at - 1] ?? null);
    return { ...copy, weights: copy.weights.map((value) => value + 0.1 * random.normal()) };
  });
  const found = matchWeights(a, b, 1);
  // B's unit i is A's orders[i]: the matching is the inverse.
  for (const [at, order] of orders.entries())
    for (const [i, unit] of order.entries()) expect(found.orders[at]![unit]).toBe(i);
  expect(found.after).toBeGreaterThan(0.99);
  expect(found.before).toBeLessThan(0.3);
});

test("unrelated networks get closer by matching noise, but not close", () => {
  const found = matchWeights(chain([10, 24, 24, 6], 1), chain([10, 24, 24, 6], 2), 1);
  expect(found.after).toBeGreaterThan(found.before + 0.1);
  expect(found.after).toBeLessThan(0.7);
});

test("layers that share one order over residual connections are put back together", () => {
  const random = new Random(5);
  const layer = (units: number, inputs: number, output: number | null, input: number | null): MatchedLayer => ({
    units,
    inputs,
    taps: 1,
    weights: Float64Array.from({ length: units * inputs }, () => random.normal()),
    vectors: [],
    output,
    input,
  });
  // A stem into the stream 0, two blocks that add to it, and an end.
  const a = [
    layer(16, 6, 0, null),
    layer(20, 16, 1, 0),
    layer(16, 20, 0, 1),
    layer(20, 16, 2, 0),
    layer(16, 20, 0, 2),
    layer(4, 16, null, 0),
  ];
  const orders = [16, 20, 20].map((units) => Int32Array.from(shuffled(units, random)));
  const b = a.map((one) => {
    const copy = put(one, orders);
    return { ...copy, weights: copy.weights.map((value) => value + 0.1 * random.normal()) };
  });
  const found = matchWeights(a, b, 1);
  expect(found.after).toBeGreaterThan(0.98);
  for (const [at, order] of orders.entries())
    for (const [i, unit] of order.entries()) expect(found.orders[at]![unit]).toBe(i);
  // As a chain, where every layer may take an order of its own, the same weights are no permuted copy of a chain: more freedom, but other networks.
  expect(found.orders).toHaveLength(3);
});

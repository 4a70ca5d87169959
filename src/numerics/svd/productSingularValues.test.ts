import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { DenseMatrix } from "../dense.ts";
import { loadKernels } from "../kernels/load.ts";
import { productSingularValues } from "./productSingularValues.ts";

interface Chain {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly logs: readonly number[];
}

/** By mpmath with 400 digits; the file says how it was made. */
const { chains } = JSON.parse(
  readFileSync(new URL("../../../test/fixtures/spectra/products.json", import.meta.url), "utf8"),
) as { readonly chains: readonly Chain[] };

const matrix = (rows: number, columns: number, element: (i: number, j: number) => number): DenseMatrix => ({
  rows,
  columns,
  data: Float64Array.from({ length: rows * columns }, (_, at) => element(Math.floor(at / columns), at % columns)),
});
const wave = (rows: number, columns: number, d: number) =>
  matrix(rows, columns, (i, j) => Math.sin(0.7 * i + 1.3 * j + 1.7 * i * j + d));
const diagonal = (...values: readonly number[]) =>
  matrix(values.length, values.length, (i, j) => (i === j ? (values[i] as number) : 0));
const chainOf = (sizes: readonly number[]) =>
  sizes.slice(1).map((rows, at) => wave(rows, sizes[at] as number, 0.1 * (at + 1)));

/** Q(θ)·[[1, ½], [0, ½]]·Q(θ)ᵀ. */
function turned(angle: number): DenseMatrix {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return {
    rows: 2,
    columns: 2,
    data: Float64Array.of(
      c * c - 0.5 * c * s + 0.5 * s * s,
      0.5 * c * c + 0.5 * c * s,
      0.5 * c * s - 0.5 * s * s,
      0.5 * c * c + 0.5 * c * s + s * s,
    ),
  };
}

// theory.md §1, reference long_product: the naive product is of rank 1.
test.each([0, 0.3])("[[1, ½], [0, ½]] turned by %d rad, 200 times", (angle) => {
  const { logValues, rank } = productSingularValues(Array.from({ length: 200 }, () => turned(angle)));
  expect(rank).toBe(2);
  expect(Math.abs((logValues[0] as number) - 0.5 * Math.LN2)).toBeLessThan(1e-12);
  expect(Math.abs((logValues[1] as number) + 200.5 * Math.LN2)).toBeLessThan(1e-11);
});

describe.each(["wide", "multiply-add", "simd", "plain"] as const)("%s", (only) => {
  const kernels = loadKernels({ only });
  test.each(chains.map((chain) => [chain.name, chain] as const))("%s", (_name, { sizes, logs }) => {
    const { logValues, rank } = productSingularValues(chainOf(sizes), { kernels });
    expect(logValues.length).toBe(Math.min(sizes[0] as number, sizes[sizes.length - 1] as number));
    expect(rank).toBe(logs.length);
    for (const [k, value] of logValues.entries()) {
      if (k < rank) expect(Math.abs(value - (logs[k] as number))).toBeLessThan(1e-11);
      else expect(value).toBe(Number.NEGATIVE_INFINITY);
    }
  });
});

test("the order that the first layer suggests is turned over by later ones, and 1e-2000 is a number", () => {
  const layers = [diagonal(2, 1, 1), ...Array.from({ length: 1000 }, () => diagonal(0.01, 10, 1))];
  const { logValues } = productSingularValues(layers);
  const expected = [1000 * Math.log(10), 0, Math.log(2) - 1000 * Math.log(100)];
  for (const [k, value] of logValues.entries()) expect(value).toBeCloseTo(expected[k] as number, 9);
});

test("more columns than are chosen one by one: blocks, a rank that factors do not show alone, and the sum of logarithms", () => {
  const n = 300;
  // Reflections are orthogonal: the values are those of the diagonal.
  const reflection = (d: number) => {
    const v = Float64Array.from({ length: n }, (_, i) => Math.sin(1.1 * i + d));
    const square = v.reduce((sum, x) => sum + x * x, 0);
    return matrix(n, n, (i, j) => (i === j ? 1 : 0) - (2 * (v[i] as number) * (v[j] as number)) / square);
  };
  const falling = matrix(n, n, (i, j) => (i === j ? 2 ** (-i / 10) : 0));
  const { logValues, rank } = productSingularValues([falling, reflection(0.1), reflection(0.7)]);
  expect(rank).toBe(n);
  for (const [k, value] of logValues.entries()) expect(Math.abs(value + (k / 10) * Math.LN2)).toBeLessThan(1e-11);
  // B·A for A with range in the first half and B blind to it.
  const early = matrix(n, n, (i, j) => (i === j && i < n / 2 ? 1 : 0));
  const late = matrix(n, n, (i, j) => (i === j && i >= n / 2 - 7 ? 3 : 0));
  const seven = productSingularValues([reflection(0.4), early, late, reflection(0.2)]);
  expect(seven.rank).toBe(7);
  expect(seven.logValues[6]).toBeCloseTo(Math.log(3), 12);
});

test("nothing, zeros, and what does not fit", () => {
  expect(productSingularValues([])).toEqual({ logValues: new Float64Array(0), rank: 0 });
  const zero = productSingularValues([wave(3, 4, 0), diagonal(0, 0, 0), wave(2, 3, 1)]);
  expect(zero).toEqual({ logValues: Float64Array.of(Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY), rank: 0 });
  expect(() => productSingularValues([wave(3, 4, 0), wave(3, 4, 0)])).toThrow(
    /Layer 2 .* 4 inputs, but layer 1 gives 3/,
  );
  const hole = wave(3, 3, 0);
  hole.data[4] = Number.NaN;
  expect(() => productSingularValues([wave(3, 4, 0), hole])).toThrow(/NaN at row 1, column 1/);
});

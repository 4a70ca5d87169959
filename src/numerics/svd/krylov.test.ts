import { expect, test } from "vitest";
import type { DenseMatrix } from "../dense.ts";
import { loadKernels } from "../kernels/load.ts";
import { Random } from "../random.ts";
import { normalTail } from "../special/normal.ts";
import { lanczosQuadrature } from "./lanczosQuadrature.ts";
import { singularValues } from "./singularValues.ts";
import { spectralDensity } from "./spectralDensity.ts";
import { estimatesOf } from "./spectralEstimates.ts";
import { topTriplets } from "./topTriplets.ts";

/** H₁·diag(s)·H₂ with reflectors from random directions: the spectrum is known exactly. */
function planted(rows: number, columns: number, s: ArrayLike<number>, factor = 1): DenseMatrix {
  const random = new Random(3);
  const [u, v] = [random.direction(rows), random.direction(columns)];
  const data = new Float64Array(rows * columns);
  let inner = 0;
  for (let k = 0; k < s.length; k++) inner += (s[k] as number) * (u[k] as number) * (v[k] as number);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++)
      data[i * columns + j] =
        factor *
        ((i === j ? (s[i] ?? 0) : 0) -
          2 * (u[i] as number) * (u[j] ?? 0) * (s[j] ?? 0) -
          2 * (v[j] as number) * (v[i] ?? 0) * (s[i] ?? 0) +
          4 * inner * (u[i] as number) * (v[j] as number));
  return { rows, columns, data };
}

function gaussian(rows: number, columns: number, seed: number): DenseMatrix {
  const random = new Random(seed);
  return { rows, columns, data: Float32Array.from({ length: rows * columns }, () => random.normal()) };
}

const range = (count: number, at: (i: number) => number) => Array.from({ length: count }, (_, i) => at(i));

/** Both residuals and the orthogonality, computed here and not taken from the result. */
function check(matrix: DenseMatrix, triplets: ReturnType<typeof topTriplets>, tolerance: number): void {
  const { rows, columns, data } = matrix;
  const top = triplets.values[0] as number;
  for (const [k, sigma] of triplets.values.entries()) {
    const [u, v] = [triplets.left[k] as Float64Array, triplets.right[k] as Float64Array];
    let [one, two] = [0, 0];
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      for (let j = 0; j < columns; j++) sum += ((data[i * columns + j] as number) / top) * (v[j] as number);
      one += (sum - (sigma / top) * (u[i] as number)) ** 2;
    }
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let i = 0; i < rows; i++) sum += ((data[i * columns + j] as number) / top) * (u[i] as number);
      two += (sum - (sigma / top) * (v[j] as number)) ** 2;
    }
    const residual = Math.sqrt(Math.max(one, two));
    expect(residual).toBeLessThan(tolerance);
    // What is reported is what was measured, to the accuracy of the sums.
    expect(Math.abs(residual - (triplets.residuals[k] as number) / top)).toBeLessThan(0.1 * tolerance);
  }
  for (const vectors of [triplets.left, triplets.right]) {
    for (const [i, x] of vectors.entries()) {
      for (const [j, y] of vectors.entries()) {
        const product = x.reduce((sum, value, at) => sum + value * (y[at] as number), 0);
        expect(Math.abs(product - (i === j ? 1 : 0))).toBeLessThan(1e-6);
      }
    }
  }
}

const SPECTRA: [string, number, number, readonly number[], number][] = [
  ["power law", 260, 220, range(220, (i) => (1 + i) ** -0.7), 1],
  ["condition 1e12, wide", 150, 240, range(150, (i) => 10 ** ((-12 * i) / 149)), 1],
  ["three copies", 200, 190, range(190, (i) => (i < 3 ? 5 : i < 5 ? 2 : 1 / (1 + i))), 1],
  ["twenty copies of the largest", 220, 200, range(200, (i) => (i < 20 ? 3 : 1 / (1 + i))), 1],
  ["twelve copies behind the first", 200, 230, range(200, (i) => (i === 0 ? 9 : i < 13 ? 3 : 1 / (1 + i))), 1],
  ["orthogonal: all equal", 160, 160, range(160, () => 1), 1],
  ["rank 5", 180, 170, range(170, (i) => (i < 5 ? 5 - i : 0)), 1],
  ["cluster of 1e-9", 190, 190, range(190, (i) => (i < 6 ? 2 + 1e-9 * i : 0.5 / (1 + i))), 1],
  ["entries of 1e-300", 150, 140, range(140, (i) => (1 + i) ** -1), 1e-300],
  ["subnormal entries", 150, 140, range(140, (i) => (1 + i) ** -1), 2 ** -1030],
  ["entries of 1e300", 150, 140, range(140, (i) => (1 + i) ** -1), 1e300],
];

test.each(SPECTRA)("block Lanczos: %s", (_name, rows, columns, s, factor) => {
  const matrix = planted(rows, columns, s, factor);
  const count = 16;
  const truth = Float64Array.from(s).sort().reverse().subarray(0, count);
  const top = truth[0] as number;
  // Subnormal entries hold few digits themselves.
  const worst = factor < 1e-305 ? 1e-11 : 1e-12;
  const triplets = topTriplets(matrix, count, { route: "krylov", tolerance: 1e-9 });
  expect([triplets.method, triplets.converged]).toEqual(["block lanczos", count]);
  for (const [k, value] of triplets.values.entries())
    expect(Math.abs(value / factor - (truth[k] as number)) / top).toBeLessThan(worst);
  check(matrix, triplets, 1e-9);
});

test.each([
  ["tall", 400, 260],
  ["wide", 250, 420],
  ["two blocks", 40, 16],
  ["one row", 1, 30],
  ["one column", 30, 1],
])("block Lanczos with float32 sums: %s", (_name, rows, columns) => {
  const matrix = gaussian(rows, columns, rows);
  const count = Math.min(12, rows, columns);
  const triplets = topTriplets(matrix, count, { route: "krylov", tolerance: 1e-4 });
  expect(triplets.converged).toBe(count);
  const exact = singularValues(matrix);
  for (const [k, value] of triplets.values.entries())
    expect(Math.abs(value - (exact[k] as number)) / (exact[0] as number)).toBeLessThan(1e-6);
  check(matrix, triplets, 1e-4);
});

test("every set of kernels finds the same triplets, and every seed", () => {
  const matrix = gaussian(90, 120, 7);
  const base = topTriplets(matrix, 3, { route: "krylov" });
  for (const only of ["wide", "multiply-add", "simd", "plain"] as const) {
    const { values } = topTriplets(matrix, 3, { route: "krylov", kernels: loadKernels({ only }), seed: 99 });
    for (const [k, value] of values.entries()) expect(Math.abs(value - (base.values[k] as number))).toBeLessThan(1e-9);
  }
});

test("where float32 sums cannot meet the tolerance, float64 sums do", () => {
  const matrix = planted(
    400,
    390,
    range(390, (i) => 2 ** -i),
  );
  const { values, converged } = topTriplets(matrix, 14, { route: "krylov", tolerance: 1e-5 });
  expect(converged).toBe(14);
  for (const [k, value] of values.entries()) expect(Math.abs(value - 2 ** -k)).toBeLessThan(1e-6);
});

test("with too few steps what has not converged is not counted", () => {
  const matrix = gaussian(500, 480, 5);
  const few = topTriplets(matrix, 10, { route: "krylov", tolerance: 1e-8, maxSteps: 3 });
  expect(few.converged).toBeLessThan(10);
  expect(few.residuals.some((residual) => residual > 1e-8 * (few.values[0] as number))).toBe(true);
});

test("progress grows to 1, and a cancel is heard inside", () => {
  const matrix = gaussian(600, 500, 6);
  const seen: number[] = [];
  topTriplets(matrix, 10, { route: "krylov", progress: (part) => seen.push(part) });
  expect(seen.length).toBeGreaterThan(2);
  expect(seen.at(-1)).toBe(1);
  let asked = 0;
  const cancel = {
    cancelled: false,
    throwIfCancelled() {
      if (++asked > 5) throw new Error("stopped");
    },
  };
  expect(() => topTriplets(matrix, 10, { route: "krylov", cancel })).toThrow("stopped");
  asked = 0;
  expect(() => lanczosQuadrature(matrix, 1, { cancel })).toThrow("stopped");
});

test.each([
  ["Gaussian, wide", gaussian(260, 400, 8)],
  ["Gaussian, tall", gaussian(300, 200, 9)],
  [
    "power law",
    planted(
      240,
      240,
      range(240, (i) => (1 + i) ** -0.5),
    ),
  ],
])("the density holds the exact one within its error bars: %s", (_name, matrix) => {
  const s = singularValues(matrix);
  const top = s[0] as number;
  const quadrature = lanczosQuadrature(matrix, 11);
  const grid = range(60, (i) => (1.1 * top * i) / 59);
  const { density, densityError, cumulative, cumulativeError, width } = spectralDensity(quadrature, grid);
  let outside = 0;
  for (const [i, at] of grid.entries()) {
    const z = Array.from(s, (value) => (at - value) / width);
    const here = z.reduce((sum, x) => sum + Math.exp(-0.5 * x * x), 0) / (s.length * width * Math.sqrt(2 * Math.PI));
    const below = z.reduce((sum, x) => sum + normalTail(-x), 0) / s.length;
    // Two percent of the peak for the quadrature's own error.
    if (Math.abs((density[i] as number) - here) > 3 * (densityError[i] as number) + 0.02 / (top / 2)) outside++;
    expect(Math.abs((cumulative[i] as number) - below)).toBeLessThan(0.02 + 3 * (cumulativeError[i] as number));
  }
  expect(outside).toBeLessThanOrEqual(2);
  expect(cumulative.at(-1)).toBeGreaterThan(0.99);
  const { nuclearNorm } = estimatesOf(quadrature);
  const exact = s.reduce((sum, value) => sum + value, 0);
  expect(Math.abs(nuclearNorm.value - exact)).toBeLessThan(4 * nuclearNorm.standardError + 2e-3 * exact);
});

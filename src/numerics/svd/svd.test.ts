import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { expect, test } from "vitest";
import type { DenseMatrix } from "../dense.ts";
import { Random } from "../random.ts";
import { effectiveRank, participationRatio, stableRank } from "../ranks.ts";
import { exactSingularValues, singularValues } from "./singularValues.ts";
import { spectralEstimates } from "./spectralEstimates.ts";
import { topTriplets } from "./topTriplets.ts";

/** det(n,p,a,b,c,d)[i,j] = sin(a·i + b·j + c·i·j + d): the same matrix in every language. */
function wave(rows: number, columns: number, a = 0.7, b = 1.3, c = 0.05, d = 0.3): DenseMatrix {
  const data = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) data[i * columns + j] = Math.sin(a * i + b * j + c * i * j + d);
  return { rows, columns, data };
}

function gaussian(rows: number, columns: number, seed = 5): DenseMatrix {
  const random = new Random(seed);
  return { rows, columns, data: Float64Array.from({ length: rows * columns }, () => random.normal()) };
}

/** U diag(s) Vᵀ with orthonormal U, V from the QR of Gaussian matrices. */
function withSpectrum(rows: number, columns: number, s: readonly number[], seed = 9): DenseMatrix {
  const basis = (length: number, offset: number) =>
    topTriplets(gaussian(length, Math.min(s.length, length), seed + offset), s.length).left;
  const [u, v] = [basis(rows, 0), basis(columns, 1)];
  const data = new Float64Array(rows * columns);
  for (const [k, sigma] of s.entries()) {
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++)
        data[i * columns + j] = (data[i * columns + j] ?? 0) + sigma * (u[k]?.[i] ?? 0) * (v[k]?.[j] ?? 0);
  }
  return { rows, columns, data };
}

function oracle({ rows, columns, data }: DenseMatrix): number[] {
  return new SingularValueDecomposition(Matrix.from1DArray(rows, columns, Array.from(data)), { autoTranspose: true })
    .diagonal;
}

function worst(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < Math.max(a.length, b.length); i++)
    largest = Math.max(largest, Math.abs((a[i] ?? Number.NaN) - (b[i] ?? Number.NaN)));
  return largest / (b[0] || 1);
}

test.each([
  ["square", gaussian(60, 60)],
  ["wide", gaussian(31, 90)],
  ["tall", gaussian(120, 33)],
  ["wave, low rank", wave(40, 24)],
  ["one row", gaussian(1, 17)],
  ["one column", gaussian(17, 1)],
  ["one element", gaussian(1, 1)],
  ["with a zero column", { rows: 3, columns: 3, data: new Float64Array([1, 0, 2, 3, 0, 4, 5, 0, 6]) }],
  ["identity", { rows: 4, columns: 4, data: new Float64Array([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]) }],
])("all singular values equal ml-matrix's: %s", (_name, matrix) => {
  const values = singularValues(matrix);
  expect(worst(values, oracle(matrix))).toBeLessThan(1e-12);
  for (let i = 1; i < values.length; i++) expect(values[i - 1]).toBeGreaterThanOrEqual(values[i] as number);
});

test.each([1e-6, 1.5e-7, 4e-8])(
  "float32 entries, smallest value %s: no repair that their rounding makes vain",
  (low) => {
    const spectrum = Array.from({ length: 140 }, (_, k) => (k === 0 ? 1 : k === 139 ? low : 0.07 * (1 - k / 140)));
    const planted = withSpectrum(150, 140, spectrum);
    const single = { ...planted, data: Float32Array.from(planted.data) };
    const truth = exactSingularValues(single, { route: "floorless" }).values;
    const auto = exactSingularValues(single);
    expect(auto.method).toBe(low > 1e-7 ? "gram" : "svd");
    expect(worst(auto.values, truth)).toBeLessThan(1e-9);
    // Less than what rounding the entries to float32 has done to the values.
    expect(worst(auto.values, truth)).toBeLessThan(worst(truth, spectrum));
    expect(exactSingularValues(planted).method).toBe("svd");
  },
);

test("planted spectra over fourteen orders of magnitude come back without a floor", () => {
  const s = Array.from({ length: 14 }, (_, i) => 10 ** -i);
  expect(worst(singularValues(withSpectrum(60, 40, s)).subarray(0, 14), s)).toBeLessThan(1e-14);
});

test("clustered and exactly rank-deficient spectra", () => {
  const s = [3, 1 + 1e-9, 1, 1, 1 - 1e-9, 1e-3];
  const values = singularValues(withSpectrum(50, 30, s));
  expect(worst(values.subarray(0, 6), s)).toBeLessThan(1e-13);
  expect(Math.max(...values.subarray(6))).toBeLessThan(1e-14);
});

test.each([1e-300, 1e-30, 1e30, 1e300])("scaled by %d", (factor) => {
  const matrix = gaussian(20, 12);
  const scaled = singularValues({
    ...matrix,
    data: matrix.data.map((value) => value * factor) as Float64Array<ArrayBuffer>,
  });
  const plain = singularValues(matrix);
  expect(
    worst(
      scaled.map((value) => value / factor),
      plain,
    ),
  ).toBeLessThan(1e-12);
});

test("transposing and permuting change nothing", () => {
  const { rows, columns, data } = gaussian(37, 21);
  const transposed = new Float64Array(data.length);
  const permuted = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      transposed[j * rows + i] = data[i * columns + j] as number;
      permuted[((i * 5) % rows) * columns + ((j * 4) % columns)] = data[i * columns + j] as number;
    }
  }
  const values = singularValues({ rows, columns, data });
  expect(worst(singularValues({ rows: columns, columns: rows, data: transposed }), values)).toBeLessThan(1e-13);
  expect(worst(singularValues({ rows, columns, data: permuted }), values)).toBeLessThan(1e-13);
});

test("empty and zero matrices", () => {
  expect(singularValues({ rows: 0, columns: 5, data: new Float64Array(0) }).length).toBe(0);
  expect([...singularValues({ rows: 2, columns: 3, data: new Float64Array(6) })]).toEqual([0, 0]);
});

test("a NaN is refused with its place", () => {
  const data = new Float32Array(12);
  data[7] = Number.NaN;
  expect(() => singularValues({ rows: 3, columns: 4, data })).toThrow(/row 1, column 3/);
});

test("a cancelled kernel stops", () => {
  let asked = 0;
  const cancel = {
    get cancelled() {
      return asked > 3;
    },
    throwIfCancelled() {
      asked += 1;
      if (asked > 3) throw new Error("stopped");
    },
  };
  expect(() => singularValues(gaussian(200, 200), { cancel })).toThrow("stopped");
  asked = 0;
  expect(() => topTriplets(gaussian(200, 200), 5, { cancel })).toThrow("stopped");
});

test.each([
  ["Gaussian", gaussian(150, 220)],
  [
    "graded over 1e-7",
    withSpectrum(
      130,
      140,
      Array.from({ length: 40 }, (_, i) => 10 ** (-i * 0.18)),
    ),
  ],
  ["multiple values", withSpectrum(120, 110, [5, 5, 5, 2, 2, 1, 1, 1, 1, 0.5])],
])("leading triplets: values, residuals, orthogonality (%s)", (_name, matrix) => {
  const k = 8;
  const triplets = topTriplets(matrix, k);
  expect(triplets.converged).toBe(k);
  expect(worst(triplets.values, singularValues(matrix).subarray(0, k))).toBeLessThan(1e-9);
  for (const residual of triplets.residuals) expect(residual / (triplets.values[0] ?? 1)).toBeLessThan(1e-7);
  for (const vectors of [triplets.left, triplets.right]) {
    for (const [i, x] of vectors.entries()) {
      for (const [j, y] of vectors.entries()) {
        const product = x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0);
        expect(Math.abs(product - (i === j ? 1 : 0))).toBeLessThan(1e-10);
      }
    }
  }
});

test("rank measures of (4, 3, 2, 1): the reference values of the specification", () => {
  expect(stableRank([4, 3, 2, 1])).toBeCloseTo(1.875, 12);
  expect(effectiveRank([4, 3, 2, 1])).toBeCloseTo(3.596115467, 8);
  expect(effectiveRank([16, 9, 4, 1])).toBeCloseTo(2.940197556, 8);
  expect(participationRatio([4, 3, 2, 1])).toBeCloseTo(2.542372881, 8);
  expect([stableRank([0, 0]), effectiveRank([0, 0]), participationRatio([0])]).toEqual([0, 0, 0]);
});

test("estimates agree with the exact sums within four standard errors, and the error is stated", () => {
  const matrix = gaussian(260, 300);
  const s = singularValues(matrix);
  const estimates = spectralEstimates(matrix, 3);
  for (const [estimate, exact] of [
    [estimates.effectiveRank, effectiveRank(s)],
    [estimates.participationRatio, participationRatio(s)],
    [estimates.nuclearNorm, s.reduce((sum, value) => sum + value, 0)],
  ] as const) {
    expect(estimate.standardError).toBeGreaterThan(0);
    expect(estimate.standardError / exact).toBeLessThan(0.15);
    expect(Math.abs(estimate.value - exact)).toBeLessThan(4 * estimate.standardError + 2e-3 * exact);
  }
});

test.each([
  ["4 × 7", 4, 7],
  ["7 × 4", 7, 4],
])("leading triplets of a small matrix miss no copy of an equal singular value: %s", (_, rows, columns) => {
  const toy = [1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 1, 0, 1];
  const data = Float64Array.from({ length: 28 }, (_, k) =>
    rows === 4 ? toy[k]! : toy[(k % columns) * 7 + Math.floor(k / columns)]!,
  );
  const { values, converged } = topTriplets({ rows, columns, data }, 4);
  expect(converged).toBe(4);
  expect(Array.from(values)).toEqual([Math.sqrt(7), Math.sqrt(3), 1, 1].map((value) => expect.closeTo(value, 12)));
});

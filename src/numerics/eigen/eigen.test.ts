import { describe, expect, test } from "vitest";
import { NEVER_CANCELLED } from "../../base/cancel.ts";
import { loadKernels } from "../kernels/load.ts";
import { Random } from "../random.ts";
import { dense } from "./block.ts";
import {
  symmetricEigen,
  symmetricEigenBytes,
  symmetricEigenvalues,
  symmetricEigenvaluesBytes,
} from "./symmetricEigen.ts";
import { tridiagonalValues } from "./tridiagonalValues.ts";
import { bandBytes, bandToValues } from "./twoStage.ts";

const WATCH = { cancel: NEVER_CANCELLED, progress() {} };

/** H·diag(values)·H with a reflector H = I − 2wwᵀ: a dense matrix whose spectrum is known. */
function planted(values: Float64Array): Float64Array {
  const n = values.length;
  const w = new Random(3).direction(n);
  const out = new Float64Array(n * n);
  const weighted = w.reduce((sum, x, i) => sum + x * x * (values[i] as number), 0);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      out[i * n + j] =
        (i === j ? (values[i] as number) : 0) -
        2 * (w[i] as number) * (w[j] as number) * ((values[i] as number) + (values[j] as number)) +
        4 * weighted * (w[i] as number) * (w[j] as number);
  return out;
}

function normals(n: number): Float64Array {
  const random = new Random(n);
  return Float64Array.from({ length: n }, () => random.normal());
}

const CASES: [string, Float64Array][] = [
  ["one", Float64Array.of(-3)],
  ["two", Float64Array.of(1, 1)],
  ["three", Float64Array.of(2, 0, -1)],
  ["normal 150", normals(150)],
  ["graded", Float64Array.from({ length: 130 }, (_, i) => 10 ** (-i / 8))],
  ["multiple", Float64Array.from({ length: 140 }, (_, i) => i % 3)],
  ["cluster", Float64Array.from({ length: 100 }, (_, i) => (i < 50 ? 1 + i * 1e-14 : i))],
  ["far below one", normals(120).map((value) => value * 1e-24)],
  ["zero", new Float64Array(70)],
];

describe.each(["multiply-add", "plain"] as const)("%s kernels", (only) => {
  const kernels = loadKernels({ only });

  test.each(CASES)("vectors: %s", (_name, values) => {
    const n = values.length;
    const a = planted(values);
    const size = Math.max(1e-300, ...values.map(Math.abs));
    kernels.memory.scope(16 * n * n + symmetricEigenBytes(n), () => {
      const block = dense(kernels.memory.float64(n * n), n, n);
      const vectors = dense(kernels.memory.float64(n * n), n, n);
      block.data.set(a);
      const found = symmetricEigen(kernels, block, vectors, WATCH);
      let [residual, skew] = [0, 0];
      for (let k = 0; k < n; k++) {
        const x = vectors.data.subarray(k * n, (k + 1) * n);
        for (let i = 0; i < n; i++) {
          let image = -(found[k] as number) * (x[i] as number);
          let inner = i === k ? -1 : 0;
          for (let j = 0; j < n; j++) {
            image += (a[i * n + j] as number) * (x[j] as number);
            inner += (vectors.data[i * n + j] as number) * (x[j] as number);
          }
          residual = Math.max(residual, Math.abs(image));
          skew = Math.max(skew, Math.abs(inner));
        }
      }
      expect(skew).toBeLessThan(2e-14);
      expect(residual / size).toBeLessThan(2e-14);
      expect(worst(found.sort(), values)).toBeLessThan(1e-14 * size);
    });
  });

  test.each(CASES)("values: %s", (_name, values) => {
    const n = values.length;
    kernels.memory.scope(8 * n * n + symmetricEigenvaluesBytes(n), () => {
      const block = dense(kernels.memory.float64(n * n), n, n);
      block.data.set(planted(values));
      expect(worst(symmetricEigenvalues(kernels, block, WATCH), values)).toBeLessThan(
        2e-14 * Math.max(1e-300, ...values.map(Math.abs)),
      );
    });
  });

  test.each([65, 66, 67, 129, 200])("through the band, n = %d", (n) => {
    const values = normals(n);
    kernels.memory.scope(8 * n * n + 16 * n + bandBytes(n), () => {
      const form = { diagonal: kernels.memory.float64(n), subdiagonal: kernels.memory.float64(n) };
      const block = dense(kernels.memory.float64(n * n), n, n);
      block.data.set(planted(values));
      bandToValues(kernels, block, form, NEVER_CANCELLED, () => {});
      expect(worst(tridiagonalValues(form), values)).toBeLessThan(5e-14);
    });
  });
});

function worst(found: Float64Array, planted: Float64Array): number {
  const sorted = Float64Array.from(planted).sort();
  return Math.max(...found.map((value, i) => Math.abs(value - (sorted[i] as number))));
}

/** How many eigenvalues lie below x, by the signs of the pivots of T − x (Sylvester). */
function countBelow(diagonal: Float64Array, subdiagonal: Float64Array, x: number): number {
  let [count, pivot] = [0, 1];
  for (let i = 0; i < diagonal.length; i++) {
    const e = i === 0 ? 0 : (subdiagonal[i - 1] as number);
    pivot = (diagonal[i] as number) - x - (e * e) / pivot;
    if (pivot === 0) pivot = 1e-300;
    if (pivot < 0) count++;
  }
  return count;
}

test.each([
  ["the second difference", (_i: number) => [2, -1]],
  ["noise", (i: number) => [Math.sin(3.1 * i * i + 0.2), Math.cos(1.7 * i * i)]],
  ["a Gram matrix's", (i: number) => [(600 - i) / 300, Math.sqrt(((600 - i) * (599.5 - i)) / 360_000)]],
  ["falling over 60 decades", (i: number) => [10 ** (-i / 10), 10 ** (-i / 10 - 0.6)]],
  ["rising over 60 decades", (i: number) => [10 ** (i / 10 - 60), 10 ** (i / 10 - 60.6)]],
  ["equal, hardly coupled", (i: number) => [1, 1e-9 * Math.sin(i)]],
  ["exact zeros between blocks", (i: number) => [i % 3, i % 5 === 0 ? 0 : 1]],
  ["Wilkinson's, in pairs that agree to rounding", (i: number) => [Math.abs(300 - i), 1]],
  ["two values only", (i: number) => [i % 2, i % 2 === 0 ? 1 : 0]],
] as const)("all eigenvalues of a tridiagonal matrix, each where the count of pivots jumps: %s", (_name, element) => {
  const n = 600;
  const [diagonal, subdiagonal] = [new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++) [diagonal[i], subdiagonal[i]] = element(i) as [number, number];
  const values = tridiagonalValues({ diagonal, subdiagonal });
  const size = Math.max(...values.map(Math.abs));
  const near = 2e-14 * size * Math.sqrt(n / 600);
  for (const [k, value] of values.entries()) {
    expect(countBelow(diagonal, subdiagonal, value - near)).toBeLessThanOrEqual(k);
    expect(countBelow(diagonal, subdiagonal, value + near)).toBeGreaterThan(k);
  }
});

import { describe, expect, test } from "vitest";
import { ModeScopeError } from "../../base/errors.ts";
import { ROOM, random, SETS } from "./kernels.testkit.ts";
import type { Kernels } from "./types.ts";

describe.each(SETS.map((kernels) => [kernels.name, kernels] as const))("%s", (_name, kernels: Kernels) => {
  const { memory } = kernels;

  // An orthogonal similarity keeps the characteristic polynomial: its value at points outside the spectrum, as log |det(A − x)|.
  test.each([
    [1, 0],
    [5, 1],
    [2, 3],
    [9, 2],
    [40, 7],
    [65, 16],
    [30, 40],
  ])("bandToTridiagonal64 keeps the spectrum, n = %i, bandwidth %i", (n, b) => {
    memory.scope(ROOM, () => {
      const next = random(n + b);
      const dense = Array.from({ length: n }, () => new Float64Array(n));
      const band = memory.float64(n * (b + 1));
      for (let i = 0; i < n; i++) {
        for (let d = 0; d <= Math.min(b, i); d++) {
          const value = next();
          band[i * (b + 1) + d] = value;
          (dense[i] as Float64Array)[i - d] = value;
          (dense[i - d] as Float64Array)[i] = value;
        }
      }
      const diagonal = memory.float64(n);
      const subdiagonal = memory.float64(n - 1);
      kernels.bandToTridiagonal64(diagonal, subdiagonal, band, b);
      const tridiagonal = dense.map((_, i) =>
        Float64Array.from({ length: n }, (_v, j) =>
          i === j ? (diagonal[i] as number) : Math.abs(i - j) === 1 ? (subdiagonal[Math.min(i, j)] as number) : 0,
        ),
      );
      for (const x of [-50, -9.5, 9.5, 50]) {
        expect(logDeterminant(tridiagonal, x)).toBeCloseTo(logDeterminant(dense, x), 9);
      }
      const square = (matrix: Float64Array[]) =>
        matrix.flatMap((row) => [...row]).reduce((sum, value) => sum + value * value, 0);
      expect(square(tridiagonal) / (square(dense) || 1)).toBeCloseTo(1, 12);
    });
  });

  test("a scope that states too little, or is nested beyond its outer one, or asks for more than 4 GiB is refused", () => {
    expect(() => memory.scope(64, () => memory.float64(9))).toThrow(ModeScopeError);
    expect(() => memory.scope(64, () => memory.scope(65, () => 0))).toThrow(ModeScopeError);
    expect(() => memory.scope(2 ** 33, () => 0)).toThrow(/GiB of working memory/);
    expect(() => memory.float64(1)).toThrow(ModeScopeError);
  });

  test("arrays are zero although their place was used before", () => {
    memory.scope(800, () => memory.float64(100).fill(7));
    expect(memory.scope(800, () => Math.max(...memory.float64(100)))).toBe(0);
  });

  if (kernels.name !== "plain") {
    test("an operand from elsewhere is refused", () => {
      memory.scope(1024, () => {
        const own = { data: memory.float64(4), rows: 2, columns: 2, stride: 2 };
        expect(() => kernels.gemm64(own, own, { ...own, data: new Float64Array(4) })).toThrow(ModeScopeError);
      });
    });
  }
});

/** log |det(A − x·I)| by Gaussian elimination with partial pivoting. */
function logDeterminant(matrix: readonly Float64Array[], x: number): number {
  const rows: Float64Array[] = matrix.map((row, i) => row.map((value, j) => (i === j ? value - x : value)));
  let sum = 0;
  for (let k = 0; k < rows.length; k++) {
    let pivot = k;
    for (let i = k; i < rows.length; i++) {
      if (Math.abs(rows[i]?.[k] ?? 0) > Math.abs(rows[pivot]?.[k] ?? 0)) pivot = i;
    }
    const top = rows[pivot] as Float64Array;
    rows[pivot] = rows[k] as Float64Array;
    rows[k] = top;
    sum += Math.log(Math.abs(top[k] as number));
    for (const row of rows.slice(k + 1)) {
      const factor = (row[k] as number) / (top[k] as number);
      for (let j = k; j < row.length; j++) row[j] = (row[j] as number) - factor * (top[j] as number);
    }
  }
  return sum;
}

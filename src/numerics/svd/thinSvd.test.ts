import { describe, expect, test } from "vitest";
import { NEVER_CANCELLED } from "../../base/cancel.ts";
import type { DenseMatrix } from "../dense.ts";
import { loadKernels } from "../kernels/load.ts";
import { Random } from "../random.ts";
import { scaled } from "./scaled.ts";
import { exactSingularValues } from "./singularValues.ts";
import { thinSvd, thinSvdBytes } from "./thinSvd.ts";

/** H₁·diag(s)·H₂ with reflectors from two random directions. */
function planted(rows: number, columns: number, s: readonly number[]): DenseMatrix {
  const random = new Random(11);
  const [u, v] = [random.direction(rows), random.direction(columns)];
  const data = new Float64Array(rows * columns);
  const inner = s.reduce((sum, value, k) => sum + value * (u[k] as number) * (v[k] as number), 0);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const [ui, vj] = [u[i] as number, v[j] as number];
      // (I − 2uuᵀ)·S·(I − 2vvᵀ)
      data[i * columns + j] =
        (i === j ? (s[i] ?? 0) : 0) -
        2 * ui * (u[j] ?? 0) * (s[j] ?? 0) -
        2 * vj * (v[i] ?? 0) * (s[i] ?? 0) +
        4 * inner * ui * vj;
    }
  }
  return { rows, columns, data };
}

const ramp = (count: number, decades: number) =>
  Array.from({ length: count }, (_, i) => 10 ** ((-decades * i) / (count - 1)));

const CASES: [string, number, number, readonly number[]][] = [
  ["well conditioned", 90, 70, ramp(70, 2)],
  ["condition 1e7, tall", 140, 100, ramp(100, 7)],
  ["condition 1e12, wide", 80, 130, ramp(80, 12)],
  ["condition 1e20", 100, 100, ramp(100, 20)],
  ["rank 20 of 90", 90, 95, ramp(90, 3).map((value, i) => (i < 20 ? value : 0))],
  ["multiple", 80, 80, Array.from({ length: 80 }, (_, i) => 10 ** -(i % 4) * (i % 8 < 4 ? 1 : 1e-5))],
  ["one row", 1, 9, [2]],
  ["one column", 9, 1, [2]],
];

describe.each(["wide", "multiply-add", "simd", "plain"] as const)("%s kernels", (only) => {
  const kernels = loadKernels({ only });

  test.each(CASES)("thin SVD: %s", (_name, rows, columns, s) => {
    const matrix = planted(rows, columns, s);
    const [p, q] = [Math.min(rows, columns), Math.max(rows, columns)];
    kernels.memory.scope(8 * p * q + thinSvdBytes(rows, columns), () => {
      const { values, smaller, larger } = thinSvd(kernels, scaled(kernels, matrix, 1), {
        cancel: NEVER_CANCELLED,
        progress() {},
      });
      const truth = Float64Array.from(s).sort().reverse();
      const top = truth[0] as number;
      expect(Math.max(...values.map((value, i) => Math.abs(value - (truth[i] as number)))) / top).toBeLessThan(1e-13);
      let residual = 0;
      for (let k = 0; k < p; k++) {
        for (let i = 0; i < q; i++) {
          let image = -(values[k] as number) * (larger.data[k * q + i] as number);
          for (let j = 0; j < p; j++)
            image +=
              (matrix.data[rows >= columns ? i * columns + j : j * columns + i] as number) *
              (smaller.data[k * p + j] as number);
          residual = Math.max(residual, Math.abs(image));
        }
      }
      expect(residual / top).toBeLessThan(1e-11);
      for (const { data, columns: length } of [smaller, larger]) {
        for (let i = 0; i < p; i++) {
          for (let j = 0; j <= i; j++) {
            let inner = i === j ? -1 : 0;
            for (let c = 0; c < length; c++)
              inner += (data[i * length + c] as number) * (data[j * length + c] as number);
            if (Math.abs(inner) > 1e-8) expect.fail(`rows ${i} and ${j} have product ${inner}`);
          }
        }
      }
    });
  });

  test("the routes agree, the Gram route states its floor", () => {
    const s = ramp(100, 12);
    const matrix = planted(120, 100, s);
    const gram = exactSingularValues(matrix, { route: "gram", kernels });
    expect(gram.method).toBe("gram");
    expect(gram.floor).toBeCloseTo(2 ** -26 * (gram.values[0] as number), 12);
    for (const [i, value] of gram.values.entries())
      expect(Math.abs(value - (s[i] as number))).toBeLessThan(4 * gram.floor);
    const auto = exactSingularValues(matrix, { kernels });
    expect([auto.method, auto.floor]).toEqual(["jacobi", 0]);
    for (const [i, value] of auto.values.entries()) expect(Math.abs(value - (s[i] as number))).toBeLessThan(1e-14);
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { NEVER_CANCELLED } from "../../base/cancel.ts";
import type { DenseMatrix } from "../dense.ts";
import { loadKernels } from "../kernels/load.ts";
import { scaled } from "./scaled.ts";
import { exactSingularValues } from "./singularValues.ts";
import { thinSvd, thinSvdBytes } from "./thinSvd.ts";
import { topTriplets } from "./topTriplets.ts";

interface Case {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly kind: "wave" | "rows" | "columns" | "product" | "cluster" | "hilbert";
  readonly decades?: number;
  readonly rank?: number;
  readonly spread?: number;
  readonly values: readonly number[];
}

/** Singular values by LAPACK; the file says which and how it was made. */
const { cases } = JSON.parse(
  readFileSync(new URL("../../../test/fixtures/spectra/lapack.json", import.meta.url), "utf8"),
) as { readonly cases: readonly Case[] };

const wave = (i: number, j: number, d = 0.3) => Math.sin(0.7 * i + 1.3 * j + 1.7 * i * j + d);
const grade = (i: number, count: number, decades: number) => 10 ** ((-decades * i) / Math.max(1, count - 1));

function elementOf({ kind, rows, columns, decades = 0, rank = 0, spread = 0 }: Case, i: number, j: number): number {
  switch (kind) {
    case "wave":
      return wave(i, j);
    case "rows":
      return wave(i, j) * grade(i, rows, decades);
    case "columns":
      return wave(i, j) * grade(j, columns, decades);
    case "product": {
      let sum = 0;
      for (let k = 0; k < rank; k++) sum += wave(i, k) * wave(k, j, 0.9);
      return sum;
    }
    case "cluster":
      return (i === j ? 1 : 0) + spread * wave(i, j);
    case "hilbert":
      return 1 / (i + j + 1);
  }
}

function build(given: Case, factor = 1): DenseMatrix {
  const { rows, columns } = given;
  const data = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) data[i * columns + j] = factor * elementOf(given, i, j);
  return { rows, columns, data };
}

function worst(values: ArrayLike<number>, { values: truth }: Case, factor = 1): number {
  let largest = 0;
  for (let k = 0; k < values.length; k++)
    largest = Math.max(largest, Math.abs((values[k] as number) / factor - (truth[k] as number)));
  return largest / (truth[0] as number);
}

describe.each(cases.map((given) => [given.name, given] as const))("LAPACK: %s", (_name, given) => {
  test("all values, by every route", () => {
    const matrix = build(given);
    const auto = exactSingularValues(matrix);
    expect(auto.values.length).toBe(Math.min(given.rows, given.columns));
    expect(worst(auto.values, given)).toBeLessThan(1e-10);
    const floorless = exactSingularValues(matrix, { route: "floorless" });
    expect(floorless.floor).toBe(0);
    expect(worst(floorless.values, given)).toBeLessThan(1e-13);
    const gram = exactSingularValues(matrix, { route: "gram" });
    expect(worst(gram.values, given)).toBeLessThan(3e-8);
  });

  test.each([1e-300, 2 ** -1035, 1e300])("scaled by %d", (factor) => {
    const { values } = exactSingularValues(build(given, factor));
    // Subnormal entries hold few digits themselves.
    expect(worst(values, given, factor)).toBeLessThan(factor === 2 ** -1035 ? 2e-9 : 1e-10);
  });

  test("vectors for every value: residual and orthogonality", () => {
    const { rows, columns, data } = build(given);
    const [p, q] = [Math.min(rows, columns), Math.max(rows, columns)];
    const kernels = loadKernels();
    kernels.memory.scope(8 * p * q + thinSvdBytes(rows, columns), () => {
      const matrix = scaled(kernels, { rows, columns, data }, 1);
      const { values, smaller, larger } = thinSvd(kernels, matrix, { cancel: NEVER_CANCELLED, progress() {} });
      const [us, vs] = rows >= columns ? [larger, smaller] : [smaller, larger];
      const top = values[0] as number;
      const at = (of: typeof us, k: number, i: number) => of.data[k * of.stride + i] as number;
      let [residual, defect] = [0, 0];
      for (let k = 0; k < p; k++) {
        for (let i = 0; i < rows; i++) {
          let sum = -(values[k] as number) * at(us, k, i);
          for (let j = 0; j < columns; j++) sum += (data[i * columns + j] as number) * at(vs, k, j);
          residual = Math.max(residual, Math.abs(sum) / top);
        }
        for (let j = 0; j < columns; j++) {
          let sum = -(values[k] as number) * at(vs, k, j);
          for (let i = 0; i < rows; i++) sum += (data[i * columns + j] as number) * at(us, k, i);
          residual = Math.max(residual, Math.abs(sum) / top);
        }
        for (const side of [us, vs]) {
          for (let l = 0; l <= k; l++) {
            let inner = k === l ? -1 : 0;
            for (let i = 0; i < side.columns; i++) inner += at(side, k, i) * at(side, l, i);
            defect = Math.max(defect, Math.abs(inner));
          }
        }
      }
      expect(residual).toBeLessThan(1e-9);
      expect(defect).toBeLessThan(1e-8);
    });
  });

  test("leading values by block Lanczos", () => {
    const count = Math.min(10, given.rows, given.columns);
    const { values, converged } = topTriplets(build(given), count, { route: "krylov", tolerance: 1e-9 });
    // ‖Aᵀu−σv‖ of a small value carries ε·σ₁²/σ: below 1e-6·σ₁ that passes the tolerance, and is reported.
    const small = given.kind === "hilbert" ? given.values.slice(0, count).filter((s) => s < 1e-6).length : 0;
    expect(converged).toBeGreaterThanOrEqual(count - small);
    expect(worst(values.subarray(0, converged), given)).toBeLessThan(1e-10);
  });
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("%d is refused with its place", (bad) => {
  const data = new Float32Array(90 * 100).fill(1);
  data[4 * 100 + 17] = bad;
  const matrix = { rows: 90, columns: 100, data };
  for (const run of [
    () => exactSingularValues(matrix),
    () => topTriplets(matrix, 3),
    () => topTriplets(matrix, 3, { route: "krylov" }),
  ])
    expect(run).toThrow(new RegExp(`${bad} at row 4, column 17`));
});

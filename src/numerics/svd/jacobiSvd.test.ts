import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { NEVER_CANCELLED } from "../../base/cancel.ts";
import type { DenseMatrix } from "../dense.ts";
import { SETS } from "../kernels/kernels.testkit.ts";
import { scaled } from "./scaled.ts";
import { exactSingularValues } from "./singularValues.ts";
import { thinSvd, thinSvdBytes } from "./thinSvd.ts";
import { topTriplets } from "./topTriplets.ts";

interface Case {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** Decades that the rows, and the columns, fall over. */
  readonly top: number;
  readonly left: number;
  readonly step?: number;
  /** ln σ by mpmath with 320 digits. */
  readonly logs: readonly number[];
  /** Of LAPACK's dgesdd on the same matrix. */
  readonly lapackRelativeError: number;
}

const { cases } = JSON.parse(
  readFileSync(new URL("../../../test/fixtures/spectra/graded.json", import.meta.url), "utf8"),
) as { readonly cases: readonly Case[] };

function build({ rows, columns, top, left, step = 1 }: Case): DenseMatrix {
  const grade = (i: number, count: number, decades: number) =>
    10 ** ((-decades * ((i * step) % count)) / Math.max(1, count - 1));
  const data = Float64Array.from({ length: rows * columns }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    return Math.sin(0.7 * i + 1.3 * j + 1.7 * i * j + 0.3) * grade(i, rows, top) * grade(j, columns, left);
  });
  return { rows, columns, data };
}

/** Of every value to itself. */
const relativeError = (values: ArrayLike<number>, { logs }: Case): number =>
  logs.reduce((most, log, k) => Math.max(most, Math.abs(Math.log(values[k] as number) - log)), 0);

test("the cases are such that LAPACK's way loses the small values of some", () => {
  expect(cases.filter(({ lapackRelativeError }) => lapackRelativeError > 0.1).length).toBeGreaterThanOrEqual(3);
});

describe.each(SETS.map((kernels) => [kernels.name, kernels] as const))("%s", (_name, kernels) => {
  test.each(cases.map((given) => [given.name, given] as const))("%s: every value to itself", (_, given) => {
    const matrix = build(given);
    for (const route of ["auto", "floorless"] as const) {
      const { values, method, floor } = exactSingularValues(matrix, { route, kernels });
      expect([method, floor]).toEqual(["jacobi", 0]);
      // A part of it is the condition of the ungraded matrix, up to some hundred here.
      expect(relativeError(values, given)).toBeLessThan(2e-12);
    }
  });

  test.each(cases.map((given) => [given.name, given] as const))("%s: with vectors", (_, given) => {
    const matrix = build(given);
    const { rows, columns, data } = matrix;
    const [p, q] = [Math.min(rows, columns), Math.max(rows, columns)];
    kernels.memory.scope(8 * p * q + thinSvdBytes(rows, columns), () => {
      const watch = { cancel: NEVER_CANCELLED, progress() {} };
      const { values, smaller, larger } = thinSvd(kernels, scaled(kernels, matrix, 1), watch);
      expect(relativeError(values, given)).toBeLessThan(2e-12);
      const [us, vs] = rows >= columns ? [larger, smaller] : [smaller, larger];
      let [defect, residual] = [0, 0];
      for (const { data: side, columns: length } of [us, vs])
        for (let k = 0; k < p; k++)
          for (let l = 0; l <= k; l++) {
            let inner = k === l ? -1 : 0;
            for (let i = 0; i < length; i++)
              inner += (side[k * length + i] as number) * (side[l * length + i] as number);
            defect = Math.max(defect, Math.abs(inner));
          }
      for (let k = 0; k < p; k++)
        for (let i = 0; i < rows; i++) {
          let sum = -(values[k] as number) * (us.data[k * rows + i] as number);
          for (let j = 0; j < columns; j++)
            sum += (data[i * columns + j] as number) * (vs.data[k * columns + j] as number);
          residual = Math.max(residual, Math.abs(sum));
        }
      expect(defect).toBeLessThan(2e-14);
      expect(residual / (values[0] as number)).toBeLessThan(1e-14);
    });
  });
});

test.each([
  ["tall", 2000, 12],
  ["wide", 12, 2000],
  ["rank 3", 30, 20],
  ["zero rows", 40, 16],
] as const)("%s: folded in chunks, or with nothing in them; vectors complete", (name, rows, columns) => {
  const data = Float64Array.from({ length: rows * columns }, (_, at) => {
    const [i, j] = [Math.floor(at / columns), at % columns];
    if (name === "rank 3") return Math.cos(i + j) + Math.cos(0.3 * i - 2 * j) * (i % 3);
    if (name === "zero rows" && (i % 4 !== 0 || j > 9)) return 0;
    return Math.sin(0.7 * i + 1.3 * j + 1.7 * i * j);
  });
  const { values, left, right, residuals } = topTriplets({ rows, columns, data }, Math.min(rows, columns));
  const top = values[0] as number;
  for (const residual of residuals) expect(residual).toBeLessThan(2e-14 * top);
  for (const side of [left, right])
    for (const [k, x] of side.entries())
      for (const [l, y] of side.entries())
        expect(
          Math.abs(x.reduce((sum, value, i) => sum + value * (y[i] as number), 0) - (k === l ? 1 : 0)),
        ).toBeLessThan(1e-13);
  const alone = exactSingularValues({ rows, columns, data }).values;
  for (const [k, value] of values.entries()) expect(Math.abs(value - (alone[k] as number))).toBeLessThan(1e-14 * top);
});

import type { CancelToken } from "../../base/cancel.ts";
import { notConverged } from "../eigen/tridiagonalValues.ts";
import type { Block64, Kernels } from "../kernels/types.ts";

const EPSILON = 2 ** -53;
const SWEEPS = 40;

/**
 * Makes the rows of `a` orthogonal to one another by one-sided Jacobi, sweep after sweep until no cosine is above about √n·ε: then the length of a row is a
 * singular value, the row its right vector, and the same row of `companion` (I before) its left one. Row i stands for 2^exponents[i] times what is stored;
 * rows come back with lengths in [1, 2), zero rows as they are. Rows of B = D·C are turned with an error that depends on the condition of C and not of D
 * (Demmel & Veselić 1992). Both in the kernels' memory. Cost about 11·n³ flops a sweep for n × n, five to ten sweeps.
 */
export function orthogonalizeRows(
  kernels: Kernels,
  a: Block64,
  exponents: Float64Array,
  cancel: CancelToken,
  companion?: Block64,
): void {
  const tolerance = EPSILON * (8 + Math.sqrt(a.columns));
  for (let budget = SWEEPS; ; budget--) {
    cancel.throwIfCancelled();
    normalize(a, exponents);
    if (kernels.jacobiSweep64(a, exponents, tolerance, companion) <= tolerance) break;
    if (budget === 0) throw notConverged();
  }
  normalize(a, exponents);
}

/** Lengths go to [1, 2) by powers of two, which round nothing. */
function normalize({ data, rows, columns, stride }: Block64, exponents: Float64Array): void {
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * stride, i * stride + columns);
    const size = rowLength(row);
    if (size === 0) continue;
    const exponent = Math.floor(Math.log2(size));
    if (exponent === 0) continue;
    // In two steps: a factor of 2^1074 is none.
    const half = 2 ** -Math.trunc(exponent / 2);
    const rest = 2 ** -(exponent - Math.trunc(exponent / 2));
    for (let j = 0; j < columns; j++) row[j] = (row[j] as number) * half * rest;
    exponents[i] = (exponents[i] as number) + exponent;
  }
}

/** Without overflow, and without losing entries whose squares vanish. */
export function rowLength(row: Float64Array): number {
  let largest = 0;
  for (let j = 0; j < row.length; j++) largest = Math.max(largest, Math.abs(row[j] as number));
  if (largest === 0) return 0;
  let sum = 0;
  for (let j = 0; j < row.length; j++) sum += ((row[j] as number) / largest) ** 2;
  return largest * Math.sqrt(sum);
}

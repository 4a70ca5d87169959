import type { CancelToken } from "../../base/cancel.ts";
import type { DenseMatrix } from "../dense.ts";
import { dense } from "../eigen/block.ts";
import type { Block64, Kernels } from "../kernels/types.ts";
import { foldRows, foldRowsBytes } from "../qr/foldRows.ts";
import { arrangedRows, arrangedRowsBytes } from "./arrangedRows.ts";
import { orthogonalizeRows, rowLength } from "./rowJacobi.ts";

/** Bytes that `jacobiValues` takes from the running scope. */
function jacobiValuesBytes(rows: number, columns: number): number {
  const p = Math.min(rows, columns);
  return arrangedRowsBytes(rows, columns) + foldRowsBytes(p) + 8 * (p * p + 3 * p) + 4096;
}

/**
 * All singular values of the matrix divided by `scale`, descending, each to high relative accuracy: QR with column pivots of the rows sorted by size, then
 * one-sided Jacobi on the rows of R (Drmač & Veselić 2008). For A = D₁·C·D₂ with any diagonal D₁, D₂ the relative error of *every* value is about n·ε·κ(C), where
 * methods through a bidiagonal or Gram matrix lose what lies below ε·σ₁. Squares limit it: what is below 1e-150·σ₁ may vanish. Cost about 4·q·p² flops, and 7 sweeps of 6·p³.
 */
export function jacobiValues(
  kernels: Kernels,
  matrix: DenseMatrix,
  scale: number,
  cancel: CancelToken,
  progress: (fraction: number) => void,
): Float64Array<ArrayBuffer> {
  const { memory } = kernels;
  const n = Math.min(matrix.rows, matrix.columns);
  return memory.scope(jacobiValuesBytes(matrix.rows, matrix.columns), () => {
    const triangle = foldRows(kernels, arrangedRows(kernels, matrix, scale).tall, cancel);
    progress(0.4);
    const [taus, pivots, exponents] = [memory.float64(n), memory.float64(n), memory.float64(n)];
    kernels.qr64(triangle, taus, pivots);
    const rows = dense(memory.float64(n * n), n, n);
    // R of Rᵀ is nearer to a diagonal: it saves a sweep or two (their second preconditioning).
    for (let i = 0; i < n; i++)
      for (let j = i; j < n; j++) rows.data[j * n + i] = triangle.data[i * triangle.stride + j] as number;
    kernels.qr64(rows, taus);
    for (let i = 1; i < n; i++) rows.data.fill(0, i * n, i * n + i);
    orthogonalizeRows(kernels, rows, exponents, cancel);
    progress(1);
    return lengths(rows, exponents).sort().reverse();
  });
}

/** Bytes that `jacobiSvd` takes from the running scope, beside where it writes. */
export function jacobiSvdBytes(rows: number, columns: number): number {
  const [p, q] = [Math.min(rows, columns), Math.max(rows, columns)];
  return arrangedRowsBytes(rows, columns) + 8 * (p * q + 2 * p * p + 3 * p) + 4096;
}

/**
 * The same with vectors, written by rows: row k of `smaller` (p × p) and `larger` (p × q) belongs to value k. Both sides are orthonormal to a few n·ε for small
 * values too; the row of an exact zero is zero on the smaller side. Cost about 8·q·p² flops, and 7 sweeps of 11·p³.
 */
export function jacobiSvd(
  kernels: Kernels,
  a: Block64,
  { smaller, larger }: { readonly smaller: Block64; readonly larger: Block64 },
  cancel: CancelToken,
): Float64Array<ArrayBuffer> {
  const { memory } = kernels;
  const [p, q] = [Math.min(a.rows, a.columns), Math.max(a.rows, a.columns)];
  return memory.scope(jacobiSvdBytes(a.rows, a.columns), () => {
    const { tall, order } = arrangedRows(kernels, a, 1);
    const [taus, pivots, exponents] = [memory.float64(p), memory.float64(p), memory.float64(p)];
    kernels.qr64(tall, taus, pivots);
    const [rows, turned] = [dense(memory.float64(p * p), p, p), dense(memory.float64(p * p), p, p)];
    for (let i = 0; i < p; i++) {
      for (let j = i; j < p; j++) rows.data[i * p + j] = tall.data[i * p + j] as number;
      turned.data[i * p + i] = 1;
    }
    orthogonalizeRows(kernels, rows, exponents, cancel, turned);
    const values = lengths(rows, exponents);
    const ranks = Array.from(values.keys()).sort((x, y) => (values[y] as number) - (values[x] as number));
    const images = dense(memory.float64(q * p), q, p);
    for (const [k, from] of ranks.entries()) {
      const length = rowLength(rows.data.subarray(from * p, (from + 1) * p)) || 1;
      for (let j = 0; j < p; j++) {
        smaller.data[k * smaller.stride + (pivots[j] as number)] = (rows.data[from * p + j] as number) / length;
        images.data[j * p + k] = turned.data[from * p + j] as number;
      }
    }
    kernels.applyQ64(images, tall, taus);
    for (let i = 0; i < q; i++)
      for (let k = 0; k < p; k++)
        larger.data[k * larger.stride + (order[i] as number)] = images.data[i * p + k] as number;
    return values.sort().reverse();
  });
}

function lengths({ data, rows, columns }: Block64, exponents: Float64Array): Float64Array<ArrayBuffer> {
  return Float64Array.from(
    exponents.subarray(0, rows),
    (exponent, i) => rowLength(data.subarray(i * columns, (i + 1) * columns)) * 2 ** exponent,
  );
}

/**
 * Representations as matrices: n items (rows) × p dimensions (columns), row-major, in float64.
 * Every function returns a new matrix; NaN and infinities are refused with their place.
 */
import { type CancelToken, NEVER_CANCELLED } from "../../base/cancel.ts";
import { type DenseMatrix, finiteMagnitude } from "../dense.ts";
import { dense } from "../eigen/block.ts";
import { loadKernels } from "../kernels/load.ts";
import type { Kernels } from "../kernels/types.ts";
import { powerOfTwo, scaled } from "../svd/scaled.ts";
import { thinSvd, thinSvdBytes } from "../svd/thinSvd.ts";

export interface Matrix64 extends DenseMatrix {
  readonly data: Float64Array<ArrayBuffer>;
}

export interface Watched {
  readonly cancel?: CancelToken;
  readonly kernels?: Kernels;
}

/** What a call of a kernel may do without a look at the cancel token, in floating-point operations. */
const CALL = 2e9;

/** The rows that `items` names, in its order; all of them for null. */
export function rowsOf(x: DenseMatrix, items: Int32Array | null): Matrix64 {
  finiteMagnitude(x);
  const p = x.columns;
  if (items === null) return { rows: x.rows, columns: p, data: Float64Array.from(x.data) };
  const data = new Float64Array(items.length * p);
  for (let i = 0; i < items.length; i++) data.set(x.data.subarray(items[i]! * p, (items[i]! + 1) * p), i * p);
  return { rows: items.length, columns: p, data };
}

/** Every column minus its mean. */
export function centred(x: DenseMatrix, items: Int32Array | null = null): Matrix64 {
  const out = rowsOf(x, items);
  centreColumns(out.data, out.rows, out.columns);
  return out;
}

/** In place. */
function centreColumns(data: Float64Array, rows: number, columns: number): void {
  const mean = new Float64Array(columns);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < columns; j++, at++) mean[j]! += data[at]!;
  for (let j = 0; j < columns; j++) mean[j]! /= rows;
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < columns; j++, at++) data[at]! -= mean[j]!;
}

/** op(A)·op(B) in float64 on the kernels. Operands are copied into their memory piece by piece, so that a cancel is heard. */
export function product(
  a: DenseMatrix,
  b: DenseMatrix,
  options: Watched & { readonly transposeA?: boolean; readonly transposeB?: boolean } = {},
): Matrix64 {
  const { cancel = NEVER_CANCELLED, transposeA = false, transposeB = false } = options;
  const kernels = options.kernels ?? loadKernels();
  const [rows, depth] = transposeA ? [a.columns, a.rows] : [a.rows, a.columns];
  const columns = transposeB ? b.rows : b.columns;
  const out = new Float64Array(rows * columns);
  if (rows * columns * depth === 0) return { rows, columns, data: out };
  const step = Math.max(16, Math.floor((CALL * (transposeA ? depth : rows)) / (2 * rows * columns * depth)));
  const { memory } = kernels;
  if (transposeA && !transposeB) {
    // Both are read by rows: the sum over items is taken in pieces.
    const chunk = Math.min(step, depth);
    memory.scope(8 * (rows * columns + chunk * (a.columns + b.columns)), () => {
      const c = dense(memory.float64(rows * columns), rows, columns);
      const [left, right] = [memory.float64(chunk * a.columns), memory.float64(chunk * b.columns)];
      for (let at = 0; at < depth; at += chunk) {
        cancel.throwIfCancelled();
        const count = Math.min(chunk, depth - at);
        left.set(a.data.subarray(at * a.columns, (at + count) * a.columns));
        right.set(b.data.subarray(at * b.columns, (at + count) * b.columns));
        const blocks = [dense(left, count, a.columns), dense(right, count, b.columns)] as const;
        kernels.gemm64(c, ...blocks, { transposeA: true, beta: at === 0 ? 0 : 1 });
      }
      out.set(c.data);
    });
    return { rows, columns, data: out };
  }
  const chunk = Math.min(step, rows);
  memory.scope(8 * (b.data.length + chunk * (depth + columns) + (transposeA ? a.data.length : 0)), () => {
    const right = memory.float64(b.data.length);
    right.set(b.data);
    const whole = transposeA ? memory.float64(a.data.length) : null;
    whole?.set(a.data);
    const [left, c] = [memory.float64(whole === null ? chunk * depth : 0), memory.float64(chunk * columns)];
    for (let at = 0; at < rows; at += chunk) {
      cancel.throwIfCancelled();
      const count = Math.min(chunk, rows - at);
      if (whole === null) left.set(a.data.subarray(at * depth, (at + count) * depth));
      const block =
        whole === null
          ? dense(left, count, depth)
          : { data: whole.subarray(at), rows: depth, columns: count, stride: a.columns };
      kernels.gemm64(dense(c, count, columns), block, dense(right, b.rows, b.columns), { transposeA, transposeB });
      out.set(c.subarray(0, count * columns), at * columns);
    }
  });
  return { rows, columns, data: out };
}

export interface LeftFactors {
  readonly items: number;
  /** Singular values above the rounding of the matrix, descending. */
  readonly values: Float64Array<ArrayBuffer>;
  /** rank × items: row k is the left singular vector of value k. */
  readonly left: Matrix64;
}

/** X = U·S·Vᵀ without V: what every measure that is blind to rotations of the dimensions needs. Values below max(n, p)·ε·s₁ are taken for zero. */
export function leftFactors(
  x: Matrix64,
  { cancel = NEVER_CANCELLED, kernels = loadKernels() }: Watched = {},
): LeftFactors {
  const { rows, columns } = x;
  const largest = finiteMagnitude(x);
  if (largest === 0 || rows * columns === 0)
    return { items: rows, values: new Float64Array(0), left: { rows: 0, columns: rows, data: new Float64Array(0) } };
  const unit = powerOfTwo(largest);
  return kernels.memory.scope(8 * rows * columns + thinSvdBytes(rows, columns), () => {
    const svd = thinSvd(kernels, scaled(kernels, x, unit), { cancel, progress() {} });
    const side = rows >= columns ? svd.larger : svd.smaller;
    const floor = Math.max(rows, columns) * Number.EPSILON * svd.values[0]!;
    let rank = svd.values.findIndex((value) => value <= floor);
    if (rank < 0) rank = svd.values.length;
    return {
      items: rows,
      values: Float64Array.from(svd.values.subarray(0, rank), (value) => value * unit),
      left: { rows: rank, columns: rows, data: Float64Array.from(side.data.subarray(0, rank * rows)) },
    };
  });
}

/** Every column divided by its standard deviation (a constant one becomes zero): for representations that a few huge dimensions rule. */
export function standardized(x: DenseMatrix): Matrix64 {
  const out = centred(x);
  const { rows, columns, data } = out;
  const square = new Float64Array(columns);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < columns; j++, at++) square[j]! += data[at]! ** 2;
  for (let j = 0; j < columns; j++) square[j] = square[j]! > 0 ? Math.sqrt(rows / square[j]!) : 0;
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < columns; j++, at++) data[at]! *= square[j]!;
  return out;
}

/** Without its first `count` principal components. */
export function withoutLeading(x: DenseMatrix, count: number, options: Watched = {}): Matrix64 {
  const out = centred(x);
  const { left } = leftFactors(out, options);
  const k = Math.min(count, left.rows);
  if (k === 0) return out;
  const top = { rows: k, columns: left.columns, data: left.data.subarray(0, k * left.columns) };
  const taken = product(top, product(top, out, options), { ...options, transposeA: true });
  for (let at = 0; at < out.data.length; at++) out.data[at]! -= taken.data[at]!;
  return out;
}

export function frobenius({ data }: Matrix64): number {
  let sum = 0;
  for (let at = 0; at < data.length; at++) sum += data[at]! * data[at]!;
  return Math.sqrt(sum);
}

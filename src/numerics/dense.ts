import type { RealArray } from "../base/dtype.ts";
import { ModeScopeError } from "../base/errors.ts";

/** rows × columns, row-major. */
export interface DenseMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: RealArray;
}

/**
 * The largest magnitude. Refuses NaN and infinities in the same pass, naming the first one's place: a spectrum of such a matrix means nothing.
 */
export function finiteMagnitude({ data, columns }: DenseMatrix): number {
  const largest = data instanceof Float32Array ? magnitude32(data) : magnitude64(data);
  if (largest < Number.POSITIVE_INFINITY) return largest;
  const at = data.findIndex((value) => value - value !== 0);
  throw new ModeScopeError(
    "non-finite",
    `The matrix holds ${data[at]} at row ${Math.floor(at / columns)}, column ${at % columns}: its spectrum is not defined.`,
    {
      remedy: "Find out at which step it appeared: open earlier checkpoints of the run.",
    },
  );
}

/**
 * Infinity if an infinite value or NaN is there. Without their sign, patterns of float32 are ordered as their magnitudes are, and what is not finite comes
 * last: one comparison of integers for each element.
 */
function magnitude32(data: Float32Array): number {
  const bits = new Int32Array(data.buffer, data.byteOffset, data.length);
  let most = 0;
  for (let i = 0; i < bits.length; i++) {
    const size = (bits[i] as number) & 0x7fffffff;
    if (size > most) most = size;
  }
  if (most >= 0x7f800000) return Number.POSITIVE_INFINITY;
  return new Float32Array(Int32Array.of(most).buffer)[0] as number;
}

function magnitude64(data: Float64Array): number {
  let largest = 0;
  // x − x is 0 for every finite x, NaN for all others.
  let check = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    check += value - value;
    const size = value < 0 ? -value : value;
    if (size > largest) largest = size;
  }
  return check === 0 ? largest : Number.POSITIVE_INFINITY;
}

/** y = A·x. */
export function multiply({ rows, columns, data }: DenseMatrix, x: Float64Array, y: Float64Array): void {
  for (let i = 0, at = 0; i < rows; i++) {
    let a = 0;
    let b = 0;
    let j = 0;
    for (; j + 1 < columns; j += 2, at += 2) {
      a += (data[at] as number) * (x[j] as number);
      b += (data[at + 1] as number) * (x[j + 1] as number);
    }
    if (j < columns) a += (data[at++] as number) * (x[j] as number);
    y[i] = a + b;
  }
}

/** x = Aᵀ·y. */
export function multiplyTransposed({ rows, columns, data }: DenseMatrix, y: Float64Array, x: Float64Array): void {
  x.fill(0);
  for (let i = 0, at = 0; i < rows; i++) {
    const factor = y[i] as number;
    for (let j = 0; j < columns; j++, at++) x[j] = (x[j] as number) + factor * (data[at] as number);
  }
}

/** ‖A‖_F² without overflow or underflow on the way. */
export function frobeniusSquare({ data }: DenseMatrix): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += (data[i] as number) * (data[i] as number);
  return sum;
}

/** Refuses NaN and infinities, naming the first one's place. */
export function requireFinite(matrix: DenseMatrix): void {
  finiteMagnitude(matrix);
}

export function largestMagnitude(data: RealArray): number {
  let largest = 0;
  for (let i = 0; i < data.length; i++) {
    const size = Math.abs(data[i] as number);
    if (size > largest) largest = size;
  }
  return largest;
}

import type { RealArray } from "../../base/dtype.ts";

interface LeadingPair {
  readonly left: Float64Array<ArrayBuffer>;
  readonly right: Float64Array<ArrayBuffer>;
  readonly singularValue: number;
}

const MAX_ITERATIONS = 40;
const TOLERANCE = 1e-4;
/** Rows between two looks at the cancel token: well below 20 ms for any width that fits in memory. */
const ROWS_PER_CHECK = 64;

/**
 * Leading singular pair of a row-major rows × columns matrix, good enough to order by: v ← AᵀAv/‖·‖ (power iteration, von Mises &
 * Pollaczek-Geiringer 1929; Golub & Van Loan, Matrix Computations, §8.2) from a fixed start, until v moves by less than 1e-4, at most
 * 40 times. The error falls by (σ₂/σ₁)² a step: where the two are close, the pair is some direction of their common plane, and the
 * order is one of many equally good ones. Sign: the largest |left| entry is positive. Non-finite entries count as 0. A zero matrix gives
 * zero vectors. Cost: 4·rows·columns flops a step.
 */
export function leadingPair(data: RealArray, rows: number, columns: number, throwIfCancelled: () => void): LeadingPair {
  const left = new Float64Array(rows);
  const next = new Float64Array(columns);
  let right = startVector(columns);
  let singularValue = 0;
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    next.fill(0);
    for (let row = 0; row < rows; row++) {
      if (row % ROWS_PER_CHECK === 0) throwIfCancelled();
      const from = row * columns;
      left[row] = dotFinite(data, from, right);
      addFinite(next, data, from, left[row]!);
    }
    singularValue = norm(left);
    const length = norm(next);
    if (length === 0) return { left: left.fill(0), right: right.fill(0), singularValue: 0 };
    let moved = 0;
    for (let column = 0; column < columns; column++) {
      const value = next[column]! / length;
      moved += (value - right[column]!) ** 2;
      next[column] = value;
    }
    right = Float64Array.from(next);
    if (moved < TOLERANCE ** 2) break;
  }
  const sign = signOfLargest(left);
  return {
    left: left.map((value) => (sign * value) / singularValue),
    right: right.map((value) => sign * value),
    singularValue,
  };
}

/** Positions by rising value; ties keep the file's order. */
export function orderOf(values: Float64Array): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]! || a - b);
}

function dotFinite(data: RealArray, from: number, vector: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < vector.length; index++) sum += data[from + index]! * vector[index]!;
  if (Number.isFinite(sum)) return sum;
  sum = 0;
  for (let index = 0; index < vector.length; index++) {
    const x = data[from + index]!;
    if (Number.isFinite(x)) sum += x * vector[index]!;
  }
  return sum;
}

function addFinite(target: Float64Array, data: RealArray, from: number, factor: number): void {
  for (let index = 0; index < target.length; index++) {
    const x = data[from + index]!;
    if (x - x === 0) target[index] = target[index]! + factor * x;
  }
}

function norm(vector: Float64Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
}

function signOfLargest(vector: Float64Array): number {
  let largest = 0;
  for (const value of vector) if (Math.abs(value) > Math.abs(largest)) largest = value;
  return largest < 0 ? -1 : 1;
}

/** Signs and sizes from the fractional parts of multiples of the golden ratio: no structure that a weight matrix would share. */
function startVector(length: number): Float64Array<ArrayBuffer> {
  const vector = new Float64Array(length);
  for (let index = 0; index < length; index++) vector[index] = (((index + 1) * 0.6180339887498949) % 1) - 0.5;
  const size = norm(vector);
  return vector.map((value) => value / size);
}

import type { Curve } from "../../numerics/network/curve.ts";
import { topTriplets } from "../../numerics/svd/topTriplets.ts";

/** Points that a picture and the correlations are made of. */
export const PICTURED = 128;
const COMPONENTS = 3;

/** Which points of a curve are pictured. */
export interface Thinning {
  readonly count: number;
  readonly stride: number;
}

export function thinning(points: number, most: number = PICTURED): Thinning {
  const stride = Math.max(1, Math.floor(points / most));
  return { stride, count: Math.min(most, Math.ceil(points / stride)) };
}

export function pictured({ points, count }: Curve): Float64Array[] {
  const n = points.length / count;
  const { stride, count: rows } = thinning(count);
  return Array.from({ length: rows }, (_, k) => points.subarray(k * stride * n, (k * stride + 1) * n));
}

/** Coordinates of the curve's points along its first principal components, each with the sign that makes its largest coordinate positive. */
export function principalComponents(rows: readonly (Float64Array | Float32Array)[]): {
  readonly components: readonly (readonly number[])[];
  readonly shares: readonly number[];
} {
  const n = rows[0]!.length;
  const mean = new Float64Array(n);
  for (const row of rows) for (let i = 0; i < n; i++) mean[i] = mean[i]! + row[i]! / rows.length;
  const data = new Float64Array(rows.length * n);
  let total = 0;
  for (const [k, row] of rows.entries())
    for (let i = 0; i < n; i++) {
      const value = row[i]! - mean[i]!;
      data[k * n + i] = value;
      total += value * value;
    }
  if (total === 0) return { components: [], shares: [] };
  const { values, left } = leading(data, rows.length, n);
  return {
    components: left.map((u, k) => {
      const largest = u.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
      return Array.from(u, (value) => Math.sign(largest) * value * values[k]!);
    }),
    shares: Array.from(values, (value) => value ** 2 / total),
  };
}

/** Wider layers go by the inner products of their points: good to a part in 10⁷, and far less memory. */
const WIDE = 8192;

function leading(data: Float64Array<ArrayBuffer>, rows: number, n: number) {
  if (n <= WIDE) return topTriplets({ rows, columns: n, data }, COMPONENTS);
  const gram = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += data[i * n + k]! * data[j * n + k]!;
      gram[i * rows + j] = gram[j * rows + i] = sum;
    }
  const { values, left } = topTriplets({ rows, columns: rows, data: gram }, COMPONENTS);
  return { values: values.map((square) => Math.sqrt(Math.max(0, square))), left };
}

/** How far apart, in θ, the points of each lag are. */
export function lagsOf({ step, closed }: Pick<Curve, "step" | "closed">, { stride, count }: Thinning): number[] {
  return Array.from({ length: closed ? Math.floor(count / 2) + 1 : count }, (_, k) => k * stride * step);
}

/** Cosine between points of each lag, averaged along the curve. */
export function correlationsOf(rows: readonly (Float64Array | Float32Array)[], closed: boolean): number[] {
  const norms = rows.map((row) => Math.sqrt(squareOf(row)));
  const count = closed ? Math.floor(rows.length / 2) + 1 : rows.length;
  return Array.from({ length: count }, (_, lag) => {
    let [sum, used] = [0, 0];
    for (let k = 0; k < rows.length; k++) {
      const other = closed ? (k + lag) % rows.length : k + lag;
      if (other >= rows.length) break;
      const [a, b] = [rows[k]!, rows[other]!];
      let inner = 0;
      for (let i = 0; i < a.length; i++) inner += a[i]! * b[i]!;
      const scale = norms[k]! * norms[other]!;
      if (scale === 0) continue;
      sum += inner / scale;
      used++;
    }
    return used === 0 ? 0 : sum / used;
  });
}

function squareOf(row: Float64Array | Float32Array): number {
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += row[i]! * row[i]!;
  return sum;
}

import type { Curve } from "../../numerics/network/curve.ts";
import { topTriplets } from "../../numerics/svd/topTriplets.ts";

/** Points that a picture and the correlations are made of. */
const PICTURED = 128;
const COMPONENTS = 3;

interface Thinned {
  readonly rows: Float64Array<ArrayBuffer>[];
  readonly stride: number;
}

function thinned({ points, count }: Curve): Thinned {
  const n = points.length / count;
  const stride = Math.max(1, Math.floor(count / PICTURED));
  const rows: Float64Array<ArrayBuffer>[] = [];
  for (let k = 0; k < count && rows.length < PICTURED; k += stride)
    rows.push(Float64Array.from(points.subarray(k * n, (k + 1) * n)));
  return { rows, stride };
}

/** Coordinates of the curve's points along its first principal components, each with the sign that makes its largest coordinate positive. */
export function principalComponents(curve: Curve): {
  readonly components: readonly (readonly number[])[];
  readonly shares: readonly number[];
} {
  const { rows } = thinned(curve);
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
  const { values, left } = topTriplets({ rows: rows.length, columns: n, data }, COMPONENTS);
  return {
    components: left.map((u, k) => {
      const largest = u.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
      return Array.from(u, (value) => Math.sign(largest) * value * values[k]!);
    }),
    shares: Array.from(values, (value) => value ** 2 / total),
  };
}

/** How far apart, in θ, the points of each lag are. */
export function lagsOf(curve: Curve): number[] {
  const { rows, stride } = thinned(curve);
  const count = curve.closed ? Math.floor(rows.length / 2) + 1 : rows.length;
  return Array.from({ length: count }, (_, k) => k * stride * curve.step);
}

/** Cosine between points of each lag, averaged along the curve. */
export function correlationsOf(curve: Curve): number[] {
  const { rows } = thinned(curve);
  const norms = rows.map((row) => Math.sqrt(row.reduce((sum, value) => sum + value * value, 0)));
  const count = curve.closed ? Math.floor(rows.length / 2) + 1 : rows.length;
  return Array.from({ length: count }, (_, lag) => {
    let [sum, used] = [0, 0];
    for (let k = 0; k < rows.length; k++) {
      const other = curve.closed ? (k + lag) % rows.length : k + lag;
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

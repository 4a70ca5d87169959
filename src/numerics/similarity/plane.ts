/**
 * The plane of classical scaling for many points: two axes, without the other eigenvectors.
 * Definition: as `classicalScaling`; stress-1 = √(Σ(d − d̂)²/Σd²) over all pairs, d the given distances and d̂ those in the plane. Sources: Torgerson 1952;
 * Gower 1966; Kruskal 1964, Psychometrika 29, 1. 0: the plane shows the distances as they are.
 * Algorithm: all eigenvalues up to `SMALL` points; beyond, leading singular triplets of −½·H·D²·H, those with uᵀv > 0 (positive eigenvalues).
 * Special cases: fewer than three points, a distance that is no finite number, or all of them zero: null. Axes whose eigenvalue is not positive are zero.
 * Error: a few n·ε, beyond `SMALL` points 1e-8 relative. Cost: 14/3·n³ flops, beyond some forty products with the matrix.
 */
import { topTriplets } from "../svd/topTriplets.ts";
import type { Matrix64, Watched } from "./matrix.ts";
import { classicalScaling } from "./mds.ts";

const SMALL = 256;
/** Leading triplets that are looked at for two positive eigenvalues: of distances that are nearly Euclidean the first two are. */
const TRIPLETS = 8;

export interface Plane {
  /** n × 2. */
  readonly points: Matrix64;
  readonly stress: number;
}

export function planeOf(distances: Matrix64, options: Watched = {}): Plane | null {
  const { rows: n, data } = distances;
  if (n < 3 || !data.every(Number.isFinite) || !data.some((d) => d !== 0)) return null;
  const points = n <= SMALL ? classicalScaling(distances, 2, options).points : leadingPlane(distances, options);
  return { points, stress: stressOf(distances, points) };
}

function leadingPlane({ rows: n, data }: Matrix64, { cancel, kernels }: Watched): Matrix64 {
  const b = Float64Array.from(data, (d) => -0.5 * d * d);
  const mean = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) mean[i]! += b[i * n + j]! / n;
  const all = mean.reduce((total, value) => total + value / n, 0);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) b[i * n + j]! += all - mean[i]! - mean[j]!;
  const { values, left, right } = topTriplets({ rows: n, columns: n, data: b }, TRIPLETS, {
    ...(cancel === undefined ? {} : { cancel }),
    ...(kernels === undefined ? {} : { kernels }),
  });
  const positive = Array.from(values.keys()).filter((k) => dot(left[k]!, right[k]!) > 0);
  const points = new Float64Array(2 * n);
  for (const [axis, k] of positive.slice(0, 2).entries()) {
    const vector = left[k]!;
    const top = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    const size = Math.sqrt(values[k]!) * Math.sign(top || 1);
    for (let i = 0; i < n; i++) points[2 * i + axis] = size * vector[i]!;
  }
  return { rows: n, columns: 2, data: points };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function stressOf({ rows: n, data }: Matrix64, { data: points }: Matrix64): number {
  let [apart, total] = [0, 0];
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      const d = data[i * n + j]!;
      const shown = Math.hypot(points[2 * i]! - points[2 * j]!, points[2 * i + 1]! - points[2 * j + 1]!);
      apart += (d - shown) ** 2;
      total += d * d;
    }
  return Math.sqrt(apart / total);
}

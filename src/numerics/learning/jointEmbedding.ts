/**
 * Classical scaling of all items at all checkpoints together: one picture in which they move, instead of one for each checkpoint that spins and flips.
 * Definition: points are the hidden vectors of P items at T checkpoints of one network, whose hidden units are the same throughout; the axes are the leading
 * principal directions of the P·T points about their common mean (Torgerson 1952; for Euclidean distances classical scaling is principal components).
 * Special cases: all points equal: no axis. The mean over items and time is taken away, so what all items share shows only as far as it changed.
 * Axes of equal variance may be turned into each other: `degenerate` says which.
 * Cost: topTriplets of a P·T × n matrix; stress over all pairs of points up to `PAIRS`, over evenly spaced ones beyond.
 */
import type { DenseMatrix } from "../dense.ts";
import { type TripletOptions, topTriplets } from "../svd/topTriplets.ts";

export interface JointEmbedding {
  readonly axes: number;
  /** T × P × axes. */
  readonly points: Float64Array<ArrayBuffer>;
  /** Share of the points' variance along each axis. */
  readonly shares: readonly number[];
  /** Kruskal's stress-1: √(Σ(d − d̂)²/Σd²) of distances d between hidden vectors and d̂ in the picture. 0 is perfect. */
  readonly stress: number;
  /** Pairs of neighbouring axes (the first of each) whose variances differ by less than 1 %. */
  readonly degenerate: readonly number[];
}

const PAIRS = 200_000;
const EQUAL = 0.01;

/** `moments`: hidden × items at each checkpoint, all of one shape. */
export function jointEmbedding(
  moments: readonly DenseMatrix[],
  axes = 3,
  options: TripletOptions = {},
): JointEmbedding {
  const [first] = moments;
  const [n, p] = [first?.rows ?? 0, first?.columns ?? 0];
  const count = moments.length * p;
  const data = new Float64Array(count * n);
  for (const [t, { data: hidden }] of moments.entries())
    for (let h = 0; h < n; h++) for (let i = 0; i < p; i++) data[(t * p + i) * n + h] = hidden[h * p + i]!;
  centre(data, count, n);
  const total = data.reduce((sum, value) => sum + value * value, 0);
  if (total === 0) return { axes: 0, points: new Float64Array(0), shares: [], stress: Number.NaN, degenerate: [] };
  const { values, left } = topTriplets({ rows: count, columns: n, data }, Math.min(axes, n, count), options);
  const kept = Array.from(values).filter((value) => value > 1e-9 * values[0]!);
  const points = new Float64Array(count * kept.length);
  for (const [axis, value] of kept.entries())
    for (let k = 0; k < count; k++) points[k * kept.length + axis] = value * left[axis]![k]!;
  const shares = kept.map((value) => (value * value) / total);
  return {
    axes: kept.length,
    points,
    shares,
    stress: stressOf(data, n, points, kept.length, count),
    degenerate: shares.flatMap((share, k) => (k > 0 && shares[k - 1]! - share < EQUAL * shares[k - 1]! ? [k - 1] : [])),
  };
}

function centre(data: Float64Array, count: number, n: number): void {
  for (let h = 0; h < n; h++) {
    let sum = 0;
    for (let k = 0; k < count; k++) sum += data[k * n + h]!;
    const mean = sum / count;
    for (let k = 0; k < count; k++) data[k * n + h] = data[k * n + h]! - mean;
  }
}

function stressOf(data: Float64Array, n: number, points: Float64Array, axes: number, count: number): number {
  const pairs = (count * (count - 1)) / 2;
  const stride = Math.max(1, Math.floor(pairs / PAIRS));
  let [error, all] = [0, 0];
  for (let k = 0; k < pairs; k += stride) {
    // Pair k of (1, 0), (2, 0), (2, 1), (3, 0), …
    const i = Math.floor((1 + Math.sqrt(1 + 8 * k)) / 2);
    const j = k - (i * (i - 1)) / 2;
    const d = distance(data, n, i, j);
    error += (d - distance(points, axes, i, j)) ** 2;
    all += d * d;
  }
  return all === 0 ? Number.NaN : Math.sqrt(error / all);
}

function distance(data: Float64Array, n: number, i: number, j: number): number {
  let sum = 0;
  for (let h = 0; h < n; h++) sum += (data[i * n + h]! - data[j * n + h]!) ** 2;
  return Math.sqrt(sum);
}

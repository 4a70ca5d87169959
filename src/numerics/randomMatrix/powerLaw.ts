/**
 * Power-law tail of a sample: Clauset, Shalizi & Newman 2009, "Power-law distributions in empirical data".
 *
 * α̂ = 1 + n_tail/Σ ln(xᵢ/x_min) over xᵢ ≥ x_min (eq. 3.1), x_min the sample point that minimises the Kolmogorov–Smirnov distance between
 * the tail and the fitted law (§3.3; two-sided: both ends of each step of the empirical CDF), σ_α = (α̂ − 1)/√n_tail (eq. 3.2).
 * Non-positive and non-finite values are left out. Null with fewer than two distinct positive values.
 * Error: rounding (tests: 1e-8). Cost: at most n²/2 exponentials. Candidates are tried from coarse to fine, so that a good distance is known early, and
 * each is given up at the first point that exceeds it, the point that gave up the one before being asked first: a few n exponentials are left.
 */
export interface PowerLawFit {
  readonly alpha: number;
  readonly standardError: number;
  readonly xMin: number;
  readonly tailCount: number;
  /** Kolmogorov–Smirnov distance of the tail. */
  readonly distance: number;
}

export function fitPowerLaw(values: ArrayLike<number>): PowerLawFit | null {
  const x = Float64Array.from(Array.from(values).filter((value) => value > 0 && Number.isFinite(value))).sort();
  return fitSorted(x.map(Math.log));
}

/** The same from the ascending logarithms. */
export function fitSorted(logs: Float64Array): PowerLawFit | null {
  const n = logs.length;
  const suffix = new Float64Array(n + 1);
  for (let i = n - 1; i >= 0; i--) suffix[i] = suffix[i + 1]! + logs[i]!;
  let best = -1;
  let distance = Number.POSITIVE_INFINITY;
  let alpha = Number.NaN;
  const search: Search = { limit: distance, witness: n - 1 };
  for (const [stride, coarser] of strides(n)) {
    for (let i = 0; i < n - 1; i += stride) {
      if (coarser !== 0 && i % coarser === 0) continue;
      const count = n - i;
      const sum = suffix[i]! - count * logs[i]!;
      if (!(sum > 1e-14 * count)) continue;
      const slope = count / sum;
      search.limit = distance;
      const d = distanceUpTo(logs, i, slope, search);
      // Of equal ones the longest tail, in whatever order they are tried.
      if (d < distance || (d === distance && i < best)) {
        distance = d;
        alpha = 1 + slope;
        best = i;
      }
    }
  }
  if (best < 0) return null;
  const tailCount = n - best;
  const standardError = (alpha - 1) / Math.sqrt(tailCount);
  return { alpha, standardError, xMin: Math.exp(logs[best]!), tailCount, distance };
}

interface Search {
  /** The best distance so far. */
  limit: number;
  /** The point at which the last candidate exceeded it. */
  witness: number;
}

/** Steps from candidate to candidate, each with the step before it, whose candidates have had their turn; 1 at the end. */
function strides(n: number): [stride: number, coarser: number][] {
  const list: [number, number][] = [];
  let coarser = 0;
  for (let stride = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, n / 16)))); ; stride = Math.max(1, stride >> 3)) {
    list.push([stride, coarser]);
    if (stride === 1) return list;
    coarser = stride;
  }
}

/** Kolmogorov–Smirnov distance of the tail from `first` on, or any number above the limit once it is known to exceed it. */
function distanceUpTo(logs: Float64Array, first: number, slope: number, search: Search): number {
  const count = logs.length - first;
  const origin = logs[first]!;
  const { limit } = search;
  if (search.witness >= first) {
    const d = stepDistance(slope * (logs[search.witness]! - origin), search.witness - first, count);
    if (d > limit) return d;
  }
  for (let probe = 1; probe < 8; probe++) {
    const j = (count * probe) >> 3;
    const d = stepDistance(slope * (logs[first + j]! - origin), j, count);
    if (d > limit) {
      search.witness = first + j;
      return d;
    }
  }
  let largest = 0;
  for (let j = 0; j < count; j++) {
    const d = stepDistance(slope * (logs[first + j]! - origin), j, count);
    if (d > largest) {
      largest = d;
      if (d > limit) {
        search.witness = first + j;
        return d;
      }
    }
  }
  return largest;
}

/** How far the law's distribution function, 1 − e^−x, is from the step of the j-th of `count` points. Absolute: nothing is lost to 1 − exp near 0. */
function stepDistance(x: number, j: number, count: number): number {
  const below = 1 - Math.exp(-x) - j / count;
  const above = 1 / count - below;
  return Math.max(below, above);
}

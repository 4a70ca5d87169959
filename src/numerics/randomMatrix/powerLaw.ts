/**
 * Power-law tail of a sample: Clauset, Shalizi & Newman 2009, "Power-law distributions in empirical data".
 *
 * α̂ = 1 + n_tail/Σ ln(xᵢ/x_min) over xᵢ ≥ x_min (eq. 3.1), x_min the sample point that minimises the Kolmogorov–Smirnov distance between
 * the tail and the fitted law (§3.3; two-sided: both ends of each step of the empirical CDF), σ_α = (α̂ − 1)/√n_tail (eq. 3.2).
 * Non-positive and non-finite values are left out. Null with fewer than two distinct positive values.
 * Error: rounding (tests: 1e-8). Cost: at most n²/2 exponentials; a candidate is given up at the first point that exceeds the best
 * distance so far, which leaves a small part of that.
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
  for (let i = 0; i < n - 1; i++) {
    const count = n - i;
    const sum = suffix[i]! - count * logs[i]!;
    if (!(sum > 1e-14 * count)) continue;
    const slope = count / sum;
    const d = distanceUpTo(logs, i, slope, distance);
    if (d < distance) {
      distance = d;
      alpha = 1 + slope;
      best = i;
    }
  }
  if (best < 0) return null;
  const tailCount = n - best;
  const standardError = (alpha - 1) / Math.sqrt(tailCount);
  return { alpha, standardError, xMin: Math.exp(logs[best]!), tailCount, distance };
}

/** Kolmogorov–Smirnov distance of the tail from `first` on, or any number ≥ `limit` once it is known to reach it. */
function distanceUpTo(logs: Float64Array, first: number, slope: number, limit: number): number {
  const count = logs.length - first;
  const origin = logs[first]!;
  const at = (j: number) => {
    const cdf = -Math.expm1(-slope * (logs[first + j]! - origin));
    return Math.max(Math.abs(cdf - j / count), Math.abs((j + 1) / count - cdf));
  };
  for (let probe = 1; probe < 8; probe++) {
    const d = at((count * probe) >> 3);
    if (d >= limit) return d;
  }
  let largest = 0;
  for (let j = 0; j < count; j++) {
    const d = at(j);
    if (d > largest) {
      largest = d;
      if (d >= limit) return d;
    }
  }
  return largest;
}

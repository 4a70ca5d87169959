import { bulkOf, singularValueDensity, unitMedian } from "./marchenkoPastur.ts";
import { johnstone, TRACY_WIDOM_MEAN, TRACY_WIDOM_STD, tracyWidomQuantile } from "./tracyWidom.ts";

/** The standard deviation that the noise part of a matrix's entries has, and how well it is known. */
export interface NoiseLevel {
  readonly entryStd: number;
  /** 0 where it was given. */
  readonly standardError: number;
}

/**
 * Median-matched noise level: the σ whose Marchenko–Pastur median equals the median singular value,
 * σ̂ = s_med/√(M·μ_β). Robust while fewer than half of the modes are signal (Gavish & Donoho 2014, §III.E).
 *
 * Standard error: the k-th of N singular values in the bulk moves by √(ln N)/(π·N·ρ), ρ their density there (O'Rourke 2010, "Gaussian
 * fluctuations of eigenvalues in Wigner random matrices", and Su 2006 for covariance matrices); ln N + 1 in place of ln N stands for the
 * next order. Simulated (test/bench/nulls.mjs, N = 16 … 128): right to 11 % for Gaussian entries, up to 1.5 times too large for lighter
 * tails, where the edge is then conservative. Bias of σ̂ below 2 % from N = 16 on.
 * `singularValues`: all of them, descending. Null where the median is zero (more than half of the matrix has no rank).
 */
export function medianNoiseLevel(singularValues: ArrayLike<number>, rows: number, columns: number): NoiseLevel | null {
  const n = singularValues.length;
  const median = medianOf(singularValues);
  if (n === 0 || !(median > 0)) return null;
  const beta = Math.min(rows, columns) / Math.max(rows, columns);
  const entryStd = median / Math.sqrt(Math.max(rows, columns) * unitMedian(beta));
  const density = singularValueDensity(median, bulkOf(rows, columns, entryStd));
  const spread = Math.sqrt(1 + Math.log(n)) / (Math.PI * n * density);
  return { entryStd, standardError: (entryStd * spread) / median };
}

/** Median of a sorted list (either direction). */
export function medianOf(sorted: ArrayLike<number>): number {
  const n = sorted.length;
  if (n === 0) return Number.NaN;
  return ((sorted[(n - 1) >> 1] as number) + (sorted[n >> 1] as number)) / 2;
}

/**
 * The singular value that noise alone stays under with probability p when σ itself carries an error: the Tracy–Widom edge with the
 * law's spread around its mean widened by the relative error of σ̂², added in quadrature. With a given σ it is `noiseEdge`.
 */
export function uncertainNoiseEdge(rows: number, columns: number, noise: NoiseLevel, p: number): number {
  const { centre, scale } = johnstone(rows, columns);
  const mean = centre + scale * TRACY_WIDOM_MEAN;
  const relative = noise.entryStd === 0 ? 0 : (2 * noise.standardError * mean) / (noise.entryStd * scale);
  const widening = Math.hypot(1, relative / TRACY_WIDOM_STD);
  const quantile = TRACY_WIDOM_MEAN + (tracyWidomQuantile(p) - TRACY_WIDOM_MEAN) * widening;
  return noise.entryStd * Math.sqrt(Math.max(0, centre + scale * quantile));
}

/**
 * Noise level where only the leading k singular values are known: the squared weight that the signals among them leave, over what they leave of
 * the degrees of freedom, σ̂² = (‖W‖_F² − Σ_{i≤r} σᵢ²)/((n − r)(m − r)). r is found by iteration: all k at first, then those above the 99 % edge
 * that σ̂ itself gives, until the count stands. Signals behind the k-th value, and weak ones below the edge, make it larger.
 * Standard error: sampling, σ/√(2(n − k)(m − k)), for Gaussian entries. Null where nothing is left.
 */
export function restNoiseLevel(
  leading: ArrayLike<number>,
  rows: number,
  columns: number,
  frobeniusSquare: number,
): NoiseLevel | null {
  let signals = leading.length;
  let level: NoiseLevel | null = null;
  // Fewer signals raise σ̂ and with it the edge: the count can only fall, so this ends.
  for (;;) {
    let rest = frobeniusSquare;
    for (let i = 0; i < signals; i++) rest -= (leading[i] as number) ** 2;
    const freedom = (rows - signals) * (columns - signals);
    if (!(rest > 1e-12 * frobeniusSquare) || freedom <= 0) return level;
    const entryStd = Math.sqrt(rest / freedom);
    level = { entryStd, standardError: entryStd / Math.sqrt(2 * freedom) };
    const edge = uncertainNoiseEdge(rows, columns, level, 0.99);
    let above = 0;
    while (above < signals && (leading[above] as number) > edge) above++;
    if (above === signals) return level;
    signals = above;
  }
}

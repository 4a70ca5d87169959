/**
 * One weak direction in noise: the spiked model W = θ·u·vᵀ + noise, noise entries of variance 1/m, u of length n, v of length m, β = n/m
 * (Benaych-Georges & Nadakuditi 2012; theorem 2.8, 2.9). Unit: singular values over σ√M, as in `marchenkoPastur.ts`.
 *
 * Above θ = β^¼ an outlier appears at y(θ) = √((1+θ²)(β+θ²))/θ, and the outlier's vectors overlap the planted ones by
 *   (û·u)² → 1 − β(1+θ²)/(θ²(θ²+β)),   (v̂·v)² → 1 − (β+θ²)/(θ²(θ²+1)).
 * Below it nothing stands out and the overlaps vanish. `spikeOf` inverts y(θ). Asymptotic in n, m; y within 0.4 % at 100 × 200 (test/bench/nulls.mjs).
 */
export interface Spike {
  /** θ: what the signal contributes; the outlier itself is larger. */
  readonly strength: number;
  /** Squared overlap on the side of the shorter dimension, and of the longer one. */
  readonly shortOverlap: number;
  readonly longOverlap: number;
}

/** Where a spike of strength θ puts its singular value; at the bulk's edge if it is too weak to be seen. */
export function outlierOf(strength: number, beta: number): number {
  if (strength <= beta ** 0.25) return 1 + Math.sqrt(beta);
  const square = strength * strength;
  return Math.sqrt((1 + square) * (beta + square)) / strength;
}

/** The spike behind an outlier at y, or null inside the bulk. */
export function spikeOf(y: number, beta: number): Spike | null {
  if (!(y > 1 + Math.sqrt(beta))) return null;
  const centre = y * y - 1 - beta;
  const square = (centre + Math.sqrt(centre * centre - 4 * beta)) / 2;
  return { strength: Math.sqrt(square), ...overlapsOf(Math.sqrt(square), beta) };
}

export function overlapsOf(strength: number, beta: number): Pick<Spike, "shortOverlap" | "longOverlap"> {
  if (strength <= beta ** 0.25) return { shortOverlap: 0, longOverlap: 0 };
  const square = strength * strength;
  return {
    shortOverlap: 1 - (beta * (1 + square)) / (square * (square + beta)),
    longOverlap: 1 - (beta + square) / (square * (square + 1)),
  };
}

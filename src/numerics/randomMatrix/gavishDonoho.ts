import { unitMedian } from "./marchenkoPastur.ts";

/**
 * Optimal hard threshold and optimal shrinker of singular values for denoising (Gavish & Donoho 2014, eq. 11 and §III.E; 2017, eq. 7).
 * β = min/max of the two dimensions; unit: singular values over σ√M. Exact expressions: the published cubic for ω is good to three digits.
 * They minimise the asymptotic mean-square error of the denoised matrix: a threshold above the bulk's edge, which counts no signals.
 */

/** λ*(β), the threshold where σ is known. */
export function knownNoiseThreshold(beta: number): number {
  return Math.sqrt(2 * (beta + 1) + (8 * beta) / (beta + 1 + Math.sqrt(beta * beta + 14 * beta + 1)));
}

/** ω(β) = λ*(β)/√μ_β: times the median singular value, where σ is not known. */
export function medianThresholdFactor(beta: number): number {
  return knownNoiseThreshold(beta) / Math.sqrt(unitMedian(beta));
}

/** η(y): what an observed singular value should be replaced by for the least Frobenius error. 0 inside the bulk. */
export function frobeniusShrinker(y: number, beta: number): number {
  if (!(y > 1 + Math.sqrt(beta))) return 0;
  return Math.sqrt(Math.max(0, (y * y - beta - 1) ** 2 - 4 * beta)) / y;
}

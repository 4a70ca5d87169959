/**
 * σ_w² and σ_b² of weights at hand, with their sampling errors.
 *   σ̂_w² = fan_in·mean(W²), no mean taken off; relative standard error √((κ − 1)/(n·m)), κ the kurtosis (3 Gaussian, 1.8 uniform)
 *   σ̂_b² = mean(b²), relative standard error √(2/n); below ten entries it is not known
 *   z = mean(W)·√(n·m)/sd: |z| > 5 means weights that are not centred, and an outlying singular value near |mean|·√(n·m)
 */
import type { RealArray } from "../../base/dtype.ts";

export interface Estimate {
  readonly value: number;
  readonly standardError: number;
}

export interface WeightEstimate extends Estimate {
  readonly meanScore: number;
  readonly kurtosis: number;
}

export const KURTOSIS = { gaussian: 3, uniform: 1.8 } as const;

export function relativeError(kurtosis: number, entries: number): number {
  return Math.sqrt((kurtosis - 1) / entries);
}

/** The kurtosis of the entries themselves sets the error, whatever law they were drawn from. */
export function weightVariance(entries: RealArray, fanIn: number): WeightEstimate {
  const n = entries.length;
  let [first, second, fourth] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const square = entries[i]! * entries[i]!;
    first += entries[i]!;
    second += square;
    fourth += square * square;
  }
  const [mean, meanOfSquares] = [first / n, second / n];
  const kurtosis = second === 0 ? KURTOSIS.gaussian : fourth / n / meanOfSquares ** 2;
  const value = fanIn * meanOfSquares;
  const deviation = Math.sqrt(Math.max(0, meanOfSquares - mean * mean));
  const meanScore = deviation === 0 ? (mean === 0 ? 0 : Number.POSITIVE_INFINITY) : (mean * Math.sqrt(n)) / deviation;
  return { value, standardError: value * relativeError(kurtosis, n), meanScore, kurtosis };
}

/** Fewer biases than this say nothing about a variance. */
export const FEWEST_BIASES = 10;

export function biasVariance(entries: RealArray): Estimate | null {
  const n = entries.length;
  if (n < FEWEST_BIASES) return null;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += entries[i]! * entries[i]!;
  return { value: sum / n, standardError: (sum / n) * Math.sqrt(2 / n) };
}

/** Standard deviation of a standard normal cut off at ±2: what "truncated normal" initializers divide by, or forget to. */
export const TRUNCATED_NORMAL_STD = 0.8796256610342398;

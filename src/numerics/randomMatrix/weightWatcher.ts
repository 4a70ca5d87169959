/**
 * The norms that WeightWatcher reports (Martin, Peng & Mahoney 2021; conventions as in its source from version 0.6.5 on): λᵢ = σᵢ² of the
 * matrix, not divided by its size; all logarithms to base 10. `alpha` is `powerLaw.ts`'s; null where it means nothing, and with it what is
 * built on it. Zero matrix: logarithms of zero, −Infinity.
 */
export interface WeightWatcherNorms {
  /** log₁₀ Σλ. */
  readonly logNorm: number;
  /** log₁₀ λ_max. */
  readonly logSpectralNorm: number;
  /** α·log₁₀ λ_max. */
  readonly alphaWeighted: number | null;
  /** log₁₀ Σλ^α. */
  readonly logAlphaNorm: number | null;
  /** λ₊/λ_max, λ₊ the upper edge of the fitted bulk. */
  readonly mpSoftrank: number | null;
}

/** `singularValues`: all of them, descending; `bulkEdge` in the units of singular values. */
export function weightWatcherNorms(
  singularValues: ArrayLike<number>,
  alpha: number | null,
  bulkEdge: number | null,
): WeightWatcherNorms {
  const top = singularValues[0] ?? 0;
  const logTop = 2 * Math.log10(top);
  const powerSum = (power: number) => {
    let sum = 0;
    for (let i = 0; i < singularValues.length; i++) sum += ((singularValues[i] as number) / top) ** power;
    return sum;
  };
  return {
    logNorm: top === 0 ? Number.NEGATIVE_INFINITY : logTop + Math.log10(powerSum(2)),
    logSpectralNorm: logTop,
    alphaWeighted: alpha === null || top === 0 ? null : alpha * logTop,
    logAlphaNorm: alpha === null || top === 0 ? null : alpha * logTop + Math.log10(powerSum(2 * alpha)),
    mpSoftrank: bulkEdge === null || top === 0 ? null : (bulkEdge / top) ** 2,
  };
}

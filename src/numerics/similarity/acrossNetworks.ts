/**
 * The mean of a comparison over all pairs of different networks, and how much it would vary with other networks: a statistic of pairs, left out network by network.
 * Definition: θ = mean over i ≠ j of s_ij; θ₋f without the pairs of network f; V = (k − 1)/k·Σ(θ₋f − mean θ₋)².
 * Sources: Arvesen 1969, Ann. Math. Stat. 40, 2076 (jackknife of U-statistics); Efron & Tibshirani 1993 ch. 11.
 * Special cases: fewer than three networks leave no pair when one is left out: refused. NaN where a pair has none. Cost: k².
 */
import { RefusedError } from "./refusal.ts";

export interface PairMean {
  readonly mean: number;
  readonly variance: number;
}

/** `values`: networks × networks, the diagonal is not looked at. */
export function pairMean(values: Float64Array, networks: number): PairMean {
  if (networks < 3)
    throw new RefusedError(
      "no-repeats",
      "Generalization to other networks needs at least three of the same layers.",
      "Name more seeds.",
    );
  const own = new Float64Array(networks);
  let total = 0;
  for (let i = 0; i < networks; i++)
    for (let j = 0; j < networks; j++) {
      if (i === j) continue;
      const value = values[i * networks + j]!;
      total += value;
      own[i]! += value;
      own[j]! += value;
    }
  const without = own.map((sum) => (total - sum) / ((networks - 1) * (networks - 2)));
  const mean = without.reduce((sum, value) => sum + value / networks, 0);
  const square = without.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean: total / (networks * (networks - 1)), variance: ((networks - 1) / networks) * square };
}

import type { DenseMatrix } from "../dense.ts";
import { lanczosQuadrature, type Quadrature, type QuadratureOptions } from "./lanczosQuadrature.ts";

export interface Estimate {
  readonly value: number;
  readonly standardError: number;
}

export interface SpectralEstimates {
  /** Roy–Vetterli effective rank. */
  readonly effectiveRank: Estimate;
  readonly participationRatio: Estimate;
  readonly nuclearNorm: Estimate;
}

/**
 * Sums over the whole spectrum without the spectrum, by stochastic Lanczos quadrature. Standard errors by jackknife over the probes; they hold the sampling
 * error, not the quadrature's (which is below it for 64 steps on spectra without a huge gap at zero).
 */
export function spectralEstimates(
  matrix: DenseMatrix,
  seed: number,
  options: QuadratureOptions = {},
): SpectralEstimates {
  return estimatesOf(lanczosQuadrature(matrix, seed, options));
}

/** The same from a quadrature that is at hand. */
export function estimatesOf({ probes, count, rootMeanSquare: unit }: Quadrature): SpectralEstimates {
  const zero = { value: 0, standardError: 0 };
  if (probes.length === 0) return { effectiveRank: zero, participationRatio: zero, nuclearNorm: zero };
  // In units of the root mean square, so that fourth powers stay in range.
  const sums = probes.map(({ nodes, weights }) => {
    const sum = { one: 0, log: 0, four: 0 };
    for (const [k, node] of nodes.entries()) {
      const weight = count * (weights[k] as number);
      const theta = node / unit;
      sum.one += weight * theta;
      if (theta > 0) sum.log += weight * theta * Math.log(theta);
      sum.four += weight * theta ** 4;
    }
    return sum;
  });
  return {
    effectiveRank: jackknife(sums, ({ one, log }) => Math.exp(Math.log(one) - log / one)),
    participationRatio: jackknife(sums, ({ four }) => count ** 2 / four),
    nuclearNorm: jackknife(sums, ({ one }) => one * unit),
  };
}

function jackknife<T extends Record<string, number>>(samples: readonly T[], statistic: (mean: T) => number): Estimate {
  const count = samples.length;
  const total: Record<string, number> = {};
  for (const sample of samples)
    for (const [key, value] of Object.entries(sample)) total[key] = (total[key] ?? 0) + value;
  const mean = (leave: T | null) =>
    Object.fromEntries(
      Object.entries(total).map(([key, sum]) => [
        key,
        leave === null ? sum / count : (sum - (leave[key] ?? 0)) / (count - 1),
      ]),
    ) as T;
  const parts = samples.map((sample) => statistic(mean(sample)));
  const average = parts.reduce((sum, value) => sum + value, 0) / count;
  const variance = ((count - 1) / count) * parts.reduce((sum, value) => sum + (value - average) ** 2, 0);
  return { value: statistic(mean(null)), standardError: Math.sqrt(variance) };
}

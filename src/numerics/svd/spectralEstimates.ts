import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { NEVER_CANCELLED } from "../../base/cancel.ts";
import { type DenseMatrix, frobeniusSquare, requireFinite } from "../dense.ts";
import { Random } from "../random.ts";
import { GolubKahanLanczos } from "./lanczos.ts";
import type { KernelOptions } from "./singularValues.ts";

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

const PROBES = 12;
const STEPS = 64;

/**
 * Sums over the whole spectrum without the spectrum: stochastic Lanczos quadrature on AᵀA (Ubaru, Chen & Saad 2017) through Golub–Kahan from
 * random unit starts. Σf(σ) ≈ n·mean over probes of Σ_k τ_k² f(θ_k). Standard errors by jackknife over the probes; they hold the sampling error,
 * not the quadrature's (which is below it for 64 steps on spectra without a huge gap at zero).
 */
export function spectralEstimates(matrix: DenseMatrix, seed: number, options: KernelOptions = {}): SpectralEstimates {
  const cancel = options.cancel ?? NEVER_CANCELLED;
  requireFinite(matrix);
  const n = matrix.columns;
  const square = frobeniusSquare(matrix);
  const unit = Math.sqrt(square / Math.max(1, Math.min(matrix.rows, n)));
  const probes: { one: number; log: number; four: number }[] = [];
  for (let probe = 0; probe < PROBES; probe++) {
    const random = new Random(seed + probe);
    const lanczos = new GolubKahanLanczos(matrix, random, unit * 1e-13, random.direction(n));
    lanczos.grow(Math.min(STEPS, matrix.rows, n), cancel);
    const p = lanczos.steps;
    const b = Matrix.zeros(p, p);
    for (let i = 0; i < p; i++) {
      b.set(i, i, lanczos.alphas[i] ?? 0);
      if (i + 1 < p) b.set(i, i + 1, lanczos.betas[i] ?? 0);
    }
    const svd = new SingularValueDecomposition(b);
    const sums = { one: 0, log: 0, four: 0 };
    for (let k = 0; k < p; k++) {
      const weight = n * svd.rightSingularVectors.get(0, k) ** 2;
      const theta = (svd.diagonal[k] ?? 0) / unit;
      sums.one += weight * theta;
      if (theta > 0) sums.log += weight * theta * Math.log(theta);
      sums.four += weight * theta ** 4;
    }
    probes.push(sums);
    options.progress?.((probe + 1) / PROBES);
  }
  const squares = square / unit ** 2;
  return {
    effectiveRank: jackknife(probes, ({ one, log }) => Math.exp(Math.log(one) - log / one)),
    participationRatio: jackknife(probes, ({ four }) => squares ** 2 / four),
    nuclearNorm: jackknife(probes, ({ one }) => one * unit),
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

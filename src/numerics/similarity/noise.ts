/**
 * The covariance of measurement noise from repeated measurements of the same items, and its inverse's root ("whitening").
 * Residuals are measurements minus the mean of their item; degrees of freedom: measurements − items. Estimators: `diagonal` variances only; `full` the
 * sample covariance (needs more degrees of freedom than dimensions); `shrunk` towards its own diagonal with the share that minimizes the expected error.
 * Sources: Schäfer & Strimmer 2005, Stat. Appl. Genet. Mol. Biol. 4, 32 (share, for residuals with zero mean); Walther et al. 2016 (use in RSA).
 * Special cases: without repeats refused by name; a dimension without noise has no precision and is refused. Cost: m·p² flops for m measurements, p³.
 */

import { NEVER_CANCELLED } from "../../base/cancel.ts";
import { dense } from "../eigen/block.ts";
import { symmetricEigen, symmetricEigenBytes } from "../eigen/symmetricEigen.ts";
import { loadKernels } from "../kernels/load.ts";
import { type Matrix64, product, type Watched } from "./matrix.ts";
import { RefusedError } from "./refusal.ts";

export const NOISE_ESTIMATORS = ["shrunk", "diagonal", "full"] as const;
export type NoiseEstimator = (typeof NOISE_ESTIMATORS)[number];

export interface NoiseCovariance {
  /** p × p. */
  readonly covariance: Matrix64;
  readonly degreesOfFreedom: number;
  /** Share of the way to the diagonal, for `shrunk`. */
  readonly shrinkage: number | null;
}

/** `residuals`: measurements × dimensions, each minus the mean of its item. */
export function noiseCovariance(
  residuals: Matrix64,
  degreesOfFreedom: number,
  estimator: NoiseEstimator,
  options: Watched = {},
): NoiseCovariance {
  const { rows: m, columns: p, data } = residuals;
  if (degreesOfFreedom < 1)
    throw new RefusedError(
      "no-repeats",
      "Every item was measured once: the noise cannot be told from the signal.",
      "Name repeats.",
    );
  if (estimator === "full" && degreesOfFreedom < p)
    throw new RefusedError(
      "too-many-dimensions",
      `${degreesOfFreedom} degrees of freedom give no invertible covariance of ${p} dimensions.`,
      "Take the shrunk or the diagonal estimate.",
    );
  const sums = product(residuals, residuals, { ...options, transposeA: true });
  const covariance = { ...sums, data: sums.data.map((value) => value / degreesOfFreedom) };
  for (let j = 0; j < p; j++)
    if (!(covariance.data[j * p + j]! > 0))
      throw new RefusedError(
        "degenerate",
        `Dimension ${j} has no noise at all: its precision is not defined.`,
        "Leave it out.",
      );
  if (estimator === "full") return { covariance, degreesOfFreedom, shrinkage: null };
  let share = 1;
  if (estimator === "shrunk") {
    const squares = { ...residuals, data: data.map((value) => value * value) };
    const fourth = product(squares, squares, { ...options, transposeA: true });
    let [above, below] = [0, 0];
    for (let i = 0; i < p; i++)
      for (let j = 0; j < p; j++) {
        if (i === j) continue;
        const scale = covariance.data[i * p + i]! * covariance.data[j * p + j]!;
        const r = sums.data[i * p + j]! / Math.sqrt(scale) / (m - 1);
        above += (m / degreesOfFreedom ** 2) * (fourth.data[i * p + j]! / scale / (m - 1) - r * r);
        below += r * r;
      }
    share = below > 0 ? Math.max(0, Math.min(1, above / below)) : 1;
  }
  for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) if (i !== j) covariance.data[i * p + j]! *= 1 - share;
  return { covariance, degreesOfFreedom, shrinkage: estimator === "shrunk" ? share : null };
}

/** W = Σ^(−1/2), so that distances of X·W are Mahalanobis distances. Refused where Σ is singular to working accuracy. */
export function whitening({ rows: p, data }: Matrix64, options: Watched = {}): Matrix64 {
  const { cancel = NEVER_CANCELLED, kernels = loadKernels() } = options;
  const { memory } = kernels;
  return memory.scope(16 * p * p + symmetricEigenBytes(p), () => {
    const [a, vectors] = [memory.float64(p * p), memory.float64(p * p)];
    a.set(data);
    const values = symmetricEigen(kernels, dense(a, p, p), dense(vectors, p, p), { cancel, progress() {} });
    const largest = values.reduce((most, value) => Math.max(most, value), 0);
    if (values.some((value) => !(value > p * Number.EPSILON * largest)))
      throw new RefusedError(
        "degenerate",
        "The covariance of the noise is singular: some direction has no noise.",
        "Take the shrunk or the diagonal estimate.",
      );
    const e = { rows: p, columns: p, data: Float64Array.from(vectors) };
    const turned = { ...e, data: e.data.map((value, at) => value / Math.sqrt(values[Math.floor(at / p)]!)) };
    return product(e, turned, { kernels, cancel, transposeA: true });
  });
}

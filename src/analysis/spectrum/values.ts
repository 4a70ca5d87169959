import { type DenseMatrix, frobeniusSquare } from "../../numerics/dense.ts";
import { sketchLeading } from "../../numerics/randomMatrix/sketch.ts";
import { effectiveRank, hoyerSparsity, participationRatio, stableRank } from "../../numerics/ranks.ts";
import {
  lanczosQuadrature,
  QUADRATURE_PROBES,
  QUADRATURE_STEPS,
  type Quadrature,
} from "../../numerics/svd/lanczosQuadrature.ts";
import { exactSingularValues, type ValuesMethod } from "../../numerics/svd/singularValues.ts";
import { spectralDensity } from "../../numerics/svd/spectralDensity.ts";
import { type Estimate, estimatesOf } from "../../numerics/svd/spectralEstimates.ts";
import { type Triplets, topTriplets } from "../../numerics/svd/topTriplets.ts";
import type { AnalysisContext, Measured } from "../types.ts";
import type { EstimatedDensity, SpectrumResult } from "./types.ts";

/** The values and the numbers that follow from them alone. */
export type Values = Pick<
  SpectrumResult,
  | "promise"
  | "singularValues"
  | "residuals"
  | "floor"
  | "spectralNorm"
  | "frobeniusNorm"
  | "stableRank"
  | "effectiveRank"
  | "participationRatio"
  | "hoyer"
  | "density"
>;
type Watch = Pick<AnalysisContext, "cancel" | "progress">;

const ROUTES: Readonly<Record<ValuesMethod, string>> = {
  jacobi: "QR and one-sided Jacobi, each to its own relative accuracy",
  gram: "the eigenvalues of the Gram matrix",
  svd: "repeated Gram matrices with projection",
};

const LEADING: Readonly<Record<Triplets["method"], string>> = {
  "thin svd": "thin SVD level by level",
  "block lanczos": "block Lanczos on WᵀW",
};

/** Relative residual that a leading singular value must meet before it is shown. */
const TOLERANCE = 1e-6;
/** Shown for a moment, until the exact values come. */
const SKETCH_VALUES = 8;
const SEED = 2016;
/** Noise ends at twice the root mean square in a square matrix, sooner in others. */
const BULK = 4;
const DENSITY_POINTS = 121;
/** Parts of the axis that are told apart: finer than the quadrature resolves shows its nodes. */
const RESOLUTION = 40;

export function exactValues(matrix: DenseMatrix, route: "auto" | "floorless", { cancel, progress }: Watch): Values {
  const { values: s, method: used, floor } = exactSingularValues(matrix, { route, cancel, progress });
  const method = `all singular values by ${ROUTES[used]} in float64`;
  const exact = (value: number): Measured => ({
    value,
    how: { kind: "exact", method, ...(floor > 0 ? { floor } : {}) },
  });
  return {
    promise: "exact",
    singularValues: s,
    residuals: null,
    floor,
    spectralNorm: exact(s[0] ?? 0),
    frobeniusNorm: exact(Math.hypot(...chunkNorms(s))),
    stableRank: exact(stableRank(s)),
    effectiveRank: exact(effectiveRank(s)),
    participationRatio: exact(participationRatio(s)),
    hoyer: exact(hoyerSparsity(s)),
    density: null,
  };
}

/** A few leading values, quickly and roughly: bounded work, residuals stated, nothing about the rest of the spectrum. */
export function sketchedValues(matrix: DenseMatrix, { cancel }: Watch): Values {
  const sketch = sketchLeading(matrix, SKETCH_VALUES, { cancel });
  return {
    ...leadingOf(matrix, sketch, "first sketch: 40 steps of Lanczos, entries in float32", sketch.values.length),
    promise: "sketch",
    effectiveRank: null,
    participationRatio: null,
    hoyer: null,
    density: null,
  };
}

export function leadingValues(matrix: DenseMatrix, topK: number, { cancel, progress }: Watch): Values {
  const triplets = topTriplets(matrix, topK, {
    tolerance: TOLERANCE,
    seed: SEED,
    cancel,
    progress: (part) => progress(0.6 * part),
  });
  const method = `${LEADING[triplets.method]}, the leading ${triplets.converged} to ‖Wv−σu‖ ≤ ${TOLERANCE}·σ₁`;
  const leading = leadingOf(matrix, triplets, method, triplets.converged);
  const base = { ...leading, promise: "top-k" as const };
  if (leading.spectralNorm.value === 0)
    return { ...base, effectiveRank: null, participationRatio: null, hoyer: null, density: null };
  const quadrature = lanczosQuadrature(matrix, SEED, { cancel, progress: (part) => progress(0.6 + 0.4 * part) });
  const estimates = estimatesOf(quadrature);
  const estimate = ({ value, standardError }: Estimate): Measured => ({
    value,
    how: {
      kind: "estimate",
      standardError,
      method: `stochastic Lanczos quadrature, ${QUADRATURE_PROBES} probes of ${QUADRATURE_STEPS} steps; standard error by jackknife over the probes`,
    },
  });
  return {
    ...base,
    effectiveRank: estimate(estimates.effectiveRank),
    participationRatio: estimate(estimates.participationRatio),
    density: densityOf(quadrature, leading.spectralNorm.value),
    hoyer: estimate(hoyerOf(estimates.nuclearNorm, leading.frobeniusNorm.value, Math.min(matrix.rows, matrix.columns))),
  };
}

/** The density where the bulk is: far outliers are among the leading values anyway, and would only stretch the axis. */
function densityOf(quadrature: Quadrature, top: number): EstimatedDensity {
  const limit = 1.05 * Math.min(top, BULK * quadrature.rootMeanSquare);
  const points = Float64Array.from({ length: DENSITY_POINTS }, (_, i) => (limit * i) / (DENSITY_POINTS - 1));
  const { sigma, density, densityError, width, probes, steps } = spectralDensity(quadrature, points, {
    width: limit / RESOLUTION,
  });
  const method = `stochastic Lanczos quadrature, ${probes} probes of ${steps} steps, each value widened by ${width.toPrecision(2)}`;
  return { sigma, density, densityError, width, method };
}

function leadingOf(
  matrix: DenseMatrix,
  { values, residuals }: { readonly values: Float64Array<ArrayBuffer>; readonly residuals: Float64Array<ArrayBuffer> },
  method: string,
  count: number,
) {
  const square = frobeniusSquare(matrix);
  const s = values.slice(0, count);
  const top = s[0] ?? 0;
  const bound = (value: number): Measured => ({ value, how: { kind: "bound", residual: residuals[0] ?? 0, method } });
  return {
    singularValues: s,
    residuals: residuals.slice(0, count),
    floor: 0,
    spectralNorm: bound(top),
    frobeniusNorm: { value: Math.sqrt(square), how: { kind: "exact" as const, method: "sum of squares in float64" } },
    stableRank: bound(top === 0 ? 0 : square / top ** 2),
  };
}

/** The sparsity is linear in the sum of singular values: so is its error. */
function hoyerOf(sum: Estimate, frobenius: number, n: number): Estimate {
  const root = Math.sqrt(n);
  return n < 2
    ? { value: 0, standardError: 0 }
    : {
        value: (root - sum.value / frobenius) / (root - 1),
        standardError: sum.standardError / frobenius / (root - 1),
      };
}

/** `Math.hypot` takes its arguments on the stack: large spectra go in pieces. */
function chunkNorms(s: Float64Array): number[] {
  const norms: number[] = [];
  for (let at = 0; at < s.length; at += 1024) norms.push(Math.hypot(...s.subarray(at, at + 1024)));
  return norms;
}

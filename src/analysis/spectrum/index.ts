import { type DenseMatrix, frobeniusSquare } from "../../numerics/dense.ts";
import { effectiveRank, participationRatio, stableRank } from "../../numerics/ranks.ts";
import { QUADRATURE_PROBES, QUADRATURE_STEPS } from "../../numerics/svd/lanczosQuadrature.ts";
import { exactSingularValues, type ValuesMethod } from "../../numerics/svd/singularValues.ts";
import { spectralEstimates } from "../../numerics/svd/spectralEstimates.ts";
import { type Triplets, topTriplets } from "../../numerics/svd/topTriplets.ts";
import { loadMatrix } from "../_shared/input.ts";
import { readParameters } from "../_shared/parameters.ts";
import { weightMatrixReading } from "../_shared/weightMatrix.ts";
import type { Analysis, AnalysisContext, Measured } from "../types.ts";
import { manifest } from "./manifest.ts";
import type { SpectrumResult } from "./types.ts";

const ROUTES: Readonly<Record<ValuesMethod, string>> = {
  bidiagonalization: "Householder bidiagonalization",
  gram: "the eigenvalues of the Gram matrix",
  svd: "repeated Gram matrices with projection",
};

const LEADING: Readonly<Record<Triplets["method"], string>> = {
  "thin svd": "thin SVD level by level",
  "block lanczos": "block Lanczos on WᵀW",
};

const SPARKLINE_POINTS = 48;
/** Relative residual that a leading singular value must meet before it is shown. */
const TOLERANCE = 1e-6;
const SEED = 2016;

export const spectrumAnalysis: Analysis<SpectrumResult> = {
  manifest,

  applies(tensor, target) {
    const reading = weightMatrixReading(tensor, target);
    return "reason" in reading ? reading : null;
  },

  async run(context, parameters) {
    const { exactLimit, topK } = readParameters(manifest.parameters, parameters);
    const matrix = await loadMatrix(context);
    const exact = Math.min(matrix.rows, matrix.columns) <= exactLimit;
    const facts = exact ? exactly(matrix, context) : leading(matrix, topK, context);
    return { reading: matrix.reading, rows: matrix.rows, columns: matrix.columns, ...facts };
  },
};

type Facts = Omit<SpectrumResult, "reading" | "rows" | "columns">;

function exactly(matrix: DenseMatrix, { cancel, progress }: AnalysisContext): Facts {
  const { values: s, method: route } = exactSingularValues(matrix, { cancel, progress });
  const method = `all singular values by ${ROUTES[route]} in float64`;
  const exact = (value: number): Measured => ({ value, how: { kind: "exact", method } });
  return {
    promise: "exact",
    singularValues: s,
    residuals: null,
    spectralNorm: exact(s[0] ?? 0),
    frobeniusNorm: exact(Math.hypot(...chunkNorms(s))),
    stableRank: exact(stableRank(s)),
    effectiveRank: exact(effectiveRank(s)),
    participationRatio: exact(participationRatio(s)),
    sparkline: sparklineOf(s),
    degenerate: degeneracy(s),
  };
}

function leading(matrix: DenseMatrix, topK: number, { cancel, progress }: AnalysisContext): Facts {
  const square = frobeniusSquare(matrix);
  const triplets = topTriplets(matrix, topK, {
    tolerance: TOLERANCE,
    seed: SEED,
    cancel,
    progress: (part) => progress(0.6 * part),
  });
  const s = triplets.values.slice(0, triplets.converged);
  const top = s[0] ?? 0;
  const bound = (value: number): Measured => ({
    value,
    how: {
      kind: "bound",
      residual: triplets.residuals[0] ?? 0,
      method: `${LEADING[triplets.method]}, the leading ${s.length} to ‖Wv−σu‖ ≤ ${TOLERANCE}·σ₁`,
    },
  });
  const base = {
    promise: "top-k" as const,
    singularValues: s,
    residuals: triplets.residuals.slice(0, triplets.converged),
    spectralNorm: bound(top),
    frobeniusNorm: { value: Math.sqrt(square), how: { kind: "exact" as const, method: "sum of squares in float64" } },
    stableRank: bound(top === 0 ? 0 : square / top ** 2),
    sparkline: sparklineOf(s),
    degenerate: degeneracy(s),
  };
  if (top === 0) return { ...base, effectiveRank: null, participationRatio: null };
  const estimates = spectralEstimates(matrix, SEED, { cancel, progress: (part) => progress(0.6 + 0.4 * part) });
  const estimate = ({ value, standardError }: { value: number; standardError: number }): Measured => ({
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
  };
}

/** `Math.hypot` takes its arguments on the stack: large spectra go in pieces. */
function chunkNorms(s: Float64Array): number[] {
  const norms: number[] = [];
  for (let at = 0; at < s.length; at += 1024) norms.push(Math.hypot(...s.subarray(at, at + 1024)));
  return norms;
}

function sparklineOf(s: Float64Array): Float32Array<ArrayBuffer> {
  const points = Math.min(SPARKLINE_POINTS, s.length);
  const top = s[0] || 1;
  return Float32Array.from(
    { length: points },
    (_, i) => (s[points === 1 ? 0 : Math.round((i * (s.length - 1)) / (points - 1))] as number) / top,
  );
}

function degeneracy(s: Float64Array): string | null {
  return (s[0] ?? 0) === 0
    ? "All entries are zero: rank 0. The effective rank of a zero matrix is not defined; 0 is shown by convention."
    : null;
}

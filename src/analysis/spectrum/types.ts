import type { MatrixReading } from "../../base/tensor.ts";
import type { RankNulls } from "../../numerics/randomMatrix/rankNulls.ts";
import type { NullAccount, Said, TailAccount } from "../_shared/null/types.ts";
import type { Measured } from "../types.ts";

export type { NoiseAccount, NullAccount, Said } from "../_shared/null/types.ts";

/** The density of all singular values where they are not all known, with one standard error at each point. */
export interface EstimatedDensity {
  readonly sigma: Float64Array<ArrayBuffer>;
  readonly density: Float64Array<ArrayBuffer>;
  readonly densityError: Float64Array<ArrayBuffer>;
  /** Standard deviation of the Gaussian that each value is widened by. */
  readonly width: number;
  readonly method: string;
}

export interface SpectrumResult extends NullAccount {
  readonly reading: MatrixReading;
  readonly rows: number;
  readonly columns: number;
  /** What is promised: every singular value, the leading ones with residuals, or a first sketch of the leading ones. */
  readonly promise: "exact" | "top-k" | "sketch";
  /** Descending; all min(rows, columns) of them if exact, else the converged leading ones. */
  readonly singularValues: Float64Array<ArrayBuffer>;
  /** ‖Av−σu‖ for each value when `promise` is not exact; null when it is. */
  readonly residuals: Float64Array<ArrayBuffer> | null;
  /** Values below it are not to be told from zero; 0 where the method has no floor. */
  readonly floor: number;
  readonly spectralNorm: Measured;
  readonly frobeniusNorm: Measured;
  /** ‖W‖_F²/σ₁². */
  readonly stableRank: Measured;
  /** Roy–Vetterli: exp of the entropy (natural log) of σ/Σσ. An estimate when not exact; null when it cannot be estimated. */
  readonly effectiveRank: Measured | null;
  /** (Σσ²)²/Σσ⁴. */
  readonly participationRatio: Measured | null;
  /** (√N − Σσ/√Σσ²)/(√N − 1). */
  readonly hoyer: Measured | null;
  /** What the four rank measures would be for Gaussian noise of this shape. */
  readonly rankNulls: RankNulls;
  /** The power law of the tail, or why it is not shown. */
  readonly powerLaw: Said<TailAccount>;
  /** Null where all values are known, and in a sketch. */
  readonly density: EstimatedDensity | null;
  /** At most 48 points of σ_i/σ₁ at evenly spaced ranks over those known, for the sparkline. */
  readonly sparkline: Float32Array<ArrayBuffer>;
  /** The reason where the matrix is all zero (rank 0, effective rank 0 by convention); else null. */
  readonly degenerate: string | null;
}

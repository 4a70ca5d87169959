import type { MatrixReading } from "../../base/tensor.ts";
import type { Measured } from "../types.ts";

export interface SpectrumResult {
  readonly reading: MatrixReading;
  readonly rows: number;
  readonly columns: number;
  /** What is promised: every singular value, or the leading ones with residuals. */
  readonly promise: "exact" | "top-k";
  /** Descending; all min(rows, columns) of them if exact, else the converged leading ones. */
  readonly singularValues: Float64Array<ArrayBuffer>;
  /** ‖Av−σu‖ for each value when `promise` is top-k; null when exact. */
  readonly residuals: Float64Array<ArrayBuffer> | null;
  readonly spectralNorm: Measured;
  readonly frobeniusNorm: Measured;
  /** ‖W‖_F²/σ₁². */
  readonly stableRank: Measured;
  /** Roy–Vetterli: exp of the entropy (natural log) of σ/Σσ. An estimate when not exact; null when it cannot be estimated. */
  readonly effectiveRank: Measured | null;
  /** (Σσ²)²/Σσ⁴. */
  readonly participationRatio: Measured | null;
  /** At most 48 points of σ_i/σ₁ at evenly spaced ranks over those known, for the sparkline. */
  readonly sparkline: Float32Array<ArrayBuffer>;
  /** False and the reason where the matrix is all zero (rank 0, effective rank 0 by convention). */
  readonly degenerate: string | null;
}

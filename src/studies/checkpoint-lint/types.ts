import type { FileVerdict, Origin } from "../../lint/checkpoint/types.ts";
import type { CheckpointFinding } from "../../lint/types.ts";

export interface CheckedWeight {
  readonly tensor: string;
  /** Index of the block of a fused tensor, and its name; null for a whole one. */
  readonly part: number | null;
  readonly partLabel: string | null;
  readonly origin: Origin;
  readonly fanIn: number;
  /** σ̂_w² = fan_in·mean(W²), and its standard error. */
  readonly sigmaW2: number;
  readonly standardError: number;
  /** The activation that follows, who says so, and the σ_w² that is critical for it (null: none is); null where it is not known. */
  readonly activation: { readonly name: string; readonly evidence: string; readonly critical: number | null } | null;
  /** Of singular values that can be told from 0; null where they are not known. */
  readonly rank: { readonly rank: number; readonly full: number } | null;
}

export interface SkippedWeight {
  readonly tensor: string;
  readonly part: number | null;
  readonly reason: string;
}

export interface CheckpointLintResult {
  readonly name: string;
  readonly verdict: FileVerdict;
  readonly weights: readonly CheckedWeight[];
  readonly findings: readonly CheckpointFinding[];
  /** Weights that were not looked at, with the reason. */
  readonly skipped: readonly SkippedWeight[];
  /** What was not asked of the file as a whole, and why; and what a source was found to agree with. */
  readonly notes: readonly string[];
  /** Weights whose singular values nobody has computed yet: their ranks are not judged. */
  readonly ranksWaiting: number;
  /** Sources whose network this is. */
  readonly sources: readonly string[];
}

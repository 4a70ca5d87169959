import type { Origin } from "../../lint/checkpoint/laws.ts";
import type { CheckpointFinding } from "../../lint/types.ts";

export interface CheckedWeight {
  readonly tensor: string;
  readonly origin: Origin;
  readonly fanIn: number;
  /** σ̂_w² = fan_in·mean(W²), and its standard error. */
  readonly sigmaW2: number;
  readonly standardError: number;
}

export interface CheckpointLintResult {
  readonly name: string;
  readonly weights: readonly CheckedWeight[];
  readonly findings: readonly CheckpointFinding[];
  /** Weights that were not looked at, with the reason. */
  readonly skipped: readonly { readonly tensor: string; readonly reason: string }[];
}

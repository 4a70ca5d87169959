import type { CancelToken } from "../base/cancel.ts";
import type { StreamingHash } from "../base/sha256.ts";
import type { DescribedTensor, TensorPart } from "../base/tensor.ts";
import type { Checkpoint } from "../formats/types.ts";

/** What an analysis looks at: a tensor, one part of a fused tensor, or one tap of a convolution kernel. */
export interface TargetRef {
  readonly tensor: string;
  /** Index into the tensor's `parts`; null for the whole tensor. */
  readonly part: number | null;
  /** Kernel position (one index per spatial axis) of a convolution read tap by tap; null for the reshaped kernel. */
  readonly tap: readonly number[] | null;
}

/** What must be at hand before a number may be shown (theory.md §0.5). */
export type Availability =
  | "source"
  | "weights"
  | "initial-weights"
  | "series"
  | "optimizer-state"
  | "items"
  | "activations";

/** The same tensor in the checkpoint that training started from: what "learned" is measured against. */
export interface ReferenceInput {
  readonly checkpoint: Checkpoint;
  readonly tensor: DescribedTensor;
}

/** How a number was got. */
export type Provenance =
  | { readonly kind: "exact"; readonly floor?: number; readonly method: string }
  | { readonly kind: "estimate"; readonly standardError: number; readonly method: string }
  | { readonly kind: "bound"; readonly residual: number; readonly method: string };

export interface Measured {
  readonly value: number;
  readonly how: Provenance;
}

/** The card behind a number: one click away from it. */
export interface QuantityDefinition {
  readonly label: string;
  /** Letter or short formula, e.g. "σ₁" or "‖W‖_F² / σ₁²". */
  readonly symbol: string;
  readonly definition: string;
  readonly equation: string;
  /** Author, year, where. */
  readonly source: string;
  readonly assumptions: readonly string[];
  /** What the number would be for the null model, and which null that is. */
  readonly nullModel: string;
  readonly unit?: string;
}

/** One parameter of an analysis: enough for validation, forms and `--help`. */
export type ParameterSchema =
  | {
      readonly type: "integer" | "number";
      readonly minimum: number;
      readonly maximum: number;
      readonly default: number;
      readonly description: string;
    }
  | {
      readonly type: "choice";
      readonly choices: readonly string[];
      readonly default: string;
      readonly description: string;
    }
  | { readonly type: "boolean"; readonly default: boolean; readonly description: string }
  /** What it may say is the analysis' own to read and to refuse. */
  | { readonly type: "text"; readonly longest: number; readonly default: string; readonly description: string };

export type ParameterValues = Readonly<Record<string, number | string | boolean>>;

export interface AnalysisManifest {
  readonly id: string;
  /** Part of every cache key: raise it when results change. */
  readonly version: number;
  readonly title: string;
  readonly description: string;
  readonly needs: readonly Availability[];
  readonly citations: readonly string[];
  readonly assumptions: readonly string[];
  readonly parameters: Readonly<Record<string, ParameterSchema>>;
  /** Cards for the numbers of the result, by the result's field name. */
  readonly quantities: Readonly<Record<string, QuantityDefinition>>;
  /** Whether it can look at a second checkpoint (`optional`) or means nothing without one (`required`); left out: it looks at one alone. */
  readonly reference?: "optional" | "required";
  /** What it has in memory at once: a few chunks of the values, or (left out) the target as a matrix with its workspace. */
  readonly holds?: "chunks";
  /** Whether results are small enough and costly enough to be kept on disk. */
  readonly cacheable: boolean;
  /** True if a run puts all values through `ValuesHasher`: to hash them beforehand, for the cache, would be to read the file twice. */
  readonly hashesValues?: boolean;
}

export interface AnalysisContext {
  readonly checkpoint: Checkpoint;
  readonly tensor: DescribedTensor;
  readonly part: TensorPart | null;
  readonly target: TargetRef;
  /**
   * What was named to compare with: the tensor there, or why it cannot be compared. Left out where nothing was named, and always for an analysis
   * whose manifest takes no reference. Its name, shape and parts are those of `tensor`.
   */
  readonly reference?: ReferenceInput | NotApplicable;
  readonly cancel: CancelToken;
  readonly signal?: AbortSignal;
  /** The host's own SHA-256 where it has one that streams: about eight times as fast. */
  readonly sha256?: () => StreamingHash;
  /** 0 … 1; called at most a few times a second by convention of the caller. */
  progress(fraction: number): void;
}

/** Why an analysis says nothing about a target: one sentence that a person reads in "not analysed, because…". */
export interface NotApplicable {
  readonly reason: string;
}

/**
 * One analysis of one target. `Result` is plain data: numbers, strings, arrays, records and typed arrays (it crosses threads and is
 * cached). NaN and ±Infinity are allowed in it.
 */
export interface Analysis<Result = unknown> {
  readonly manifest: AnalysisManifest;
  /** Null if the analysis makes sense for this target, judged from its description alone (no values read). */
  applies(tensor: DescribedTensor, target: TargetRef): NotApplicable | null;
  run(context: AnalysisContext, parameters: ParameterValues): Promise<Result>;
}

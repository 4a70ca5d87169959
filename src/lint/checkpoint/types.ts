import type { Activation } from "../../numerics/meanField/activation.ts";
import type { Severity } from "../types.ts";
import type { WeightMeasure } from "./measure.ts";
import type { RankReading } from "./rank.ts";

/** What a weight's shape says of its fans, which is all that initializers know. */
export interface WeightShape {
  /** Rows of the matrix: units. Columns: what one unit sums over, taps and channels. */
  readonly rows: number;
  readonly columns: number;
  /** Positions of a kernel; 1 for a dense layer. */
  readonly taps: number;
  /** Rows of the whole tensor, where this is one block of a fused one. */
  readonly wholeRows: number;
  /** The tensor's own axes, which is what initializers look at. */
  readonly axes: readonly number[];
  readonly kind: "dense" | "convolution" | "recurrent" | "embedding";
  /** Units of the recurrent layer that it belongs to; null for others. */
  readonly hidden: number | null;
}

/** How a weight came to be, as far as its entries tell. */
export type Origin =
  | { readonly kind: "law"; readonly name: string; readonly law: string; readonly evidence: string }
  /** As if drawn entry by entry, but by no law that has a name. */
  | { readonly kind: "random"; readonly family: Family; readonly evidence: string }
  /** What no independent draw from one law looks like: trained, or made otherwise. */
  | { readonly kind: "trained"; readonly evidence: string }
  | { readonly kind: "constant"; readonly value: number; readonly evidence: string }
  | { readonly kind: "unknown"; readonly evidence: string };

export type Family = "normal" | "truncated" | "uniform";

/** What follows a layer, and who says so. */
export interface KnownActivation {
  readonly activation: Activation;
  readonly evidence: string;
}

/** One weight, or one block of a fused one, with what was measured. */
export interface MeasuredWeight {
  readonly tensor: string;
  /** Index of the block in its tensor; null for a whole tensor. */
  readonly part: number | null;
  /** For messages: the block's name. */
  readonly partLabel: string | null;
  readonly shape: WeightShape;
  readonly measure: WeightMeasure;
  readonly origin: Origin;
  /** One entry a row; null where there is none. */
  readonly bias: ArrayLike<number> | null;
  /** Null: not known. */
  readonly activation: KnownActivation | null;
  /** Null: its singular values are not known. */
  readonly rank: RankReading | null;
}

/** A tensor of a file, as a source may state it: a weight with its blocks, a table, or a vector beside the weights. */
export interface HeldTensor {
  readonly tensor: string;
  readonly role: "weight" | "table" | "vector";
  /** Its blocks are weights of their own: gates, or q, k and v. */
  readonly fused: boolean;
  /** One for each block that was read; one for a tensor that has none. */
  readonly measures: readonly WeightMeasure[];
  readonly origins: readonly Origin[];
  /** Of a weight that is one matrix. */
  readonly shape: WeightShape | null;
  readonly entries: number;
  /** Index of the weight, where it is one. */
  readonly weight: number | null;
}

/** Whether a file is of before training. */
export interface FileVerdict {
  readonly kind: "initialization" | "trained" | "partly" | "unknown";
  /** One sentence with the counts. */
  readonly sentence: string;
}

/** What is known of the network as a whole. */
export interface NetworkFacts {
  readonly verdict: FileVerdict;
  /** The plain chains that are known: the network as a whole, or stretches of it between branches, sums and norms. */
  readonly segments: readonly Segment[];
  readonly inputMoment: number;
  /** It has norms: the scale of the weights before them hardly matters. */
  readonly normalised: boolean;
  /** Why the network is no single chain; null where it is one. */
  readonly noChain: string | null;
}

/** Where the input of a chain comes from: the network's own, a norm (second moment 1), or what nobody knows the size of. */
export type Entrance = "input" | "norm" | "unknown";

export interface Segment {
  /** Into the weights, in the order in which signals pass. */
  readonly indices: readonly number[];
  /** What follows each, where the graph says more than the weight's own note; null: that note. */
  readonly activations: readonly (KnownActivation | null)[];
  readonly entrance: Entrance;
}

/** One question asked of saved weights. */
export type WeightCheck = (weight: MeasuredWeight, facts: NetworkFacts) => readonly Draft[];

export interface Draft {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly assumptions?: readonly string[];
}

import type { Measured } from "../../analysis/types.ts";

/** How the weights begin. `balanced`: aligned with the data's modes, all layers alike. `random`: independent normal entries. */
export type Start = "balanced" | "random";

export interface TreeWorld {
  readonly depth: number;
  readonly branching: number;
  /** Probability that a property changes its sign from parent to child. */
  readonly flip: number;
  readonly features: number;
  /** `sampled`: so many properties drawn by the seed. `limit`: what infinitely many would give, at the same scale. */
  readonly properties: "sampled" | "limit";
}

export interface SimulatorParameters {
  /** The items' tree; not looked at where a table is given. */
  readonly tree: TreeWorld;
  readonly seed: number;
  /** Weight matrices. */
  readonly depth: number;
  readonly hidden: number;
  readonly start: Start;
  /** Strength of every mode at the start (balanced), or standard deviation of the entries (random). */
  readonly scale: number;
  /** Null: a fiftieth of the largest stable one. */
  readonly rate: number | null;
  /** Null: until theory has the weakest mode learned. */
  readonly steps: number | null;
  /** False: theory alone. */
  readonly train: boolean;
  /** Checkpoints of the training to hand over as files; 0: none. */
  readonly keep: number;
}

/** One level of the tree, or one group of equal modes of a table. */
export interface SimulatedGroup {
  /** Level of the tree, 0 for what all items share; null for a table's modes. */
  readonly level: number | null;
  /** Ranks of its modes in the table, from 0. */
  readonly ranks: readonly number[];
  /** Mean singular value of its modes in this table, the least and the largest. */
  readonly singularValue: number;
  readonly range: readonly [number, number];
  /** √(N·λ) for infinitely many properties; null for a table. */
  readonly limit: number | null;
  /** Where values of a degenerate level spread in a table of so many properties (Marchenko–Pastur edges); null where nothing spreads. */
  readonly spread: readonly [number, number] | null;
  /** Mean strength at the start that theory's courses have; null where theory gives none. */
  readonly start: number | null;
  /** Mean strength of its modes at each of `times`, theory's and the trained network's; NaN where training has not come yet. */
  readonly theory: Float64Array<ArrayBuffer> | null;
  readonly trained: Float64Array<ArrayBuffer> | null;
  /** Least and largest of the trained modes of the group at each time. */
  readonly trainedLow: Float64Array<ArrayBuffer> | null;
  readonly trainedHigh: Float64Array<ArrayBuffer> | null;
  readonly theoryHalfTime: Measured | null;
  /** Where the level's limit has it. */
  readonly limitHalfTime: Measured | null;
  /** Of the mean over the group's modes that have passed half; an estimate with the spread over the group. */
  readonly trainedHalfTime: Measured | null;
  readonly theoryStage: number | null;
  readonly trainedStage: number | null;
}

/** Points of the items in one picture for all its times. */
export interface Differentiation {
  readonly times: readonly number[];
  readonly axes: number;
  /** times × items × axes. */
  readonly points: Float64Array<ArrayBuffer>;
  readonly shares: readonly number[];
  readonly stress: number;
  /** First of each pair of neighbouring axes that may be turned into each other. */
  readonly degenerate: readonly number[];
  /** What the points are: hidden vectors, or answers where there is no hidden layer. */
  readonly of: "hidden" | "answers";
}

export type TrainingState =
  | { readonly kind: "off"; readonly reason: string | null }
  | { readonly kind: "running"; readonly step: number }
  | { readonly kind: "finished" }
  | { readonly kind: "stopped"; readonly step: number; readonly reason: string | null };

export interface SimulatorResult {
  readonly items: number;
  readonly properties: number;
  readonly itemNames: readonly string[];
  /** Index of the first branch that each item lies on (of a table: all 0). */
  readonly branches: readonly number[];
  /** Name of the table file; null for a tree. */
  readonly table: string | null;
  readonly depth: number;
  readonly rate: number;
  readonly steps: number;
  /** 1/rate: ½Σ‖y − ŷ‖² over one-hot items. */
  readonly timeConstant: number;
  /** Largest rate that the strongest mode bears, and this rate's part of it. */
  readonly largestRate: number;
  readonly ofLargestRate: number;
  readonly times: Float64Array<ArrayBuffer>;
  readonly groups: readonly SimulatedGroup[];
  readonly theoryLoss: Float64Array<ArrayBuffer> | null;
  readonly trainedLoss: Float64Array<ArrayBuffer> | null;
  /** ρ: share of the network's map that lies outside the data's modes. */
  readonly offDiagonal: Float64Array<ArrayBuffer> | null;
  readonly theoryPaths: Differentiation | null;
  readonly trainedPaths: Differentiation | null;
  readonly training: TrainingState;
  /** What a reader must know: sentences. */
  readonly warnings: readonly string[];
  /** Files of the series, when asked for and trained to the end. */
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }[];
}

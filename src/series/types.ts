import type { DenseMatrix } from "../numerics/dense.ts";

/** One checkpoint of a run: its weight matrices from the input to the output. */
export interface Moment {
  readonly name: string;
  readonly step: number;
  readonly layers: readonly DenseMatrix[];
}

export interface Series {
  /** At least three, in order of training. */
  readonly moments: readonly Moment[];
  readonly layerNames: readonly string[];
  /** Biases, which the theory of linear chains has no place for. */
  readonly leftOut: readonly string[];
  /** Checkpoints beside them that are none of this run, each with its reason. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
}

export interface DataTable {
  /** Properties × items: what the network should answer to each one-hot item. */
  readonly y: DenseMatrix;
  readonly itemNames: readonly string[] | null;
  readonly propertyNames: readonly string[] | null;
}

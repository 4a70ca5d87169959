import type { DenseMatrix } from "../numerics/dense.ts";

/** One checkpoint of a run: its weight matrices from the input to the output. */
export interface Moment {
  readonly name: string;
  readonly step: number;
  readonly layers: readonly DenseMatrix[];
}

export interface DataTable {
  /** Properties × items: what the network should answer to each item. */
  readonly y: DenseMatrix;
  /** Inputs × items: how each item is shown to the network. Null: one-hot. */
  readonly x: DenseMatrix | null;
  readonly itemNames: readonly string[] | null;
  readonly propertyNames: readonly string[] | null;
}

/** What is not shown, and why. */
export interface Withheld {
  readonly reason: string;
}

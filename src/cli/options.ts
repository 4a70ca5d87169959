import type { TensorReading } from "../base/tensor.ts";
import type { Loss } from "../series/timeConstant.ts";

export type OutputForm = "text" | "json" | "csv";

export interface CliOptions {
  readonly form: OutputForm;
  /** More than one file was named: JSON comes one document a line, tables say whose they are. */
  readonly several: boolean;
  readonly tensors: string;
  readonly analyses: readonly string[];
  /** How `--read-as` wants tensors to be read. */
  readonly readings: readonly TensorReading[];
  /** The checkpoint to compare with; null for none. */
  readonly against: string | null;
  readonly exactLimit: number;
  readonly hierarchy: {
    /** Null: a table's lines, a weight's inputs. */
    readonly items: "rows" | "columns" | null;
    readonly geometry: "hidden" | "behaviour";
    readonly centre: boolean;
    readonly draws: number;
    /** A label file by name; null looks beside the checkpoint. */
    readonly labels: string | null;
  };
  readonly dynamics: {
    /** Table of items × properties; null looks for data.csv beside the checkpoints. */
    readonly data: string | null;
    /** Learning rate of plain gradient descent; null: no theory. */
    readonly rate: number | null;
    readonly loss: Loss;
    readonly momentum: number;
  };
  readonly workers: number;
  readonly cacheBytes: number;
  readonly signal: AbortSignal;
}

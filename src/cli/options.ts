import type { TensorReading } from "../base/tensor.ts";

export type OutputForm = "text" | "json" | "csv";

/** What all commands share; each reads its own options itself. */
export interface CliOptions {
  readonly form: OutputForm;
  /** More than one file was named: JSON comes one document a line, tables say whose they are. */
  readonly several: boolean;
  readonly tensors: string;
  /** How `--read-as` wants tensors to be read. */
  readonly readings: readonly TensorReading[];
  readonly workers: number;
  readonly cacheBytes: number;
  readonly signal: AbortSignal;
}

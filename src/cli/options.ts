export type OutputForm = "text" | "json" | "csv";

export interface CliOptions {
  readonly form: OutputForm;
  /** More than one file was named: JSON comes one document a line, tables say whose they are. */
  readonly several: boolean;
  readonly tensors: string;
  readonly analyses: readonly string[];
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
  readonly workers: number;
  readonly cacheBytes: number;
  readonly signal: AbortSignal;
}

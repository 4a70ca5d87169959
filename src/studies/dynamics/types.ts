import type { Poles } from "../../analysis/mode-hierarchy/poles.ts";
import type { Followed } from "../../series/follow.ts";
import type { LawCourse } from "../../series/laws.ts";
import type { MatrixCourse } from "../../series/matrixCourse.ts";
import type { OrderedBy } from "../../series/order.ts";
import type { Pace } from "../../series/pace.ts";
import type { Semantics } from "../../series/semantics.ts";
import type { Stopping } from "../../series/stopping.ts";
import type { Training, TrainingWords } from "../../series/training.ts";
import type { Withheld } from "../../series/types.ts";

export type { Training, TrainingWords };

export interface DynamicsParameters extends TrainingWords {
  /** For each checkpoint, in the order of the files, the number in its name, and when it was last written (milliseconds). */
  readonly named: readonly (number | null)[];
  readonly times: readonly (number | null)[];
  /** What a person says each checkpoint's step is. */
  readonly given: readonly (number | null)[];
  /** Standard deviation of the noise in the table's entries; null: estimated. */
  readonly noise: number | null;
  /** Hidden layer whose vectors are shown: number of weight matrices below it. */
  readonly layer: number;
  /** Whether weight matrices are followed one by one, and conservation laws audited. */
  readonly matrices: boolean;
}

export interface SeriesCheckpoint {
  readonly uri: string;
  readonly name: string;
  readonly step: number;
  /** Recorded in the file. */
  readonly rate: number | null;
}

export interface SplitCourse {
  /** Items on each side, by index into the table. */
  readonly sides: readonly (readonly number[])[];
  /** The mode that makes the split, its half-time, and how much of it lies in this split. */
  readonly mode: number | null;
  readonly purity: number;
  /** Step at which the squared distance between the sides' means in the hidden layer passes half of its last value. */
  readonly apart: number | null;
  /** That squared distance at each checkpoint. */
  readonly distances: readonly number[];
}

/** What a table of items × properties makes of the run: needs a chain of linear layers. */
export interface Taught {
  readonly table: string;
  readonly items: number;
  readonly properties: number;
  readonly itemNames: readonly string[] | null;
  readonly propertyNames: readonly string[] | null;
  readonly layers: readonly string[];
  /** Biases, which the theory of linear chains has no place for. */
  readonly leftOut: readonly string[];
  readonly followed: Followed;
  /** What each mode separates, both poles; null for a degenerate group, whose vectors are arbitrary. */
  readonly poles: readonly ({ readonly items: Poles; readonly properties: Poles } | null)[];
  readonly semantics: Semantics | Withheld;
  readonly splits: readonly SplitCourse[] | Withheld;
  readonly stopping: Stopping | Withheld;
  /** τ in steps (at the first rate), or why times are not predicted. */
  readonly outlook: { readonly timeConstant: number; readonly decay: number } | Withheld;
}

export interface FollowedMatrix {
  readonly tensor: string;
  /** Part of a fused tensor. */
  readonly part: string | null;
  readonly rows: number;
  readonly columns: number;
  readonly course: MatrixCourse | Withheld;
}

export interface DynamicsResult {
  readonly checkpoints: readonly SeriesCheckpoint[];
  readonly order: { readonly by: OrderedBy; readonly note: string | null };
  /** Files beside them that are none of this run, each with its reason. */
  readonly refused: readonly { readonly name: string; readonly uri: string; readonly reason: string }[];
  readonly training: Training;
  /** Null until it is known, and where no table was named. */
  readonly taught: Taught | Withheld | null;
  readonly matrices: readonly FollowedMatrix[];
  /** Matrices in all: more than `matrices` while they are being followed. */
  readonly matrixCount: number;
  /** All followed matrices together: ‖W‖ at each checkpoint and the pace between them. */
  readonly whole: { readonly norm: readonly number[]; readonly pace: Pace } | null;
  readonly laws: readonly LawCourse[];
}

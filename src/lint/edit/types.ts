/** Edits of a source that move a network in its plane of initializations: plain data, which crosses processes. */

export interface MoveRequest {
  /** Which network: `ModelSummary.key`. */
  readonly model: string;
  /** Where its layers are wanted: standard deviations, of weights × √fan_in. */
  readonly sigmaW: number;
  readonly sigmaB: number;
  /** Which layers to move, by their `index` in the summary; null for all. */
  readonly layers: readonly number[] | null;
}

/** One replacement, with what must stand there for it to be made. */
export interface MoveEdit {
  readonly from: number;
  readonly to: number;
  readonly before: string;
  readonly text: string;
}

export interface MoveRefusal {
  readonly layer: string;
  readonly part: "weights" | "biases";
  readonly reason: string;
}

/** Lines as they are and as they would be; `line` from 1, in the source as the lint reads it. */
export interface MoveLines {
  readonly line: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export interface MovePlan {
  /** In order of the text; none overlaps another. Empty: there is nothing to change, or nothing that can be changed. */
  readonly edits: readonly MoveEdit[];
  /** Layers that will stand where they are wanted, those that stand there already among them. */
  readonly reached: readonly string[];
  readonly refusals: readonly MoveRefusal[];
  /** What else moves, for it is initialized by the same words, and where a number that changes is read besides. */
  readonly also: readonly string[];
  readonly lines: readonly MoveLines[];
}

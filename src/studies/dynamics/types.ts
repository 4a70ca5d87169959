import type { Followed } from "../../series/follow.ts";
import type { Loss } from "../../series/timeConstant.ts";

export interface DynamicsParameters {
  /** Step or epoch of each checkpoint, in the order of the files; they come in order of training. */
  readonly steps: readonly number[];
  /** Learning rate of plain gradient descent; null: nothing is predicted. */
  readonly rate: number | null;
  readonly loss: Loss;
  readonly momentum: number;
}

export interface DynamicsResult extends Followed {
  readonly checkpoints: readonly { readonly name: string; readonly step: number }[];
  readonly layers: readonly string[];
  /** Biases, which the theory of linear chains has no place for. */
  readonly leftOut: readonly string[];
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
  readonly table: string;
  readonly items: number;
  readonly properties: number;
  readonly itemNames: readonly string[] | null;
  readonly propertyNames: readonly string[] | null;
  /** τ in steps; null where nothing is predicted. */
  readonly timeConstant: number | null;
}

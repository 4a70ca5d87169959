import type { TensorUse } from "../../../base/tensor.ts";
import type { Finding, OpenContext, SkippedTensor } from "../../types.ts";
import type { AssembledTensor } from "../assembled.ts";

/** A tensor that stands for several stored ones, and what those are then. */
export interface Derivation {
  readonly tensor: AssembledTensor;
  readonly sources: readonly { readonly name: string; readonly use: TensorUse }[];
}

export interface Derived {
  readonly derivations: readonly Derivation[];
  readonly findings?: readonly Finding[];
  readonly skipped?: readonly SkippedTensor[];
}

export type Tensors = ReadonlyMap<string, AssembledTensor>;

/** Looks for tensors that belong together, by names, shapes and dtypes; null where there are none. Reads small ones at most. */
export type Recognizer = (tensors: Tensors, context: OpenContext) => Promise<Derived | null>;

import type { ActivationOptions } from "../_shared/activations.ts";

export type ActivationsParameters = ActivationOptions;

export interface ActivationsResult {
  readonly model: string;
  readonly stimuli: string;
  readonly items: number;
  readonly itemNames: readonly string[] | null;
  readonly pooling: ActivationOptions["pooling"];
  readonly layers: readonly {
    readonly name: string;
    readonly op: string;
    /** Of one item, before pooling. */
    readonly shape: readonly number[];
    readonly features: number;
  }[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  /** Layers with weights that were left out because there are too many. */
  readonly thinned: number;
  /** A safetensors file: one tensor a layer, items × features, item names in its metadata. */
  readonly file: Uint8Array<ArrayBuffer>;
}

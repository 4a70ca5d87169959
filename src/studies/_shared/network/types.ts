import type { DescribedTensor } from "../../../base/tensor.ts";

/** Something that a plain chain of layers does not have, and how it was seen. */
export interface Obstacle {
  readonly kind: "residual" | "batch-norm" | "layer-norm" | "attention" | "recurrent" | "embedding";
  readonly evidence: string;
}

/** A weight that an activation may follow: a dense layer, or a convolution kernel read as outputs × (inputs · taps). */
export interface NetworkLayer {
  readonly tensor: DescribedTensor;
  readonly bias: DescribedTensor | null;
  readonly kind: "dense" | "convolution";
  readonly fanOut: number;
  /** Of a kernel: taps × input channels. */
  readonly fanIn: number;
}

export interface NetworkReading {
  /** From the input to the output. */
  readonly layers: readonly NetworkLayer[];
  /** How that order was found: one phrase for the screen. */
  readonly order: string;
  /** Whether each layer takes as many inputs as the one before gives. */
  readonly fits: boolean;
  readonly obstacles: readonly Obstacle[];
  readonly norms: readonly DescribedTensor[];
}

import type { CancelToken } from "../../base/cancel.ts";
import { minimumNormResidual } from "../../numerics/learning/induction.ts";
import { chainProduct } from "../../numerics/learning/linearChain.ts";
import { layerJoints } from "../../numerics/semantics/alignment.ts";
import { productSingularValues } from "../../numerics/svd/productSingularValues.ts";
import type { NetworkFile } from "./network.ts";
import type { ChainReport } from "./types.ts";

/** Items × items matrices are compared up to so many. */
const MOST_INPUTS = 1024;

export function chainReport({ tensors, layers, biases }: NetworkFile, count: number, cancel: CancelToken): ChainReport {
  const joints = layerJoints(layers, count, cancel);
  return {
    tensors,
    joints: joints.map((joint, at) => ({ from: tensors[at]!, to: tensors[at + 1]!, ...joint })),
    logValues: Array.from(productSingularValues(layers, { cancel }).logValues),
    leftOut: biases,
    fingerprint:
      layers.length === 2 && layers[0]!.columns <= MOST_INPUTS
        ? minimumNormResidual(chainProduct(layers), layers[0]!)
        : null,
  };
}

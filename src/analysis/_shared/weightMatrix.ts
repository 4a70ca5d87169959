import { DTYPES } from "../../base/dtype.ts";
import type { DescribedTensor, MatrixReading } from "../../base/tensor.ts";
import type { NotApplicable, TargetRef } from "../types.ts";
import { matrixReading } from "./matrixReading.ts";

/** Roles whose matrices are no linear maps of the network. */
const NO_WEIGHTS: ReadonlySet<string> = new Set(["optimizer-state", "buffer", "norm", "bias", "scalar"]);

/** The matrix of a weight, or the sentence why this target is none: spectra of moments, buffers and integer tables mean nothing. */
export function weightMatrixReading(tensor: DescribedTensor, target: TargetRef): MatrixReading | NotApplicable {
  if (NO_WEIGHTS.has(tensor.role))
    return {
      reason: `${tensor.name} is ${tensor.role === "optimizer-state" ? "optimizer state" : `a ${tensor.role}`}, not a weight matrix.`,
    };
  if (DTYPES[tensor.dtype].kind !== "float")
    return { reason: `${tensor.name} holds ${tensor.dtype} values, not the entries of a weight matrix.` };
  return matrixReading(tensor, target);
}

import { DTYPES } from "../../base/dtype.ts";
import type { DescribedTensor, MatrixReading } from "../../base/tensor.ts";
import type { NotApplicable, TargetRef } from "../types.ts";
import { spatialAxes, tapProblem, targetShape } from "./selection.ts";

const COUNTS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

/**
 * How the target is read as a matrix, outputs × inputs: the tensor's own reading, cut to the part, and for a tap of a convolution with
 * the kernel's position held fixed. Otherwise the sentence that says why it is no matrix.
 */
export function matrixReading(tensor: DescribedTensor, target: TargetRef): MatrixReading | NotApplicable {
  if (DTYPES[tensor.dtype].kind === "complex")
    return { reason: `${tensor.name} is complex (${tensor.dtype}): only real matrices are read.` };
  if (target.part === null && tensor.parts.length > 0) return { reason: fusedReason(tensor) };
  if (target.part !== null && tensor.parts[target.part] === undefined) {
    return { reason: `${tensor.name} has ${tensor.parts.length} parts: there is no part ${target.part}.` };
  }
  const whole = tensor.matrix;
  if (whole === undefined) return { reason: `${tensor.name} ${whatItIs(tensor)}: there is no matrix to look at.` };

  const fixed = [...whole.fixed];
  if (target.tap !== null) {
    const problem = tapProblem(tensor, target.tap);
    if (problem !== null) return { reason: problem };
    const tap = target.tap;
    fixed.push(...spatialAxes(tensor).map((axis, position) => ({ axis, index: tap[position]! })));
  }
  const free = (axis: number) => !fixed.some((held) => held.axis === axis);
  const rowAxes = whole.rowAxes.filter(free);
  const columnAxes = whole.columnAxes.filter(free);
  const shape = targetShape(tensor, target);
  const size = (axes: readonly number[]) => axes.reduce((product, axis) => product * shape[axis]!, 1);
  const rows = size(rowAxes);
  const columns = size(columnAxes);
  if (rows === 0 || columns === 0) return { reason: `${tensor.name} is empty (${rows} × ${columns}).` };
  return { kind: target.tap === null ? whole.kind : "conv-tap", rowAxes, columnAxes, fixed, rows, columns };
}

function fusedReason(tensor: DescribedTensor): string {
  const count = COUNTS[tensor.parts.length] ?? String(tensor.parts.length);
  const labels = tensor.parts.map((part) => part.label);
  const noun = /\bgates?\b/.test(tensor.evidence) || labels.some((label) => /gate/i.test(label)) ? "gate" : "block";
  return `${tensor.name} is ${count} stacked ${noun}s (${labels.join(", ")}): choose a ${noun}.`;
}

function whatItIs(tensor: DescribedTensor): string {
  if (tensor.shape.length === 0) return "is a single number";
  switch (tensor.role) {
    case "bias":
      return "is a bias";
    case "norm":
      return "belongs to a normalization";
    case "buffer":
      return "is a buffer";
    case "optimizer-state":
      return "is optimizer state";
    case "position":
      return "is a table of positions";
    default:
      return tensor.shape.length === 1 ? "is a vector" : `was not read as a linear map (${tensor.evidence})`;
  }
}

import { ModeScopeError } from "../../base/errors.ts";
import type { DescribedTensor, TensorPart } from "../../base/tensor.ts";
import type { TargetRef } from "../types.ts";

/** A box of a tensor: per axis, `lengths` indices from `starts`. Parts and kernel taps are boxes. */
export interface Selection {
  readonly shape: readonly number[];
  readonly starts: readonly number[];
  readonly lengths: readonly number[];
  readonly elements: number;
}

/**
 * The box as runs that lie contiguously in row-major order, in rising order of their offset: the trailing axes that are taken whole,
 * times the taken length of the axis before them.
 */
interface Runs {
  readonly count: number;
  readonly length: number;
  /** Row-major offset in the whole tensor of run `index`. */
  offsetOf(index: number): number;
}

/** Shape of the target: the tensor's, with the part's axis cut to the part's length. A tap does not change it. */
export function targetShape(tensor: DescribedTensor, target: TargetRef): readonly number[] {
  const part = partOfTarget(tensor, target);
  if (part === null) return tensor.shape;
  return tensor.shape.map((size, axis) => (axis === part.axis ? part.length : size));
}

/** The part that the target names; null for the whole tensor. */
export function partOfTarget(tensor: DescribedTensor, target: TargetRef): TensorPart | null {
  if (target.part === null) return null;
  const part = tensor.parts[target.part];
  if (part === undefined) {
    throw new ModeScopeError(
      "bad-request",
      `${tensor.name} has ${tensor.parts.length} parts; part ${target.part} was asked for.`,
      { tensor: tensor.name, field: "target.part" },
    );
  }
  return part;
}

/** Axes of a convolution kernel that are positions, not channels; none for what is no convolution. */
export function spatialAxes(tensor: DescribedTensor): readonly number[] {
  const rank = tensor.shape.length;
  if (tensor.matrix?.kind !== "conv-reshaped") return [];
  const first = tensor.layout === "out-in" ? 2 : 0;
  return Array.from({ length: rank - 2 }, (_, index) => first + index);
}

/** Checks the tap against the kernel: one index per spatial axis, each inside. Returns the sentence that says what is wrong, or null. */
export function tapProblem(tensor: DescribedTensor, tap: readonly number[]): string | null {
  const axes = spatialAxes(tensor);
  if (axes.length === 0) return `${tensor.name} has no kernel positions: it is no convolution.`;
  const sizes = axes.map((axis) => tensor.shape[axis]!);
  const fits =
    tap.length === axes.length &&
    tap.every((index, position) => Number.isInteger(index) && index >= 0 && index < sizes[position]!);
  return fits ? null : `${tensor.name} has a ${sizes.join("×")} kernel: there is no position (${tap.join(", ")}).`;
}

export function selectionOf(tensor: DescribedTensor, target: TargetRef): Selection {
  const lengths = [...targetShape(tensor, target)];
  const starts = tensor.shape.map(() => 0);
  const part = partOfTarget(tensor, target);
  if (part !== null) starts[part.axis] = part.start;
  if (target.tap !== null) {
    const problem = tapProblem(tensor, target.tap);
    if (problem !== null)
      throw new ModeScopeError("bad-request", problem, { tensor: tensor.name, field: "target.tap" });
    const tap = target.tap;
    spatialAxes(tensor).forEach((axis, position) => {
      starts[axis] = starts[axis]! + tap[position]!;
      lengths[axis] = 1;
    });
  }
  return { shape: tensor.shape, starts, lengths, elements: lengths.reduce((product, length) => product * length, 1) };
}

export function runsOf(selection: Selection): Runs {
  const { shape, starts, lengths, elements } = selection;
  const strides = rowMajorStrides(shape);
  let axis = shape.length - 1;
  while (axis >= 0 && lengths[axis] === shape[axis]) axis--;
  const length = axis < 0 ? elements : lengths[axis]! * strides[axis]!;
  const base = starts.reduce((sum, start, index) => sum + start * strides[index]!, 0);
  return {
    count: elements === 0 ? 0 : elements / length,
    length,
    offsetOf(index) {
      let offset = base;
      let rest = index;
      for (let outer = axis - 1; outer >= 0; outer--) {
        const size = lengths[outer]!;
        offset += (rest % size) * strides[outer]!;
        rest = Math.floor(rest / size);
      }
      return offset;
    },
  };
}

export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

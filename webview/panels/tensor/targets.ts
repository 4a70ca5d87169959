import type { TargetRef } from "../../../src/analysis/types.ts";
import type { DescribedTensor } from "../../../src/base/tensor.ts";
import type { MatrixSize } from "../../charts/viewport.ts";

/** Axes of a convolution kernel that are positions; none for other tensors. */
function kernelAxes(tensor: DescribedTensor): readonly number[] {
  const rank = tensor.shape.length;
  if (rank < 3 || tensor.layout === "none" || tensor.matrix === undefined) return [];
  const first = tensor.layout === "out-in" ? 2 : 0;
  return Array.from({ length: rank - 2 }, (_, index) => first + index);
}

/** Kernels have few positions; where there are more than this, listing each would be no choice. */
const MAX_TAPS = 225;

export function tapsOf(tensor: DescribedTensor): readonly (readonly number[])[] {
  const sizes = kernelAxes(tensor).map((axis) => tensor.shape[axis]!);
  if (sizes.length === 0 || sizes.reduce((product, size) => product * size, 1) > MAX_TAPS) return [];
  let taps: readonly (readonly number[])[] = [[]];
  for (const size of sizes)
    taps = taps.flatMap((tap) => Array.from({ length: size }, (_, index) => [...tap, index] as const));
  return taps;
}

/** "reshaped kernel 64 × 27 (out × in·3×3)" and "tap (0, 2)": which matrix the numbers are of. */
export function readingLabel(tensor: DescribedTensor, tap: readonly number[] | null): string {
  if (tap !== null) return `tap (${tap.join(", ")}) of the kernel`;
  const sizes = kernelAxes(tensor).map((axis) => tensor.shape[axis]!);
  return `reshaped kernel out × (in·${sizes.join("·")})`;
}

/** A target of a fused tensor without a part means its first one: the blocks are never mixed. */
export function settledTarget(tensor: DescribedTensor, wanted: TargetRef): TargetRef {
  const fused = tensor.parts.length > 0;
  const part = fused ? (wanted.part !== null && wanted.part < tensor.parts.length ? wanted.part : 0) : null;
  const taps = tapsOf(tensor);
  const tap = wanted.tap !== null && taps.some((other) => other.join() === wanted.tap?.join()) ? wanted.tap : null;
  return { tensor: tensor.name, part, tap };
}

/** Rows and columns of the matrix that the target is read as; null for what is no matrix. */
export function matrixSizeOf(tensor: DescribedTensor, target: TargetRef): MatrixSize | null {
  if (tensor.matrix === undefined) return null;
  const part = target.part === null ? undefined : tensor.parts[target.part];
  const held = new Set([
    ...tensor.matrix.fixed.map(({ axis }) => axis),
    ...(target.tap === null ? [] : kernelAxes(tensor)),
  ]);
  const lengthOf = (axis: number) => {
    if (held.has(axis)) return 1;
    return part !== undefined && part.axis === axis ? part.length : tensor.shape[axis]!;
  };
  const product = (axes: readonly number[]) => axes.reduce((result, axis) => result * lengthOf(axis), 1);
  const size = { rows: product(tensor.matrix.rowAxes), columns: product(tensor.matrix.columnAxes) };
  return size.rows > 0 && size.columns > 0 ? size : null;
}

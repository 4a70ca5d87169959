import type { DenseMatrix } from "../dense.ts";
import type { Block32, Block64, Kernels } from "../kernels/types.ts";

/** The power of two that brings the largest magnitude into [0.5, 1): multiplying by it rounds nothing. */
export function powerOfTwo(largest: number): number {
  return 2 ** Math.max(-1022, Math.min(1022, Math.floor(Math.log2(largest)) + 1));
}

/** The matrix divided by `scale`, in float64 of the kernels' memory (8·rows·columns bytes of the running scope). */
export function scaled(kernels: Kernels, { rows, columns, data }: DenseMatrix, scale: number): Block64 {
  const copy = kernels.memory.float64(rows * columns);
  for (let i = 0; i < copy.length; i++) copy[i] = (data[i] as number) / scale;
  return { data: copy, rows, columns, stride: columns };
}

/** The matrix as float32 in the kernels' memory (4·rows·columns bytes of the running scope). */
export function copied(kernels: Kernels, { rows, columns, data }: DenseMatrix): Block32 {
  const copy = kernels.memory.float32(rows * columns);
  copy.set(data);
  return { data: copy, rows, columns, stride: columns };
}

import { requirePairShapes } from "../pairs.ts";
import type { Block, Block64 } from "../types.ts";

/** Sums of the elementwise products of every two matrices of a stack, in plain TypeScript and float64; see `Kernels.pairSums`. count²·rows·columns flops. */
export function pairSums(sums: Block64, stack: Block<Float32Array | Float64Array>, count: number, down = false): void {
  const rows = requirePairShapes(sums, stack, count, down);
  const { data, columns, stride } = stack;
  for (let a = 0, pair = 0; a < count; a++)
    for (let b = 0; b <= a; b++, pair++)
      for (let i = 0; i < rows; i++) {
        const [x, y] = [(a * rows + i) * stride, (b * rows + i) * stride];
        const at = pair * sums.stride;
        if (down)
          for (let j = 0; j < columns; j++) sums.data[at + j]! += (data[x + j] as number) * (data[y + j] as number);
        else {
          let sum = 0;
          for (let j = 0; j < columns; j++) sum += (data[x + j] as number) * (data[y + j] as number);
          sums.data[at + i]! += sum;
        }
      }
}

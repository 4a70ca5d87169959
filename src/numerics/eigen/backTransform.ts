import type { CancelToken } from "../../base/cancel.ts";
import type { Block64, Kernels } from "../kernels/types.ts";
import { dense, part } from "./block.ts";
import { compactFactor } from "./compactFactor.ts";

const WIDTH = 64;

/** Bytes that `backTransform` takes from the running scope. */
export function backTransformBytes(n: number, count: number): number {
  return 8 * (n * WIDTH + 2 * WIDTH * WIDTH + 2 * count * WIDTH);
}

/**
 * Turns eigenvectors of T (the rows of `vectors`) into those of A = QTQᵀ: every row e becomes Q·e, with Q as `tridiagonalize` left it in `a`.
 * Compact WY (Schreiber & Van Loan 1989), all work in matrix products. Cost 2·n²·count flops. Asks for a cancel at every block of reflectors.
 */
export function backTransform(
  kernels: Kernels,
  a: Block64,
  taus: Float64Array,
  vectors: Block64,
  cancel: CancelToken,
  progress: (fraction: number) => void,
): void {
  const n = a.rows;
  const count = vectors.rows;
  const { memory } = kernels;
  memory.scope(backTransformBytes(n, count), () => {
    const vs = memory.float64(n * WIDTH);
    const gram = memory.float64(WIDTH * WIDTH);
    const t = memory.float64(WIDTH * WIDTH);
    const first = memory.float64(count * WIDTH);
    const second = memory.float64(count * WIDTH);
    for (let start = Math.floor(Math.max(0, n - 2) / WIDTH) * WIDTH; start >= 0; start -= WIDTH) {
      cancel.throwIfCancelled();
      const width = Math.min(WIDTH, n - 1 - start);
      if (width < 1) continue;
      const length = n - 1 - start;
      for (let i = 0; i < length; i++) {
        for (let k = 0; k < width; k++)
          vs[i * width + k] = i < k ? 0 : (a.data[(start + 1 + i) * a.stride + start + k] as number);
      }
      const v = dense(vs, length, width);
      const square = (data: Float64Array) => dense(data, width, width);
      kernels.gemm64(square(gram), v, v, { transposeA: true });
      compactFactor(t, gram, taus.subarray(start, start + width));
      const active = part(vectors, 0, start + 1, count, length);
      kernels.gemm64(dense(first, count, width), active, v);
      kernels.gemm64(dense(second, count, width), dense(first, count, width), square(t), { transposeB: true });
      kernels.gemm64(active, dense(second, count, width), v, { transposeB: true, alpha: -1, beta: 1 });
      progress(1 - start / n);
    }
  });
}

import type { CancelToken } from "../../base/cancel.ts";
import type { Block64, Kernels } from "../kernels/types.ts";
import { dense, part } from "./block.ts";

const PANEL = 32;

export interface Tridiagonal {
  readonly diagonal: Float64Array;
  readonly subdiagonal: Float64Array;
}

/** Bytes that `tridiagonalize` takes from the running scope. */
export function tridiagonalizeBytes(n: number): number {
  return 16 * n * PANEL + 256;
}

/**
 * QᵀAQ = T by blocked Householder reflections (Dongarra, Sorensen & Hammarling 1989). The lower triangle of `a` is read; on return the reflectors stand
 * below its subdiagonal (column j: rows j+1…, the leading 1 included) and `taus` holds their factors.
 * Backward stable: ‖QTQᵀ − A‖ ≤ c·n·ε·‖A‖. Cost 4/3·n³ flops, half of them in symmetric matrix–vector products. Asks for a cancel at every panel.
 */
export function tridiagonalize(
  kernels: Kernels,
  a: Block64,
  { diagonal, subdiagonal }: Tridiagonal,
  taus: Float64Array,
  cancel: CancelToken,
  progress: (fraction: number) => void,
): void {
  const n = a.rows;
  const { memory } = kernels;
  memory.scope(tridiagonalizeBytes(n), () => {
    const [vs, ws] = [memory.float64(n * PANEL), memory.float64(n * PANEL)];
    for (let start = 0; start < n - 1; start += PANEL) {
      cancel.throwIfCancelled();
      const width = Math.min(PANEL, n - 1 - start);
      const [v, w] = [dense(vs, width, n), dense(ws, width, n)];
      kernels.tridiagonalPanel64(a, start, v, w, { diagonal, subdiagonal, taus });
      const next = start + width;
      const rest = n - next;
      kernels.syr2k64(
        part(a, next, next, rest, rest),
        part(v, 0, next, width, rest),
        part(w, 0, next, width, rest),
        true,
      );
      progress(1 - (rest / n) ** 3);
    }
    if (n > 0) diagonal[n - 1] = a.data[(n - 1) * a.stride + n - 1] as number;
  });
}

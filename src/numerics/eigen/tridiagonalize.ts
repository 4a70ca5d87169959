import type { CancelToken } from "../../base/cancel.ts";
import type { Block64, Kernels } from "../kernels/types.ts";
import { part } from "./block.ts";
import { reflect } from "./reflector.ts";

const PANEL = 32;

export interface Tridiagonal {
  readonly diagonal: Float64Array;
  readonly subdiagonal: Float64Array;
}

/** Bytes that `tridiagonalize` takes from the running scope. */
export function tridiagonalizeBytes(n: number): number {
  return 8 * (2 * n * PANEL + 2 * n + PANEL);
}

/**
 * QᵀAQ = T by blocked Householder reflections (Dongarra, Sorensen & Hammarling 1989). The lower triangle of `a` is read; on return the reflectors stand
 * below its subdiagonal (column j: rows j+1…, the leading 1 included) and `taus` holds their factors.
 * Backward stable: ‖QTQᵀ − A‖ ≤ c·n·ε·‖A‖. Cost 4/3·n³ flops, half of them in symmetric matrix–vector products. Asks for a cancel at every column.
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
    const v: Block64 = { data: memory.float64(n * PANEL), rows: n, columns: PANEL, stride: PANEL };
    const w: Block64 = { data: memory.float64(n * PANEL), rows: n, columns: PANEL, stride: PANEL };
    const column = memory.float64(n);
    const image = memory.float64(n);
    const small = memory.float64(PANEL);
    const { data, stride } = a;
    for (let start = 0; start < n - 1; start += PANEL) {
      const width = Math.min(PANEL, n - 1 - start);
      for (let k = 0; k < width; k++) {
        cancel.throwIfCancelled();
        const j = start + k;
        const length = n - j;
        for (let i = 0; i < length; i++) column[i] = data[(j + i) * stride + j] as number;
        if (k > 0) {
          for (let c = 0; c < k; c++) small[c] = w.data[j * PANEL + c] as number;
          kernels.gemv64(column, part(v, j, 0, length, k), small, { alpha: -1, beta: 1 });
          for (let c = 0; c < k; c++) small[c] = v.data[j * PANEL + c] as number;
          kernels.gemv64(column, part(w, j, 0, length, k), small, { alpha: -1, beta: 1 });
        }
        diagonal[j] = column[0] as number;
        const m = length - 1;
        const x = column.subarray(1, length);
        const { tau, beta } = reflect(x);
        subdiagonal[j] = beta;
        taus[j] = tau;
        for (let i = 0; i < m; i++) {
          v.data[(j + 1 + i) * PANEL + k] = x[i] as number;
          data[(j + 1 + i) * stride + j] = x[i] as number;
        }
        const y = image.subarray(0, m);
        kernels.symv64(y, part(a, j + 1, j + 1, m, m), x);
        if (k > 0) {
          const [before, images] = [part(v, j + 1, 0, m, k), part(w, j + 1, 0, m, k)];
          kernels.gemv64(small, images, x, { transposeA: true });
          kernels.gemv64(y, before, small, { alpha: -1, beta: 1 });
          kernels.gemv64(small, before, x, { transposeA: true });
          kernels.gemv64(y, images, small, { alpha: -1, beta: 1 });
        }
        let inner = 0;
        for (let i = 0; i < m; i++) inner += (y[i] as number) * (x[i] as number);
        const correction = -0.5 * tau * tau * inner;
        for (let i = 0; i < m; i++)
          w.data[(j + 1 + i) * PANEL + k] = tau * (y[i] as number) + correction * (x[i] as number);
      }
      const next = start + width;
      const rest = n - next;
      kernels.syr2k64(part(a, next, next, rest, rest), part(v, next, 0, rest, width), part(w, next, 0, rest, width));
      progress(1 - (rest / n) ** 3);
    }
    if (n > 0) diagonal[n - 1] = data[(n - 1) * stride + n - 1] as number;
  });
}

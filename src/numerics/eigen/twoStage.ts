import type { CancelToken } from "../../base/cancel.ts";
import type { Block64, Kernels } from "../kernels/types.ts";
import { dense, part } from "./block.ts";
import { compactFactor, reflect } from "./reflector.ts";
import type { Tridiagonal } from "./tridiagonalize.ts";

/** Beyond this size the lower triangle leaves the cache and one-stage reduction waits for memory. */
export const ONE_STAGE_LIMIT = 2048;

const BAND = 64;

/** Bytes that `bandToValues` takes from the running scope. */
export function bandBytes(n: number): number {
  return 8 * (3 * n * BAND + n * (BAND + 1) + 4 * BAND * BAND + 2 * n * BAND);
}

/**
 * Symmetric matrix → band → tridiagonal (Bischof, Lang & Sun 2000), values only. Panels below the band are reduced by QR, the rest is updated from both
 * sides by Aᵢ − V·Wᵀ − W·Vᵀ with W = X − ½·V·(TᵀVᵀX), X = A·V·T: nearly all work is in matrix products. Destroys the lower triangle.
 * Backward stable. Cost 4/3·n³ flops + 6·n²·bandwidth. Asks for a cancel at every panel.
 */
export function bandToValues(
  kernels: Kernels,
  a: Block64,
  form: Tridiagonal,
  cancel: CancelToken,
  progress: (fraction: number) => void,
): void {
  const n = a.rows;
  const { memory } = kernels;
  const { data, stride } = a;
  memory.scope(bandBytes(n), () => {
    const [vs, xs, ws] = [memory.float64(n * BAND), memory.float64(n * BAND), memory.float64(n * BAND)];
    const [gram, t, core, turned] = [0, 1, 2, 3].map(() => memory.float64(BAND * BAND)) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const band = memory.float64(n * (BAND + 1));
    for (let start = 0; start + BAND < n - 1; start += BAND) {
      cancel.throwIfCancelled();
      const first = start + BAND;
      const length = n - first;
      const width = Math.min(BAND, length);
      const taus = panelQr(part(a, first, start, length, BAND), vs, width);
      const v = dense(vs, length, width);
      const [x, w] = [dense(xs, length, width), dense(ws, length, width)];
      const square = (of: Float64Array) => dense(of, width, width);
      kernels.gemm64(square(gram), v, v, { transposeA: true });
      compactFactor(t, gram, taus);
      const rest = part(a, first, first, length, length);
      kernels.symm64(w, rest, v);
      kernels.gemm64(x, w, square(t));
      kernels.gemm64(square(core), v, x, { transposeA: true });
      kernels.gemm64(square(turned), square(t), square(core), { transposeA: true });
      ws.set(xs.subarray(0, length * width));
      kernels.gemm64(w, v, square(turned), { alpha: -0.5, beta: 1 });
      kernels.syr2k64(rest, v, w);
      progress(1 - (length / n) ** 3);
    }
    for (let i = 0; i < n; i++)
      for (let k = 0; k <= Math.min(BAND, i); k++) band[i * (BAND + 1) + k] = data[i * stride + i - k] as number;
    cancel.throwIfCancelled();
    kernels.bandToTridiagonal64(form.diagonal, form.subdiagonal.subarray(0, Math.max(0, n - 1)), band, BAND);
  });
}

/** QR of a panel in place: R above, zeros below; the reflectors (length × width, unit lower trapezoid) go to `vs`. Returns their factors. */
function panelQr(panel: Block64, vs: Float64Array, width: number): Float64Array {
  const { data, stride, rows, columns } = panel;
  // Worked on by rows of the transpose, where columns are contiguous.
  const work = new Float64Array(columns * rows);
  for (let i = 0; i < rows; i++) for (let c = 0; c < columns; c++) work[c * rows + i] = data[i * stride + c] as number;
  const taus = new Float64Array(width);
  for (let k = 0; k < width; k++) {
    const x = work.subarray(k * rows + k, (k + 1) * rows);
    const { tau, beta } = reflect(x);
    taus[k] = tau;
    for (let c = k + 1; c < columns; c++) {
      const y = work.subarray(c * rows + k, (c + 1) * rows);
      let sum = 0;
      for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (y[i] as number);
      sum *= tau;
      for (let i = 0; i < x.length; i++) y[i] = (y[i] as number) - sum * (x[i] as number);
    }
    for (let i = 0; i < rows; i++) vs[i * width + k] = i < k ? 0 : (x[i - k] as number);
    x[0] = beta;
  }
  for (let i = 0; i < rows; i++)
    for (let c = 0; c < columns; c++) data[i * stride + c] = i > c ? 0 : (work[c * rows + i] as number);
  return taus;
}

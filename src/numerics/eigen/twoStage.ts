import type { CancelToken } from "../../base/cancel.ts";
import type { Block64, Kernels } from "../kernels/types.ts";
import { dense, part } from "./block.ts";
import { compactFactor } from "./compactFactor.ts";
import type { Tridiagonal } from "./tridiagonalize.ts";

/** Beyond this size the lower triangle leaves the cache and one-stage reduction waits for memory. */
export const ONE_STAGE_LIMIT = 2048;

/** Wider bands make the products better and the chase dearer: of 24, 32, 48 and 64 this was quickest from 2048 to 4096. */
const BAND = 48;

/** Bytes that `bandToValues` takes from the running scope. */
export function bandBytes(n: number): number {
  return 8 * (3 * n * BAND + n * (BAND + 1) + 4 * BAND * BAND + 2 * n * BAND + BAND);
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
    const factors = memory.float64(BAND);
    for (let start = 0; start + BAND < n - 1; start += BAND) {
      cancel.throwIfCancelled();
      const first = start + BAND;
      const length = n - first;
      const width = Math.min(BAND, length);
      const taus = factors.subarray(0, width);
      splitQr(kernels, part(a, first, start, length, BAND), vs, taus);
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

/** QR of a panel in place: R above, zeros below; the reflectors (as many as `taus`, unit lower trapezoid) go to `vs`. */
function splitQr(kernels: Kernels, panel: Block64, vs: Float64Array, taus: Float64Array): void {
  const { data, stride, rows, columns } = panel;
  const width = taus.length;
  kernels.qr64(panel, taus);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < width; k++) vs[i * width + k] = i < k ? 0 : i === k ? 1 : (data[i * stride + k] as number);
    for (let c = 0; c < Math.min(i, columns); c++) data[i * stride + c] = 0;
  }
}

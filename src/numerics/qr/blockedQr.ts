import type { CancelToken } from "../../base/cancel.ts";
import { dense, part } from "../eigen/block.ts";
import { compactFactor } from "../eigen/compactFactor.ts";
import type { Block64, Kernels } from "../kernels/types.ts";

/** Columns that are factored reflector by reflector before the rest is updated by products. */
const PANEL = 32;

/** Bytes that `factorQr` and `multiplyByQ` take from the running scope for a matrix of `rows`, beside `columns` columns that are changed. */
export function blockedQrBytes(rows: number, columns: number): number {
  return 8 * (rows * PANEL + 2 * PANEL * columns + 2 * PANEL * PANEL) + 1024;
}

/**
 * A = Q·R in place, as `qr64` stores it, panel by panel in compact WY form (Schreiber & Van Loan 1989): nearly all work is in products, which threads share.
 * Backward stable: ‖QR − A‖ ≤ a few m·ε·‖A‖. Entries of about 1. Cost 2·m·n² − 2/3·n³ flops. Asks for a cancel at every panel.
 */
export function factorQr(kernels: Kernels, a: Block64, taus: Float64Array, cancel: CancelToken): void {
  const { rows: m, columns: n } = a;
  const count = Math.min(m, n);
  if (n <= 2 * PANEL) {
    cancel.throwIfCancelled();
    kernels.qr64(a, taus);
    return;
  }
  kernels.memory.scope(blockedQrBytes(m, n), () => {
    const room = workspace(kernels, m, n);
    for (let at = 0; at < count; at += PANEL) {
      cancel.throwIfCancelled();
      const width = Math.min(PANEL, count - at);
      const panel = part(a, at, at, m - at, width);
      const factors = taus.subarray(at, at + width);
      kernels.qr64(panel, factors);
      const rest = n - at - width;
      if (rest > 0) reflectBlock(kernels, part(a, at, at + width, m - at, rest), panel, factors, true, room);
    }
  });
}

/** C := Q·C, or Qᵀ·C, for the reflectors that `factorQr` left. Cost 4·m·n·k flops. */
export function multiplyByQ(
  kernels: Kernels,
  c: Block64,
  reflectors: Block64,
  taus: Float64Array,
  transpose: boolean,
  cancel: CancelToken,
): void {
  const { rows: m, columns: n } = c;
  if (n < 8 || taus.length < 8) {
    kernels.applyQ64(c, reflectors, taus, transpose);
    return;
  }
  kernels.memory.scope(blockedQrBytes(m, n), () => {
    const room = workspace(kernels, m, n);
    const panels = Math.ceil(taus.length / PANEL);
    for (let step = 0; step < panels; step++) {
      cancel.throwIfCancelled();
      const at = PANEL * (transpose ? step : panels - 1 - step);
      const width = Math.min(PANEL, taus.length - at);
      const factors = taus.subarray(at, at + width);
      reflectBlock(
        kernels,
        part(c, at, 0, m - at, n),
        part(reflectors, at, at, m - at, width),
        factors,
        transpose,
        room,
      );
    }
  });
}

interface Workspace {
  readonly v: Float64Array;
  readonly gram: Float64Array;
  readonly t: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

function workspace({ memory }: Kernels, rows: number, columns: number): Workspace {
  return {
    v: memory.float64(rows * PANEL),
    gram: memory.float64(PANEL * PANEL),
    t: memory.float64(PANEL * PANEL),
    first: memory.float64(PANEL * columns),
    second: memory.float64(PANEL * columns),
  };
}

/** C := (I − V·T·Vᵀ)·C, or with Tᵀ, for the reflectors of one panel. */
function reflectBlock(
  kernels: Kernels,
  c: Block64,
  panel: Block64,
  taus: Float64Array,
  transpose: boolean,
  room: Workspace,
): void {
  const { rows, columns: width } = panel;
  const v = dense(room.v, rows, width);
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < width; k++)
      v.data[i * width + k] = i > k ? (panel.data[i * panel.stride + k] as number) : i === k ? 1 : 0;
  const t = dense(room.t, width, width);
  kernels.gemm64(dense(room.gram, width, width), v, v, { transposeA: true });
  compactFactor(room.t, room.gram, taus);
  const [inner, turned] = [dense(room.first, width, c.columns), dense(room.second, width, c.columns)];
  kernels.gemm64(inner, v, c, { transposeA: true });
  kernels.gemm64(turned, t, inner, { transposeA: transpose });
  kernels.gemm64(c, v, turned, { alpha: -1, beta: 1 });
}

import type { CancelToken } from "../../base/cancel.ts";
import { part } from "../eigen/block.ts";
import type { Block, Block64, Kernels } from "../kernels/types.ts";

/** What one call of a kernel may take without a look at the cancel token, in floating-point operations. */
const CALL = 1e9;

/**
 * Lower triangle of the Gram matrix of the smaller side: AᵀA for tall, AAᵀ for wide. Cost q·p² flops (p ≤ q).
 * Its eigenvalues are σ² with an error of a few √p·ε·σ₁²: singular values below about 1.5e-8·σ₁ cannot be told from 0, those of relative size s carry an
 * error of about ε·σ₁/(2s).
 */
export function gramOfSmaller(
  kernels: Kernels,
  gram: Block64,
  a: Block<Float32Array | Float64Array>,
  cancel: CancelToken,
): void {
  const tall = a.rows >= a.columns;
  const depth = tall ? a.rows : a.columns;
  const step = Math.max(64, Math.floor(CALL / Math.max(1, gram.rows) ** 2));
  for (let at = 0; at < depth; at += step) {
    cancel.throwIfCancelled();
    const count = Math.min(step, depth - at);
    const slice = tall ? part(a, at, 0, count, a.columns) : part(a, 0, at, a.rows, count);
    kernels.syrk64(gram, slice, { transposeA: tall, beta: at === 0 ? 0 : 1 });
  }
}

/** out := E·Aᵀ (A tall) or E·A (A wide): the image of the rows of E, vectors of the smaller side, on the larger side. */
export function imageOfRows(kernels: Kernels, out: Block64, rows: Block64, a: Block64, cancel: CancelToken): void {
  const tall = a.rows >= a.columns;
  const step = Math.max(16, Math.floor(CALL / (2 * Math.max(1, a.rows * a.columns))));
  for (let at = 0; at < rows.rows; at += step) {
    cancel.throwIfCancelled();
    const count = Math.min(step, rows.rows - at);
    kernels.gemm64(part(out, at, 0, count, out.columns), part(rows, at, 0, count, rows.columns), a, {
      transposeB: tall,
    });
  }
}

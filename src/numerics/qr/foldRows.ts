import type { CancelToken } from "../../base/cancel.ts";
import { part } from "../eigen/block.ts";
import type { Block64, Kernels } from "../kernels/types.ts";

/** Elements of a chunk: it stays in the second cache while its columns are eliminated one after the other. */
const CHUNK = 65_536;

/** Bytes that `foldRows` takes from the running scope for a matrix of `columns`. */
export function foldRowsBytes(columns: number): number {
  return 8 * columns + 64;
}

/**
 * R of a QR factorization of `a`, which is destroyed, with as many rows as columns at most: chunks of rows are taken in from the last to the first (sequential
 * TSQR: Demmel et al. 2012), so that each comes from memory once, and where rows fall from long to short the long ones stay on top (row by row stable).
 * The first rows of `a`, zeros below the diagonal; a matrix that is not tall comes back as it is. Cost 4·rows·columns² flops.
 */
export function foldRows(kernels: Kernels, a: Block64, cancel: CancelToken): Block64 {
  const { rows: m, columns: n } = a;
  if (m <= n) return a;
  const step = Math.max(n, Math.floor(CHUNK / Math.max(1, n)));
  return kernels.memory.scope(foldRowsBytes(n), () => {
    const taus = kernels.memory.float64(n);
    for (let end = m, start = m; start > 0; end = start + n) {
      cancel.throwIfCancelled();
      start = Math.max(0, start - step);
      const chunk = part(a, start, 0, Math.min(m, end) - start, n);
      kernels.qr64(chunk, taus.subarray(0, Math.min(n, chunk.rows)));
      clearBelow(chunk);
    }
    return part(a, 0, 0, n, n);
  });
}

function clearBelow({ data, rows, columns, stride }: Block64): void {
  for (let i = 1; i < Math.min(rows, columns); i++) data.fill(0, i * stride, i * stride + i);
}

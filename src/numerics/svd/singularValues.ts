import { type CancelToken, NEVER_CANCELLED } from "../../base/cancel.ts";
import { type DenseMatrix, largestMagnitude, requireFinite } from "../dense.ts";
import { bidiagonalize } from "./bidiagonalize.ts";
import { bidiagonalValues } from "./bidiagonalValues.ts";

export interface KernelOptions {
  readonly cancel?: CancelToken;
  readonly progress?: (fraction: number) => void;
}

/**
 * All min(rows, columns) singular values, descending, float64. Error ≤ about 1e-14·√n·σ₁ (tests: 1e-12), no floor.
 * Empty matrix: none. Non-finite: refused with the place. Cancellable every few reflectors.
 */
export function singularValues(matrix: DenseMatrix, options: KernelOptions = {}): Float64Array<ArrayBuffer> {
  const cancel = options.cancel ?? NEVER_CANCELLED;
  cancel.throwIfCancelled();
  requireFinite(matrix);
  const scale = largestMagnitude(matrix.data);
  const count = Math.min(matrix.rows, matrix.columns);
  if (count === 0 || scale === 0) return new Float64Array(count);
  const values = bidiagonalValues(bidiagonalize(matrix, scale, cancel, options.progress ?? (() => {})));
  return values.map((value) => value * scale);
}

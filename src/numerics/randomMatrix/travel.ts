import { ModeScopeError } from "../../base/errors.ts";
import { type DenseMatrix, frobeniusSquare } from "../dense.ts";

/** How far training moved a matrix from its first checkpoint. */
export interface Travel {
  /** ΔW = W_T − W_0: its spectrum shows what was learned without the initialization's bulk. */
  readonly difference: DenseMatrix;
  /** ‖ΔW‖_F/‖W_0‖_F; Infinity from a zero start, 0 if both are zero. */
  readonly relative: number;
}

/** Refuses matrices of different shapes: those are two tensors, not one over time. */
export function travelOf(initial: DenseMatrix, trained: DenseMatrix): Travel {
  if (initial.rows !== trained.rows || initial.columns !== trained.columns) {
    throw new ModeScopeError(
      "bad-request",
      `A ${trained.rows} × ${trained.columns} matrix cannot have grown from a ${initial.rows} × ${initial.columns} one.`,
      { remedy: "Compare checkpoints of one run." },
    );
  }
  const data = Float64Array.from({ length: trained.data.length }, (_, i) => trained.data[i]! - initial.data[i]!);
  const difference = { rows: trained.rows, columns: trained.columns, data };
  const before = Math.sqrt(frobeniusSquare(initial));
  const moved = Math.sqrt(frobeniusSquare(difference));
  return { difference, relative: moved === 0 ? 0 : moved / before };
}

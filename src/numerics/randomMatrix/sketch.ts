import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { type CancelToken, NEVER_CANCELLED } from "../../base/cancel.ts";
import { type DenseMatrix, largestMagnitude, requireFinite } from "../dense.ts";
import { loadKernels } from "../kernels/load.ts";
import { gramLanczos, gramLanczosBytes } from "./gramLanczos.ts";

const STEPS = 40;
const SEED = 2016;

export interface Sketch {
  /** Descending, each at most a true singular value of its rank; at least one. */
  readonly values: Float64Array<ArrayBuffer>;
  /** A singular value lies within this of each. */
  readonly residuals: Float64Array<ArrayBuffer>;
}

/**
 * A first look at the leading singular values: 40 steps of Lanczos on the Gram matrix of the smaller side, entries in float32. The largest is
 * good to a few parts in 10⁴ for noise and to rounding where it stands apart; the others less. Each comes with its bound (Parlett 1998, theorem
 * 4.5.1, taken from σ² to σ: |σ − σ̃| ≤ residual/σ̃). Cost: 160·rows·columns flops.
 */
export function sketchLeading(
  matrix: DenseMatrix,
  count: number,
  options: { readonly cancel?: CancelToken } = {},
): Sketch {
  const { cancel = NEVER_CANCELLED } = options;
  requireFinite(matrix);
  const { rows, columns } = matrix;
  const wanted = Math.max(1, Math.min(count, rows, columns));
  const scale = largestMagnitude(matrix.data);
  if (scale === 0) return { values: new Float64Array(wanted), residuals: new Float64Array(wanted) };
  const kernels = loadKernels();
  const bytes = 4 * rows * columns + gramLanczosBytes(rows, columns, STEPS) + 64;
  const { diagonal, offDiagonal, residual } = kernels.memory.scope(bytes, () => {
    const data = kernels.memory.float32(rows * columns);
    for (let i = 0; i < data.length; i++) data[i] = matrix.data[i]! / scale;
    return gramLanczos(
      kernels,
      { data, rows, columns, stride: columns },
      { steps: STEPS, seed: SEED, cancel },
      () => false,
    );
  });
  const p = diagonal.length;
  const t = Matrix.zeros(p, p);
  for (let i = 0; i < p; i++) {
    t.set(i, i, diagonal[i]!);
    if (i + 1 < p) {
      t.set(i, i + 1, offDiagonal[i]!);
      t.set(i + 1, i, offDiagonal[i]!);
    }
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(t, { assumeSymmetric: true });
  const order = [...realEigenvalues.keys()].sort((x, y) => realEigenvalues[y]! - realEigenvalues[x]!).slice(0, wanted);
  const values = Float64Array.from(order, (k) => scale * Math.sqrt(Math.max(0, realEigenvalues[k]!)));
  return {
    values,
    residuals: Float64Array.from(order, (k, at) => {
      const bound = scale * scale * residual * Math.abs(eigenvectorMatrix.get(p - 1, k));
      return values[at]! > 0 ? Math.min(bound / values[at]!, Math.sqrt(bound)) : Math.sqrt(bound);
    }),
  };
}

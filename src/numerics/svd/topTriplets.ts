import { NEVER_CANCELLED } from "../../base/cancel.ts";
import { type DenseMatrix, finiteMagnitude, multiply, multiplyTransposed } from "../dense.ts";
import { loadKernels } from "../kernels/load.ts";
import type { Kernels } from "../kernels/types.ts";
import { norm } from "./blockBasis.ts";
import { krylovFits, krylovTriplets } from "./krylovTriplets.ts";
import { powerOfTwo, scaled } from "./scaled.ts";
import type { KernelOptions } from "./singularValues.ts";
import { thinSvd, thinSvdBytes } from "./thinSvd.ts";
import { convergedCount, fixSigns, type TripletOptions, type Triplets } from "./triplets.ts";

export type { TripletOptions, Triplets } from "./triplets.ts";

/** Up to this smaller side, and beyond if a good part of all triplets is wanted, the thin SVD is quicker than a Krylov basis. */
const EXACT_LIMIT = 384;
const EXACT_SHARE = 0.08;

/** The k leading singular triplets with both residuals measured. Deterministic by seed. */
export function topTriplets(matrix: DenseMatrix, k: number, options: TripletOptions = {}): Triplets {
  const small = Math.min(matrix.rows, matrix.columns);
  const count = Math.min(k, small);
  const scale = finiteMagnitude(matrix);
  if (count === 0 || scale === 0) return nothing(matrix, count);
  const { route = "auto", tolerance = 1e-8 } = options;
  const kernels = options.kernels ?? loadKernels();
  const exact =
    !krylovFits(count, small) ||
    route === "exact" ||
    (route === "auto" && (small <= EXACT_LIMIT || count > EXACT_SHARE * small));
  return exact
    ? exactTriplets(kernels, matrix, count, powerOfTwo(scale), tolerance, options)
    : krylovTriplets(kernels, matrix, count, powerOfTwo(scale), { ...options, tolerance });
}

/** The leading rows of the thin SVD, with both residuals measured on the matrix itself. */
function exactTriplets(
  kernels: Kernels,
  matrix: DenseMatrix,
  count: number,
  unit: number,
  tolerance: number,
  options: KernelOptions,
): Triplets {
  const { rows, columns } = matrix;
  const { cancel = NEVER_CANCELLED, progress = () => {} } = options;
  return kernels.memory.scope(8 * rows * columns + thinSvdBytes(rows, columns), () => {
    const svd = thinSvd(kernels, scaled(kernels, matrix, unit), { cancel, progress });
    const [us, vs] = rows >= columns ? [svd.larger, svd.smaller] : [svd.smaller, svd.larger];
    const values = svd.values.slice(0, count);
    const residuals = new Float64Array(count);
    const left: Float64Array<ArrayBuffer>[] = [];
    const right: Float64Array<ArrayBuffer>[] = [];
    for (let k = 0; k < count; k++) {
      cancel.throwIfCancelled();
      const u = Float64Array.from(us.data.subarray(k * rows, (k + 1) * rows));
      const v = Float64Array.from(vs.data.subarray(k * columns, (k + 1) * columns));
      fixSigns(u, v);
      const [image, back] = [new Float64Array(rows), new Float64Array(columns)];
      multiply(matrix, v, image);
      multiplyTransposed(matrix, u, back);
      const sigma = values[k] as number;
      // Divided by the unit before squares are taken: entries of 1e-300 or 1e300 would leave the range.
      for (let i = 0; i < rows; i++) image[i] = (image[i] as number) / unit - sigma * (u[i] as number);
      for (let i = 0; i < columns; i++) back[i] = (back[i] as number) / unit - sigma * (v[i] as number);
      residuals[k] = Math.max(norm(image), norm(back)) * unit;
      left.push(u);
      right.push(v);
    }
    const scaledValues = values.map((value) => value * unit);
    return {
      values: scaledValues,
      left,
      right,
      residuals,
      converged: convergedCount(scaledValues, residuals, tolerance),
      method: "thin svd",
    };
  });
}

/** A zero matrix has no direction of its own: unit vectors, singular value 0. */
function nothing({ rows, columns }: DenseMatrix, count: number): Triplets {
  const unit = (length: number) =>
    Array.from({ length: count }, (_, i) => Float64Array.from({ length }, (_, j) => (i === j ? 1 : 0)));
  return {
    values: new Float64Array(count),
    left: unit(rows),
    right: unit(columns),
    residuals: new Float64Array(count),
    converged: count,
    method: "thin svd",
  };
}

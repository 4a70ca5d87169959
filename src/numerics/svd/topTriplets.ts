import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { NEVER_CANCELLED } from "../../base/cancel.ts";
import { type DenseMatrix, largestMagnitude, multiply, multiplyTransposed, requireFinite } from "../dense.ts";
import { loadKernels } from "../kernels/load.ts";
import { Random } from "../random.ts";
import { GolubKahanLanczos, norm } from "./lanczos.ts";
import { powerOfTwo, scaled } from "./scaled.ts";
import type { KernelOptions } from "./singularValues.ts";
import { thinSvd, thinSvdBytes } from "./thinSvd.ts";

export interface TripletOptions extends KernelOptions {
  /** ‖Av−σu‖ and ‖Aᵀu−σv‖ at most tolerance·σ₁ (default 1e-8). */
  readonly tolerance?: number;
  readonly seed?: number;
  /** The basis grows no further than this (default: as far as needed). */
  readonly maxSteps?: number;
}

export interface Triplets {
  readonly values: Float64Array<ArrayBuffer>;
  /** k left vectors of length rows, k right vectors of length columns; signs fixed (see `fixSigns`). */
  readonly left: readonly Float64Array<ArrayBuffer>[];
  readonly right: readonly Float64Array<ArrayBuffer>[];
  /** max(‖Av−σu‖, ‖Aᵀu−σv‖) of each triplet, in the matrix's units. */
  readonly residuals: Float64Array<ArrayBuffer>;
  /** How many of the leading ones met the tolerance. */
  readonly converged: number;
}

/** Below this smaller dimension the basis spans everything at once, and the answer is exact. */
const SMALL = 96;
/** Up to this smaller dimension the thin SVD is quicker than a Krylov basis grown to the tolerance. */
const EXACT_LIMIT = 1536;

/**
 * The k leading singular triplets: from the thin SVD for middle sizes, which misses no copy of a multiple value; beyond by Golub–Kahan–Lanczos, grown until the residuals meet the tolerance. Deterministic by seed.
 * Small dense problem by ml-matrix. ‖UᵀU−I‖ ≤ 1e-12. A single start vector can miss copies of a multiple singular value until its own copy has
 * converged; the basis is therefore grown once more after convergence.
 */
export function topTriplets(matrix: DenseMatrix, k: number, options: TripletOptions = {}): Triplets {
  const cancel = options.cancel ?? NEVER_CANCELLED;
  const tolerance = options.tolerance ?? 1e-8;
  requireFinite(matrix);
  const small = Math.min(matrix.rows, matrix.columns);
  const count = Math.min(k, small);
  const scale = largestMagnitude(matrix.data);
  if (count === 0 || scale === 0) return nothing(matrix, count);
  if (small <= EXACT_LIMIT && options.maxSteps === undefined)
    return exactTriplets(matrix, count, scale, tolerance, options);
  const random = new Random(options.seed ?? 1);
  const lanczos = new GolubKahanLanczos(matrix, random, scale * Math.sqrt(matrix.rows * matrix.columns) * 1e-15);
  const limit = Math.min(small, options.maxSteps ?? small);
  let steps = small <= SMALL ? small : Math.min(limit, 2 * count + 24);
  let confirmed = false;
  for (;;) {
    lanczos.grow(steps, cancel);
    const ritz = ritzOf(lanczos);
    let converged = 0;
    while (converged < count && estimate(lanczos, ritz, converged) <= tolerance * (ritz.values[0] ?? 0)) converged += 1;
    options.progress?.(Math.min(1, converged / count));
    const complete = steps >= limit;
    if (complete || (converged === count && confirmed)) return assemble(matrix, lanczos, ritz, count, tolerance);
    confirmed = converged === count;
    steps = Math.min(limit, confirmed ? steps + 12 : Math.ceil(steps * 1.5));
  }
}

/** The leading rows of the thin SVD, with both residuals measured on the matrix itself. */
function exactTriplets(
  matrix: DenseMatrix,
  count: number,
  largest: number,
  tolerance: number,
  options: KernelOptions,
): Triplets {
  const { rows, columns } = matrix;
  const kernels = loadKernels();
  const { cancel = NEVER_CANCELLED, progress = () => {} } = options;
  const unit = powerOfTwo(largest);
  return kernels.memory.scope(8 * rows * columns + thinSvdBytes(rows, columns), () => {
    const svd = thinSvd(kernels, scaled(kernels, matrix, unit), { cancel, progress });
    const [us, vs] = rows >= columns ? [svd.larger, svd.smaller] : [svd.smaller, svd.larger];
    const values = svd.values.slice(0, count).map((value) => value * unit);
    const residuals = new Float64Array(count);
    const left: Float64Array<ArrayBuffer>[] = [];
    const right: Float64Array<ArrayBuffer>[] = [];
    let converged = 0;
    for (let k = 0; k < count; k++) {
      cancel.throwIfCancelled();
      const u = Float64Array.from(us.data.subarray(k * rows, (k + 1) * rows));
      const v = Float64Array.from(vs.data.subarray(k * columns, (k + 1) * columns));
      fixSigns(u, v);
      const sigma = values[k] as number;
      const [image, back] = [new Float64Array(rows), new Float64Array(columns)];
      multiply(matrix, v, image);
      multiplyTransposed(matrix, u, back);
      for (let i = 0; i < rows; i++) image[i] = (image[i] as number) - sigma * (u[i] as number);
      for (let i = 0; i < columns; i++) back[i] = (back[i] as number) - sigma * (v[i] as number);
      residuals[k] = Math.max(norm(image), norm(back));
      if (converged === k && (residuals[k] as number) <= tolerance * (values[0] as number)) converged++;
      left.push(u);
      right.push(v);
    }
    return { values, left, right, residuals, converged };
  });
}

interface Ritz {
  readonly values: readonly number[];
  readonly u: Matrix;
  readonly v: Matrix;
}

function ritzOf({ alphas, betas }: GolubKahanLanczos): Ritz {
  const p = alphas.length;
  const b = Matrix.zeros(p, p);
  for (let i = 0; i < p; i++) {
    b.set(i, i, alphas[i] ?? 0);
    if (i + 1 < p) b.set(i, i + 1, betas[i] ?? 0);
  }
  const svd = new SingularValueDecomposition(b);
  return { values: svd.diagonal, u: svd.leftSingularVectors, v: svd.rightSingularVectors };
}

/** ‖Aᵀu−σv‖ = β·|last component of the small left vector|; ‖Av−σu‖ is zero by construction. */
function estimate(lanczos: GolubKahanLanczos, ritz: Ritz, i: number): number {
  return Math.abs(lanczos.lastBeta * ritz.u.get(lanczos.steps - 1, i));
}

function assemble(
  matrix: DenseMatrix,
  lanczos: GolubKahanLanczos,
  ritz: Ritz,
  count: number,
  tolerance: number,
): Triplets {
  const values = new Float64Array(count);
  const residuals = new Float64Array(count);
  const left: Float64Array<ArrayBuffer>[] = [];
  const right: Float64Array<ArrayBuffer>[] = [];
  let converged = 0;
  for (let i = 0; i < count; i++) {
    const sigma = ritz.values[i] ?? 0;
    const u = combine(lanczos.left, (j) => ritz.u.get(j, i), matrix.rows);
    const v = combine(lanczos.right, (j) => ritz.v.get(j, i), matrix.columns);
    fixSigns(u, v);
    const image = new Float64Array(matrix.rows);
    multiply(matrix, v, image);
    for (let j = 0; j < image.length; j++) image[j] = (image[j] as number) - sigma * (u[j] as number);
    values[i] = sigma;
    residuals[i] = Math.max(norm(image), estimate(lanczos, ritz, i));
    if (converged === i && (residuals[i] as number) <= tolerance * (values[0] as number)) converged += 1;
    left.push(u);
    right.push(v);
  }
  return { values, left, right, residuals, converged };
}

function combine(
  basis: readonly Float64Array[],
  weight: (j: number) => number,
  length: number,
): Float64Array<ArrayBuffer> {
  const out = new Float64Array(length);
  for (const [j, q] of basis.entries()) {
    const factor = weight(j);
    for (let i = 0; i < length; i++) out[i] = (out[i] as number) + factor * (q[i] as number);
  }
  return out;
}

/** sign(Σ sign(vᵢ)vᵢ²) on the right vector decides; u and v flip together (Bro, Acar & Kolda 2008). */
function fixSigns(u: Float64Array, v: Float64Array): void {
  let vote = 0;
  for (let i = 0; i < v.length; i++) vote += Math.sign(v[i] as number) * (v[i] as number) ** 2;
  if (vote >= 0) return;
  for (let i = 0; i < v.length; i++) v[i] = -(v[i] as number);
  for (let i = 0; i < u.length; i++) u[i] = -(u[i] as number);
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
  };
}

import type { CancelToken } from "../base/cancel.ts";
import { type DenseMatrix, frobeniusSquare, multiply } from "../numerics/dense.ts";
import { type HalfTime, halfTime } from "../numerics/learning/trajectory.ts";
import { topTriplets } from "../numerics/svd/topTriplets.ts";

/**
 * One weight matrix over a run, in the fixed basis of what training added to it by the end: ΔW = W(T) − W(0) = U S Vᵀ, a_α(t) = u_αᵀ(W(t) − W(0))v_α.
 * Circular by construction: a_α(0) = 0, a_α(T) = s_α and the alignment at the end is 1 whatever happened, so that only the time course and its order say
 * anything. Null: independent steps of the lengths that were walked (a random walk) bring every mode to half of its end when half of the squared path is
 * walked (`walkHalf`), all of them together.
 * A basis taken anew at each checkpoint would change places at crossings; this one does not.
 */
export interface MatrixCourse {
  readonly modes: readonly {
    readonly singularValue: number;
    readonly strengths: readonly number[];
    /** Of strength s/2. */
    readonly halfTime: HalfTime | null;
  }[];
  /** Share of ‖W(t) − W(0)‖² that the modes' diagonal holds at each checkpoint; NaN at the first. The rest is other directions, and mixing. */
  readonly inModes: readonly number[];
  /** ‖offdiag A‖²/‖A‖² of A = Uᵀ(W(t) − W(0))V over the followed modes; NaN at the first. */
  readonly offDiagonal: readonly number[];
  /** ‖W(t)‖_F. */
  readonly norm: readonly number[];
  /** ‖W(t) − W(0)‖_F. */
  readonly travel: readonly number[];
  /** ‖W(t_k+1) − W(t_k)‖_F of each interval. */
  readonly stepLengths: readonly number[];
  readonly walkHalf: HalfTime | null;
}

const MODES = 6;
const TOLERANCE = 1e-6;
const SEED = 2016;

/** `read` gives the matrix at checkpoint k; each is asked for once, the first and last twice. `visit` sees every one on the way. */
export async function followMatrix(
  steps: readonly number[],
  read: (checkpoint: number) => Promise<DenseMatrix>,
  visit: (checkpoint: number, matrix: DenseMatrix) => void,
  cancel: CancelToken,
): Promise<MatrixCourse> {
  const last = steps.length - 1;
  const initial = await read(0);
  const change = difference(await read(last), initial);
  const { values, left, right } = topTriplets(change, MODES, { tolerance: TOLERANCE, seed: SEED, cancel });
  const kept = Array.from(values).filter((s) => s > 1e-9 * (values[0] ?? 0));
  const strengths = kept.map((): number[] => []);
  const [inModes, offDiagonal, norm, travel, stepLengths]: number[][] = [[], [], [], [], []];
  let before = initial;
  for (let k = 0; k <= last; k++) {
    cancel.throwIfCancelled();
    const now = k === 0 ? initial : await read(k);
    visit(k, now);
    norm!.push(Math.sqrt(frobeniusSquare(now)));
    if (k > 0) stepLengths!.push(distance(now, before));
    const moved = difference(now, initial);
    const square = frobeniusSquare(moved);
    travel!.push(Math.sqrt(square));
    const a = inBasis(moved, left.slice(0, kept.length), right.slice(0, kept.length));
    let [all, diagonal] = [0, 0];
    for (let i = 0; i < kept.length; i++)
      for (let j = 0; j < kept.length; j++) {
        const entry = a[i * kept.length + j]!;
        all += entry * entry;
        if (i !== j) continue;
        diagonal += entry * entry;
        strengths[i]!.push(entry);
      }
    inModes!.push(diagonal / square);
    offDiagonal!.push(1 - diagonal / all);
    before = now;
  }
  return {
    modes: kept.map((singularValue, k) => ({
      singularValue,
      strengths: strengths[k]!,
      halfTime: halfTime(steps, strengths[k]!, singularValue),
    })),
    inModes: inModes!,
    offDiagonal: offDiagonal!,
    norm: norm!,
    travel: travel!,
    stepLengths: stepLengths!,
    walkHalf: walkHalfOf(steps, stepLengths!),
  };
}

/** UᵀWV, row-major. */
function inBasis(w: DenseMatrix, left: readonly Float64Array[], right: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(left.length * right.length);
  const image = new Float64Array(w.rows);
  for (const [j, v] of right.entries()) {
    multiply(w, v, image);
    for (const [i, u] of left.entries()) {
      let sum = 0;
      for (let r = 0; r < w.rows; r++) sum += u[r]! * image[r]!;
      out[i * right.length + j] = sum;
    }
  }
  return out;
}

/** From here on a difference is kept in single precision, as the weights are: a quarter of the memory of a run is at stake. */
const SINGLE_FROM = 4e6;

function difference(a: DenseMatrix, b: DenseMatrix): DenseMatrix {
  const single = a.data instanceof Float32Array && a.data.length > SINGLE_FROM;
  const data = single ? new Float32Array(a.data.length) : new Float64Array(a.data.length);
  for (let k = 0; k < data.length; k++) data[k] = a.data[k]! - b.data[k]!;
  return { rows: a.rows, columns: a.columns, data };
}

function distance(a: DenseMatrix, b: DenseMatrix): number {
  let sum = 0;
  for (let k = 0; k < a.data.length; k++) sum += (a.data[k]! - b.data[k]!) ** 2;
  return Math.sqrt(sum);
}

function walkHalfOf(steps: readonly number[], lengths: readonly number[]): HalfTime | null {
  const path = [0];
  for (const length of lengths) path.push(path[path.length - 1]! + length * length);
  const all = path[path.length - 1]!;
  if (!(all > 0)) return null;
  for (let k = 1; k < path.length; k++) {
    const [a, b] = [path[k - 1]!, path[k]!];
    if (!(a < all / 2 && b >= all / 2)) continue;
    const [from, to] = [steps[k - 1]!, steps[k]!];
    return { bracket: [from, to], time: from + ((all / 2 - a) / (b - a)) * (to - from) };
  }
  return null;
}

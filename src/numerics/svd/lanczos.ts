import type { CancelToken } from "../../base/cancel.ts";
import { type DenseMatrix, multiply, multiplyTransposed } from "../dense.ts";
import type { Random } from "../random.ts";

/**
 * Golub–Kahan–Lanczos bidiagonalization (Golub & Kahan 1965) with full reorthogonalization, grown on demand:
 * A V = U B, AᵀU = V Bᵀ + β·v₊eᵀ, with B upper bidiagonal (alphas on the diagonal, betas above).
 * Where a vector vanishes (an invariant subspace is complete) a random orthogonal direction takes its place, so that multiple singular values are found.
 * Orthogonality of U and V: a few ε. Cost of a step: two passes over A, and 4·step·(m+n) for the reorthogonalization.
 */
export class GolubKahanLanczos {
  readonly left: Float64Array<ArrayBuffer>[] = [];
  readonly right: Float64Array<ArrayBuffer>[] = [];
  readonly alphas: number[] = [];
  /** betas[i] couples step i with step i + 1. */
  readonly betas: number[] = [];
  #next: Float64Array<ArrayBuffer>;

  constructor(
    private readonly matrix: DenseMatrix,
    private readonly random: Random,
    private readonly tiny: number,
    start?: Float64Array<ArrayBuffer>,
  ) {
    this.#next = start ?? random.direction(matrix.columns);
  }

  get steps(): number {
    return this.alphas.length;
  }

  /** The residual coupling behind the last step. */
  get lastBeta(): number {
    return this.betas[this.betas.length - 1] ?? 0;
  }

  grow(steps: number, cancel: CancelToken): void {
    const { rows, columns } = this.matrix;
    const limit = Math.min(steps, rows, columns);
    while (this.steps < limit) {
      cancel.throwIfCancelled();
      const v = this.#next;
      this.right.push(v);
      const u = new Float64Array(rows);
      multiply(this.matrix, v, u);
      const previous = this.left[this.left.length - 1];
      if (previous !== undefined) subtract(u, previous, this.lastBeta);
      orthogonalize(u, this.left);
      this.alphas.push(this.#normalize(u, this.left));
      this.left.push(u);
      const w = new Float64Array(columns);
      multiplyTransposed(this.matrix, u, w);
      subtract(w, v, this.alphas[this.alphas.length - 1] ?? 0);
      orthogonalize(w, this.right);
      if (this.steps === columns) {
        this.betas.push(0);
        return;
      }
      this.betas.push(this.#normalize(w, this.right));
      this.#next = w;
    }
  }

  /** Normalizes x and returns its norm; a vanished x becomes a random direction orthogonal to `basis`, with norm 0. */
  #normalize(x: Float64Array, basis: readonly Float64Array[]): number {
    const size = norm(x);
    if (size > this.tiny) {
      for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) / size;
      return size;
    }
    for (let attempt = 0; attempt < 4; attempt++) {
      x.set(this.random.direction(x.length));
      orthogonalize(x, basis);
      const left = norm(x);
      if (left > 1e-6) {
        for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) / left;
        return 0;
      }
    }
    x.fill(0);
    return 0;
  }
}

export function norm(x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (x[i] as number);
  return Math.sqrt(sum);
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (y[i] as number);
  return sum;
}

function subtract(x: Float64Array, y: Float64Array, factor: number): void {
  for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) - factor * (y[i] as number);
}

/** Classical Gram–Schmidt, twice: orthogonal to working precision (Giraud et al. 2005). */
function orthogonalize(x: Float64Array, basis: readonly Float64Array[]): void {
  for (let pass = 0; pass < 2; pass++) for (const q of basis) subtract(x, q, dot(x, q));
}

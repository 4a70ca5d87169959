import { dense, part } from "../eigen/block.ts";
import { symmetricEigen, symmetricEigenBytes, type Watch } from "../eigen/symmetricEigen.ts";
import type { Block64, Kernels } from "../kernels/types.ts";
import { QR_ROWS } from "../kernels/workspace.ts";
import { gramOfSmaller, imageOfRows } from "./gram.ts";
import { jacobiSvd, jacobiSvdBytes } from "./jacobiSvd.ts";

/** Up to this smaller side one-sided Jacobi costs little more, and gives every value its own relative accuracy. */
const JACOBI = 64;
/** Of each level only values above this part of its largest are taken: their vectors are orthogonal to p·ε/TRUSTED². */
const TRUSTED = 1e-3;
/** Below this part of σ₁ a value is rounding of A itself, and its vectors are any orthonormal completion. */
const NOTHING = 1e-15;

export interface ThinSvd {
  /** Descending. */
  readonly values: Float64Array<ArrayBuffer>;
  /** p × p: row k is the k-th singular vector on the smaller side. */
  readonly smaller: Block64;
  /** p × q: row k is the k-th singular vector on the larger side. */
  readonly larger: Block64;
}

const byJacobi = (p: number, q: number): boolean => p <= JACOBI && q <= QR_ROWS;

/** Bytes that `thinSvd` takes from the running scope, result included. */
export function thinSvdBytes(rows: number, columns: number): number {
  const [p, q] = [Math.min(rows, columns), Math.max(rows, columns)];
  return 8 * (5 * p * p + 3 * p * q) + symmetricEigenBytes(p) + (byJacobi(p, q) ? jacobiSvdBytes(rows, columns) : 0);
}

/**
 * Thin SVD of `a` (scaled to about 1), right for every singular value, small ones too. Small matrices by one-sided Jacobi; for others the Gram matrix of the smaller side gives all directions; the images
 * of those with σ > 1e-3·σ₁ are orthogonal to working accuracy and are normalized into the other side. What remains is projected away from them and
 * decomposed again in the same way, so that each level starts from images whose error is ε·σ₁ and not √ε·σ₁.
 * ‖UUᵀ−I‖ ≤ about 1e-9, ‖Av−σu‖ ≤ about 1e-12·σ₁, values without a floor. Cost: q·p² + 14/3·p³ + 2·q·p² flops, less for each further level.
 * The result lives in the running scope.
 */
export function thinSvd(kernels: Kernels, a: Block64, watch: Watch): ThinSvd {
  const [p, q] = [Math.min(a.rows, a.columns), Math.max(a.rows, a.columns)];
  const { memory } = kernels;
  const smaller = dense(memory.float64(p * p), p, p);
  const larger = dense(memory.float64(p * q), p, q);
  if (byJacobi(p, q)) {
    const values = jacobiSvd(kernels, a, { smaller, larger }, watch.cancel);
    const rank = values.indexOf(0);
    if (rank >= 0) complete(smaller, rank);
    watch.progress(1);
    return { values, smaller, larger };
  }
  const values = new Float64Array(p);
  memory.scope(8 * (4 * p * p + 2 * p * q) + symmetricEigenBytes(p), () => {
    const gram = memory.float64(p * p);
    const eigen = memory.float64(p * p);
    const turned = memory.float64(p * p);
    const [images, spare] = [memory.float64(p * q), memory.float64(p * q)];
    let done = 0;
    let first = 0;
    for (let level = 0; done < p; level++) {
      const count = p - done;
      const square = dense(gram, count, count);
      // Level 0 looks at A; later ones at the images of the directions that are left, rows of `larger` from `done` on.
      const rest = part(larger, done, 0, count, q);
      if (level === 0) gramOfSmaller(kernels, square, a, watch.cancel);
      else kernels.syrk64(square, rest);
      const vectors = dense(eigen, count, count);
      const lambda = symmetricEigen(kernels, square, vectors, level === 0 ? watch : { ...watch, progress() {} });
      const order = Array.from(lambda.keys()).sort((x, y) => (lambda[y] as number) - (lambda[x] as number));
      const sorted = dense(gram, count, count);
      for (const [at, from] of order.entries())
        sorted.data.set(eigen.subarray(from * count, (from + 1) * count), at * count);
      if (level === 0) {
        smaller.data.set(sorted.data.subarray(0, p * p));
        imageOfRows(kernels, larger, smaller, a, watch.cancel);
      } else {
        kernels.gemm64(dense(turned, count, p), sorted, part(smaller, done, 0, count, p));
        smaller.data.set(turned.subarray(0, count * p), done * p);
        kernels.gemm64(dense(images, count, q), sorted, rest);
        larger.data.set(images.subarray(0, count * q), done * q);
      }
      const start = done;
      const norms = Array.from({ length: count }, (_, i) =>
        normOf(larger.data.subarray((done + i) * q, (done + i + 1) * q)),
      );
      const top = Math.max(...norms);
      if (level === 0) first = top;
      const last = top <= NOTHING * first;
      while (done < p && !last && (norms[done - start] as number) > TRUSTED * top) {
        const norm = norms[done - start] as number;
        values[done] = norm;
        scale(larger.data.subarray(done * q, (done + 1) * q), 1 / norm);
        done++;
      }
      if (last) {
        complete(larger, done);
        done = p;
      } else if (done < p) project(kernels, larger, done, dense(spare, p - done, done));
    }
  });
  sortDescending(values, smaller, larger);
  return { values, smaller, larger };
}

/** Takes the finished rows out of those that are left, twice (Giraud et al. 2005). */
function project(kernels: Kernels, larger: Block64, done: number, inner: Block64): void {
  const q = larger.columns;
  const finished = part(larger, 0, 0, done, q);
  const rest = part(larger, done, 0, larger.rows - done, q);
  for (let pass = 0; pass < 2; pass++) {
    kernels.gemm64(inner, rest, finished, { transposeB: true });
    kernels.gemm64(rest, inner, finished, { alpha: -1, beta: 1 });
  }
}

/** Rows from `done` on become unit vectors orthogonal to all before: the coordinate axis least covered, made orthogonal. */
function complete({ data, rows, columns: q }: Block64, done: number): void {
  const covered = new Float64Array(q);
  const cover = (k: number) => {
    for (let j = 0; j < q; j++) covered[j] = (covered[j] as number) + (data[k * q + j] as number) ** 2;
  };
  for (let k = 0; k < done; k++) cover(k);
  for (let k = done; k < rows; k++) {
    const x = data.subarray(k * q, (k + 1) * q).fill(0);
    x[covered.indexOf(covered.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY))] = 1;
    for (let pass = 0; pass < 2; pass++) {
      for (let i = 0; i < k; i++) {
        const y = data.subarray(i * q, (i + 1) * q);
        let sum = 0;
        for (let j = 0; j < q; j++) sum += (x[j] as number) * (y[j] as number);
        for (let j = 0; j < q; j++) x[j] = (x[j] as number) - sum * (y[j] as number);
      }
    }
    scale(x, 1 / normOf(x));
    cover(k);
  }
}

/** Levels overlap by rounding at their seams. */
function sortDescending(values: Float64Array, ...sides: Block64[]): void {
  for (let i = 1; i < values.length; i++) {
    for (let j = i; j > 0 && (values[j] as number) > (values[j - 1] as number); j--) {
      [values[j], values[j - 1]] = [values[j - 1] as number, values[j] as number];
      for (const { data, columns } of sides) {
        const row = data.slice(j * columns, (j + 1) * columns);
        data.copyWithin(j * columns, (j - 1) * columns, j * columns);
        data.set(row, (j - 1) * columns);
      }
    }
  }
}

function normOf(x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (x[i] as number);
  return Math.sqrt(sum);
}

function scale(x: Float64Array, factor: number): void {
  for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) * factor;
}

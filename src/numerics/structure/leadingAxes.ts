import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import type { Random } from "../random.ts";

/**
 * The leading eigenvectors of a symmetric positive semidefinite matrix, by orthogonal iteration with a Rayleigh–Ritz step at the end.
 * Shapes: `matrix` n × n row-major; `vectors` k × n row-major, unit vectors of free sign; `values` descending.
 * Accuracy: a vector's error is about (λ_{b+1}/λ_k)^STEPS with b = k + GUARD; inside a group of equal values only the subspace is determined.
 * Special cases: fewer than k + 1 items give fewer axes; a zero matrix has values 0. Cost: STEPS·n²·b.
 */
export interface Axes {
  readonly values: Float64Array<ArrayBuffer>;
  readonly vectors: Float64Array<ArrayBuffer>;
}

const STEPS = 20;
const GUARD = 5;

export function leadingAxes(matrix: Float64Array, n: number, k: number, random: Random): Axes {
  const b = Math.min(n, k + GUARD);
  let basis = Array.from({ length: b }, () => random.direction(n));
  orthonormalize(basis);
  for (let step = 0; step < STEPS; step++) {
    basis = basis.map((x) => product(matrix, n, x));
    orthonormalize(basis);
  }
  const images = basis.map((x) => product(matrix, n, x));
  const small = Matrix.zeros(b, b);
  for (let i = 0; i < b; i++) for (let j = 0; j < b; j++) small.set(i, j, dot(basis[i]!, images[j]!));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(small, { assumeSymmetric: true });
  const order = Array.from(realEigenvalues.keys()).sort((p, q) => realEigenvalues[q]! - realEigenvalues[p]!);
  const count = Math.min(k, b);
  const values = new Float64Array(count);
  const vectors = new Float64Array(count * n);
  for (let at = 0; at < count; at++) {
    const from = order[at]!;
    values[at] = Math.max(0, realEigenvalues[from]!);
    for (let j = 0; j < b; j++) {
      const share = eigenvectorMatrix.get(j, from);
      const x = basis[j]!;
      for (let i = 0; i < n; i++) vectors[at * n + i] = vectors[at * n + i]! + share * x[i]!;
    }
  }
  return { values, vectors };
}

/** Inner products of the items about their mean: H·S·H with H = I − 11ᵀ/n. */
export function doubleCentred(products: ArrayLike<number>, n: number): Float64Array<ArrayBuffer> {
  const means = new Float64Array(n);
  let mean = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) means[i] = means[i]! + products[i * n + j]! / n;
    mean += means[i]! / n;
  }
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return products[at]! - means[i]! - means[j]! + mean;
  });
}

function product(matrix: Float64Array, n: number, x: Float64Array): Float64Array<ArrayBuffer> {
  const out = new Float64Array(n);
  for (let i = 0, at = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++, at++) sum += matrix[at]! * x[j]!;
    out[i] = sum;
  }
  return out;
}

/** Modified Gram–Schmidt, twice; a vector that vanishes (the matrix has a lower rank) is left as zero. */
function orthonormalize(basis: readonly Float64Array[]): void {
  for (let pass = 0; pass < 2; pass++)
    for (const [at, x] of basis.entries()) {
      const before = Math.sqrt(dot(x, x));
      for (let other = 0; other < at; other++) {
        const y = basis[other]!;
        const share = dot(x, y);
        for (let i = 0; i < x.length; i++) x[i] = x[i]! - share * y[i]!;
      }
      const length = Math.sqrt(dot(x, x));
      if (length <= 1e-12 * before || length === 0) x.fill(0);
      else for (let i = 0; i < x.length; i++) x[i] = x[i]! / length;
    }
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  return sum;
}

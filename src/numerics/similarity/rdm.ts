/**
 * Representational dissimilarity matrices: the distance of every two items in a representation of n items × p dimensions.
 * Definitions: correlation 1 − r of the two rows; cosine 1 − cos; squared Euclidean ‖x_i − x_j‖²/p; Euclidean its root; Mahalanobis
 * (x_i − x_j)Σ⁻¹(x_i − x_j)ᵀ/p with the covariance Σ of the noise (`noise.ts`).
 * Sources: Kriegeskorte, Mur & Bandettini 2008, Front. Syst. Neurosci. 2, 4; Walther et al. 2016, NeuroImage 137, 188 (division by p, Mahalanobis).
 * Special cases: fewer than two items, a row without variance (correlation) or length (cosine) are refused by name.
 * Error: squared distances come from the Gram matrix of centred rows, so one much smaller than the rows is good to ε·‖x‖² only. Cost: n²p flops, 8n² bytes.
 */
import type { DenseMatrix } from "../dense.ts";
import { centred, type Matrix64, product, rowsOf, type Watched } from "./matrix.ts";
import { RefusedError, requireItems } from "./refusal.ts";

export const DISTANCES = ["correlation", "euclidean", "squared-euclidean", "cosine", "mahalanobis"] as const;
export type Distance = (typeof DISTANCES)[number];

export interface RdmOptions extends Watched {
  readonly items?: Int32Array | null;
  /** For `mahalanobis`: p × p, a root W of the noise precision, Σ⁻¹ = WWᵀ. */
  readonly whitening?: Matrix64;
}

/** n × n, symmetric, zero diagonal. */
export function rdm(x: DenseMatrix, distance: Distance, options: RdmOptions = {}): Matrix64 {
  const { items = null } = options;
  requireItems(items === null ? x.rows : items.length, 2, "A dissimilarity matrix");
  if (distance === "correlation" || distance === "cosine") {
    const rows = unitRows(rowsOf(x, items), distance === "correlation");
    const gram = product(rows, rows, { ...options, transposeB: true });
    return symmetric(gram, (i, j) => 1 - gram.data[i * gram.rows + j]!);
  }
  let points = centred(x, items);
  if (distance === "mahalanobis") {
    if (options.whitening === undefined)
      throw new RefusedError(
        "no-repeats",
        "The Mahalanobis distance needs the covariance of the noise, which only repeated measurements give.",
        "Name a file with repeats, or take the Euclidean distance.",
      );
    points = product(points, options.whitening, options);
  }
  const gram = product(points, points, { ...options, transposeB: true });
  const n = gram.rows;
  const [at, p] = [gram.data, x.columns];
  const square = (i: number, j: number) => Math.max(0, at[i * n + i]! + at[j * n + j]! - 2 * at[i * n + j]!) / p;
  return symmetric(gram, distance === "euclidean" ? (i, j) => Math.sqrt(square(i, j)) : square);
}

function symmetric({ rows: n }: Matrix64, value: (i: number, j: number) => number): Matrix64 {
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      data[i * n + j] = value(i, j);
      data[j * n + i] = data[i * n + j]!;
    }
  return { rows: n, columns: n, data };
}

/** Rows of length 1, minus their mean first for correlations. */
function unitRows(x: Matrix64, centre: boolean): Matrix64 {
  const { rows, columns, data } = x;
  if (centre && columns < 2)
    throw new RefusedError("degenerate", "Correlation distances need at least two dimensions; there is one.");
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * columns, (i + 1) * columns);
    let [mean, largest, square] = [0, 0, 0];
    for (const value of row) {
      mean += value / columns;
      largest = Math.max(largest, Math.abs(value));
    }
    for (let j = 0; j < columns; j++) {
      if (centre) row[j]! -= mean;
      square += row[j]! ** 2;
    }
    if (!(Math.sqrt(square) > columns * Number.EPSILON * largest))
      throw new RefusedError(
        "degenerate",
        centre
          ? `Item ${i} has the same value in every dimension: its correlation with others is not defined.`
          : `Item ${i} is zero in every dimension: its angle to others is not defined.`,
        "Take Euclidean distances, or leave the item out.",
      );
    for (let j = 0; j < columns; j++) row[j]! /= Math.sqrt(square);
  }
  return x;
}

/** The n(n − 1)/2 entries above the diagonal, row by row. */
export function upperTriangle({ rows: n, data }: Matrix64): Float64Array<ArrayBuffer> {
  const out = new Float64Array((n * (n - 1)) / 2);
  for (let i = 0, at = 0; i < n; i++) for (let j = i + 1; j < n; j++) out[at++] = data[i * n + j]!;
  return out;
}

/** A symmetric matrix with zero diagonal from its upper triangle. */
export function fromTriangle(values: Float64Array<ArrayBuffer>, n: number): Matrix64 {
  const data = new Float64Array(n * n);
  for (let i = 0, at = 0; i < n; i++)
    for (let j = i + 1; j < n; j++) {
      data[i * n + j] = values[at]!;
      data[j * n + i] = values[at++]!;
    }
  return { rows: n, columns: n, data };
}

/** The matrix of the items `chosen`, in their order. */
export function submatrix({ rows: n, data }: Matrix64, chosen: Int32Array): Matrix64 {
  const m = chosen.length;
  const out = new Float64Array(m * m);
  for (let i = 0; i < m; i++) for (let j = 0; j < m; j++) out[i * m + j] = data[chosen[i]! * n + chosen[j]!]!;
  return { rows: m, columns: m, data: out };
}

/**
 * Measures that are a normalized inner product of two item × item matrices, ⟨A, B⟩ with ‖A‖ = ‖B‖ = 1: the matrix ("form") that a representation has under each.
 * Comparisons of dissimilarity matrices (RDMs): Pearson: RDM minus its mean; Spearman: ranks of the RDM minus theirs; ρ_a: the same over a fixed
 * norm, √((m³ − m)/12), m pairs of items; cosine: the RDM; whitened cosine: −½·H·RDM·H (H centres), which is V⁻¹ᐟ² of the vector, V = (CCᵀ)∘(CCᵀ), and for
 * squared Euclidean distances exactly linear CKA. CKA: the centred Gram matrix HKH, biased; K̃ U-centred, debiased.
 * Sources: Nili et al. 2014, PLoS Comput. Biol. 10, e1003553; Diedrichsen et al. 2021, Neurons Behav. Data Anal. Theory 5(3) (whitening, identity
 * with CKA); Székely & Rizzo 2014 (U-centring).
 * Special cases: an RDM without variance, or a representation without spread, is refused as degenerate. Cost: that of the RDM, n² log n for ranks.
 */
import type { DenseMatrix } from "../dense.ts";
import { centred, type Matrix64, product, type Watched } from "./matrix.ts";
import { averageRanks } from "./ranks.ts";
import { fromTriangle, rdm, upperTriangle } from "./rdm.ts";
import { RefusedError, requireItems } from "./refusal.ts";

export const RDM_COMPARISONS = ["spearman", "rho-a", "pearson", "cosine", "whitened-cosine"] as const;
export type RdmComparison = (typeof RDM_COMPARISONS)[number];

/** The form of an RDM under a comparison. */
export function rdmForm(dissimilarities: Matrix64, comparison: RdmComparison): Matrix64 {
  const n = dissimilarities.rows;
  requireItems(n, 3, "A comparison of dissimilarity matrices");
  if (comparison === "whitened-cosine") return unit(doubleCentred(dissimilarities));
  let values = upperTriangle(dissimilarities);
  const m = values.length;
  if (comparison !== "cosine") requireShape(values);
  if (comparison === "spearman" || comparison === "rho-a") values = averageRanks(values);
  if (comparison !== "cosine") {
    let mean = 0;
    for (const value of values) mean += value / m;
    for (let k = 0; k < m; k++) values[k]! -= mean;
  }
  const form = fromTriangle(values, n);
  // Every pair of items stands in the matrix twice.
  return comparison === "rho-a" ? scaledBy(form, 1 / Math.sqrt((m ** 3 - m) / 6)) : unit(form);
}

/** Distances that rounding alone tells apart have ranks, and those mean nothing. */
export function requireShape(values: Float64Array<ArrayBuffer>): void {
  let [least, most, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
    largest = Math.max(largest, Math.abs(value));
  }
  if (!(most - least > values.length * Number.EPSILON * largest))
    throw new RefusedError(
      "degenerate",
      "All items are equally far apart: the dissimilarity matrix has no shape to compare.",
    );
}

/** −½·H·D·H. */
function doubleCentred({ rows: n, data }: Matrix64): Matrix64 {
  const out = Float64Array.from(data, (value) => -value / 2);
  return centredBothWays({ rows: n, columns: n, data: out });
}

/** In place. */
function centredBothWays(matrix: Matrix64): Matrix64 {
  const { rows: n, data } = matrix;
  const { means, mean } = rowMeans(matrix);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) data[i * n + j]! += mean - means[i]! - means[j]!;
  return matrix;
}

function rowMeans({ rows: n, data }: Matrix64): { means: Float64Array<ArrayBuffer>; mean: number } {
  const means = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) means[i]! += data[i * n + j]! / n;
  return { means, mean: means.reduce((total, value) => total + value / n, 0) };
}

/** The form of a Gram matrix (destroyed) under CKA. */
export function kernelForm(gram: Matrix64, debiased: boolean): Matrix64 {
  const { rows: n, data } = gram;
  if (!debiased) return unit(centredBothWays(gram));
  requireItems(n, 4, "Debiased CKA");
  for (let i = 0; i < n; i++) data[i * n + i] = 0;
  const { means, mean } = rowMeans(gram);
  const whole = (mean * n * n) / ((n - 1) * (n - 2));
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) if (i !== j) data[i * n + j]! += whole - ((means[i]! + means[j]!) * n) / (n - 2);
  return unit(gram);
}

export interface FormOptions extends Watched {
  readonly items?: Int32Array | null;
}

export function linearGram(x: DenseMatrix, { items = null, ...watched }: FormOptions = {}): Matrix64 {
  const points = centred(x, items);
  return product(points, points, { ...watched, transposeB: true });
}

/** exp(−d²/(2σ²)) with σ² = fraction²·(median of the squared distances). */
export function rbfGram(x: DenseMatrix, fraction: number, options: FormOptions = {}): Matrix64 {
  const squares = rdm(x, "squared-euclidean", options);
  const sorted = upperTriangle(squares).sort();
  const half = Math.floor(sorted.length / 2);
  const median = sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
  if (!(median > 0))
    throw new RefusedError("degenerate", "More than half of all pairs of items coincide: the kernel has no width.");
  const factor = -1 / (2 * fraction * fraction * median);
  return { ...squares, data: squares.data.map((value) => Math.exp(factor * value)) };
}

function unit(form: Matrix64): Matrix64 {
  let [square, largest] = [0, 0];
  for (const value of form.data) {
    square += value * value;
    largest = Math.max(largest, Math.abs(value));
  }
  if (!(square > 0) || !Number.isFinite(square))
    throw new RefusedError(
      "degenerate",
      "The representation is the same for every item: nothing can be compared with it.",
    );
  return scaledBy(form, 1 / Math.sqrt(square));
}

/** In place. */
function scaledBy(form: Matrix64, factor: number): Matrix64 {
  for (let at = 0; at < form.data.length; at++) form.data[at]! *= factor;
  return form;
}

/** ⟨A, B⟩. */
export function inner({ data: a }: Matrix64, { data: b }: Matrix64): number {
  let total = 0;
  for (let at = 0; at < a.length; at++) total += a[at]! * b[at]!;
  return total;
}

/** ⟨A, B with its items in `order`⟩. */
export function permutedInner({ rows: n, data: a }: Matrix64, { data: b }: Matrix64, order: Int32Array): number {
  let total = 0;
  for (let i = 0; i < n; i++) {
    const row = order[i]! * n;
    for (let j = 0; j < n; j++) total += a[i * n + j]! * b[row + order[j]!]!;
  }
  return total;
}

/** The mean of `permutedInner` over all orders, exact. */
export function meanOverOrders(a: Matrix64, b: Matrix64): number {
  const n = a.rows;
  const parts = ({ data }: Matrix64) => {
    let [diagonal, all] = [0, 0];
    for (let i = 0; i < n; i++) {
      diagonal += data[i * n + i]!;
      for (let j = 0; j < n; j++) all += data[i * n + j]!;
    }
    return { diagonal, off: all - diagonal };
  };
  const [first, second] = [parts(a), parts(b)];
  return (first.diagonal * second.diagonal) / n + (first.off * second.off) / (n * (n - 1));
}

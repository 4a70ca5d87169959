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
import { type RankedRdm, rangeAmong, ranksAmong } from "./rankedRdm.ts";
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
  return fromTriangle(comparedTriangle(dissimilarities, comparison), n);
}

/** The upper triangle of `rdmForm`: its diagonal is zero. */
export function comparedTriangle(
  dissimilarities: Matrix64,
  comparison: Exclude<RdmComparison, "whitened-cosine">,
): Float64Array<ArrayBuffer> {
  requireItems(dissimilarities.rows, 3, "A comparison of dissimilarity matrices");
  const values = upperTriangle(dissimilarities);
  if (comparison !== "cosine") requireShape(values);
  const ranks = comparison === "spearman" || comparison === "rho-a";
  return standardized(ranks ? averageRanks(values) : values, comparison);
}

/** The same of the RDM of the items `chosen`, from one whose pairs are in order already. */
export function rankedTriangle(
  ranked: RankedRdm,
  chosen: Int32Array | null,
  comparison: "spearman" | "rho-a",
): Float64Array<ArrayBuffer> {
  requireItems(chosen?.length ?? ranked.items, 3, "A comparison of dissimilarity matrices");
  requireRankedShape(ranked, chosen);
  return standardized(ranksAmong(ranked, chosen), comparison);
}

/** In place: without their mean (except for cosines), of such a length that their matrix has norm 1, or for ρ_a the fixed one. */
function standardized(
  values: Float64Array<ArrayBuffer>,
  comparison: Exclude<RdmComparison, "whitened-cosine">,
): Float64Array<ArrayBuffer> {
  const m = values.length;
  let [mean, square] = [0, 0];
  if (comparison !== "cosine") {
    for (let k = 0; k < m; k++) mean += values[k]!;
    mean /= m;
  }
  for (let k = 0; k < m; k++) square += (values[k]! - mean) ** 2;
  if (!(square > 0) || !Number.isFinite(square)) throw sameForEveryItem();
  // Every pair of items stands in the matrix twice.
  const factor = 1 / Math.sqrt(comparison === "rho-a" ? (m ** 3 - m) / 6 : 2 * square);
  for (let k = 0; k < m; k++) values[k] = (values[k]! - mean) * factor;
  return values;
}

function sameForEveryItem(): RefusedError {
  return new RefusedError(
    "degenerate",
    "The representation is the same for every item: nothing can be compared with it.",
  );
}

/** Distances that rounding alone tells apart have ranks, and those mean nothing. */
export function requireShape(values: Float64Array<ArrayBuffer>): void {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  requireRange(values.length, least, most);
}

/** The same of the pairs of the items `chosen`. */
export function requireRankedShape(ranked: RankedRdm, chosen: Int32Array | null): void {
  const n = chosen?.length ?? ranked.items;
  requireRange((n * (n - 1)) / 2, ...rangeAmong(ranked, chosen));
}

function requireRange(count: number, least: number, most: number): void {
  if (!(most - least > count * Number.EPSILON * Math.max(Math.abs(least), Math.abs(most))))
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
  return unit(debiased ? unbiasedForm(gram) : centredBothWays(gram));
}

/** A Gram matrix (destroyed) U-centred: the inner product of two is n(n − 3)·HSIC₁. */
export function unbiasedForm(gram: Matrix64): Matrix64 {
  const { rows: n, data } = gram;
  requireItems(n, 4, "Debiased CKA");
  for (let i = 0; i < n; i++) data[i * n + i] = 0;
  const { means, mean } = rowMeans(gram);
  const whole = (mean * n * n) / ((n - 1) * (n - 2));
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) if (i !== j) data[i * n + j]! += whole - ((means[i]! + means[j]!) * n) / (n - 2);
  return gram;
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
  if (!(square > 0) || !Number.isFinite(square)) throw sameForEveryItem();
  const factor = 1 / Math.sqrt(square);
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

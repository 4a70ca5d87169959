/**
 * Linear predictivity: how well a linear map from one representation gives another, on items that the map has not seen.
 * Definition: ridge regression with intercept, k folds of items; in each fold the penalty is the one of a grid with the least leave-one-out error on
 * the training items (closed form, residual/(1 − leverage)); R² = 1 − Σ‖y − ŷ‖²/Σ‖y − ȳ‖² over all held-out items and target dimensions, ȳ the training
 * mean; r of every target dimension over the held-out items.
 * Sources: Yamins et al. 2014, PNAS 111, 8619; Schrimpf et al. 2018 (use for brains); Golub, Heath & Wahba 1979 (leave-one-out ridge).
 * Special cases: R² may be negative (worse than the mean); r of a dimension without variance is NaN. Cost: an SVD of n × p a fold.
 */
import type { DenseMatrix } from "../dense.ts";
import { Random } from "../random.ts";
import { centred, type LeftFactors, leftFactors, type Matrix64, product, rowsOf, type Watched } from "./matrix.ts";
import { RefusedError, requireItems } from "./refusal.ts";

export interface Predictivity {
  readonly r2: number;
  /** Of every target dimension, over all held-out items. */
  readonly correlations: Float64Array<ArrayBuffer>;
  /** The penalty that each fold took, relative to the mean square of the training representation's singular values. */
  readonly penalties: readonly number[];
}

export interface PredictivityOptions extends Watched {
  readonly folds?: number;
  readonly seed?: number;
  /** Relative to the mean squared singular value of the training items. */
  readonly penalties?: readonly number[];
  /** Which fold every item is in; default: shuffled by the seed. */
  readonly foldOf?: Int32Array;
}

const PENALTIES: readonly number[] = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1e3, 1e4];

export function shuffledFolds(n: number, folds: number, seed: number): Int32Array {
  const random = new Random(seed);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const out = new Int32Array(n);
  for (let i = 0; i < n; i++) out[order[i]!] = i % folds;
  return out;
}

export function linearPredictivity(x: DenseMatrix, y: DenseMatrix, options: PredictivityOptions = {}): Predictivity {
  return predictorFrom(x, options)(y);
}

/** One fold of a representation that predicts: what is the same whatever is predicted. */
interface Fold {
  readonly train: Int32Array;
  readonly test: Int32Array;
  readonly factors: LeftFactors;
  /** Held-out items × rank: V·S of each, by the training items, so that p may be any size. */
  readonly held: Matrix64;
}

/** The representation made ready to predict others over the same items: an SVD a fold, n² doubles in all. */
export function predictorFrom(x: DenseMatrix, options: PredictivityOptions = {}): (y: DenseMatrix) => Predictivity {
  const n = x.rows;
  const { folds = 5, seed = 0, penalties = PENALTIES } = options;
  requireItems(n, Math.max(6, 2 * folds), `Linear predictivity with ${folds} folds`);
  const foldOf = options.foldOf ?? shuffledFolds(n, folds, seed);
  let ready: readonly Fold[] | null = null;
  return (y) => {
    if (y.rows !== n) throw new RefusedError("items-differ", `One side has ${n} items, the other ${y.rows}.`);
    ready ??= Array.from({ length: folds }, (_, fold) => foldFrom(x, foldOf, fold, options));
    return predictFrom(ready, y, penalties, options);
  };
}

function foldFrom(x: DenseMatrix, foldOf: Int32Array, fold: number, options: Watched): Fold {
  const items = (inside: boolean) => Int32Array.from(foldOf.keys()).filter((i) => (foldOf[i] === fold) === inside);
  const [train, test] = [items(false), items(true)];
  const mean = columnMeans(rowsOf(x, train));
  const points = centred(x, train);
  const factors = leftFactors(points, options);
  if (factors.values.length === 0)
    throw new RefusedError("degenerate", "The representation is the same for every item: it predicts nothing.");
  const left = rowsOf(x, test);
  for (let i = 0, at = 0; i < left.rows; i++) for (let j = 0; j < left.columns; j++, at++) left.data[at]! -= mean[j]!;
  // X = U·S·Vᵀ gives V·S = XᵀU.
  const held = product(
    left,
    product(points, factors.left, { ...options, transposeA: true, transposeB: true }),
    options,
  );
  return { train, test, factors, held };
}

function predictFrom(
  folds: readonly Fold[],
  y: DenseMatrix,
  penalties: readonly number[],
  options: Watched,
): Predictivity {
  const [n, q] = [y.rows, y.columns];
  const predicted = new Float64Array(n * q);
  const baseline = new Float64Array(n * q);
  const chosen: number[] = [];
  for (const fold of folds) {
    const fit = fitFold(fold, y, penalties, options);
    chosen.push(fit.penalty);
    for (const [k, item] of fold.test.entries()) {
      predicted.set(fit.predicted.subarray(k * q, (k + 1) * q), item * q);
      baseline.set(fit.meanY, item * q);
    }
  }
  let [error, total, square] = [0, 0, 0];
  const target = Float64Array.from(y.data);
  for (let at = 0; at < target.length; at++) {
    error += (target[at]! - predicted[at]!) ** 2;
    total += (target[at]! - baseline[at]!) ** 2;
    square += target[at]! ** 2;
  }
  // What rounding alone leaves of a target that never changes is nothing to predict.
  if (!(total > (n * Number.EPSILON) ** 2 * square))
    throw new RefusedError("degenerate", "The target is the same for every item: nothing is to be predicted.");
  return { r2: 1 - error / total, correlations: columnCorrelations(target, predicted, n, q), penalties: chosen };
}

function fitFold(
  { train, factors, held }: Fold,
  y: DenseMatrix,
  penalties: readonly number[],
  options: Watched,
): { predicted: Float64Array<ArrayBuffer>; meanY: Float64Array<ArrayBuffer>; penalty: number } {
  const meanY = columnMeans(rowsOf(y, train));
  const targets = centred(y, train);
  const images = product(factors.left, targets, options);
  const unit = factors.values.reduce((total, s) => total + s * s, 0) / factors.values.length;
  let best = { penalty: penalties[0]!, error: Number.POSITIVE_INFINITY };
  for (const penalty of penalties) {
    const error = leaveOneOut(factors, images, targets, penalty * unit, options);
    if (error < best.error) best = { penalty, error };
  }
  // ŷ = x·V·diag(s/(s² + λ))·UᵀY.
  const scaledImages = {
    ...images,
    data: images.data.map(
      (value, at) => value / (factors.values[Math.floor(at / images.columns)]! ** 2 + best.penalty * unit),
    ),
  };
  const predicted = product(held, scaledImages, options).data;
  for (let at = 0; at < predicted.length; at++) predicted[at]! += meanY[at % y.columns]!;
  return { predicted, meanY, penalty: best.penalty };
}

/** Sum of squared leave-one-out residuals of ridge regression with intercept. */
function leaveOneOut(
  { values, left }: LeftFactors,
  images: Matrix64,
  targets: Matrix64,
  lambda: number,
  options: Watched,
): number {
  const n = targets.rows;
  const shrink = values.map((s) => (s * s) / (s * s + lambda));
  const fitted = product(
    left,
    { ...images, data: images.data.map((value, at) => value * shrink[Math.floor(at / images.columns)]!) },
    { ...options, transposeA: true },
  );
  let error = 0;
  for (let i = 0; i < n; i++) {
    let leverage = 1 / n;
    for (let k = 0; k < shrink.length; k++) leverage += shrink[k]! * left.data[k * n + i]! ** 2;
    for (let j = 0; j < targets.columns; j++) {
      const at = i * targets.columns + j;
      error += ((targets.data[at]! - fitted.data[at]!) / Math.max(1 - leverage, Number.EPSILON)) ** 2;
    }
  }
  return error;
}

function columnMeans({ rows, columns, data }: Matrix64): Float64Array<ArrayBuffer> {
  const mean = new Float64Array(columns);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < columns; j++, at++) mean[j]! += data[at]! / rows;
  return mean;
}

export function columnCorrelations(
  a: Float64Array<ArrayBuffer>,
  b: Float64Array<ArrayBuffer>,
  n: number,
  q: number,
): Float64Array<ArrayBuffer> {
  return Float64Array.from({ length: q }, (_, j) => {
    let [ma, mb, ab, aa, bb] = [0, 0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      ma += a[i * q + j]! / n;
      mb += b[i * q + j]! / n;
    }
    for (let i = 0; i < n; i++) {
      const [x, y] = [a[i * q + j]! - ma, b[i * q + j]! - mb];
      ab += x * y;
      aa += x * x;
      bb += y * y;
    }
    return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : Number.NaN;
  });
}

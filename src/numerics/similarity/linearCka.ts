/**
 * The sums that linear CKA is made of (`hsic.ts`), exact and without ever holding an n × n matrix.
 * `pairSums`: through C = XᵀY (p × q): ‖C‖² is the sum, (XC)_i·y_i its part of item i. Cost 4npq flops; memory of C.
 * `allPairSums`: for many layers over the same items, a band of rows of every Gram matrix at a time; products of these bands give all pairs at once.
 * Cost 2n²Σp + 4n²L² flops for L layers; memory of the layers and 64 MB.
 * `cheaper` says which of the two is less work. Both agree to rounding, about ε·√n·‖K‖‖L‖.
 */
import { NEVER_CANCELLED } from "../../base/cancel.ts";
import { type DenseMatrix, finiteMagnitude } from "../dense.ts";
import { dense } from "../eigen/block.ts";
import { loadKernels } from "../kernels/load.ts";
import { type CkaKind, ckaOf, hsic1, type PairSums, ratio } from "./hsic.ts";
import { centreColumns, centred, type Matrix64, product, type Watched } from "./matrix.ts";

/** K_ii = |x_i|² of a centred representation. */
function squaredRows({
  rows,
  columns,
  data,
}: {
  rows: number;
  columns: number;
  data: Float64Array;
}): Float64Array<ArrayBuffer> {
  const out = new Float64Array(rows);
  for (let i = 0, at = 0; i < rows; i++) {
    let square = 0;
    for (let j = 0; j < columns; j++, at++) square += data[at]! * data[at]!;
    out[i] = square;
  }
  return out;
}

/** Of two centred representations of the same items. */
export function pairSums(x: Matrix64, y: Matrix64, options: Watched = {}): PairSums {
  const [first, second] = [squaredRows(x), squaredRows(y)];
  const c = product(x, y, { ...options, transposeA: true });
  const image = product(x, c, options);
  let total = 0;
  for (let at = 0; at < c.data.length; at++) total += c.data[at]! ** 2;
  const byItem = new Float64Array(x.rows);
  for (let i = 0, at = 0; i < x.rows; i++)
    for (let j = 0; j < y.columns; j++, at++) byItem[i]! += image.data[at]! * y.data[at]!;
  return {
    items: x.rows,
    total,
    byItem,
    firstBySecond: weighted(x, second),
    secondByFirst: weighted(y, first),
    first,
    second,
  };
}

/** X·(Xᵀw). */
function weighted({ rows, columns, data }: Matrix64, w: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const mean = new Float64Array(columns);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < columns; j++, at++) mean[j]! += w[i]! * data[at]!;
  const out = new Float64Array(rows);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < columns; j++, at++) out[i]! += mean[j]! * data[at]!;
  return out;
}

/** Whether bands of Gram matrices are less work than a product for every pair. */
export function bandsAreCheaper(n: number, widths: readonly number[]): boolean {
  const all = widths.reduce((total, p) => total + p, 0);
  const squares = widths.reduce((total, p) => total + p * p, 0);
  const pairs = 2 * n * (all * all + squares);
  return 2 * n * n * all + 4 * n * n * widths.length ** 2 < pairs;
}

/** Bytes of the bands that are held at once. */
const BAND_BYTES = 64 * 2 ** 20;

/** What `allPairSums` puts into the kernels' memory. */
export function allPairSumsBytes(n: number, widths: readonly number[]): number {
  const count = widths.length;
  const rows = bandRows(n, count);
  return 8 * (widths.reduce((total, p) => total + n * p, 0) + rows * n * count + 2 * count * n + 2 * count * count);
}

function bandRows(n: number, layers: number): number {
  return Math.max(1, Math.min(n, Math.floor(BAND_BYTES / (8 * n * layers))));
}

export interface AllPairs {
  /** Of layers a and b. */
  at(a: number, b: number): PairSums;
}

/** Of every two of several representations of the same items, centred here on the way into the kernels' memory. */
export function allPairSums(
  layers: readonly DenseMatrix[],
  options: Watched & { readonly progress?: (fraction: number) => void } = {},
): AllPairs {
  const { cancel = NEVER_CANCELLED, kernels = loadKernels(), progress = () => {} } = options;
  const count = layers.length;
  const n = layers[0]?.rows ?? 0;
  const widths = layers.map(({ columns }) => columns);
  const diagonals: Float64Array<ArrayBuffer>[] = [];
  const byItem = layers.map(() => layers.map(() => new Float64Array(n)));
  const byDiagonal = layers.map(() => layers.map(() => new Float64Array(n)));
  const rows = bandRows(n, count);
  const { memory } = kernels;
  memory.scope(allPairSumsBytes(n, widths), () => {
    const weights = dense(memory.float64(count * n), count, n);
    const inside = layers.map((layer, a) => {
      cancel.throwIfCancelled();
      finiteMagnitude(layer);
      const copy = memory.float64(layer.data.length);
      copy.set(layer.data);
      centreColumns(copy, n, layer.columns);
      const diagonal = squaredRows({ rows: n, columns: layer.columns, data: copy });
      diagonals.push(diagonal);
      weights.data.set(diagonal, a * n);
      return dense(copy, n, layer.columns);
    });
    const band = memory.float64(rows * n * count);
    const gram = dense(memory.float64(count * count), count, count);
    const bySquare = dense(memory.float64(count * count), count, count);
    for (let at = 0; at < n; at += rows) {
      const height = Math.min(rows, n - at);
      for (const [a, layer] of inside.entries()) {
        cancel.throwIfCancelled();
        const slice = { ...layer, data: layer.data.subarray(at * layer.columns), rows: height };
        kernels.gemm64(dense(band.subarray(a * rows * n), height, n), slice, layer, { transposeB: true });
      }
      for (let i = 0; i < height; i++) {
        const one = { data: band.subarray(i * n), rows: count, columns: n, stride: rows * n };
        kernels.syrk64(gram, one);
        kernels.gemm64(bySquare, one, weights, { transposeB: true });
        for (let a = 0; a < count; a++)
          for (let b = 0; b < count; b++) {
            byItem[a]![b]![at + i] = gram.data[Math.max(a, b) * count + Math.min(a, b)]!;
            byDiagonal[a]![b]![at + i] = bySquare.data[a * count + b]!;
          }
      }
      progress((at + height) / n);
    }
  });
  const totals = byItem.map((line) => line.map((items) => items.reduce((total, value) => total + value, 0)));
  return {
    at: (a, b) => ({
      items: n,
      total: totals[a]![b]!,
      byItem: byItem[a]![b]!,
      firstBySecond: byDiagonal[a]![b]!,
      secondByFirst: byDiagonal[b]![a]!,
      first: diagonals[a]!,
      second: diagonals[b]!,
    }),
  };
}

/** Linear CKA of two representations (not yet centred); NaN where it is not defined. */
export function linearCka(x: Matrix64, y: Matrix64, kind: CkaKind, options: Watched = {}): number {
  const [a, b] = [centred(x), centred(y)];
  return ckaOf(kind, pairSums(a, b, options), pairSums(a, a, options), pairSums(b, b, options));
}

/**
 * Debiased CKA from batches: the ratio of sums of HSIC₁ over them (a mean of ratios would be biased again). `batches` hold items; NaN where one has fewer
 * than four.
 */
export function minibatchCka(x: Matrix64, y: Matrix64, batches: readonly Int32Array[], options: Watched = {}): number {
  let [xy, xx, yy] = [0, 0, 0];
  for (const items of batches) {
    const [a, b] = [centred(x, items), centred(y, items)];
    xy += hsic1(pairSums(a, b, options));
    xx += hsic1(pairSums(a, a, options));
    yy += hsic1(pairSums(b, b, options));
  }
  return ratio(xy, xx, yy);
}

/** Items 0 … n − 1 in runs of `size`; what is left over at the end joins no batch. */
export function contiguousBatches(n: number, size: number): readonly Int32Array[] {
  return Array.from({ length: Math.floor(n / size) }, (_, k) =>
    Int32Array.from({ length: size }, (_, i) => k * size + i),
  );
}

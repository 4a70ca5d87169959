/**
 * Linear CKA of two representations, and its sums (`hsic.ts`) in float64, without ever holding an n × n matrix.
 * Through C = XᵀY (p × q): ‖C‖² is the sum, (XC)_i·y_i its part of item i. Cost 4npq flops; memory of C. Tables of many layers: `allPairSums.ts`.
 */
import { packedForm } from "./formTable.ts";
import { type CkaKind, ckaOf, type PairSums, ratio } from "./hsic.ts";
import { linearGram, unbiasedForm } from "./itemForms.ts";
import { centred, type Matrix64, product, type Watched } from "./matrix.ts";

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
    told: null,
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
  if (batches.some(({ length }) => length < 4)) return Number.NaN;
  const [a, b] = [minibatchForm(x, batches, options), minibatchForm(y, batches, options)];
  return ratio(dot(a, b), dot(a, a), dot(b, b));
}

/**
 * U-centred Gram matrices of the batches (of at least four items each), packed one after another and divided by √(m(m − 3)), m their items: the dot product of
 * two is the sum of HSIC₁ over batches (Székely & Rizzo 2014). Cost: m²p flops a batch.
 */
export function minibatchForm(
  x: Matrix64,
  batches: readonly Int32Array[],
  options: Watched = {},
): Float64Array<ArrayBuffer> {
  const out = new Float64Array(batches.reduce((total, { length: m }) => total + (m * (m + 1)) / 2, 0));
  let at = 0;
  for (const items of batches) {
    const packed = packedForm(unbiasedForm(linearGram(x, { ...options, items })));
    const factor = 1 / Math.sqrt(items.length * (items.length - 3));
    for (const value of packed) out[at++] = factor * value;
  }
  return out;
}

export function dot(a: Float64Array<ArrayBuffer>, b: Float64Array<ArrayBuffer>): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}

/** Items 0 … n − 1 in runs of `size`; what is left over at the end joins no batch. */
export function contiguousBatches(n: number, size: number): readonly Int32Array[] {
  return Array.from({ length: Math.floor(n / size) }, (_, k) =>
    Int32Array.from({ length: size }, (_, i) => k * size + i),
  );
}

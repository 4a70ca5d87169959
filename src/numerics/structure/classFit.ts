import { Random } from "../random.ts";

/**
 * How well similarities are told by which class a pair belongs to: R² of the class means over pairs of different items, adjusted for the number of classes.
 * Equation: 1 − (SSR/(N − c))/(SST/(N − 1)) with N pairs in c classes that occur. 1: similarity is a function of the class; about 0: the classes say
 * nothing. One definition for every structure (lags on a ring, steps on a lattice, pairs of clusters, splits of a tree), so that they can be compared.
 * Special cases: all similarities equal, or as many classes as pairs: NaN.
 */
export interface Pairs {
  readonly first: Int32Array<ArrayBuffer>;
  readonly second: Int32Array<ArrayBuffer>;
  /** Similarity of each pair. */
  readonly values: Float64Array<ArrayBuffer>;
}

/** More pairs change the third digit only. */
const MOST_PAIRS = 20_000;
const SEED = 1;

/** All pairs of different items; of more than 200 items a seeded part of them, with gaps of random length: equal ones could keep step with a lattice. */
export function pairsOf(similarity: ArrayLike<number>, n: number, most = MOST_PAIRS): Pairs {
  const all = (n * (n - 1)) / 2;
  const step = Math.max(1, Math.floor(all / most));
  const random = new Random(SEED);
  const first = new Int32Array(all);
  const second = new Int32Array(all);
  const values = new Float64Array(all);
  let [at, next] = [0, 0];
  for (let i = 0, pair = 0; i < n; i++)
    for (let j = 0; j < i; j++, pair++) {
      if (pair !== next) continue;
      next += step === 1 ? 1 : 1 + Math.floor(random.uniform() * (2 * step - 1));
      first[at] = i;
      second[at] = j;
      values[at] = similarity[i * n + j]!;
      at++;
    }
  return { first: first.slice(0, at), second: second.slice(0, at), values: values.slice(0, at) };
}

export function classFit({ first, second, values }: Pairs, classOf: (i: number, j: number) => number, classes: number) {
  const sums = new Float64Array(classes);
  const counts = new Int32Array(classes);
  const which = new Int32Array(values.length);
  let mean = 0;
  for (let at = 0; at < values.length; at++) {
    const c = classOf(first[at]!, second[at]!);
    which[at] = c;
    sums[c] = sums[c]! + values[at]!;
    counts[c] = counts[c]! + 1;
    mean += (values[at]! - mean) / (at + 1);
  }
  let [residual, total, occurring, scale] = [0, 0, 0, 0];
  for (const count of counts) if (count > 0) occurring++;
  for (let at = 0; at < values.length; at++) {
    const c = which[at]!;
    residual += (values[at]! - sums[c]! / counts[c]!) ** 2;
    total += (values[at]! - mean) ** 2;
    scale = Math.max(scale, Math.abs(values[at]!));
  }
  const n = values.length;
  if (total <= n * (1e-12 * scale) ** 2 || n <= occurring) return Number.NaN;
  return 1 - residual / (n - occurring) / (total / (n - 1));
}

/**
 * Uncertainty and chance level of a comparison of representations, all of it over items: the entries of a dissimilarity matrix, or of a kernel, are not independent.
 * Permutation: the items of one side are shuffled (rows and columns together); p = (1 + #as good)/(1 + draws), or with few items all n! orders counted
 * once each; orders that give no number do not count. Bootstrap: items drawn with replacement, duplicates dropped (a pair of copies has distance 0 and would be
 * no evidence). The m items that are left of n vary less than n items would, by (n − m)/m of the variance: deviations are stretched by √(m/(n − m)), as
 * when items are left out at random (delete-d jackknife, Shao & Wu 1989), and laid about the value; percentiles.
 * Jackknife: leaving out each item, or each of several groups: SE² = (g − 1)/g·Σ(θ₋ − mean)²; or each of g items drawn from n, (n − 1)²/n·Σ(θ₋ − mean)²/(g − 1),
 * which is the same for g = n and else an estimate of it, good to about √((κ − 1)/4g) for values of kurtosis κ.
 * Sources: Nili et al. 2014 (permutation, bootstrap); Kriegeskorte et al. 2008; Efron & Tibshirani 1993 ch. 11 (jackknife).
 */
import { Random } from "../random.ts";

export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly standardError: number;
  readonly method: "jackknife" | "grouped-jackknife" | "bootstrap";
  /** Items left out one by one, groups, or draws that gave a number. */
  readonly draws: number;
}

export interface Permutation {
  readonly p: number;
  readonly draws: number;
  /** True if every order of the items was counted. */
  readonly enumerated: boolean;
  /** No p of this test can be smaller. */
  readonly floor: number;
  readonly mean: number;
  readonly standardDeviation: number;
  /** The statistic of the items as they are, and of every order: the same orders for the same `n`, `draws` and `seed`. */
  readonly observed: number;
  readonly values: Float64Array<ArrayBuffer>;
}

/** All orders of so many items are counted; beyond, orders are drawn. 7! = 5040. */
const ENUMERATED_ITEMS = 7;

/** Rounding must not make an order that is as good look worse. */
const TIE = 1e-12;

/** `statistic` of the items of one side in an order; `low`: small values mean alike (distances). */
export function permutationTest(
  n: number,
  draws: number,
  seed: number,
  better: "high" | "low",
  statistic: (order: Int32Array) => number,
): Permutation {
  const orders = ordersOf(n, draws, seed);
  const observed = statistic(orders.next().value!);
  const slack = TIE * Math.max(1, Math.abs(observed));
  const asGood = (value: number) => (better === "high" ? value >= observed - slack : value <= observed + slack);
  let [good, count, sum, square] = [0, 0, 0, 0];
  const values: number[] = [];
  const take = (order: Int32Array): void => {
    const value = statistic(order);
    values.push(value);
    if (!Number.isFinite(value)) return;
    if (asGood(value)) good++;
    count++;
    sum += value;
    square += value * value;
  };
  for (const order of orders) take(order);
  const enumerated = n <= ENUMERATED_ITEMS;
  const mean = sum / count;
  return {
    p: enumerated ? good / count : (1 + good) / (1 + count),
    draws: count,
    enumerated,
    floor: 1 / (enumerated ? count : 1 + count),
    mean,
    standardDeviation: Math.sqrt(Math.max(0, square / count - mean * mean)),
    observed,
    values: Float64Array.from(values),
  };
}

/** The items as they are, then every order of a permutation test of `n` items: all of them or `draws`. The array is only good until the next. */
export function* ordersOf(n: number, draws: number, seed: number): Generator<Int32Array> {
  yield Int32Array.from({ length: n }, (_, i) => i);
  if (n <= ENUMERATED_ITEMS) yield* allOrders(n);
  else {
    const random = new Random(seed);
    for (let k = 0; k < draws; k++) yield shuffled(n, random);
  }
}

/** How many orders `ordersOf` gives. */
export function countOrders(n: number, draws: number): number {
  let all = 1;
  for (let k = 2; k <= Math.min(n, ENUMERATED_ITEMS + 1); k++) all *= k;
  return 1 + (n <= ENUMERATED_ITEMS ? all : draws);
}

export function shuffled(n: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** Every order once (Heap 1963); the same array each time. */
function* allOrders(n: number): Generator<Int32Array> {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  const count = new Int32Array(n);
  yield order;
  for (let i = 0; i < n; ) {
    if (count[i]! < i) {
      const j = i % 2 === 0 ? 0 : count[i]!;
      [order[i], order[j]] = [order[j]!, order[i]!];
      yield order;
      count[i]!++;
      i = 0;
    } else count[i++] = 0;
  }
}

/** Items of one bootstrap draw, each once, ascending: about 63 % of them. */
export function bootstrapItems(n: number, random: Random): Int32Array<ArrayBuffer> {
  const taken = new Uint8Array(n);
  for (let k = 0; k < n; k++) taken[Math.floor(random.uniform() * n)] = 1;
  return Int32Array.from(taken.keys()).filter((i) => taken[i] === 1);
}

/** Values on draws of `sizes` of `n` items, stretched to what draws of n items would do, about the value of all; NaN where all were drawn. */
export function stretchedDraws(
  value: number,
  drawn: readonly number[],
  sizes: readonly number[],
  n: number,
): Float64Array<ArrayBuffer> {
  const found = drawn.filter(Number.isFinite);
  const mean = found.reduce((sum, one) => sum + one, 0) / found.length;
  return Float64Array.from(drawn, (one, k) =>
    sizes[k]! < n ? value + Math.sqrt(sizes[k]! / (n - sizes[k]!)) * (one - mean) : Number.NaN,
  );
}

/** 95 % between the percentiles of the draws; those that gave no number do not count, and with fewer than 20 others there is no interval. */
export function percentileInterval(drawn: ArrayLike<number>): Interval | null {
  const sorted = Array.from(drawn)
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  const m = sorted.length;
  if (m < 20) return null;
  const mean = sorted.reduce((total, value) => total + value, 0) / m;
  const at = (share: number) => {
    const place = share * (m - 1);
    const low = Math.floor(place);
    return sorted[low]! + (place - low) * (sorted[Math.min(m - 1, low + 1)]! - sorted[low]!);
  };
  const variance = sorted.reduce((total, value) => total + (value - mean) ** 2, 0) / (m - 1);
  return { low: at(0.025), high: at(0.975), standardError: Math.sqrt(variance), method: "bootstrap", draws: m };
}

/** Two-sided 95 % of a normal law. */
const Z95 = 1.959963984540054;

/** `of`: how many items, or groups, those in `without` were drawn from. */
export function jackknifeInterval(
  value: number,
  without: ArrayLike<number>,
  { grouped = false, of = without.length }: { readonly grouped?: boolean; readonly of?: number } = {},
): Interval | null {
  const values = Array.from(without).filter(Number.isFinite);
  const g = values.length;
  if (g < 3 || g < without.length || !Number.isFinite(value)) return null;
  const mean = values.reduce((total, one) => total + one, 0) / g;
  const spread = values.reduce((total, one) => total + (one - mean) ** 2, 0) / (g - 1);
  const standardError = ((of - 1) / Math.sqrt(of)) * Math.sqrt(spread);
  const method = grouped ? "grouped-jackknife" : "jackknife";
  return { low: value - Z95 * standardError, high: value + Z95 * standardError, standardError, method, draws: g };
}

/** For every group the items that stay when it is left out; groups by a seeded shuffle, as equal as can be. */
export function groupsLeftOut(n: number, groups: number, seed: number): readonly Int32Array<ArrayBuffer>[] {
  const order = shuffled(n, new Random(seed));
  const group = new Int32Array(n);
  for (let k = 0; k < n; k++) group[order[k]!] = k % groups;
  return Array.from({ length: Math.min(groups, n) }, (_, g) =>
    Int32Array.from(group.keys()).filter((i) => group[i] !== g),
  );
}

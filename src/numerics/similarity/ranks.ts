/**
 * Ranks and rank correlations of two lists, ties included.
 * Sources: Kendall 1948 (τ_a has no correction for ties: it is what a model that predicts ties must be judged by, Nili et al. 2014); Knight 1966, JASA 61, 436
 * (counting by merge sort); Schütt et al. 2023, eLife 12, e82566 (ρ_a: the expectation of Spearman's ρ when ties are broken at random).
 * Cost: O(m) for ranks of m entries, O(m log m) for τ_a. What is known of one list (`sortedList`) serves every comparison of it.
 */
import { sortedOrder } from "./sortedOrder.ts";

/** A list in order. */
export interface SortedList {
  /** Places of the entries, the smallest first; ties by place. */
  readonly order: Int32Array<ArrayBuffer>;
  /** Of every entry how many smaller values there are that differ: equal for ties. */
  readonly classes: Int32Array<ArrayBuffer>;
}

export function sortedList(values: Float64Array<ArrayBuffer>): SortedList {
  const order = sortedOrder(values);
  const classes = new Int32Array(order.length);
  for (let k = 1, found = 0; k < order.length; k++) {
    if (values[order[k]!] !== values[order[k - 1]!]) found++;
    classes[order[k]!] = found;
  }
  return { order, classes };
}

/** 1 for the smallest; ties share the mean of their ranks. */
export function averageRanks(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const order = sortedOrder(values);
  const m = order.length;
  const out = new Float64Array(m);
  for (let start = 0, end = 1; start < m; start = end++) {
    const value = values[order[start]!]!;
    while (end < m && values[order[end]!] === value) end++;
    for (let k = start; k < end; k++) out[order[k]!] = (start + end + 1) / 2;
  }
  return out;
}

/** (concordant − discordant) / (all pairs of entries); NaN for fewer than two entries. */
export function tauA(x: Float64Array<ArrayBuffer>, y: Float64Array<ArrayBuffer>): number {
  const [first, second] = [sortedList(x), sortedList(y).classes];
  return tauOfClasses(
    first.order.map((i) => first.classes[i]!),
    first.order.map((i) => second[i]!),
  );
}

/** τ_a of two lists of classes, the first ascending. The second is destroyed. */
export function tauOfClasses(first: Int32Array<ArrayBuffer>, second: Int32Array<ArrayBuffer>): number {
  const m = first.length;
  if (m < 2) return Number.NaN;
  let [tiesX, tiesBoth] = [0, 0];
  for (let start = 0, end = 1; start < m; start = end++) {
    while (end < m && first[end] === first[start]) end++;
    if (end - start < 2) continue;
    tiesX += pairs(end - start);
    // Pairs that are tied in x are in no order: they must not count as inversions.
    tiesBoth += ties(second.subarray(start, end).sort());
  }
  const discordant = inversions(second);
  return (pairs(m) - tiesX - ties(second) + tiesBoth - 2 * discordant) / pairs(m);
}

/** Pairs of equal entries of a sorted list. */
function ties(sorted: Int32Array): number {
  let count = 0;
  for (let start = 0, end = 1; start < sorted.length; start = end++) {
    while (end < sorted.length && sorted[end] === sorted[start]) end++;
    count += pairs(end - start);
  }
  return count;
}

const pairs = (count: number): number => (count * (count - 1)) / 2;

/** Runs that are put in order by insertion before they are merged. */
const RUN = 8;

/** Sorts `values` in place and says how many pairs stood in the wrong order. */
function inversions(values: Int32Array<ArrayBuffer>): number {
  const m = values.length;
  let count = 0;
  for (let start = 0; start < m; start += RUN) {
    const end = Math.min(start + RUN, m);
    for (let i = start + 1; i < end; i++) {
      const value = values[i]!;
      let at = i;
      for (; at > start && values[at - 1]! > value; at--) values[at] = values[at - 1]!;
      values[at] = value;
      count += i - at;
    }
  }
  let from = values;
  let to = new Int32Array(m);
  for (let width = RUN; width < m; width *= 2) {
    for (let start = 0; start < m; start += 2 * width) {
      const middle = Math.min(start + width, m);
      const end = Math.min(start + 2 * width, m);
      let [left, right, at] = [start, middle, start];
      while (left < middle && right < end) {
        if (from[left]! <= from[right]!) to[at++] = from[left++]!;
        else {
          count += middle - left;
          to[at++] = from[right++]!;
        }
      }
      while (left < middle) to[at++] = from[left++]!;
      while (right < end) to[at++] = from[right++]!;
    }
    [from, to] = [to, from];
  }
  if (from !== values) values.set(from);
  return count;
}

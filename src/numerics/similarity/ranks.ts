/**
 * Ranks and rank correlations of two lists, ties included.
 * Sources: Kendall 1948 (τ_a has no correction for ties: it is what a model that predicts ties must be judged by, Nili et al. 2014); Knight 1966, JASA 61, 436
 * (counting by merge sort); Schütt et al. 2023, eLife 12, e82566 (ρ_a: the expectation of Spearman's ρ when ties are broken at random).
 * Cost: O(m log m) for m entries. What is known of one list (`sortedList`) serves every comparison of it.
 */

/** A list in order. */
export interface SortedList {
  /** Places of the entries, the smallest first; ties by place. */
  readonly order: Int32Array<ArrayBuffer>;
  /** Of every entry how many smaller values there are that differ: equal for ties. */
  readonly classes: Int32Array<ArrayBuffer>;
}

export function sortedList(values: Float64Array<ArrayBuffer>): SortedList {
  const m = values.length;
  const sorted = Float64Array.from(values).sort();
  // Per place in order: its class, and where the next entry of that class goes.
  const classAt = new Int32Array(m);
  for (let k = 1; k < m; k++) classAt[k] = classAt[k - 1]! + (sorted[k] === sorted[k - 1] ? 0 : 1);
  const next = Int32Array.from(classAt.keys());
  const [order, classes] = [new Int32Array(m), new Int32Array(m)];
  for (let i = 0; i < m; i++) {
    const low = bound(sorted, values[i]!, false);
    classes[i] = classAt[low]!;
    order[next[low]!++] = i;
  }
  return { order, classes };
}

/** 1 for the smallest; ties share the mean of their ranks. */
export function averageRanks(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const sorted = Float64Array.from(values).sort();
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    const low = bound(sorted, value, false);
    // Few entries have twins: the next one tells at once.
    const high = sorted[low + 1] === value ? bound(sorted, value, true) : low + 1;
    out[i] = (low + high + 1) / 2;
  }
  return out;
}

/** How many sorted values lie below `value`, or (`over`) not above it. */
function bound(sorted: Float64Array<ArrayBuffer>, value: number, over: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value || (over && sorted[middle] === value)) low = middle + 1;
    else high = middle;
  }
  return low;
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

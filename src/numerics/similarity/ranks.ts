/**
 * Ranks and rank correlations of two lists, ties included.
 * Sources: Kendall 1948 (τ_a has no correction for ties: it is what a model that predicts ties must be judged by, Nili et al. 2014); Knight 1966, JASA 61, 436
 * (counting by merge sort); Schütt et al. 2023, eLife 12, e82566 (ρ_a: the expectation of Spearman's ρ when ties are broken at random).
 * Cost: O(m log m) for m entries.
 */

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
  const m = x.length;
  if (m < 2) return Number.NaN;
  const order = Array.from(x.keys()).sort((i, j) => x[i]! - x[j]! || y[i]! - y[j]!);
  const second = Float64Array.from(order, (i) => y[i]!);
  let [tiesX, tiesBoth, runX, runBoth] = [0, 0, 1, 1];
  for (let k = 1; k <= m; k++) {
    const sameX = k < m && x[order[k]!] === x[order[k - 1]!];
    const sameBoth = sameX && second[k] === second[k - 1];
    if (sameBoth) runBoth++;
    else {
      tiesBoth += pairs(runBoth);
      runBoth = 1;
    }
    if (sameX) runX++;
    else {
      tiesX += pairs(runX);
      runX = 1;
    }
  }
  const discordant = inversions(second);
  let [tiesY, runY] = [0, 1];
  for (let k = 1; k <= m; k++) {
    if (k < m && second[k] === second[k - 1]) runY++;
    else {
      tiesY += pairs(runY);
      runY = 1;
    }
  }
  return (pairs(m) - tiesX - tiesY + tiesBoth - 2 * discordant) / pairs(m);
}

const pairs = (count: number): number => (count * (count - 1)) / 2;

/** Sorts `values` in place and says how many pairs stood in the wrong order. */
function inversions(values: Float64Array<ArrayBuffer>): number {
  const m = values.length;
  let from = values;
  let to = new Float64Array(m);
  let count = 0;
  for (let width = 1; width < m; width *= 2) {
    for (let start = 0; start < m; start += 2 * width) {
      const middle = Math.min(start + width, m);
      const end = Math.min(start + 2 * width, m);
      let [left, right] = [start, middle];
      for (let at = start; at < end; at++) {
        if (right >= end || (left < middle && from[left]! <= from[right]!)) to[at] = from[left++]!;
        else {
          count += middle - left;
          to[at] = from[right++]!;
        }
      }
    }
    [from, to] = [to, from];
  }
  if (from !== values) values.set(from);
  return count;
}

/**
 * The ranking that does best by Kendall's τ_a against several lists at once: what a noise ceiling under τ_a is measured with.
 * No closed form: it is Kemeny's ranking, which is NP-hard to find. `bestRanking` starts from mean ranks and moves one entry at a time to where it gains most,
 * until no entry gains: a local optimum, so the best is at least that good. `majorityBound` is what no ranking exceeds: every two entries in the order that
 * most lists have them in, Σ|Σ_s sgn(d_si − d_sj)|/(S·C(m, 2)), whether or not one ranking can do that for all of them.
 * Sources: Kemeny 1959; Nili et al. 2014, PLoS Comput. Biol. 10, e1003553 (search from mean ranks for the τ_a ceiling; no closed form).
 * Cost: S·m² a pass and for the bound, m entries, S lists; above `MOST_ENTRIES` neither is made.
 */
import { type CancelToken, NEVER_CANCELLED } from "../../base/cancel.ts";
import { averageRanks } from "./ranks.ts";

/** 4 lists of 8,000 entries (127 items): 2.6e8 comparisons a pass, about a second. */
export const MOST_ENTRIES = 8000;
const MOST_PASSES = 20;

/** A rank for every entry, larger for larger; no ties. */
export function bestRanking(
  lists: readonly Float64Array<ArrayBuffer>[],
  cancel: CancelToken = NEVER_CANCELLED,
): Float64Array<ArrayBuffer> {
  const m = lists[0]!.length;
  const mean = new Float64Array(m);
  for (const list of lists) for (const [k, rank] of averageRanks(list).entries()) mean[k]! += rank;
  const order = Int32Array.from(mean.keys()).sort((i, j) => mean[i]! - mean[j]! || i - j);
  for (let pass = 0, moved = true; moved && pass < MOST_PASSES; pass++) {
    moved = false;
    for (const entry of Int32Array.from(order)) {
      cancel.throwIfCancelled();
      if (moveToBest(order, entry, lists)) moved = true;
    }
  }
  const ranks = new Float64Array(m);
  for (const [place, entry] of order.entries()) ranks[entry] = place + 1;
  return ranks;
}

/** Takes `entry` out of the order and puts it where most lists agree; says whether it went anywhere. */
function moveToBest(order: Int32Array, entry: number, lists: readonly Float64Array<ArrayBuffer>[]): boolean {
  const from = order.indexOf(entry);
  let [best, most] = [from, 0];
  for (const step of [1, -1]) {
    let gain = 0;
    for (let place = from + step; place >= 0 && place < order.length; place += step) {
      gain += step * votes(lists, entry, order[place]!);
      if (gain > most) [best, most] = [place, gain];
    }
  }
  if (best === from) return false;
  if (best > from) order.copyWithin(from, from + 1, best + 1);
  else order.copyWithin(best + 1, best, from);
  order[best] = entry;
  return true;
}

/** Lists that have `a` above `b`, less those that have it below. */
function votes(lists: readonly Float64Array<ArrayBuffer>[], a: number, b: number): number {
  let sum = 0;
  for (const list of lists) {
    const [x, y] = [list[a]!, list[b]!];
    if (x > y) sum++;
    else if (x < y) sum--;
  }
  return sum;
}

/** No ranking's mean τ_a with the lists exceeds this. */
export function majorityBound(
  lists: readonly Float64Array<ArrayBuffer>[],
  cancel: CancelToken = NEVER_CANCELLED,
): number {
  const m = lists[0]!.length;
  let sum = 0;
  for (let i = 1; i < m; i++) {
    cancel.throwIfCancelled();
    for (let j = 0; j < i; j++) sum += Math.abs(votes(lists, i, j));
  }
  return sum / ((lists.length * m * (m - 1)) / 2);
}

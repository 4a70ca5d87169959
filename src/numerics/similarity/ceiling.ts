/**
 * How well any model could do, given that the same measurement repeated is not the same: noise ceilings.
 * RDM ceiling from several measured RDMs (subjects, sessions, repeats): upper = mean comparison of each with the pool of all (itself included, so it is
 * too high); lower = with the pool of all others. The pool is the RDM that does best under the comparison: mean of ranks (ρ, ρ_a), of standardized
 * RDMs (Pearson), of RDMs of norm 1 (cosines). Under τ_a no closed form does best: the upper end is the best ranking that a search from mean ranks
 * finds (`bestRanking.ts`), and beside it stands what no ranking can exceed; the lower end takes mean ranks. Source: Nili et al. 2014.
 * Reliability of measured dimensions: correlation of the means of two halves of the repeats, stepped up by Spearman & Brown 2r/(1 + r): the r that a perfect
 * model would reach squared. Source: Spearman 1910; Schoppe et al. 2016.
 * Special cases: fewer than two RDMs or repeats are refused by name.
 */
import type { CancelToken } from "../../base/cancel.ts";
import { bestRanking, MOST_ENTRIES, majorityBound } from "./bestRanking.ts";
import { inner, rdmForm, requireShape } from "./itemForms.ts";
import type { Matrix64 } from "./matrix.ts";
import type { Comparison } from "./measures.ts";
import { columnCorrelations } from "./predictivity.ts";
import { averageRanks, tauA } from "./ranks.ts";
import { fromTriangle, upperTriangle } from "./rdm.ts";
import { RefusedError } from "./refusal.ts";

export interface Ceiling {
  readonly lower: number;
  readonly upper: number;
}

export interface RdmCeiling extends Ceiling {
  /** Of τ_a, whose best ranking is searched for: no ranking at all exceeds this. Null where the upper end is exact, or there are too many pairs. */
  readonly bound: number | null;
}

export function rdmCeiling(rdms: readonly Matrix64[], comparison: Comparison, cancel?: CancelToken): RdmCeiling {
  if (rdms.length < 2)
    throw new RefusedError(
      "no-repeats",
      "A noise ceiling needs at least two measured dissimilarity matrices.",
      "Name repeats or sessions.",
    );
  const compareWith = comparedBy(comparison);
  const parts = rdms.map(compareWith);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value / values.length, 0);
  const against = (pool: Matrix64) => {
    const best = compareWith(pool);
    return mean(parts.map((part) => part.with(best)));
  };
  const lower = mean(
    parts.map((part, at) =>
      part.with(
        compareWith(
          pooled(
            rdms.filter((_, k) => k !== at),
            comparison,
          ),
        ),
      ),
    ),
  );
  const upper = against(pooled(rdms, comparison));
  if (comparison !== "tau-a") return { lower, upper, bound: null };
  const lists = rdms.map(upperTriangle);
  if (lists[0]!.length > MOST_ENTRIES) return { lower, upper, bound: null };
  const searched = against(fromTriangle(bestRanking(lists, cancel), rdms[0]!.rows));
  return { lower, upper: Math.max(upper, searched), bound: majorityBound(lists, cancel) };
}

/** An RDM made ready for a comparison with others that are. */
export interface Comparable {
  readonly form: Matrix64 | null;
  readonly list: Float64Array<ArrayBuffer> | null;
  with(other: Comparable): number;
}

export function comparedBy(comparison: Comparison): (rdm: Matrix64) => Comparable {
  return (rdm) => {
    if (comparison === "tau-a") {
      const list = upperTriangle(rdm);
      requireShape(list);
      return { form: null, list, with: (other) => tauA(list, other.list!) };
    }
    const form = rdmForm(rdm, comparison);
    return { form, list: null, with: (other) => inner(form, other.form!) };
  };
}

export function pooled(rdms: readonly Matrix64[], comparison: Comparison): Matrix64 {
  const n = rdms[0]!.rows;
  const sum = new Float64Array((n * (n - 1)) / 2);
  for (const one of rdms) {
    const values = poolable(upperTriangle(one), comparison);
    for (let k = 0; k < sum.length; k++) sum[k]! += values[k]!;
  }
  // Divided last: sums of ranks are exact, so that those that tie stay tied.
  return fromTriangle(
    sum.map((value) => value / rdms.length),
    n,
  );
}

/** What is averaged over RDMs to make the pool, from their pairs. */
export function poolable(values: Float64Array<ArrayBuffer>, comparison: Comparison): Float64Array<ArrayBuffer> {
  if (comparison === "spearman" || comparison === "rho-a" || comparison === "tau-a") return averageRanks(values);
  const mean = comparison === "pearson" ? values.reduce((total, value) => total + value, 0) / values.length : 0;
  const square = values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length;
  return values.map((value) => (value - mean) / Math.sqrt(square));
}

/** Of every dimension, from repeats (items × dimensions each); `halves` ways to split them are averaged. NaN for a dimension without variance. */
export function splitHalfReliability(
  repeats: readonly Matrix64[],
  splits: readonly (readonly number[])[],
): Float64Array<ArrayBuffer> {
  if (repeats.length < 2)
    throw new RefusedError(
      "no-repeats",
      "Reliability needs at least two measurements of every item.",
      "Name repeats or sessions.",
    );
  const { rows: n, columns: p } = repeats[0]!;
  const out = new Float64Array(p);
  for (const half of splits) {
    const [first, second] = [true, false].map((inside) =>
      meanOf(repeats.filter((_, at) => half.includes(at) === inside)),
    ) as [Matrix64, Matrix64];
    const r = columnCorrelations(first.data, second.data, n, p);
    for (let j = 0; j < p; j++) out[j]! += (2 * r[j]!) / (1 + r[j]!) / splits.length;
  }
  return out;
}

export function meanOf(matrices: readonly Matrix64[]): Matrix64 {
  const { rows, columns } = matrices[0]!;
  const data = new Float64Array(rows * columns);
  for (const one of matrices) for (let at = 0; at < data.length; at++) data[at]! += one.data[at]! / matrices.length;
  return { rows, columns, data };
}

/** Even against odd, then seeded halves by a rule that needs no random numbers: every `k`-th way of the first few. */
export function halves(repeats: number): readonly (readonly number[])[] {
  const all = Array.from({ length: repeats }, (_, at) => at);
  const size = Math.floor(repeats / 2);
  if (repeats > 8) return [all.filter((at) => at % 2 === 0).slice(0, size), all.slice(0, size)];
  const found: number[][] = [];
  const choose = (from: number, taken: readonly number[]): void => {
    if (taken.length === size) found.push([...taken]);
    else for (let at = from; at < repeats; at++) choose(at + 1, [...taken, at]);
  };
  choose(0, []);
  // Of two equal halves each split is found twice, once from either side.
  return repeats % 2 === 0 ? found.filter((half) => half.includes(0)) : found;
}

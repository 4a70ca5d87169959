/**
 * How well models' dissimilarities agree with those of several subjects (or sessions, or repeats), for other items and other subjects than these: the two-factor
 * bootstrap. Three variances over draws: of both factors, of subjects, of items. The bootstrap of both counts the error of either factor in the other one's
 * draws as well; the corrected variance for S subjects and n items is
 * S/(S − 1)·V_s + n/(n − 1)·V_i − Sn/((S − 1)(n − 1))·(V_both − V_s − V_i), at least either one-factor term, at most V_both.
 * Items that a draw has twice stay twice; the pair of a copy with its twin is left out. Tests by Student's t with min(S, n) − 1 degrees of freedom.
 * Source: Schütt, Kipnis, Diedrichsen & Kriegeskorte 2023, eLife 12, e82566, and its authors' rsatoolbox (`eval_dual_bootstrap`), whose numbers the tests hold.
 * Special cases: fewer than two subjects are refused; draws of fewer than three items or of one subject, or without a value somewhere, do not count.
 * Cost: (models + 3·subjects) sorts of n²/2 numbers a draw.
 */
import { type CancelToken, NEVER_CANCELLED } from "../../base/cancel.ts";
import type { Random } from "../random.ts";
import { type Ceiling, poolable } from "./ceiling.ts";
import type { Matrix64 } from "./matrix.ts";
import { averageRanks, tauA } from "./ranks.ts";
import { upperTriangle } from "./rdm.ts";
import { RefusedError } from "./refusal.ts";

/** Comparisons entry by entry; the whitened cosine weighs pairs by which items they share, and has no value where pairs are missing. */
export const PAIRWISE = ["spearman", "rho-a", "tau-a", "pearson", "cosine"] as const;
export type PairwiseComparison = (typeof PAIRWISE)[number];

/** Which subjects and items were drawn, repeats included. */
export interface TwoFactorDraw {
  readonly subjects: Int32Array;
  readonly items: Int32Array;
}

export function twoFactorDraw(subjects: number, items: number, random: Random): TwoFactorDraw {
  const drawn = (n: number) => Int32Array.from({ length: n }, () => Math.floor(random.uniform() * n));
  return { subjects: drawn(subjects), items: drawn(items) };
}

type Vector = Float64Array<ArrayBuffer>;

export interface TwoFactor {
  /** Of every model: mean comparison with the subjects, all of them and all items. */
  readonly values: Vector;
  readonly ceiling: Ceiling;
  /** Corrected, of every model; of every model minus every other (models × models); of every model minus the ceiling's lower and upper end. */
  readonly variances: Vector;
  readonly differences: Vector;
  readonly toCeiling: readonly (readonly [number, number])[];
  readonly ceilingVariances: readonly [number, number];
  readonly degreesOfFreedom: number;
  /** Draws that gave a number everywhere. */
  readonly draws: number;
  /** Draws × (models, lower, upper), for both factors, subjects and items. */
  readonly evaluations: readonly [readonly Vector[], readonly Vector[], readonly Vector[]];
}

export function twoFactorBootstrap(
  models: readonly Matrix64[],
  subjects: readonly Matrix64[],
  comparison: PairwiseComparison,
  draws: readonly TwoFactorDraw[],
  cancel: CancelToken = NEVER_CANCELLED,
  progress: (fraction: number) => void = () => {},
): TwoFactor {
  const count = subjects.length;
  if (count < 2)
    throw new RefusedError(
      "no-repeats",
      "Generalization to other subjects needs at least two of them.",
      "Name several recordings, or one with sessions or repeats.",
    );
  const n = subjects[0]!.rows;
  const table = tableOf(models.map(upperTriangle), subjects.map(upperTriangle), comparison);
  const everyone = new Float64Array(count).fill(1);
  const whole = evaluate(table, everyone);
  const [both, bySubjects, byItems]: [Vector[], Vector[], Vector[]] = [[], [], []];
  for (const [at, draw] of draws.entries()) {
    cancel.throwIfCancelled();
    progress(at / draws.length);
    if (new Set(draw.items).size < 3 || new Set(draw.subjects).size < 2) continue;
    const weights = new Float64Array(count);
    for (const subject of draw.subjects) weights[subject]!++;
    const [x, y] = [models, subjects].map((rdms) => rdms.map((one) => pairsOf(one, draw.items)));
    const drawn = tableOf(x!, y!, comparison);
    const found = [evaluate(drawn, weights), evaluate(table, weights), evaluate(drawn, everyone)] as const;
    if (!found.every((one) => one.every(Number.isFinite))) continue;
    both.push(found[0]);
    bySubjects.push(found[1]);
    byItems.push(found[2]);
  }
  const evaluations = [both, bySubjects, byItems] as const;
  const variance = (contrast: (one: Vector) => number) =>
    corrected(
      evaluations.map((rows) => varianceOf(rows.map(contrast))),
      count,
      n,
    );
  const m = models.length;
  return {
    values: whole.slice(0, m),
    ceiling: { lower: whole[m]!, upper: whole[m + 1]! },
    variances: Float64Array.from({ length: m }, (_, at) => variance((one) => one[at]!)),
    differences: Float64Array.from({ length: m * m }, (_, k) =>
      k % m === Math.floor(k / m) ? 0 : variance((one) => one[Math.floor(k / m)]! - one[k % m]!),
    ),
    toCeiling: models.map((_, at) => [
      variance((one) => one[at]! - one[m]!),
      variance((one) => one[at]! - one[m + 1]!),
    ]),
    ceilingVariances: [variance((one) => one[m]!), variance((one) => one[m + 1]!)],
    degreesOfFreedom: Math.min(count, n) - 1,
    draws: both.length,
    evaluations,
  };
}

/** Both, subjects, items. */
function corrected([both, subjects, items]: readonly number[], s: number, n: number): number {
  const [bySubjects, byItems] = [(s / (s - 1)) * subjects!, (n / (n - 1)) * items!];
  const interaction = ((s * n) / ((s - 1) * (n - 1))) * (both! - subjects! - items!);
  return Math.min(both!, Math.max(bySubjects + byItems - interaction, bySubjects, byItems));
}

function varianceOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

/** Dissimilarities of the drawn items, pairs of copies left out. */
function pairsOf({ rows: n, data }: Matrix64, items: Int32Array): Vector {
  const out = new Float64Array((items.length * (items.length - 1)) / 2);
  let at = 0;
  for (let i = 0; i < items.length; i++)
    for (let j = i + 1; j < items.length; j++) if (items[i] !== items[j]) out[at++] = data[items[i]! * n + items[j]!]!;
  return out.slice(0, at);
}

interface Table {
  readonly comparison: PairwiseComparison;
  /** Models × subjects. */
  readonly single: readonly Vector[];
  readonly subjects: readonly Vector[];
  /** What is averaged when subjects are pooled. */
  readonly pooled: readonly Vector[];
}

function tableOf(models: readonly Vector[], subjects: readonly Vector[], comparison: PairwiseComparison): Table {
  const prepared = subjects.map((one) => preparedFor(one, comparison));
  const single = models.map((one) => {
    const model = preparedFor(one, comparison);
    return Float64Array.from(prepared, (subject) => compared(model, subject, comparison));
  });
  return { comparison, single, subjects: prepared, pooled: subjects.map((one) => poolable(one, comparison)) };
}

/** Mean over the subjects of every model's comparison, then the ceiling's lower and upper end; subjects weighted by how often they were drawn. */
function evaluate({ comparison, single, subjects, pooled }: Table, weights: Vector): Vector {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const m = single.length;
  const out = new Float64Array(m + 2);
  for (const [at, row] of single.entries())
    for (let s = 0; s < row.length; s++) out[at]! += (weights[s]! * row[s]!) / total;
  const sum = new Float64Array(pooled[0]!.length);
  for (const [s, one] of pooled.entries())
    if (weights[s]! > 0) for (let k = 0; k < sum.length; k++) sum[k]! += weights[s]! * one[k]!;
  const drawn = Array.from(weights.keys()).filter((s) => weights[s]! > 0);
  const all = preparedFor(sum, comparison);
  for (const s of drawn) {
    const others = preparedFor(
      sum.map((value, k) => value - weights[s]! * pooled[s]![k]!),
      comparison,
    );
    out[m]! += compared(others, subjects[s]!, comparison) / drawn.length;
    out[m + 1]! += compared(all, subjects[s]!, comparison) / drawn.length;
  }
  return out;
}

/** Whose inner products are the comparison; for τ_a the list itself. */
function preparedFor(values: Vector, comparison: PairwiseComparison): Vector {
  if (comparison === "tau-a") return values;
  const ranked = comparison === "spearman" || comparison === "rho-a";
  const list = ranked ? averageRanks(values) : values;
  const m = list.length;
  const mean = comparison === "cosine" ? 0 : list.reduce((sum, value) => sum + value, 0) / m;
  const square = list.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const size = comparison === "rho-a" ? Math.sqrt((m ** 3 - m) / 12) : Math.sqrt(square);
  return list.map((value) => (value - mean) / size);
}

function compared(a: Vector, b: Vector, comparison: PairwiseComparison): number {
  if (comparison === "tau-a") return tauA(a, b);
  let total = 0;
  for (let k = 0; k < a.length; k++) total += a[k]! * b[k]!;
  return total;
}

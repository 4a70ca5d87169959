import type { CancelToken } from "../../base/cancel.ts";
import { Random } from "../../numerics/random.ts";
import { type AllPairs, allPairSums, type SomeItems } from "../../numerics/similarity/allPairSums.ts";
import { type CkaKind, ckaOf, ckaOfSome, ckaWithoutEach, shuffledBiasedCka } from "../../numerics/similarity/hsic.ts";
import { type PairTable, pairTable, type Representation } from "../../numerics/similarity/measures.ts";
import { RefusedError } from "../../numerics/similarity/refusal.ts";
import {
  bootstrapItems,
  groupsLeftOut,
  jackknifeInterval,
  percentileInterval,
  stretchedDraws,
} from "../../numerics/similarity/resampling.ts";
import { leadingDirections, subspaceOf } from "../../numerics/similarity/subspaces.ts";
import type { CheckedParameters } from "./parameters.ts";
import type { CellInterval, SimilarityCell } from "./types.ts";

const GROUPS = 20;
/** Tables that the clouds of the map are drawn from. */
const CLOUD_DRAWS = 60;

export interface Pair {
  readonly a: number;
  readonly b: number;
}

/** Values of all pairs in one resampling, in the order of the pairs. */
export type Replicate = Float64Array<ArrayBuffer>;

export interface Work {
  readonly layers: readonly Representation[];
  readonly pairs: readonly Pair[];
  readonly parameters: CheckedParameters;
  readonly cancel: CancelToken;
  progress(fraction: number): void;
}

export interface Valued {
  readonly cells: SimilarityCell[];
  /** What resampling has given already while values were computed: linear CKA leaves out every item for nothing. */
  readonly intervals: readonly (CellInterval | null)[] | null;
  readonly replicates: readonly Replicate[];
}

/** All pairs that a measure tells apart. */
export function pairsOf(layers: number, symmetric: boolean): readonly Pair[] {
  const all = [];
  for (let a = 0; a < layers; a++) for (let b = symmetric ? a : 0; b < layers; b++) all.push({ a, b });
  return all;
}

function emptyCell({ a, b }: Pair): SimilarityCell {
  return {
    a,
    b,
    value: Number.NaN,
    soFar: null,
    refused: null,
    interval: null,
    chance: null,
    permutation: null,
    clear: null,
    kept: null,
  };
}

function refusedCell(pair: Pair, error: RefusedError): SimilarityCell {
  return { ...emptyCell(pair), refused: { condition: error.condition, reason: error.message } };
}

/** Runs on the same thread that answers: what is refused becomes the cell's own words, everything else ends the study. */
function orRefused(pair: Pair, make: () => Partial<SimilarityCell>): SimilarityCell {
  try {
    const cell = { ...emptyCell(pair), ...make() };
    if (Number.isNaN(cell.value))
      throw new RefusedError("too-few-items", "The measure has no value here: a denominator is not above zero.");
    return cell;
  } catch (error) {
    if (error instanceof RefusedError) return refusedCell(pair, error);
    throw error;
  }
}

/** The value of every pair; linear CKA by its sums, everything else one by one. `onRow` hears of every finished row. */
export function values(work: Work, onRow: (cells: readonly SimilarityCell[]) => void): Valued {
  const { parameters, layers, pairs } = work;
  const { measure } = parameters;
  const plain = layers.every(({ dissimilarities }) => dissimilarities === undefined);
  if ((measure === "cka" || measure === "debiased-cka") && plain) return linearValues(work, onRow);
  const table = tableOf(work, null);
  const cells: SimilarityCell[] = [];
  for (const [at, pair] of pairs.entries()) {
    work.cancel.throwIfCancelled();
    cells.push(
      orRefused(pair, () => {
        const mean = table.shuffledMean(pair.a, pair.b);
        // Ranks minus their mean add up to zero but for rounding.
        const chance = mean !== null && Math.abs(mean) < 1e-12 ? 0 : mean;
        return { value: table.value(pair.a, pair.b), chance, kept: keptOf(work, pair) };
      }),
    );
    work.progress((at + 1) / pairs.length);
    if (pair.a !== pairs[at + 1]?.a) onRow(cells);
  }
  return { cells, intervals: null, replicates: [] };
}

function keptOf({ parameters, layers }: Work, { a, b }: Pair): readonly [number, number] | null {
  if (parameters.measure !== "svcca") return null;
  const kept = (at: number) => leadingDirections(subspaceOf(layers[at]!.values), parameters.share);
  return [kept(a), kept(b)];
}

export function tableOf({ layers, parameters, cancel }: Work, items: Int32Array<ArrayBuffer> | null): PairTable {
  return pairTable(parameters.measure, layers, items, { ...parameters, cancel });
}

/**
 * Cells as their sums are through: by tiles all at once, and until then what the first items say by themselves; through the dimensions the rows of the
 * last layers first.
 */
function linearValues(work: Work, onRow: (cells: readonly SimilarityCell[]) => void): Valued {
  const { layers, pairs, cancel } = work;
  const kind: CkaKind = work.parameters.measure === "cka" ? "biased" : "debiased";
  const n = layers[0]!.values.rows;
  const cells = new Map<number, SimilarityCell>();
  const intervals: (CellInterval | null)[] = pairs.map(() => null);
  const replicates = Array.from({ length: Math.min(CLOUD_DRAWS, n) }, () => new Float64Array(pairs.length));
  const rows = layers.map((_, a) => [...pairs.entries()].filter(([, pair]) => pair.a === a));
  const fill = (layer: number, sums: AllPairs) => {
    for (const [at, pair] of rows[layer]!) {
      cancel.throwIfCancelled();
      const { cell, without } = linearCell(kind, n, pair, sums);
      cells.set(at, cell);
      if (without !== null && cell.refused === null) intervals[at] = jackknifeInterval(cell.value, without, { of: n });
      inflate(replicates, at, cell.value, without, n);
    }
    onRow(inOrder(cells));
  };
  const sums = allPairSums(
    layers.map(({ values: x }) => x),
    {
      cancel,
      progress: (fraction) => work.progress(0.9 * fraction),
      onLayer: fill,
      onItems: (some) => onRow(pairs.flatMap((pair) => cellSoFar(kind, pair, some) ?? [])),
    },
  );
  for (const layer of layers.keys()) if (!cells.has(rows[layer]![0]![0])) fill(layer, sums);
  work.progress(1);
  return { cells: inOrder(cells), intervals, replicates };
}

function inOrder(cells: ReadonlyMap<number, SimilarityCell>): SimilarityCell[] {
  return [...cells].sort(([a], [b]) => a - b).map(([, cell]) => cell);
}

function linearCell(
  kind: CkaKind,
  n: number,
  pair: Pair,
  sums: AllPairs,
): { readonly cell: SimilarityCell; readonly without: Float64Array<ArrayBuffer> | null } {
  let without: Float64Array<ArrayBuffer> | null = null;
  const cell = orRefused(pair, () => {
    if (kind === "debiased" && n < 5)
      throw new RefusedError("too-few-items", `Debiased CKA needs at least 5 items with an interval; there are ${n}.`);
    const xx = sums.at(pair.a, pair.a);
    const [xy, yy] = pair.a === pair.b ? [xx, xx] : [sums.at(pair.a, pair.b), sums.at(pair.b, pair.b)];
    if (!(xx.total > 0) || !(yy.total > 0))
      throw new RefusedError(
        "degenerate",
        "The representation is the same for every item: nothing can be compared with it.",
      );
    without = ckaWithoutEach(kind, xy, xx, yy);
    return { value: ckaOf(kind, xy, xx, yy), chance: kind === "biased" ? shuffledBiasedCka(xy, xx, yy) : 0 };
  });
  return { cell, without };
}

/** Null where the first items say nothing yet. */
function cellSoFar(kind: CkaKind, pair: Pair, some: SomeItems): SimilarityCell | null {
  const [xy, xx, yy] = [some.at(pair.a, pair.b), some.at(pair.a, pair.a), some.at(pair.b, pair.b)];
  const value = ckaOfSome(kind, xy, xx, yy);
  return Number.isNaN(value) ? null : { ...emptyCell(pair), value, soFar: some.items };
}

/** Leaving out one item moves a value √(n − 1) times less than its standard error: stretched by that, the values are draws of it. */
function inflate(
  replicates: readonly Replicate[],
  at: number,
  value: number,
  without: ArrayLike<number> | null,
  n: number,
): void {
  const known = without?.length ?? 0;
  const mean = without === null ? 0 : Array.from(without).reduce((sum, one) => sum + one, 0) / known;
  for (const [k, replicate] of replicates.entries()) {
    const item = Math.floor((k * known) / replicates.length);
    replicate[at] = without === null ? Number.NaN : value + Math.sqrt(n - 1) * (without[item]! - mean);
  }
}

/** A draw of items, ascending; null for all of them. */
export function someItems(n: number, most: number, seed: number): Int32Array<ArrayBuffer> | null {
  if (n <= most) return null;
  const random = new Random(seed);
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < most; i++) {
    const j = i + Math.floor(random.uniform() * (n - i));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order.slice(0, most).sort();
}

/** Whether the interval lies beyond chance. */
export function judged(cell: SimilarityCell, better: "high" | "low"): SimilarityCell {
  const { interval, chance } = cell;
  if (interval === null || chance === null) return cell;
  return { ...cell, clear: better === "high" ? interval.low > chance : interval.high < chance };
}

/** Measures that are an inner product of two item × item matrices. */
export function formed(measure: CheckedParameters["measure"], comparison: CheckedParameters["comparison"]): boolean {
  return (measure === "rsa" && comparison !== "tau-a") || /^(debiased-|rbf-)?cka$/.test(measure);
}

/** Intervals of all cells by resampling items, the same draws for every cell. */
export function intervals(
  work: Work,
  cells: readonly SimilarityCell[],
): { intervals: (CellInterval | null)[]; replicates: Replicate[] } {
  const { layers, parameters, pairs, cancel } = work;
  const n = layers[0]!.values.rows;
  const bootstrap = formed(parameters.measure, parameters.comparison) || parameters.measure === "rsa";
  const random = new Random(parameters.seed);
  const draws = bootstrap
    ? Array.from({ length: parameters.bootstraps }, () => bootstrapItems(n, random))
    : groupsLeftOut(n, Math.min(GROUPS, n), parameters.seed);
  const replicates: Replicate[] = [];
  for (const [at, items] of draws.entries()) {
    cancel.throwIfCancelled();
    replicates.push(replicate(work, cells, items));
    work.progress((at + 1) / draws.length);
  }
  const sizes = draws.map(({ length }) => length);
  const widened = bootstrap ? widenedBy(replicates, cells, sizes, n) : replicates;
  const found = pairs.map((_, at) => {
    const cell = cells[at]!;
    if (cell.refused !== null) return null;
    const drawn = widened.map((one) => one[at]!);
    return bootstrap ? percentileInterval(drawn) : jackknifeInterval(cell.value, drawn, { grouped: true });
  });
  return { intervals: found, replicates: bootstrap ? widened.slice(0, CLOUD_DRAWS) : stretched(replicates, cells) };
}

function widenedBy(
  replicates: readonly Replicate[],
  cells: readonly SimilarityCell[],
  sizes: readonly number[],
  n: number,
): Replicate[] {
  const out = replicates.map((one) => new Float64Array(one.length));
  for (const [at, { value }] of cells.entries()) {
    const drawn = replicates.map((one) => one[at]!);
    for (const [k, one] of stretchedDraws(value, drawn, sizes, n).entries()) out[k]![at] = one;
  }
  return out;
}

function replicate(work: Work, cells: readonly SimilarityCell[], items: Int32Array<ArrayBuffer>): Replicate {
  const out = new Float64Array(cells.length).fill(Number.NaN);
  try {
    const table = tableOf(work, items);
    for (const [at, { a, b, refused }] of cells.entries()) {
      if (refused !== null) continue;
      try {
        out[at] = table.value(a, b);
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error;
      }
    }
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
  }
  return out;
}

function stretched(replicates: readonly Replicate[], cells: readonly SimilarityCell[]): Replicate[] {
  const g = replicates.length;
  const mean = cells.map((_, at) => replicates.reduce((sum, one) => sum + one[at]!, 0) / g);
  return replicates.map((one) => one.map((value, at) => cells[at]!.value + Math.sqrt(g - 1) * (value - mean[at]!)));
}

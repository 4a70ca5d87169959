import { holm, stepDownMaximum, type TestedCell } from "../../numerics/similarity/familyWise.ts";
import { type PairTable, traitsOf } from "../../numerics/similarity/measures.ts";
import { RefusedError } from "../../numerics/similarity/refusal.ts";
import { countOrders, ordersOf, permutationTest } from "../../numerics/similarity/resampling.ts";
import { formed, judged, someItems, tableOf, type Work } from "./cells.ts";
import type { CellPermutation, Correction, SimilarityCell } from "./types.ts";

/** Permutations are made on at most so many items: a test on some of the items is a valid test. */
const PERMUTED_ITEMS = 512;
const RANKED_ITEMS = 100;
/** Work of all permutations together where their number is left to us. */
const PERMUTATION_WORK = 2e10;
/** Of the product of two forms in a product of all, per entry: eight layers' worth of entries go at once. */
const FORMS_TOGETHER = 1 / 8;
/** Statistics of all orders and cells that are kept for the correction: 128 MiB. */
const MOST_KEPT = 2 ** 24;

export interface Permuted {
  readonly cells: SimilarityCell[];
  /** Null where nothing was permuted. */
  readonly correction: Correction | null;
}

/** Permutation tests of all cells, the same orders for each. Also gives chance where it has no closed form. */
export function permutations(
  work: Work,
  cells: readonly SimilarityCell[],
  onSome: (cells: readonly SimilarityCell[]) => void,
): Permuted {
  const { layers, parameters, cancel } = work;
  const { measure, comparison, seed } = parameters;
  const { better } = traitsOf(measure);
  const n = layers[0]!.values.rows;
  const form = formed(measure, comparison);
  const ranked = measure === "rsa" && !form;
  const few =
    form || measure === "minibatch-cka"
      ? someItems(n, Math.max(PERMUTED_ITEMS, parameters.batch), seed)
      : ranked
        ? someItems(n, RANKED_ITEMS, seed)
        : null;
  const m = few?.length ?? n;
  const widest = Math.max(...layers.map(({ values: { columns } }) => Math.min(columns, m)));
  const together = layers.length / Math.max(1, cells.length);
  const cost = form
    ? m * m * (together + FORMS_TOGETHER)
    : ranked
      ? m * m * Math.log2(m + 1)
      : measure === "minibatch-cka"
        ? m * parameters.batch * widest * together
        : m * widest * widest + 20 * widest ** 3;
  const affordable = Math.floor(PERMUTATION_WORK / (cost * Math.max(1, cells.length)));
  const draws = parameters.permutations ?? Math.max(form ? 199 : 99, Math.min(999, affordable));
  const out = [...cells];
  if (draws === 0) return { cells: out, correction: null };
  const table = tableOf(work, few);
  const tested = new Map<number, TestedCell>();
  const keeps = cells.length * draws <= MOST_KEPT;
  const known = keeps ? allStatistics(work, table, cells, m, draws) : null;
  for (const [at, cell] of cells.entries()) {
    cancel.throwIfCancelled();
    if (cell.refused === null) {
      const statistics = known?.[at];
      let next = 0;
      const statistic =
        statistics === undefined
          ? (order: Int32Array) => table.shuffled(cell.a, cell.b, order)
          : () => statistics[next++]!;
      const found = permuted(cell, statistic, m, draws, better, seed);
      out[at] = found.cell;
      if (keeps && found.tested !== null && cell.a !== cell.b) tested.set(at, found.tested);
    }
    if (known === null) work.progress((at + 1) / cells.length);
    if (cell.a !== cells[at + 1]?.a) onSome(out);
  }
  return corrected(out, keeps ? tested : null, better);
}

/** Of every cell in every order, by order and not by cell, where the measure gives all cells at once. */
function allStatistics(
  { parameters, layers, cancel, progress }: Work,
  { shuffledAll }: PairTable,
  cells: readonly SimilarityCell[],
  m: number,
  draws: number,
): readonly Float64Array<ArrayBuffer>[] | null {
  if (shuffledAll === null) return null;
  const count = countOrders(m, draws);
  const out = cells.map(() => new Float64Array(count));
  let at = 0;
  for (const order of ordersOf(m, draws, parameters.seed)) {
    cancel.throwIfCancelled();
    const all = shuffledAll(order);
    for (const [k, { a, b }] of cells.entries()) out[k]![at] = all[a * layers.length + b]!;
    at++;
    progress(at / count);
  }
  return out;
}

function permuted(
  cell: SimilarityCell,
  statistic: (order: Int32Array) => number,
  m: number,
  draws: number,
  better: "high" | "low",
  seed: number,
): { readonly cell: SimilarityCell; readonly tested: TestedCell | null } {
  try {
    const test = permutationTest(m, draws, seed, better, statistic);
    if (test.draws === 0) return { cell, tested: null };
    const permutation: CellPermutation = {
      p: test.p,
      corrected: null,
      draws: test.draws,
      enumerated: test.enumerated,
      floor: test.floor,
      items: m,
    };
    return {
      cell: judged({ ...cell, permutation, chance: cell.chance ?? test.mean }, better),
      tested: { observed: test.observed, draws: test.values },
    };
  } catch (error) {
    // A draw of items can be degenerate where all of them together are not: then there is no p.
    if (error instanceof RefusedError) return { cell, tested: null };
    throw error;
  }
}

/** A representation against itself is no question, and no cell of the family. */
function corrected(
  cells: readonly SimilarityCell[],
  tested: ReadonlyMap<number, TestedCell> | null,
  better: "high" | "low",
): Permuted {
  const family = cells.flatMap(({ a, b, permutation }, at) => (a !== b && permutation !== null ? [at] : []));
  if (family.length === 0) return { cells: [...cells], correction: null };
  const enumerated = cells[family[0]!]!.permutation!.enumerated;
  const p =
    tested === null
      ? holm(family.map((at) => cells[at]!.permutation!.p))
      : stepDownMaximum(
          family.map((at) => tested.get(at)!),
          better,
          enumerated,
        );
  const out = [...cells];
  for (const [k, at] of family.entries()) {
    const { permutation, ...cell } = cells[at]!;
    // Cells whose own orders gave fewer numbers than others' may come out below their own p: never less than that.
    out[at] = { ...cell, permutation: { ...permutation!, corrected: Math.max(permutation!.p, p[k]!) } };
  }
  return { cells: out, correction: { method: tested === null ? "holm" : "largest-statistic", cells: family.length } };
}

import type { CancelToken } from "../../base/cancel.ts";
import type { Kernels } from "../../numerics/kernels/types.ts";
import type { Random } from "../../numerics/random.ts";
import { attach } from "./attach.ts";
import { blocksOf, onesOf } from "./blocks.ts";
import { type Geometry, unitItems } from "./geometry.ts";
import { type ItemModes, itemModes } from "./itemModes.ts";
import { type Shape, shapeOf } from "./shape.ts";
import type { Table } from "./table.ts";

/**
 * The permutation null: each property's values are dealt to the items anew, so that how often a property occurs is kept and every relation between
 * properties is lost. Thirty random items always make some dendrogram; this says which. One-sided p = (1 + #{null ≥ observed})/(1 + draws)
 * (Phipson & Smyth 2010). Every number of a draw is got in the way in which the observed one was, the choices on the way included.
 */
export interface NullDraws {
  readonly draws: number;
  readonly cophenetic: Float64Array<ArrayBuffer>;
  /** Height of the first join. */
  readonly lowest: Float64Array<ArrayBuffer>;
  readonly fits: Readonly<Record<keyof Shape["fits"], Float64Array<ArrayBuffer>>>;
  /** Greatest coherence of any category in the draw's own tree; empty where the table has more than two values. */
  readonly coherence: Float64Array<ArrayBuffer>;
  readonly basicLevel: Float64Array<ArrayBuffer>;
  /** One list for each group of modes: purity of, and first singular value in, the ranks of the group. */
  readonly purities: readonly Float64Array<ArrayBuffer>[];
  readonly values: readonly Float64Array<ArrayBuffer>[];
}

/** Work that all draws together may take: some ten seconds. */
const BUDGET_FLOPS = 3e10;
const FEWEST = 20;

export function affordableDraws(wanted: number, { items, properties, midpoints }: Table): number {
  const blocks = midpoints === null ? 0 : 30 * items * properties;
  // To deal and scale one entry takes as long as a hundred products inside a kernel.
  const each = items * items * (properties + 2_500) + 12 * items ** 3 + 100 * items * properties + blocks;
  return Math.min(wanted, Math.max(FEWEST, Math.floor(BUDGET_FLOPS / each)));
}

export function permutationNull(
  kernels: Kernels,
  table: Table,
  groups: readonly (readonly number[])[],
  options: {
    readonly draws: number;
    readonly geometry: Geometry;
    readonly random: Random;
    readonly cancel: CancelToken;
    progress(fraction: number): void;
  },
): NullDraws {
  const { draws, geometry, random, cancel, progress } = options;
  const { items, properties, midpoints } = table;
  const list = () => new Float64Array(draws);
  const out = {
    draws,
    cophenetic: list(),
    lowest: list(),
    fits: { tree: list(), ring: list(), grid: list(), clusters: list() },
    coherence: midpoints === null ? new Float64Array(0) : list(),
    basicLevel: list(),
    purities: groups.map(list),
    values: groups.map(list),
  };
  const shuffled = Float64Array.from(table.data);
  for (let draw = 0; draw < draws; draw++) {
    cancel.throwIfCancelled();
    permute(shuffled, items, properties, random);
    const data = geometry === "direction" ? unitItems(shuffled, items, properties) : shuffled;
    const modes = itemModes(kernels, data, items, properties, cancel);
    const shape = shapeOf(modes, items, properties, geometry, random);
    // Equal distances have no correlation: such a draw is no evidence against the observed one.
    out.cophenetic[draw] = shape.cophenetic;
    out.lowest[draw] = shape.lowest;
    for (const kind of ["tree", "ring", "grid", "clusters"] as const) out.fits[kind][draw] = shape.fits[kind];
    out.basicLevel[draw] = shape.basicLevel?.advantage ?? Number.NaN;
    if (midpoints !== null)
      out.coherence[draw] = blocksOf(shape.nodes, onesOf(shuffled, midpoints), null, properties).reduce(
        (most, block) => Math.max(most, block?.value ?? 0),
        0,
      );
    for (const [at, group] of groups.entries()) {
      const known = group.filter((index) => index < modes.values.length);
      out.purities[at]![draw] = attach(vectorsOf(modes, known, items), shape.nodes).purity;
      out.values[at]![draw] = modes.values[group[0] ?? 0] ?? 0;
    }
    progress((draw + 1) / draws);
  }
  return out;
}

/** Fisher–Yates for each property; a permuted column permuted again is as random. */
function permute(data: Float64Array, items: number, properties: number, random: Random): void {
  for (let property = 0; property < properties; property++)
    for (let i = items - 1; i > 0; i--) {
      const j = Math.floor(random.uniform() * (i + 1));
      const [a, b] = [i * properties + property, j * properties + property];
      const held = data[a]!;
      data[a] = data[b]!;
      data[b] = held;
    }
}

export function vectorsOf({ vectors }: ItemModes, group: readonly number[], items: number): Float64Array[] {
  return group.map((index) => vectors.subarray(index * items, (index + 1) * items));
}

/** The share of draws (and the observation itself) that reach it; NaN draws do not. */
export function permutationP(draws: Float64Array, observed: number): number {
  if (Number.isNaN(observed) || draws.length === 0) return Number.NaN;
  // Exact data tie with their own permutations: equal to rounding counts as reached.
  const slack = 1e-9 * Math.max(1, Number.isFinite(observed) ? Math.abs(observed) : 1);
  const reached = draws.reduce((count, value) => count + (value >= observed - slack ? 1 : 0), 0);
  return (1 + reached) / (1 + draws.length);
}

/** The same where small is what is rare. */
export function lowerP(draws: Float64Array, observed: number): number {
  return permutationP(
    draws.map((value) => -value),
    -observed,
  );
}

export function quantile(draws: Float64Array, share: number): number {
  const sorted = Float64Array.from(draws)
    .filter((value) => !Number.isNaN(value))
    .sort();
  return sorted.length === 0 ? Number.NaN : sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

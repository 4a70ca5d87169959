import type { CancelToken } from "../../base/cancel.ts";
import type { Kernels } from "../../numerics/kernels/types.ts";
import type { Random } from "../../numerics/random.ts";
import { averageLinkage } from "../../numerics/trees/averageLinkage.ts";
import { multifurcate } from "../../numerics/trees/multifurcate.ts";
import { copheneticCorrelation } from "../../numerics/trees/treeLikeness.ts";
import { attach } from "./attach.ts";
import { distancesOf, type Geometry, innerProducts } from "./geometry.ts";
import { type ItemModes, itemModes } from "./itemModes.ts";

/**
 * The permutation null: each property's values are dealt to the items anew, so that how often a property occurs is kept and every relation between
 * properties is lost. Thirty random items always make some dendrogram; this says which. One-sided p = (1 + #{null ≥ observed})/(1 + draws)
 * (Phipson & Smyth 2010).
 */
export interface NullDraws {
  readonly draws: number;
  readonly cophenetic: Float64Array<ArrayBuffer>;
  /** One list of purities for each group of modes. */
  readonly purities: readonly Float64Array<ArrayBuffer>[];
}

/** Work that all draws together may take: some ten seconds. */
const BUDGET_FLOPS = 3e10;
const FEWEST = 20;

export function affordableDraws(wanted: number, items: number, properties: number): number {
  const each = items * items * properties + 12 * items ** 3;
  return Math.min(wanted, Math.max(FEWEST, Math.floor(BUDGET_FLOPS / each)));
}

export function permutationNull(
  kernels: Kernels,
  y: Float64Array,
  items: number,
  properties: number,
  groups: readonly (readonly number[])[],
  options: {
    readonly draws: number;
    readonly geometry: Geometry;
    /** Subtract each property's mean over the items: permuting keeps it, so it was done once on `y`. */
    readonly random: Random;
    readonly cancel: CancelToken;
    progress(fraction: number): void;
  },
): NullDraws {
  const { draws, geometry, random, cancel, progress } = options;
  const cophenetic = new Float64Array(draws);
  const purities = groups.map(() => new Float64Array(draws));
  const shuffled = Float64Array.from(y);
  for (let draw = 0; draw < draws; draw++) {
    cancel.throwIfCancelled();
    for (let property = 0; property < properties; property++) {
      // Fisher–Yates; a permuted column permuted again is as random.
      for (let i = items - 1; i > 0; i--) {
        const j = Math.floor(random.uniform() * (i + 1));
        const [a, b] = [i * properties + property, j * properties + property];
        const held = shuffled[a]!;
        shuffled[a] = shuffled[b]!;
        shuffled[b] = held;
      }
    }
    const modes = itemModes(kernels, shuffled, items, properties, cancel);
    const distances = distancesOf(innerProducts(modes, items, geometry), items);
    const merges = averageLinkage(distances, items);
    const nodes = multifurcate(merges, items);
    // Equal distances have no correlation: such a draw is no evidence against the observed one.
    cophenetic[draw] = copheneticCorrelation(distances, merges, items);
    for (const [at, group] of groups.entries()) {
      const known = group.filter((index) => index < modes.values.length);
      purities[at]![draw] = attach(vectorsOf(modes, known, items), nodes).purity;
    }
    progress((draw + 1) / draws);
  }
  return { draws, cophenetic, purities };
}

export function vectorsOf({ vectors }: ItemModes, group: readonly number[], items: number): Float64Array[] {
  return group.map((index) => vectors.subarray(index * items, (index + 1) * items));
}

/** The share of draws (and the observation itself) that reach it; NaN draws do not. */
export function permutationP(draws: Float64Array, observed: number): number {
  if (Number.isNaN(observed)) return Number.NaN;
  // Exact data tie with their own permutations: equal to rounding counts as reached.
  const reached = draws.reduce((count, value) => count + (value >= observed - 1e-9 ? 1 : 0), 0);
  return (1 + reached) / (1 + draws.length);
}

export function quantile(draws: Float64Array, share: number): number {
  const sorted = Float64Array.from(draws)
    .filter((value) => !Number.isNaN(value))
    .sort();
  return sorted.length === 0 ? Number.NaN : sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

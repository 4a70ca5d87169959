import type { Random } from "../../numerics/random.ts";
import { levelsOf } from "../../numerics/structure/basicLevel.ts";
import { classFit, pairsOf } from "../../numerics/structure/classFit.ts";
import { type Clusters, clustersOf } from "../../numerics/structure/clusters.ts";
import { type Grid, gridOf } from "../../numerics/structure/grid.ts";
import { doubleCentred, leadingAxes } from "../../numerics/structure/leadingAxes.ts";
import { type Ring, ringOf } from "../../numerics/structure/ring.ts";
import { averageLinkage, type Merge } from "../../numerics/trees/averageLinkage.ts";
import { multifurcate, type TreeNode } from "../../numerics/trees/multifurcate.ts";
import { copheneticCorrelation } from "../../numerics/trees/treeLikeness.ts";
import { distancesOf, type Geometry, innerProducts } from "./geometry.ts";
import type { ItemModes } from "./itemModes.ts";
import type { BasicLevel } from "./types.ts";

/** What the geometry of a few items says: measured on the table itself and, in the very same way, on every permutation of it. */
export interface Shape {
  readonly products: Float64Array<ArrayBuffer>;
  readonly distances: Float64Array<ArrayBuffer>;
  readonly merges: readonly Merge[];
  readonly nodes: readonly TreeNode[];
  readonly cophenetic: number;
  /** Of the first join: what the closest two items are apart. */
  readonly lowest: number;
  /** Fit of each structure, NaN where it is not tried. */
  readonly fits: Readonly<Record<"tree" | "ring" | "grid" | "clusters", number>>;
  readonly ring: Ring | null;
  readonly grid: Grid | null;
  readonly clusters: Clusters | null;
  readonly basicLevel: Omit<BasicLevel, "p"> | null;
}

export function shapeOf(
  modes: ItemModes,
  items: number,
  properties: number,
  geometry: Geometry,
  random: Random,
): Shape {
  const products = innerProducts(modes, items, geometry);
  const distances = distancesOf(products, items);
  const merges = averageLinkage(distances, items);
  const nodes = (merges[merges.length - 1]?.height ?? 0) === 0 ? [] : multifurcate(merges, items);
  const centred = doubleCentred(products, items);
  const pairs = pairsOf(products, items);
  const axes = leadingAxes(centred, items, 3, random);
  const ring = ringOf(axes, pairs, items);
  const grid = gridOf(axes, leadingAxes(products, items, 4, random), products, pairs, items);
  const clusters = clustersOf(distances, merges, pairs, items);
  const behaviour = geometry === "hidden" ? innerProducts(modes, items, "behaviour") : products;
  return {
    products,
    distances,
    merges,
    nodes,
    cophenetic: copheneticCorrelation(distances, merges, items),
    lowest: merges[0]?.height ?? Number.NaN,
    fits: {
      tree: nodes.length === 0 ? Number.NaN : classFit(pairs, joinsOf(nodes, items), nodes.length),
      ring: ring?.fit ?? Number.NaN,
      grid: grid?.fit ?? Number.NaN,
      clusters: clusters?.fit ?? Number.NaN,
    },
    ring,
    grid,
    clusters,
    basicLevel: basicLevelOf(nodes, behaviour, items, properties),
  };
}

/** The node that joins two items. */
function joinsOf(nodes: readonly TreeNode[], items: number): (i: number, j: number) => number {
  const joins = new Int32Array(items * items);
  for (const [at, { children }] of nodes.entries()) {
    const members = children.map((child) => (child < 0 ? [-1 - child] : nodes[child]!.items));
    for (const [c, one] of members.entries())
      for (const other of members.slice(0, c))
        for (const i of one)
          for (const j of other) {
            joins[i * items + j] = at;
            joins[j * items + i] = at;
          }
  }
  return (i, j) => joins[i * items + j]!;
}

/** A level that fewer items reach says little of them all. */
const COVERED = 0.5;
const MOST_LEVELS = 12;

function basicLevelOf(
  nodes: readonly TreeNode[],
  behaviour: Float64Array,
  items: number,
  properties: number,
): Omit<BasicLevel, "p"> | null {
  const all = levelsOf(nodes, behaviour, items);
  const levels = all
    .filter((level) => level.items >= COVERED * items)
    .slice(0, MOST_LEVELS)
    .map(({ level, categories, lambda }) => ({ level, categories, lambda: lambda / properties }));
  const [first] = levels;
  if (first === undefined) return null;
  let self = 0;
  for (let i = 0; i < items; i++) self += behaviour[i * items + i]! / items / properties;
  const deeper = levels.slice(1).reduce((most, { lambda }) => Math.max(most, lambda), Number.NEGATIVE_INFINITY);
  const best = levels.reduce((most, level) => (level.lambda > most.lambda * (1 + 1e-9) ? level : most), first);
  return { levels, level: best.level, advantage: self === 0 ? Number.NaN : (deeper - first.lambda) / self };
}

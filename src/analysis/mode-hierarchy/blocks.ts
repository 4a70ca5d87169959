import { blockOf, coherenceOf } from "../../numerics/structure/coherence.ts";
import type { TreeNode } from "../../numerics/trees/multifurcate.ts";
import type { PlantedCoherence } from "./types.ts";

/** Properties by which a category is named. */
const MOST_NAMED = 16;

/**
 * Coherence of each node's items as a block of a two-valued table; null for a node of all items. `counts`: how many items of each end of the tree have
 * each property, ends × properties; `sizes`: how many items an end is.
 */
export function blocksOf(
  nodes: readonly TreeNode[],
  counts: ArrayLike<number>,
  sizes: ArrayLike<number> | null,
  properties: number,
): readonly (Omit<PlantedCoherence, "p"> | null)[] {
  const ends = nodes[0]?.items.length ?? 0;
  const totals = new Float64Array(properties);
  let all = 0;
  for (let end = 0; end < ends; end++) {
    all += sizes?.[end] ?? 1;
    for (let m = 0; m < properties; m++) totals[m] = totals[m]! + counts[end * properties + m]!;
  }
  return nodes.map(({ items }) => {
    if (items.length === ends) return null;
    const inside = new Float64Array(properties);
    let size = 0;
    for (const end of items) {
      size += sizes?.[end] ?? 1;
      for (let m = 0; m < properties; m++) inside[m] = inside[m]! + counts[end * properties + m]!;
    }
    const { block, properties: named } = blockOf(inside, totals, size, all);
    const { coherence, itemOverlap, propertyOverlap } = coherenceOf(block);
    return {
      kind: "planted",
      value: coherence,
      threshold: 1,
      inside: block.inside,
      outside: block.outside,
      count: block.properties,
      named: named.slice(0, MOST_NAMED),
      itemOverlap,
      propertyOverlap,
    };
  });
}

/** Ones of a two-valued table, given the points between the values. */
export function onesOf(data: Float64Array, midpoints: Float64Array): Uint8Array<ArrayBuffer> {
  const properties = midpoints.length;
  return Uint8Array.from(data, (value, at) => (value > midpoints[at % properties]! ? 1 : 0));
}

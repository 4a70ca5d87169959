import type { HierarchyNode } from "../../../src/analysis/mode-hierarchy/types.ts";

/** A binary tree over 2^depth ends, heights by level. */
export function binary(depth: number): HierarchyNode[] {
  const nodes: HierarchyNode[] = [];
  const build = (from: number, to: number, parent: number | null): number => {
    if (to - from === 1) return -1 - from;
    const at = nodes.length;
    const base = { parent, size: to - from, height: Math.log2(to - from), heightP: 0.5, modes: [], coherence: null };
    nodes.push({ ...base, children: [] });
    const middle = (from + to) / 2;
    const children = [build(from, middle, at), build(middle, to, at)];
    nodes[at] = { ...base, children };
    return at;
  };
  build(0, 2 ** depth, null);
  return nodes;
}

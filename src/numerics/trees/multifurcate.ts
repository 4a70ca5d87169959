import type { Merge } from "./averageLinkage.ts";

/** A node of a tree whose nodes may have any number of children. */
export interface TreeNode {
  /** Items below it, in the order in which the tree draws them. */
  readonly items: readonly number[];
  /** Index into the list of nodes, or an item as `-1 - item`. */
  readonly children: readonly number[];
  readonly parent: number | null;
  readonly height: number;
}

/**
 * Binary merges as a tree, in which merges of equal height that follow one another are one node: a B-ary split drawn as a cascade of binary ones
 * would show splits that the data do not have. Equal: within `tolerance` of the greatest height. Node 0 is the root; parents come before children.
 * Empty for fewer than two items.
 */
export function multifurcate(merges: readonly Merge[], n: number, tolerance = 1e-9): readonly TreeNode[] {
  if (merges.length === 0) return [];
  const slack = tolerance * (merges[merges.length - 1]?.height ?? 0);
  const nodes: { children: number[]; parent: number | null; height: number }[] = [];
  const build = (root: number): void => {
    // By hand: a chain-like tree is as deep as it has items.
    const waiting: { cluster: number; parent: number | null }[] = [{ cluster: root, parent: null }];
    while (waiting.length > 0) {
      const { cluster, parent } = waiting.pop()!;
      const { height } = merges[cluster - n]!;
      const index = nodes.length;
      const node = { children: [] as number[], parent, height };
      nodes.push(node);
      if (parent !== null) {
        const place = nodes[parent]!.children;
        place[place.indexOf(placeholder(cluster))] = index;
      }
      const open = [cluster];
      while (open.length > 0) {
        const next = open.pop()!;
        const merge = next < n ? undefined : merges[next - n];
        if (merge !== undefined && height - merge.height <= slack) open.push(merge.right, merge.left);
        else node.children.push(next < n ? -1 - next : placeholder(next));
      }
      for (const child of [...node.children].reverse())
        if (child >= PLACEHOLDER) waiting.push({ cluster: child - PLACEHOLDER, parent: index });
    }
  };
  build(n + merges.length - 1);
  const below = itemsOfNodes(nodes);
  return nodes.map((node, at) => ({ ...node, items: below[at]! }));
}

/** Marks a child whose node has no index yet; beyond every index that a tree in memory can have. */
const PLACEHOLDER = 2 ** 40;
const placeholder = (cluster: number) => PLACEHOLDER + cluster;

/** The items below each node, in the order in which the tree draws them. Parents come before children. */
export function itemsOfNodes(
  nodes: readonly { readonly children: readonly number[] }[],
): readonly (readonly number[])[] {
  const below: number[][] = nodes.map(() => []);
  for (let at = nodes.length - 1; at >= 0; at--)
    for (const child of nodes[at]!.children) {
      if (child < 0) below[at]!.push(-1 - child);
      else for (const item of below[child]!) below[at]!.push(item);
    }
  return below;
}

import type { TreeNode } from "../trees/multifurcate.ts";

/**
 * How much the items of a category are alike beyond their likeness to a sibling category, level by level of a tree:
 * λ_C = Σ_{j∈C} S_ij − Σ_{j∈S(C)} S_ij, the mean over i in C and over the siblings S(C) (Saxe, McClelland & Ganguli 2019, supplement, S30).
 * Level 1 are the root's children; an item alone is a category as well. Where all properties have flipped along the branches and nothing else, λ falls with
 * every level; a level below the first with the greatest λ (a basic level) needs siblings that are opposites.
 * Input: S, n × n similarities (YYᵀ over the number of properties). Cost: n².
 */
export interface Level {
  readonly level: number;
  readonly categories: number;
  /** Items in them: branches that end above the level have none. */
  readonly items: number;
  /** Mean over the categories, each counted by its items. */
  readonly lambda: number;
}

export function levelsOf(nodes: readonly TreeNode[], similarity: ArrayLike<number>, n: number): readonly Level[] {
  const levels: { weight: number; categories: number; sum: number }[] = [];
  const depth: number[] = [];
  for (const [at, { children, parent }] of nodes.entries()) {
    depth[at] = parent === null ? 0 : depth[parent]! + 1;
    const members = children.map((child) => (child < 0 ? [-1 - child] : nodes[child]!.items));
    const between = (a: readonly number[], b: readonly number[]) => {
      let sum = 0;
      for (const i of a) for (const j of b) sum += similarity[i * n + j]!;
      return sum;
    };
    for (const [c, own] of members.entries()) {
      let others = 0;
      for (const [s, sibling] of members.entries()) if (s !== c) others += between(own, sibling) / (members.length - 1);
      const level = depth[at]! + 1;
      const place = levels[level] ?? { weight: 0, categories: 0, sum: 0 };
      levels[level] = place;
      place.categories++;
      place.weight += own.length;
      place.sum += between(own, own) - others;
    }
  }
  return levels.flatMap((place, level) =>
    place === undefined
      ? []
      : [{ level, categories: place.categories, items: place.weight, lambda: place.sum / place.weight }],
  );
}

import type { TreeNode } from "../../numerics/trees/multifurcate.ts";

/**
 * Which split of a tree each mode makes.
 * A node with B children spans B − 1 contrasts: vectors that are constant on each child, zero elsewhere and of mean zero (for B = 2 the unbalanced Haar
 * contrast). Together with the root's mean they are an orthonormal basis of all item vectors.
 * loading of v on a node = ‖projection of v on its contrasts‖² = Σ_c n_c·m_c² − n·m², with m_c the mean of v over child c and m over the node.
 * A degenerate group of g modes is one subspace: its loading on a node is the sum over the group, and it may fill several nodes.
 * purity = share of the group's squared length that lies in the nodes it is attached to; 1 for a mode that is exactly a split.
 * Where the tree's ends are groups of items (`sizes`), v holds the sum over each; what differs inside them lies in no node.
 */

/** The root's mean: no split, what all items share. */
export const GLOBAL = -1;

export interface Attachment {
  /** Indices of nodes, `GLOBAL` for the root's mean; most loaded first. */
  readonly nodes: readonly number[];
  readonly purity: number;
}

/** Loading of one unit vector on the root's mean (index 0) and on each node (index + 1). Sums to 1 where the ends are single items. */
function loadings(
  v: ArrayLike<number>,
  nodes: readonly TreeNode[],
  sizes: ArrayLike<number> | null,
): Float64Array<ArrayBuffer> {
  const sums = new Float64Array(nodes.length);
  const counts = new Float64Array(nodes.length);
  const out = new Float64Array(nodes.length + 1);
  for (let at = nodes.length - 1; at >= 0; at--) {
    let [sum, squares, count] = [0, 0, 0];
    for (const child of nodes[at]!.children) {
      const part = child < 0 ? v[-1 - child]! : sums[child]!;
      const size = child < 0 ? (sizes?.[-1 - child] ?? 1) : counts[child]!;
      sum += part;
      count += size;
      squares += (part * part) / size;
    }
    sums[at] = sum;
    counts[at] = count;
    out[at + 1] = Math.max(0, squares - (sum * sum) / count);
  }
  out[0] = ((sums[0] ?? 0) * (sums[0] ?? 0)) / (counts[0] ?? 1);
  return out;
}

const ROUNDING = 1e-9;

/** `group`: the vectors over items of one mode, or of all modes of a degenerate group. */
export function attach(
  group: readonly ArrayLike<number>[],
  nodes: readonly TreeNode[],
  sizes: ArrayLike<number> | null = null,
): Attachment {
  const total = new Float64Array(nodes.length + 1);
  for (const v of group)
    for (const [at, loading] of loadings(v, nodes, sizes).entries()) total[at] = total[at]! + loading;
  const dimension = (at: number) => (at === 0 ? 1 : nodes[at - 1]!.children.length - 1);
  // Loadings equal to rounding keep the tree's order: the answer must not depend on the last bit.
  const order = Array.from(total.keys()).sort((x, y) => {
    const difference = total[y]! / dimension(y) - total[x]! / dimension(x);
    return Math.abs(difference) > ROUNDING ? difference : x - y;
  });
  const taken: number[] = [];
  let [dimensions, held] = [0, 0];
  for (const at of order) {
    if (dimensions >= group.length) break;
    taken.push(at - 1);
    dimensions += dimension(at);
    held += total[at]!;
  }
  return { nodes: taken, purity: group.length === 0 ? 0 : Math.min(1, held / group.length) };
}

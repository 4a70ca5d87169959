import type { TreeNode } from "../trees/multifurcate.ts";

/**
 * An orthonormal basis of what a split of a tree distinguishes: for children c = 1 … B−1 the unbalanced Haar vector "child c against the children after
 * it", +√(n₂/(n₁n)) on the one and −√(n₁/(n₂n)) on the others; zero elsewhere. For two children the one contrast there is. −1: what all items share, 1/√P.
 */
export function contrastsOf(nodes: readonly TreeNode[], node: number, items: number): readonly Float64Array[] {
  if (node < 0) return [new Float64Array(items).fill(1 / Math.sqrt(items))];
  const parts = nodes[node]!.children.map((child) => (child < 0 ? [-1 - child] : nodes[child]!.items));
  return parts.slice(0, -1).map((part, at) => {
    const rest = parts.slice(at + 1).flat();
    const [one, other] = [part.length, rest.length];
    const out = new Float64Array(items);
    for (const item of part) out[item] = Math.sqrt(other / (one * (one + other)));
    for (const item of rest) out[item] = -Math.sqrt(one / (other * (one + other)));
    return out;
  });
}

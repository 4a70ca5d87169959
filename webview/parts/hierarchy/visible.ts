import type { TreeNodeData } from "../../charts/treeLayout.ts";

/** A line of the picture: one end of the tree, or a whole branch that is cut off here. */
export interface Row {
  readonly ends: readonly number[];
  /** The branch's node; null for a single end. */
  readonly node: number | null;
}

/** What of a tree is on the screen: from one node down, cut where there would be too many lines. */
export interface VisibleTree {
  readonly root: number;
  /** Node 0 is the root; a line is −1 − line. */
  readonly nodes: readonly TreeNodeData[];
  /** The tree's own number of each node here. */
  readonly source: readonly number[];
  readonly rows: readonly Row[];
  /** Line of each end; none where it is not below the root. */
  readonly rowOf: ReadonlyMap<number, number>;
}

/** Opens the highest splits first until one more would make more than `most` lines; the root is always open. Nothing where there is no tree. */
export function visibleTree(nodes: readonly TreeNodeData[], root: number, most: number): VisibleTree {
  if (nodes[root] === undefined) return { root, nodes: [], source: [], rows: [], rowOf: new Map() };
  const opened = new Set([root]);
  let lines = nodes[root]?.children.length ?? 0;
  const waiting = new Set(nodes[root]?.children.filter((child) => child >= 0) ?? []);
  while (waiting.size > 0) {
    const next = [...waiting].reduce((high, node) => (nodes[node]!.height > nodes[high]!.height ? node : high));
    waiting.delete(next);
    const { children } = nodes[next]!;
    if (lines + children.length - 1 > most) break;
    lines += children.length - 1;
    opened.add(next);
    for (const child of children) if (child >= 0) waiting.add(child);
  }
  const source: number[] = [];
  const made: { children: number[]; height: number }[] = [];
  const rows: Row[] = [];
  const rowOf = new Map<number, number>();
  // By hand: a chain-like tree is as deep as it has lines.
  const open: { node: number; place: { at: number; in: number } | null }[] = [{ node: root, place: null }];
  while (open.length > 0) {
    const { node, place } = open.pop()!;
    if (node >= 0 && opened.has(node)) {
      const index = made.length;
      made.push({ children: nodes[node]!.children.map(() => 0), height: nodes[node]!.height });
      source.push(node);
      if (place !== null) made[place.in]!.children[place.at] = index;
      for (let at = nodes[node]!.children.length - 1; at >= 0; at--)
        open.push({ node: nodes[node]!.children[at]!, place: { at, in: index } });
      continue;
    }
    const ends = endsBelow(nodes, node);
    for (const end of ends) rowOf.set(end, rows.length);
    if (place !== null) made[place.in]!.children[place.at] = -1 - rows.length;
    rows.push({ ends, node: node < 0 ? null : node });
  }
  return { root, nodes: made, source, rows, rowOf };
}

export function endsBelow(nodes: readonly TreeNodeData[], child: number): readonly number[] {
  const found: number[] = [];
  const waiting = [child];
  while (waiting.length > 0) {
    const next = waiting.pop()!;
    if (next < 0) found.push(-1 - next);
    else for (let at = nodes[next]!.children.length - 1; at >= 0; at--) waiting.push(nodes[next]!.children[at]!);
  }
  return found;
}

/** Nodes from the root down to an end, the root first; empty where it is not there. */
export function pathTo(
  nodes: readonly { readonly children: readonly number[]; readonly parent: number | null }[],
  end: number,
) {
  const path: number[] = [];
  let node = nodes.findIndex(({ children }) => children.includes(-1 - end));
  while (node >= 0) {
    path.unshift(node);
    node = nodes[node]!.parent ?? -1;
  }
  return path;
}

/** The lowest node that has both ends below it. */
export function joinOf(nodes: Parameters<typeof pathTo>[0], one: number, other: number): number | null {
  const second = new Set(pathTo(nodes, other));
  return (
    pathTo(nodes, one)
      .reverse()
      .find((node) => second.has(node)) ?? null
  );
}

/** Mean similarity of the items of every two lines, lines × lines. `sizes`: items of each end; null: one. */
export function rowSimilarity(
  rows: readonly Row[],
  similarity: ArrayLike<number>,
  ends: number,
  sizes: ArrayLike<number> | null,
): Float64Array<ArrayBuffer> {
  const n = rows.length;
  const out = new Float64Array(n * n);
  const weight = (end: number) => sizes?.[end] ?? 1;
  for (const [r, one] of rows.entries())
    for (let s = 0; s <= r; s++) {
      let [sum, total] = [0, 0];
      for (const i of one.ends)
        for (const j of rows[s]!.ends) {
          const w = weight(i) * weight(j);
          sum += w * similarity[i * ends + j]!;
          total += w;
        }
      out[r * n + s] = sum / total;
      out[s * n + r] = sum / total;
    }
  return out;
}

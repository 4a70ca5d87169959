export interface TreeNodeData {
  /** Nodes by index, or a leaf as −1 − leaf. */
  readonly children: readonly number[];
  readonly height: number;
}

export interface Branch {
  readonly node: number;
  /** 0 at the root's height, 1 at the leaves; heights begin at `floorOf`. */
  readonly x: number;
  /** In rows: the middle between its outermost children. */
  readonly y: number;
  /** Where its children join it. */
  readonly children: readonly { readonly x: number; readonly y: number }[];
}

/** Places of a tree's nodes, leaves in rows 0, 1, 2 … in the given order. Depth is the node's height, so that equal splits stand in one column. */
export function treeLayout(nodes: readonly TreeNodeData[], order: ArrayLike<number>): readonly Branch[] {
  const row = new Map<number, number>();
  for (let at = 0; at < order.length; at++) row.set(order[at]!, at);
  const top = nodes[0]?.height ?? 0;
  const floor = floorOf(nodes);
  const xOf = (height: number) => (top === 0 ? 0 : 1 - (height - floor) / (top - floor));
  const y = new Float64Array(nodes.length);
  const placeOf = (child: number) =>
    child < 0 ? { x: 1, y: row.get(-1 - child) ?? 0 } : { x: xOf(nodes[child]!.height), y: y[child]! };
  const branches: Branch[] = [];
  // Parents come before their children.
  for (let node = nodes.length - 1; node >= 0; node--) {
    const children = nodes[node]!.children.map(placeOf);
    const rows = children.map((child) => child.y);
    y[node] = (Math.min(...rows) + Math.max(...rows)) / 2;
    branches.push({ node, x: xOf(nodes[node]!.height), y: y[node]!, children });
  }
  return branches.reverse();
}

/** Joins that all lie in the upper part of the axis would stand on one another: then the axis begins a little below the lowest, and not at 0. */
const CROWDED = 0.5;
const MARGIN = 0.25;

export function floorOf(nodes: readonly TreeNodeData[]): number {
  const top = nodes[0]?.height ?? 0;
  const lowest = nodes.reduce((least, { height }) => Math.min(least, height), top);
  if (nodes.length < 2 || lowest < CROWDED * top || lowest === top) return 0;
  return Math.max(0, lowest - MARGIN * (top - lowest));
}

/** Leaves below a node, or the leaf itself. */
export function leavesBelow(nodes: readonly TreeNodeData[], child: number): readonly number[] {
  const found: number[] = [];
  const waiting = [child];
  while (waiting.length > 0) {
    const next = waiting.pop()!;
    if (next < 0) found.push(-1 - next);
    else waiting.push(...nodes[next]!.children);
  }
  return found;
}

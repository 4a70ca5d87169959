import type { SceneMark } from "./scene.ts";
import type { ChartPalette } from "./theme.ts";
import { leavesBelow, type TreeNodeData, treeLayout } from "./treeLayout.ts";

/** Where a node of the tree beside the matrices is drawn. */
export interface BranchPlace {
  readonly node: number;
  readonly x: number;
  readonly y: number;
  readonly children: readonly { readonly x: number; readonly y: number }[];
}

const WIDTH = 40;
const MARGIN = 3;
/** Pixels beside a join that still mean it. */
const REACH = 5;

/** A tree whose leaves are the rows 0 … n − 1, drawn leftwards from `right`. */
export function branchPlaces(
  tree: readonly TreeNodeData[],
  n: number,
  right: number,
  top: number,
  side: number,
): readonly BranchPlace[] {
  const x = (share: number) => right - MARGIN - (1 - share) * WIDTH;
  const y = (row: number) => top + ((row + 0.5) * side) / n;
  return layoutOf(tree, n).map((branch) => ({
    node: branch.node,
    x: x(branch.x),
    y: y(branch.y),
    children: branch.children.map((child) => ({ x: x(child.x), y: y(child.y) })),
  }));
}

const layouts = new WeakMap<readonly TreeNodeData[], ReturnType<typeof treeLayout>>();

/** The same for every line of matrices, and for every move of the pointer. */
function layoutOf(tree: readonly TreeNodeData[], n: number): ReturnType<typeof treeLayout> {
  const known = layouts.get(tree);
  if (known !== undefined) return known;
  const rows = Array.from({ length: n }, (_, at) => at);
  const made = treeLayout(tree, rows);
  layouts.set(tree, made);
  return made;
}

export function branchMarks(places: readonly BranchPlace[], palette: ChartPalette): SceneMark[] {
  return places.flatMap(({ x, children }): SceneMark[] => {
    const [first, last] = [children[0]!, children[children.length - 1]!];
    const stem: SceneMark = {
      kind: "line",
      points: [
        [x, first.y],
        [x, last.y],
      ],
      stroke: palette.muted,
    };
    const arms = children.map(
      (child): SceneMark => ({
        kind: "line",
        points: [
          [x, child.y],
          [child.x, child.y],
        ],
        stroke: palette.muted,
      }),
    );
    return [stem, ...arms];
  });
}

/** The smallest join whose upright line is near. */
export function branchAt(places: readonly BranchPlace[], x: number, y: number): number | null {
  let [best, least] = [null as number | null, Number.POSITIVE_INFINITY];
  for (const { node, x: stem, children } of places) {
    const [low, high] = [children[0]!.y, children[children.length - 1]!.y];
    if (Math.abs(x - stem) > REACH || y < low - REACH || y > high + REACH || high - low >= least) continue;
    [best, least] = [node, high - low];
  }
  return best;
}

export function rowsBelow(tree: readonly TreeNodeData[], node: number): readonly number[] {
  return [...leavesBelow(tree, node)].sort((a, b) => a - b);
}

/** From a row left into the tree and from join to join; right leads back to the rows. Null where a key leads nowhere. */
export function stepInTree(
  tree: readonly TreeNodeData[],
  key: string,
  from: { readonly row: number } | { readonly node: number },
): { readonly row: number } | { readonly node: number } | null {
  const parentOf = (child: number) => tree.findIndex(({ children }) => children.includes(child));
  const as = (child: number) => (child < 0 ? { row: -1 - child } : { node: child });
  if ("row" in from) {
    const parent = parentOf(-1 - from.row);
    return parent < 0 ? null : { node: parent };
  }
  const parent = parentOf(from.node);
  if (key === "ArrowLeft") return parent < 0 ? null : { node: parent };
  if (key === "ArrowRight") return as(tree[from.node]!.children[0]!);
  if (key !== "ArrowUp" && key !== "ArrowDown") return null;
  const siblings = parent < 0 ? [] : tree[parent]!.children;
  const next = siblings[siblings.indexOf(from.node) + (key === "ArrowDown" ? 1 : -1)];
  return next === undefined ? null : as(next);
}

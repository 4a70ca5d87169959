import { entryOf } from "../../src/base/triangle.ts";
import type { TableData } from "./dataTable.ts";
import { rowsBelow, stepInTree } from "./rdmBranches.ts";
import type { TreeNodeData } from "./treeLayout.ts";

export interface RdmGridData {
  readonly name: string;
  /** Entries of every two items above the diagonal, row by row, in an order of their own. */
  readonly layers: readonly {
    readonly label: string;
    readonly triangle: Float32Array | null;
    readonly reason: string | null;
    /** What its entries are, in words. */
    readonly unit: string;
  }[];
  /** Row and column k show item `order[k]` of the entries. */
  readonly order: readonly number[];
  /** Names of the rows and columns. */
  readonly items: readonly string[];
  /** A tree over the rows beside the matrices; leaves are rows. Empty for none. */
  readonly tree: readonly TreeNodeData[];
  /** What makes the split of a node, in words; empty where nothing is known. */
  branchSentence(node: number): string;
  /** Stretches of rows that belong together, named. */
  readonly groups: readonly { readonly from: number; readonly to: number; readonly label: string }[];
  /** Rows that are chosen here and in every other picture, and those that another picture points at. */
  readonly chosen: ReadonlySet<number>;
  readonly pointed: readonly number[];
}

export interface RdmPart {
  readonly layer: number;
  readonly row: number;
  readonly column: number;
  /** A branch of the tree; null for a cell. */
  readonly node: number | null;
}

export function partOf({ layers, items, tree }: Pick<RdmGridData, "layers" | "items" | "tree">, part: number): RdmPart {
  const n = items.length;
  const beyond = part - layers.length * n * n;
  if (beyond >= 0)
    return { layer: Math.floor(beyond / tree.length), row: 0, column: 0, node: beyond % Math.max(1, tree.length) };
  return { layer: Math.floor(part / (n * n)), row: Math.floor((part % (n * n)) / n), column: part % n, node: null };
}

/** Rows that a part speaks of: the two of a cell, all below a branch. */
export function rowsOfPart(data: Pick<RdmGridData, "layers" | "items" | "tree">, part: number): readonly number[] {
  const { row, column, node } = partOf(data, part);
  return node === null ? [...new Set([row, column])] : rowsBelow(data.tree, node);
}

export function stepped(data: RdmGridData, key: string, from: number): number | null {
  const { layers, items, tree } = data;
  const n = items.length;
  const cells = layers.length * n * n;
  const { layer, row, column, node } = partOf(data, from);
  const cell = (l: number, r: number, c: number) => {
    const clamp = (value: number, count: number) => Math.max(0, Math.min(count - 1, value));
    return (clamp(l, layers.length) * n + clamp(r, n)) * n + clamp(c, n);
  };
  if (node !== null || (key === "ArrowLeft" && column === 0 && tree.length > 0)) {
    const next = stepInTree(tree, key, node === null ? { row } : { node });
    if (next === null) return null;
    return "row" in next ? cell(layer, next.row, 0) : cells + layer * tree.length + next.node;
  }
  switch (key) {
    case "ArrowRight":
      return cell(layer, row, column + 1);
    case "ArrowLeft":
      return cell(layer, row, column - 1);
    case "ArrowDown":
      return cell(layer, row + 1, column);
    case "ArrowUp":
      return cell(layer, row - 1, column);
    case "PageDown":
      return cell(layer + 1, row, column);
    case "PageUp":
      return cell(layer - 1, row, column);
    default:
      return null;
  }
}

export function tableOf({ layers, items, order }: RdmGridData): TableData {
  const n = items.length;
  const rows: string[][] = [];
  const one = (unit: string) => layers.every((layer) => layer.unit === unit);
  for (let i = 0; i < n; i++)
    for (let j = i + 1; j < n; j++)
      rows.push([
        items[i]!,
        items[j]!,
        ...layers.map(({ triangle }) => (triangle === null ? "" : String(entryOf(triangle, n, order[i]!, order[j]!)))),
      ]);
  return {
    caption: `${[...new Set(layers.map(({ unit }) => unit))].join(" or ")} of every two items`,
    columns: ["Item", "Item", ...layers.map(({ label, unit }) => (one(unit) ? label : `${label}: ${unit}`))],
    rows,
  };
}

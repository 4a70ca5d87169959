import { counted } from "../../src/base/counted.ts";
import { entryOf } from "../../src/base/triangle.ts";
import type { ColourMapKind } from "./colourMap.ts";
import type { Point } from "./pictureInput.ts";
import { branchAt, branchPlaces, rowsBelow } from "./rdmBranches.ts";
import { drawChoice, drawLayer, type RdmLayout } from "./rdmMarks.ts";
import { partOf, type RdmGridData, stepped, tableOf } from "./rdmParts.ts";
import type { PictureParts } from "./scenePicture.ts";
import type { Size } from "./viewport.ts";

const GAP = 18;
const TREE = 46;
const NAMES = 62;
const TITLE = 18;

/** Many items need larger matrices to be told apart. */
function sidesOf(items: number): { readonly least: number; readonly most: number } {
  return items > 300 ? { least: 240, most: 640 } : items > 100 ? { least: 170, most: 420 } : { least: 132, most: 260 };
}

/**
 * Dissimilarity matrices of the same items beside one another, in one order, with the tree or the groups that made it at the left; each with its own scale
 * from 0 to its largest entry. Parts are cells, layer·n² + row·n + column, and beyond them branches, layers·n² + layer·nodes + node.
 */
export function rdmGrid(read: () => RdmGridData, kind: () => ColourMapKind): PictureParts {
  const grid = (width: number): RdmLayout => {
    const { layers, items, tree, groups } = read();
    const { least, most } = sidesOf(items.length);
    const left = tree.length > 0 ? TREE : groups.length > 0 ? NAMES : 10;
    const room = width - left + GAP;
    const across = Math.max(1, Math.min(layers.length, Math.floor(room / (least + GAP))));
    return { left, across, side: Math.max(60, Math.min(most, room / across - GAP)) };
  };
  const corner = ({ left, side, across }: RdmLayout, layer: number): readonly [number, number] => [
    left + (layer % across) * (side + GAP),
    TITLE + Math.floor(layer / across) * (side + GAP + TITLE),
  ];
  return {
    get summary() {
      const { layers, items, tree } = read();
      const branches = tree.length > 0 ? " Left of the first column is the tree." : "";
      return `Dissimilarity matrices of ${counted(items.length, "item")} in ${counted(layers.length, "layer")}. Page up and down change the layer.${branches}`;
    },
    get name() {
      return read().name;
    },
    height(width) {
      const { side, across } = grid(width);
      return Math.ceil(read().layers.length / across) * (side + GAP + TITLE) + 4;
    },
    draw({ width }: Size, palette) {
      const [data, shape] = [read(), grid(width)];
      return data.layers.flatMap((_, layer) => drawLayer(data, shape, layer, corner(shape, layer), palette, kind()));
    },
    over({ width }: Size, palette, cursor) {
      const [data, shape] = [read(), grid(width)];
      return data.layers.flatMap(({ triangle }, layer) =>
        triangle === null ? [] : drawChoice(data, shape, layer, corner(shape, layer), palette, cursor),
      );
    },
    at({ width }: Size, x, y) {
      const [{ layers, items, tree }, shape] = [read(), grid(width)];
      const n = items.length;
      for (let layer = 0; layer < layers.length; layer++) {
        const [left, top] = corner(shape, layer);
        const [column, row] = [Math.floor(((x - left) / shape.side) * n), Math.floor(((y - top) / shape.side) * n)];
        if (row >= 0 && column >= 0 && row < n && column < n) return (layer * n + row) * n + column;
        if (layer % shape.across !== 0 || x >= left || row < 0 || row >= n || tree.length === 0) continue;
        const node = branchAt(branchPlaces(tree, n, left, top, shape.side), x, y);
        if (node !== null) return layers.length * n * n + layer * tree.length + node;
      }
      return null;
    },
    within({ width }, from, to) {
      const [data, shape] = [read(), grid(width)];
      return cellsWithin(data, from, to, shape.side, (layer) => corner(shape, layer));
    },
    move(key, from) {
      const data = read();
      const n = data.items.length;
      if (n === 0 || data.layers.length === 0) return null;
      if (key === "Home" || (from === null && /^(Arrow|Page)/.test(key))) return 0;
      if (key === "End") return data.layers.length * n * n - 1;
      return from === null ? null : stepped(data, key, from);
    },
    say(part) {
      const data = read();
      const { layers, items, order, tree } = data;
      const place = partOf(data, part);
      if (place.node !== null) {
        const rows = rowsBelow(tree, place.node);
        const height = Number((tree[place.node]?.height ?? 0).toPrecision(3));
        return `${rows.length} items that join at ${height}: ${some(rows.map((row) => items[row]!))}. ${data.branchSentence(place.node)}`.trim();
      }
      const { label, triangle, reason, unit } = layers[place.layer]!;
      const value = triangle === null ? null : entryOf(triangle, items.length, order[place.row]!, order[place.column]!);
      return `${label}: ${items[place.row]} and ${items[place.column]}, ${value === null ? (reason ?? "refused") : `${unit} ${Number(value.toPrecision(4))}`}`;
    },
    table: () => tableOf(read()),
  };
}

/** The rows and columns that a rectangle over one of the matrices reaches, each as the cell on the diagonal. */
function cellsWithin(
  { layers, items }: RdmGridData,
  from: Point,
  to: Point,
  side: number,
  corner: (layer: number) => readonly [number, number],
): readonly number[] {
  const n = items.length;
  for (let layer = 0; layer < layers.length; layer++) {
    const [left, top] = corner(layer);
    const span = (a: number, b: number, start: number): readonly [number, number] | null => {
      const [low, high] = [Math.min(a, b) - start, Math.max(a, b) - start];
      if (high < 0 || low >= side) return null;
      const step = side / n;
      return [Math.max(0, Math.floor(low / step)), Math.min(n - 1, Math.floor(high / step))];
    };
    const [rows, columns] = [span(from.y, to.y, top), span(from.x, to.x, left)];
    if (rows === null || columns === null) continue;
    const found = new Set<number>();
    for (const [first, last] of [rows, columns]) for (let at = first; at <= last; at++) found.add(at);
    return [...found].sort((a, b) => a - b).map((at) => (layer * n + at) * n + at);
  }
  return [];
}

function some(names: readonly string[]): string {
  return names.length > 6 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");
}

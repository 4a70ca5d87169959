import { type ColourMapKind, divergingColour } from "./colourMap.ts";
import type { TableData } from "./dataTable.ts";
import type { Scene, SceneMark } from "./scene.ts";
import type { PictureParts } from "./scenePicture.ts";
import type { ChartPalette } from "./theme.ts";
import type { Size } from "./viewport.ts";

export interface RdmGridData {
  readonly name: string;
  readonly layers: readonly {
    readonly label: string;
    readonly values: Float32Array | null;
    readonly reason: string | null;
  }[];
  /** In the order of rows and columns. */
  readonly items: readonly string[];
  /** Merges of the items' tree: leaves are positions in `items`, n + k what merge k made. */
  readonly tree: readonly { readonly left: number; readonly right: number; readonly height: number }[];
  /** Positions of the items that are chosen, here and in every other picture. */
  readonly chosen: readonly number[];
  readonly unit: string;
}

const LEAST = 120;
const MOST = 230;
const GAP = 18;
const TREE = 46;
const TITLE = 18;

interface Grid {
  readonly side: number;
  readonly across: number;
}

/**
 * Dissimilarity matrices of the same items beside one another, in the order of the tree at the left; each with its own scale from 0 to its largest entry.
 * Parts are (matrix, row, column): layer·n² + row·n + column.
 */
export function rdmGrid(read: () => RdmGridData, kind: () => ColourMapKind): PictureParts {
  const grid = (width: number): Grid => {
    const across = Math.max(1, Math.min(read().layers.length, Math.floor((width - TREE + GAP) / (LEAST + GAP))));
    return { across, side: Math.max(60, Math.min(MOST, (width - TREE + GAP) / across - GAP)) };
  };
  const corner = ({ side, across }: Grid, layer: number): readonly [number, number] => [
    TREE + (layer % across) * (side + GAP),
    TITLE + Math.floor(layer / across) * (side + GAP + TITLE),
  ];
  return {
    get summary() {
      const { layers, items } = read();
      return `Dissimilarity matrices of ${items.length} items in ${layers.length} layers. Page up and down change the layer.`;
    },
    get name() {
      return read().name;
    },
    height(width) {
      const { side, across } = grid(width);
      return Math.ceil(read().layers.length / across) * (side + GAP + TITLE) + 4;
    },
    draw({ width }: Size, palette, hovered) {
      const [data, shape] = [read(), grid(width)];
      return drawGrid(data, shape, (layer) => corner(shape, layer), palette, kind(), hovered);
    },
    at({ width }: Size, x, y) {
      const [{ layers, items }, shape] = [read(), grid(width)];
      const n = items.length;
      for (let layer = 0; layer < layers.length; layer++) {
        const [left, top] = corner(shape, layer);
        const [column, row] = [Math.floor(((x - left) / shape.side) * n), Math.floor(((y - top) / shape.side) * n)];
        if (row >= 0 && column >= 0 && row < n && column < n) return (layer * n + row) * n + column;
      }
      return null;
    },
    move(key, from) {
      const { layers, items } = read();
      const n = items.length;
      if (n === 0 || layers.length === 0) return null;
      if (key === "Home") return 0;
      if (key === "End") return layers.length * n * n - 1;
      const [layer, row, column] = from === null ? [0, 0, 0] : partsOf(from, n);
      const clamp = (value: number, count: number) => Math.max(0, Math.min(count - 1, value));
      const to = (l: number, r: number, c: number) => (clamp(l, layers.length) * n + clamp(r, n)) * n + clamp(c, n);
      const led: Readonly<Record<string, number>> = {
        ArrowRight: to(layer, row, column + 1),
        ArrowLeft: to(layer, row, column - 1),
        ArrowDown: to(layer, row + 1, column),
        ArrowUp: to(layer, row - 1, column),
        PageDown: to(layer + 1, row, column),
        PageUp: to(layer - 1, row, column),
      };
      const found = led[key];
      return found === undefined ? null : from === null ? 0 : found;
    },
    say(part) {
      const { layers, items, unit } = read();
      const [layer, row, column] = partsOf(part, items.length);
      const { label, values, reason } = layers[layer]!;
      const value = values?.[row * items.length + column];
      return `${label}: ${items[row]} and ${items[column]}, ${value === undefined ? (reason ?? "refused") : `${unit} ${Number(value.toPrecision(4))}`}`;
    },
    table: () => tableOf(read()),
  };
}

export function partsOf(part: number, n: number): readonly [layer: number, row: number, column: number] {
  return [Math.floor(part / (n * n)), Math.floor((part % (n * n)) / n), part % n];
}

function tableOf({ layers, items, unit }: RdmGridData): TableData {
  const n = items.length;
  const rows: string[][] = [];
  for (let i = 0; i < n; i++)
    for (let j = i + 1; j < n; j++)
      rows.push([
        items[i]!,
        items[j]!,
        ...layers.map(({ values }) => (values === null ? "" : String(values[i * n + j]!))),
      ]);
  return {
    caption: `${unit} of every two items`,
    columns: ["Item", "Item", ...layers.map(({ label }) => label)],
    rows,
  };
}

function drawGrid(
  { layers, items, tree, chosen }: RdmGridData,
  { side, across }: Grid,
  corner: (layer: number) => readonly [number, number],
  palette: ChartPalette,
  kind: ColourMapKind,
  hovered: number | null,
): Scene {
  const n = items.length;
  const marks: SceneMark[] = [];
  for (const [layer, { label, values, reason }] of layers.entries()) {
    const [x, y] = corner(layer);
    if (layer % across === 0) marks.push(...drawTree(tree, n, x, y, side, palette));
    marks.push({ kind: "text", x, y: y - 9, text: clipped(label, side), fill: palette.foreground });
    if (values === null) {
      marks.push({ kind: "rect", x, y, width: side, height: side, stroke: palette.grid });
      marks.push({
        kind: "text",
        x: x + 6,
        y: y + side / 2,
        text: clipped(reason ?? "refused", side),
        fill: palette.muted,
      });
      continue;
    }
    marks.push({ kind: "pixels", x, y, width: side, height: side, columns: n, rows: n, rgba: pixelsOf(values, kind) });
    const step = side / n;
    for (const item of chosen) {
      marks.push({
        kind: "rect",
        x,
        y: y + item * step,
        width: side,
        height: step,
        stroke: palette.focus,
        opacity: 0.9,
      });
      marks.push({
        kind: "rect",
        x: x + item * step,
        y,
        width: step,
        height: side,
        stroke: palette.focus,
        opacity: 0.9,
      });
    }
    if (hovered === null) continue;
    const [own, row, column] = partsOf(hovered, n);
    // The same two items in every layer, plainer where the cursor is not.
    marks.push({
      kind: "rect",
      x: x + column * step - 1,
      y: y + row * step - 1,
      width: step + 2,
      height: step + 2,
      stroke: palette.focus,
      line: own === layer ? 2 : 1,
    });
  }
  return marks;
}

/** Light (the map's zero) is alike. */
function pixelsOf(values: Float32Array, kind: ColourMapKind): Uint8ClampedArray<ArrayBuffer> {
  let most = 0;
  for (const value of values) most = Math.max(most, value);
  const out = new Uint8ClampedArray(4 * values.length);
  for (const [at, value] of values.entries()) {
    const [red, green, blue] = divergingColour(kind, most > 0 ? value / most : 0);
    out.set([red, green, blue, 255], 4 * at);
  }
  return out;
}

function drawTree(
  tree: RdmGridData["tree"],
  n: number,
  right: number,
  top: number,
  side: number,
  palette: ChartPalette,
): SceneMark[] {
  const highest = tree[tree.length - 1]?.height ?? 0;
  if (highest <= 0) return [];
  const place = Array.from({ length: n }, (_, at): readonly [number, number] => [
    right - 3,
    top + ((at + 0.5) * side) / n,
  ]);
  return tree.map(({ left: a, right: b, height }) => {
    const [x1, y1] = place[a]!;
    const [x2, y2] = place[b]!;
    const x = right - 3 - ((TREE - 8) * height) / highest;
    place.push([x, (y1 + y2) / 2]);
    return {
      kind: "line",
      points: [
        [x1, y1],
        [x, y1],
        [x, y2],
        [x2, y2],
      ],
      stroke: palette.muted,
    };
  });
}

function clipped(text: string, room: number): string {
  const most = Math.max(4, Math.floor(room / 6));
  return text.length <= most ? text : `…${text.slice(text.length - most + 1)}`;
}

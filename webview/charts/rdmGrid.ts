import type { ColourMapKind } from "./colourMap.ts";
import type { TableData } from "./dataTable.ts";
import type { Point } from "./pictureInput.ts";
import { branchAt, branchMarks, branchPlaces, rowsBelow, stepInTree } from "./rdmBranches.ts";
import { rdmPixels } from "./rdmPixels.ts";
import type { SceneMark } from "./scene.ts";
import type { PictureParts } from "./scenePicture.ts";
import type { ChartPalette } from "./theme.ts";
import type { TreeNodeData } from "./treeLayout.ts";
import type { Size } from "./viewport.ts";

export interface RdmGridData {
  readonly name: string;
  /** Values are n × n, in an order of their own. */
  readonly layers: readonly {
    readonly label: string;
    readonly values: Float32Array | null;
    readonly reason: string | null;
  }[];
  /** Row and column k show item `order[k]` of the values. */
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
  readonly unit: string;
}

const GAP = 18;
const TREE = 46;
const NAMES = 62;
const TITLE = 18;
/** Chosen stretches of rows that are outlined; more are marked at the edges alone. */
const MOST_OUTLINES = 6;

interface Grid {
  readonly left: number;
  readonly side: number;
  readonly across: number;
}

/** Many items need larger matrices to be told apart. */
function sidesOf(items: number): { readonly least: number; readonly most: number } {
  return items > 300 ? { least: 240, most: 640 } : items > 100 ? { least: 170, most: 420 } : { least: 132, most: 260 };
}

/**
 * Dissimilarity matrices of the same items beside one another, in one order, with the tree or the groups that made it at the left; each with its own scale
 * from 0 to its largest entry. Parts are cells, layer·n² + row·n + column, and beyond them branches, layers·n² + layer·nodes + node.
 */
export function rdmGrid(read: () => RdmGridData, kind: () => ColourMapKind): PictureParts {
  const grid = (width: number): Grid => {
    const { layers, items, tree, groups } = read();
    const { least, most } = sidesOf(items.length);
    const left = tree.length > 0 ? TREE : groups.length > 0 ? NAMES : 10;
    const room = width - left + GAP;
    const across = Math.max(1, Math.min(layers.length, Math.floor(room / (least + GAP))));
    return { left, across, side: Math.max(60, Math.min(most, room / across - GAP)) };
  };
  const corner = ({ left, side, across }: Grid, layer: number): readonly [number, number] => [
    left + (layer % across) * (side + GAP),
    TITLE + Math.floor(layer / across) * (side + GAP + TITLE),
  ];
  return {
    get summary() {
      const { layers, items, tree } = read();
      const branches = tree.length > 0 ? " Left of the first column is the tree." : "";
      return `Dissimilarity matrices of ${items.length} items in ${layers.length} layers. Page up and down change the layer.${branches}`;
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
      return data.layers.flatMap(({ values }, layer) =>
        values === null ? [] : drawChoice(data, shape, layer, corner(shape, layer), palette, cursor),
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
      const { layers, items, unit, order, tree } = data;
      const place = partOf(data, part);
      if (place.node !== null) {
        const rows = rowsBelow(tree, place.node);
        const height = Number((tree[place.node]?.height ?? 0).toPrecision(3));
        return `${rows.length} items that join at ${height}: ${some(rows.map((row) => items[row]!))}. ${data.branchSentence(place.node)}`.trim();
      }
      const { label, values, reason } = layers[place.layer]!;
      const value = values?.[order[place.row]! * items.length + order[place.column]!];
      return `${label}: ${items[place.row]} and ${items[place.column]}, ${value === undefined ? (reason ?? "refused") : `${unit} ${Number(value.toPrecision(4))}`}`;
    },
    table: () => tableOf(read()),
  };
}

interface RdmPart {
  readonly layer: number;
  readonly row: number;
  readonly column: number;
  /** A branch of the tree; null for a cell. */
  readonly node: number | null;
}

function partOf({ layers, items, tree }: Pick<RdmGridData, "layers" | "items" | "tree">, part: number): RdmPart {
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

function stepped(data: RdmGridData, key: string, from: number): number | null {
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

function tableOf({ layers, items, order, unit }: RdmGridData): TableData {
  const n = items.length;
  const rows: string[][] = [];
  for (let i = 0; i < n; i++)
    for (let j = i + 1; j < n; j++)
      rows.push([
        items[i]!,
        items[j]!,
        ...layers.map(({ values }) => (values === null ? "" : String(values[order[i]! * n + order[j]!]!))),
      ]);
  return {
    caption: `${unit} of every two items`,
    columns: ["Item", "Item", ...layers.map(({ label }) => label)],
    rows,
  };
}

function drawLayer(
  data: RdmGridData,
  { side, across, left }: Grid,
  layer: number,
  [x, y]: readonly [number, number],
  palette: ChartPalette,
  kind: ColourMapKind,
): SceneMark[] {
  const { label, values, reason } = data.layers[layer]!;
  const { order, tree, groups } = data;
  const n = order.length;
  const step = side / n;
  const marks: SceneMark[] = [{ kind: "text", x, y: y - 9, text: clipped(label, side), fill: palette.foreground }];
  if (layer % across === 0) {
    marks.push(...branchMarks(branchPlaces(tree, n, x, y, side), palette));
    for (const { from, to, label: name } of groups)
      if ((to - from + 1) * step >= 9)
        marks.push({
          kind: "text",
          x: x - 5,
          y: y + ((from + to + 1) / 2) * step,
          text: clipped(name, left - 4),
          fill: palette.muted,
          anchor: "end",
        });
  }
  if (values === null)
    return [
      ...marks,
      { kind: "rect", x, y, width: side, height: side, stroke: palette.grid },
      { kind: "text", x: x + 6, y: y + side / 2, text: clipped(reason ?? "refused", side), fill: palette.muted },
    ];
  // Made when they are painted: a screen of large matrices takes longer than a frame.
  const pixels = () => rdmPixels(values, order, kind);
  marks.push({
    kind: "pixels",
    x,
    y,
    width: side,
    height: side,
    get columns() {
      return pixels().columns;
    },
    get rows() {
      return pixels().rows;
    },
    get rgba() {
      return pixels().rgba;
    },
  });
  for (const { from } of groups)
    if (from > 0)
      for (const points of [
        [
          [x, y + from * step],
          [x + side, y + from * step],
        ],
        [
          [x + from * step, y],
          [x + from * step, y + side],
        ],
      ] as const)
        marks.push({ kind: "line", points, stroke: palette.background, opacity: 0.8 });
  return marks;
}

/** Stretches of neighbouring rows. */
function runsOf(rows: Iterable<number>): [from: number, to: number][] {
  const runs: [number, number][] = [];
  for (const row of [...rows].sort((a, b) => a - b)) {
    const last = runs[runs.length - 1];
    if (last !== undefined && last[1] === row - 1) last[1] = row;
    else runs.push([row, row]);
  }
  return runs;
}

function drawChoice(
  data: RdmGridData,
  { side }: Grid,
  layer: number,
  [x, y]: readonly [number, number],
  palette: ChartPalette,
  cursor: number | null,
): SceneMark[] {
  const step = side / data.items.length;
  const marks: SceneMark[] = [];
  const bands = (runs: readonly (readonly [number, number])[], colour: string, line: number, opacity: number) => {
    for (const [from, to] of runs) {
      const [start, length] = [from * step, (to - from + 1) * step];
      const look = { kind: "rect", stroke: colour, line, opacity } as const;
      marks.push({ ...look, x, y: y + start, width: side, height: length });
      marks.push({ ...look, x: x + start, y, width: length, height: side });
    }
  };
  const runs = runsOf(data.chosen);
  // On two colours: one of them is seen on any cell.
  if (runs.length <= MOST_OUTLINES) {
    bands(runs, palette.background, 3, 0.8);
    bands(runs, palette.focus, 1.25, 1);
  }
  for (const [from, to] of runs) {
    const [start, length] = [from * step, Math.max(1, (to - from + 1) * step)];
    marks.push({ kind: "rect", x: x - 4, y: y + start, width: 3, height: length, fill: palette.focus });
    marks.push({ kind: "rect", x: x + start, y: y - 4, width: length, height: 3, fill: palette.focus });
  }
  const at = cursor === null ? null : partOf(data, cursor);
  if (at === null || at.node !== null) {
    const pointed = at?.node == null ? data.pointed : rowsBelow(data.tree, at.node);
    bands(runsOf(pointed).slice(0, MOST_OUTLINES), palette.foreground, 1, 0.9);
    return marks;
  }
  // The same two items in every layer, plainer where the cursor is not.
  const size = Math.max(4, step + 2);
  const [px, py] = [x + (at.column + 0.5) * step - size / 2, y + (at.row + 0.5) * step - size / 2];
  marks.push({ kind: "rect", x: px - 1, y: py - 1, width: size + 2, height: size + 2, stroke: palette.background });
  marks.push({
    kind: "rect",
    x: px,
    y: py,
    width: size,
    height: size,
    stroke: palette.focus,
    line: at.layer === layer ? 2 : 1,
  });
  return marks;
}

function some(names: readonly string[]): string {
  return names.length > 6 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");
}

function clipped(text: string, room: number): string {
  const most = Math.max(4, Math.floor(room / 6));
  return text.length <= most ? text : `…${text.slice(text.length - most + 1)}`;
}

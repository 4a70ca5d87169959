import type { ColourMapKind } from "./colourMap.ts";
import { branchMarks, branchPlaces, rowsBelow } from "./rdmBranches.ts";
import { partOf, type RdmGridData } from "./rdmParts.ts";
import { rdmPixels } from "./rdmPixels.ts";
import type { SceneMark } from "./scene.ts";
import type { ChartPalette } from "./theme.ts";

/** Chosen stretches of rows that are outlined; more are marked at the edges alone. */
const MOST_OUTLINES = 6;

/** How the matrices are laid out: where the first begins, the side of each, and how many stand in a line. */
export interface RdmLayout {
  readonly left: number;
  readonly side: number;
  readonly across: number;
}

/** One matrix with its name; the first of a line with the tree or the groups, too. */
export function drawLayer(
  data: RdmGridData,
  { side, across, left }: RdmLayout,
  layer: number,
  [x, y]: readonly [number, number],
  palette: ChartPalette,
  kind: ColourMapKind,
): SceneMark[] {
  const { label, triangle, reason, unit } = data.layers[layer]!;
  // Where not all are the same distance, each says which it is.
  const title = data.layers.every((other) => other.unit === unit) ? label : `${label}: ${unit}`;
  const { order, tree, groups } = data;
  const n = order.length;
  const step = side / n;
  const marks: SceneMark[] = [{ kind: "text", x, y: y - 9, text: clipped(title, side), fill: palette.foreground }];
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
  if (triangle === null)
    return [
      ...marks,
      { kind: "rect", x, y, width: side, height: side, stroke: palette.grid },
      { kind: "text", x: x + 6, y: y + side / 2, text: clipped(reason ?? "refused", side), fill: palette.muted },
    ];
  // Made when they are painted: a screen of large matrices takes longer than a frame.
  const pixels = () => rdmPixels(triangle, order, kind);
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

/** What is chosen and what the cursor is at, over one matrix. */
export function drawChoice(
  data: RdmGridData,
  { side }: RdmLayout,
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

function clipped(text: string, room: number): string {
  const most = Math.max(4, Math.floor(room / 6));
  return text.length <= most ? text : `…${text.slice(text.length - most + 1)}`;
}

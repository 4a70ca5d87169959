import { type ColourMapKind, cssColour, divergingColour } from "./colourMap.ts";
import type { TableData } from "./dataTable.ts";
import type { Scene, SceneMark } from "./scene.ts";
import type { PictureParts } from "./scenePicture.ts";
import type { ChartPalette } from "./theme.ts";
import type { Size } from "./viewport.ts";

/** One cell of a matrix of comparisons: what is known of it by now. */
export interface PairCell {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly chance: number | null;
  /** Whether the interval lies beyond chance; null: not known (yet). */
  readonly clear: boolean | null;
  readonly refused: string | null;
  readonly sentence: string;
}

export interface PairMatrixData {
  readonly name: string;
  readonly title: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** Row-major; null where nothing is known yet. */
  readonly cells: readonly (PairCell | null)[];
  /** Values that are drawn as nothing and as fully alike. */
  readonly worst: number;
  readonly best: number;
  /** Groups of neighbouring rows and columns (files), by their first index. */
  readonly groups: readonly number[];
  text(value: number): string;
  table(): TableData;
}

const LABEL = 7;
/** Of characters: what is longer is cut at its beginning, and the reading has it whole. */
const LONGEST = 26;
const SMALLEST = 3;
const LARGEST = 64;
/** Cells from this size on have room for the interval, and from the larger one for the number. */
const GLYPH = 18;
const NUMBER = 34;

interface Layout {
  readonly left: number;
  readonly top: number;
  readonly cell: number;
}

/**
 * A matrix whose cells carry their uncertainty: colour is the value, the bar at a cell's foot its interval on the scale from worst to best with a tick at
 * chance. A cell whose interval does not exclude chance is hollow; a refused one is crossed out.
 */
export function pairMatrix(read: () => PairMatrixData, kind: () => ColourMapKind): PictureParts {
  const layout = (width: number): Layout => {
    const { rows, columns } = read();
    const longest = (names: readonly string[]) =>
      Math.min(
        LONGEST,
        names.reduce((most, name) => Math.max(most, name.length), 4),
      );
    const left = Math.min(0.35 * width, longest(rows) * 6.2 + 14);
    const top = Math.min(140, longest(columns) * 6.2 * 0.72 + 16);
    const cell = Math.max(
      SMALLEST,
      Math.min(LARGEST, (width - left - Math.min(0.12 * width, top * 0.75)) / columns.length),
    );
    return { left, top, cell };
  };
  const share = (value: number): number => {
    const { worst, best } = read();
    return best === worst ? 0 : Math.max(-1, Math.min(1, (value - worst) / (best - worst)));
  };
  return {
    get summary() {
      const { title, rows, columns } = read();
      return `${title}: ${rows.length} rows by ${columns.length} columns.`;
    },
    get name() {
      return read().name;
    },
    height(width) {
      const { top, cell } = layout(width);
      return top + cell * read().rows.length + 46;
    },
    draw(size, palette) {
      return drawMatrix(read(), size, layout(size.width), palette, kind(), share);
    },
    over({ width }, palette, cursor) {
      if (cursor === null) return [];
      const { left, top, cell } = layout(width);
      const columns = read().columns.length;
      const [x, y] = [left + (cursor % columns) * cell, top + Math.floor(cursor / columns) * cell];
      const size = Math.max(4, cell - 2);
      const box = { kind: "rect", x: x + 1, y: y + 1, width: size, height: size } as const;
      // On two colours: one of them is seen on any cell.
      return [
        { ...box, stroke: palette.background, line: 4 },
        { ...box, stroke: palette.focus, line: 2 },
      ];
    },
    at({ width }: Size, x, y) {
      const { left, top, cell } = layout(width);
      const { rows, columns } = read();
      const [column, row] = [Math.floor((x - left) / cell), Math.floor((y - top) / cell)];
      return row < 0 || column < 0 || row >= rows.length || column >= columns.length
        ? null
        : row * columns.length + column;
    },
    move: (key, from) => moveCell(key, from, read().rows.length, read().columns.length),
    say(part) {
      const { cells, rows, columns } = read();
      const names = `${rows[Math.floor(part / columns.length)]} and ${columns[part % columns.length]}`;
      return `${names}: ${cells[part]?.sentence ?? "not known yet"}`;
    },
    table: () => read().table(),
  };
}

function moveCell(key: string, from: number | null, rows: number, columns: number): number | null {
  if (rows * columns === 0) return null;
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ArrowRight: [0, 1],
    ArrowLeft: [0, -1],
    ArrowDown: [1, 0],
    ArrowUp: [-1, 0],
  };
  if (key === "Home") return 0;
  if (key === "End") return rows * columns - 1;
  const step = steps[key];
  if (step === undefined) return null;
  if (from === null) return 0;
  const row = Math.max(0, Math.min(rows - 1, Math.floor(from / columns) + step[0]));
  const column = Math.max(0, Math.min(columns - 1, (from % columns) + step[1]));
  return row * columns + column;
}

function drawMatrix(
  data: PairMatrixData,
  size: Size,
  { left, top, cell }: Layout,
  palette: ChartPalette,
  kind: ColourMapKind,
  share: (value: number) => number,
): Scene {
  const marks: SceneMark[] = [];
  const { rows, columns, cells } = data;
  const skip = Math.max(1, Math.ceil(12 / cell));
  for (const [row, name] of rows.entries())
    if (row % skip === 0)
      marks.push({
        kind: "text",
        x: left - LABEL,
        y: top + (row + 0.5) * cell,
        text: clipped(name, (left - 14) / 6.2 + 2),
        fill: palette.foreground,
        anchor: "end",
      });
  for (const [column, name] of columns.entries())
    if (column % skip === 0)
      marks.push({
        kind: "text",
        x: left + (column + 0.5) * cell,
        y: top - LABEL,
        text: clipped(name, Math.min(top, size.width - left - (column + 0.5) * cell) / SLANTED),
        fill: palette.foreground,
        turn: -45,
      });
  for (const [at, one] of cells.entries()) {
    const [x, y] = [left + (at % columns.length) * cell, top + Math.floor(at / columns.length) * cell];
    marks.push(...drawCell(one, x, y, cell, palette, kind, share, data));
  }
  for (const start of data.groups.filter((group) => group > 0)) {
    const at = start * cell;
    const lines: [number, number][][] = [
      [
        [left + at, top],
        [left + at, top + rows.length * cell],
      ],
      [
        [left, top + at],
        [left + columns.length * cell, top + at],
      ],
    ];
    for (const points of lines) marks.push({ kind: "line", points, stroke: palette.foreground, line: 1.5 });
  }
  // In a narrow picture it begins further left than the matrix.
  const from = Math.max(4, Math.min(left, size.width - LEGEND));
  marks.push(...legend(data, from, top + rows.length * cell + 16, palette, kind));
  return marks;
}

const STEPS = 24;
/** Pixels along an axis that a character of a slanted name takes, and those of the whole legend. */
const SLANTED = 4.4;
const LEGEND = 310;

function legend(data: PairMatrixData, x: number, y: number, palette: ChartPalette, kind: ColourMapKind): SceneMark[] {
  const marks: SceneMark[] = [{ kind: "text", x, y: y + 6, text: data.text(data.worst), fill: palette.muted }];
  const from = x + 34;
  for (let k = 0; k < STEPS; k++)
    marks.push({
      kind: "rect",
      x: from + k * 5,
      y,
      width: 5,
      height: 12,
      fill: cssColour(divergingColour(kind, k / (STEPS - 1))),
    });
  marks.push({ kind: "text", x: from + STEPS * 5 + 6, y: y + 6, text: data.text(data.best), fill: palette.muted });
  if (!data.cells.some((cell) => cell?.clear === false)) return marks;
  const at = from + STEPS * 5 + 44;
  marks.push({ kind: "rect", x: at, y, width: 12, height: 12, stroke: palette.muted });
  marks.push({ kind: "text", x: at + 17, y: y + 6, text: "not beyond chance", fill: palette.muted });
  return marks;
}

function drawCell(
  one: PairCell | null,
  x: number,
  y: number,
  cell: number,
  palette: ChartPalette,
  kind: ColourMapKind,
  share: (value: number) => number,
  { text }: PairMatrixData,
): SceneMark[] {
  const box = { kind: "rect", x: x + 0.5, y: y + 0.5, width: cell - 1, height: cell - 1 } as const;
  if (one === null) return [{ ...box, stroke: palette.grid, opacity: 0.5 }];
  if (one.refused !== null)
    return [
      { ...box, stroke: palette.grid },
      {
        kind: "line",
        points: [
          [x + 3, y + 3],
          [x + cell - 3, y + cell - 3],
        ],
        stroke: palette.muted,
      },
      {
        kind: "line",
        points: [
          [x + 3, y + cell - 3],
          [x + cell - 3, y + 3],
        ],
        stroke: palette.muted,
      },
    ];
  const hollow = one.clear === false;
  const colour = divergingColour(kind, share(one.value));
  const fill = cssColour(colour);
  const marks: SceneMark[] = [
    hollow
      ? { ...box, x: x + 2, y: y + 2, width: cell - 4, height: cell - 4, stroke: fill, line: 1.5 }
      : { ...box, fill },
  ];
  const ink = hollow ? palette.foreground : inkOn(colour);
  if (cell >= NUMBER)
    marks.push({
      kind: "text",
      x: x + cell / 2,
      y: y + cell / 2 - 3,
      text: text(one.value),
      fill: ink,
      anchor: "middle",
    });
  if (cell >= GLYPH && one.low !== null && one.high !== null) {
    const along = (value: number) => x + 3 + (cell - 6) * Math.max(0, Math.min(1, share(value)));
    const foot = y + cell - 5;
    marks.push({
      kind: "line",
      points: [
        [along(one.low), foot],
        [Math.max(along(one.low) + 1, along(one.high)), foot],
      ],
      stroke: ink,
      line: 2.5,
    });
    if (one.chance !== null)
      marks.push({
        kind: "line",
        points: [
          [along(one.chance), foot - 3.5],
          [along(one.chance), foot + 3.5],
        ],
        stroke: ink,
      });
  }
  return marks;
}

/** Black or white, whichever stands out of the colour. */
function inkOn([red, green, blue]: readonly [number, number, number]): string {
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "#000000" : "#ffffff";
}

function clipped(text: string, room: number): string {
  const most = Math.max(4, Math.floor(room) - 2);
  return text.length <= most ? text : `…${text.slice(text.length - most + 1)}`;
}

import type { TableData } from "./dataTable.ts";
import { type MarkShape, markOf } from "./marks.ts";
import type { Scene, SceneMark } from "./scene.ts";
import type { PictureParts } from "./scenePicture.ts";
import type { ChartPalette } from "./theme.ts";
import type { Size } from "./viewport.ts";

export interface CloudMapData {
  readonly name: string;
  readonly summary: string;
  readonly labels: readonly string[];
  /** Which points belong together, in order: joined by a line, one colour and mark. */
  readonly series: readonly number[];
  /** Points × 2. */
  readonly points: ArrayLike<number>;
  /** Draws × points × 2. */
  readonly clouds: ArrayLike<number>;
  readonly draws: number;
}

const EDGE = 26;

/** Points in a plane with equal units on both axes, each in the cloud of where it could as well lie. Axes have no meaning of their own and no numbers. */
export function cloudMap(read: () => CloudMapData): PictureParts {
  const places = ({ width, height }: Size) => {
    const { points, clouds } = read();
    const [x, y] = [span(points, clouds, 0), span(points, clouds, 1)];
    const unit = Math.min((width - 2 * EDGE) / Math.max(x.size, 1e-12), (height - 2 * EDGE) / Math.max(y.size, 1e-12));
    return (a: number, b: number): readonly [number, number] => [
      width / 2 + (a - x.middle) * unit,
      height / 2 - (b - y.middle) * unit,
    ];
  };
  return {
    get summary() {
      return read().summary;
    },
    get name() {
      return read().name;
    },
    height: (width) => Math.max(240, Math.min(520, 0.62 * width)),
    draw: (size, palette, chosen) => drawMap(read(), places(size), palette, size, chosen),
    at(size, x, y) {
      const { labels, points } = read();
      const place = places(size);
      let [best, least] = [null as number | null, 20];
      for (let k = 0; k < labels.length; k++) {
        const [px, py] = place(points[2 * k]!, points[2 * k + 1]!);
        const distance = Math.hypot(px - x, py - y);
        if (distance < least) [best, least] = [k, distance];
      }
      return best;
    },
    move(key, from) {
      const count = read().labels.length;
      if (count === 0) return null;
      if (key === "Home") return 0;
      if (key === "End") return count - 1;
      const step = key === "ArrowRight" || key === "ArrowDown" ? 1 : key === "ArrowLeft" || key === "ArrowUp" ? -1 : 0;
      return step === 0 ? null : from === null ? 0 : Math.max(0, Math.min(count - 1, from + step));
    },
    say(part) {
      const { labels, points } = read();
      return `${labels[part]}: ${tidy(points[2 * part]!)}, ${tidy(points[2 * part + 1]!)}; spread of its cloud ${tidy(spread(read(), part))}`;
    },
    table: (): TableData => ({
      caption: read().summary,
      columns: ["Layer", "x", "y", "spread of its cloud"],
      rows: read().labels.map((label, k) => [
        label,
        String(read().points[2 * k]!),
        String(read().points[2 * k + 1]!),
        String(spread(read(), k)),
      ]),
    }),
  };
}

const tidy = (value: number): string => String(Number(value.toPrecision(3)));

function span(points: ArrayLike<number>, clouds: ArrayLike<number>, axis: number) {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const list of [points, clouds])
    for (let at = axis; at < list.length; at += 2) {
      low = Math.min(low, list[at]!);
      high = Math.max(high, list[at]!);
    }
  return high >= low ? { middle: (low + high) / 2, size: high - low } : { middle: 0, size: 1 };
}

/** Root mean square distance of a point's draws from itself. */
function spread({ points, clouds, draws, labels }: CloudMapData, k: number): number {
  let sum = 0;
  for (let draw = 0; draw < draws; draw++) {
    const at = 2 * (draw * labels.length + k);
    sum += (clouds[at]! - points[2 * k]!) ** 2 + (clouds[at + 1]! - points[2 * k + 1]!) ** 2;
  }
  return draws === 0 ? 0 : Math.sqrt(sum / draws);
}

function drawMap(
  { labels, series, points, clouds, draws }: CloudMapData,
  place: (a: number, b: number) => readonly [number, number],
  palette: ChartPalette,
  { width }: Size,
  chosen: number | null,
): Scene {
  const marks: SceneMark[] = [];
  const colour = (k: number) => palette.series[(series[k] ?? 0) % palette.series.length]!;
  const at = (k: number) => place(points[2 * k]!, points[2 * k + 1]!);
  const count = labels.length;
  for (let draw = 0; draw < draws; draw++)
    for (let k = 0; k < count; k++) {
      const from = 2 * (draw * count + k);
      const [x, y] = place(clouds[from]!, clouds[from + 1]!);
      marks.push({
        kind: "mark",
        shape: "disc",
        x,
        y,
        radius: 1.6,
        colour: colour(k),
        opacity: chosen === null || chosen === k ? 0.4 : 0.12,
      });
    }
  for (const one of new Set(series)) {
    const members = Array.from({ length: count }, (_, k) => k).filter((k) => series[k] === one);
    if (members.length > 1)
      marks.push({ kind: "line", points: members.map(at), stroke: colour(members[0]!), line: 1.2, opacity: 0.6 });
  }
  for (let k = 0; k < count; k++) {
    const [x, y] = at(k);
    const shape: MarkShape = markOf(series[k] ?? 0);
    marks.push({ kind: "mark", shape, x, y, radius: k === chosen ? 7 : 5, colour: colour(k) });
    if (k === chosen) marks.push({ kind: "mark", shape: "ring", x, y, radius: 10, colour: palette.focus });
  }
  return [...marks, ...nameMarks(labels, at, palette, width, chosen)];
}

const CHARACTER = 6.2;
const LINE = 12;

/** Beside, below or above its point, where no other name stands; one without room is left to the cursor and the table. The chosen one comes first. */
function nameMarks(
  labels: readonly string[],
  at: (k: number) => readonly [number, number],
  palette: ChartPalette,
  width: number,
  chosen: number | null,
): SceneMark[] {
  const taken: { readonly left: number; readonly right: number; readonly y: number }[] = [];
  const marks: SceneMark[] = [];
  const order = Array.from(labels.keys()).sort((a, b) => Number(b === chosen) - Number(a === chosen));
  for (const k of order) {
    const [x, y] = at(k);
    const text = labels[k]!;
    const wide = CHARACTER * text.length;
    const places = [
      { left: x + 9, y },
      { left: x - 9 - wide, y },
      { left: x - wide / 2, y: y + 14 },
      { left: x - wide / 2, y: y - 14 },
    ];
    const free = places.find(
      (place) =>
        place.left >= 0 &&
        place.left + wide <= width &&
        taken.every(
          (other) => place.left > other.right || place.left + wide < other.left || Math.abs(place.y - other.y) >= LINE,
        ),
    );
    if (free === undefined) continue;
    taken.push({ left: free.left, right: free.left + wide, y: free.y });
    marks.push({ kind: "text", x: free.left, y: free.y, text, fill: palette.foreground });
  }
  return marks;
}

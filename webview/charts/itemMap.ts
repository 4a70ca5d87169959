import type { TableData } from "./dataTable.ts";
import { markOf } from "./marks.ts";
import type { Point } from "./pictureInput.ts";
import type { Scene, SceneMark } from "./scene.ts";
import type { PictureParts } from "./scenePicture.ts";
import type { ChartPalette } from "./theme.ts";
import type { Size } from "./viewport.ts";

export interface ItemMapData {
  readonly name: string;
  readonly summary: string;
  readonly items: readonly string[];
  /** Items × 2. */
  readonly points: ArrayLike<number>;
  /** Which kind each item is of, an index into `kinds`; empty where there are no kinds. */
  readonly kindOf: readonly number[];
  readonly kinds: readonly string[];
  /** Pictures that stand in the place of marks; null for marks. */
  picture(item: number): ItemPicture | null;
  readonly chosen: ReadonlySet<number>;
  readonly pointed: readonly number[];
}

export interface ItemPicture {
  readonly columns: number;
  readonly rows: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

const EDGE = 22;
const KEY = 22;
/** Up to so many items are named in the picture, and up to so many are drawn as what they are. */
const NAMED = 40;
const PICTURED = 150;
const REACH = 20;

/** Items in a plane with equal units on both axes, which have no meaning of their own and no numbers. Parts are items. */
export function itemMap(read: () => ItemMapData): PictureParts {
  const places = ({ width, height }: Size) => {
    const { points, kinds } = read();
    const room = height - (kinds.length > 0 ? KEY * keyLines(kinds, width) : 0);
    const [x, y] = [spanOf(points, 0), spanOf(points, 1)];
    const unit = Math.min((width - 2 * EDGE) / Math.max(x.size, 1e-12), (room - 2 * EDGE) / Math.max(y.size, 1e-12));
    return (item: number): Point => ({
      x: width / 2 + (points[2 * item]! - x.middle) * unit,
      y: room / 2 - (points[2 * item + 1]! - y.middle) * unit,
    });
  };
  return {
    get summary() {
      return read().summary;
    },
    get name() {
      return read().name;
    },
    height: (width) => Math.max(260, Math.min(520, 0.75 * width)) + KEY * keyLines(read().kinds, width),
    draw: (size, palette) => drawItems(read(), places(size), palette, size),
    over: (size, palette, cursor) => drawChoice(read(), places(size), palette, size, cursor),
    at(size, x, y) {
      const place = places(size);
      let [best, least] = [null as number | null, REACH];
      for (let item = 0; item < read().items.length; item++) {
        const at = place(item);
        const distance = Math.hypot(at.x - x, at.y - y);
        if (distance < least) [best, least] = [item, distance];
      }
      return best;
    },
    within(size, from, to) {
      const place = places(size);
      const inside = (value: number, a: number, b: number) => value >= Math.min(a, b) && value <= Math.max(a, b);
      return Array.from(read().items.keys()).filter((item) => {
        const { x, y } = place(item);
        return inside(x, from.x, to.x) && inside(y, from.y, to.y);
      });
    },
    move(key, from) {
      const { items, points } = read();
      const last = items.length - 1;
      if (last < 0) return null;
      if (key === "Home" || (from === null && /^(Arrow|Page)/.test(key))) return 0;
      if (key === "End") return last;
      if (from === null) return null;
      if (key === "PageDown") return Math.min(last, from + 1);
      if (key === "PageUp") return Math.max(0, from - 1);
      return towards(points, items.length, key, from);
    },
    say(part) {
      const { items, kinds, kindOf, points } = read();
      const kind = kinds[kindOf[part] ?? -1];
      return `${items[part]}${kind === undefined ? "" : ` (${kind})`}: ${tidy(points[2 * part]!)}, ${tidy(points[2 * part + 1]!)}`;
    },
    table: (): TableData => {
      const { items, kinds, kindOf, points, summary } = read();
      return {
        caption: summary,
        columns: ["Item", ...(kinds.length > 0 ? ["Kind"] : []), "x", "y"],
        rows: items.map((name, at) => [
          name,
          ...(kinds.length > 0 ? [kinds[kindOf[at]!]!] : []),
          String(points[2 * at]!),
          String(points[2 * at + 1]!),
        ]),
      };
    },
  };
}

const tidy = (value: number): string => String(Number(value.toPrecision(3)));

function spanOf(points: ArrayLike<number>, axis: number): { readonly middle: number; readonly size: number } {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = axis; at < points.length; at += 2) {
    low = Math.min(low, points[at]!);
    high = Math.max(high, points[at]!);
  }
  return high >= low ? { middle: (low + high) / 2, size: high - low } : { middle: 0, size: 1 };
}

const DIRECTIONS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** The nearest item that lies more that way than aside; page keys reach those that no arrow does. */
function towards(points: ArrayLike<number>, count: number, key: string, from: number): number | null {
  const direction = DIRECTIONS[key];
  if (direction === undefined) return null;
  let [best, least] = [from, Number.POSITIVE_INFINITY];
  for (let item = 0; item < count; item++) {
    const [dx, dy] = [points[2 * item]! - points[2 * from]!, points[2 * item + 1]! - points[2 * from + 1]!];
    const along = dx * direction[0] + dy * direction[1];
    const aside = Math.abs(dx * direction[1]) + Math.abs(dy * direction[0]);
    if (along > 0 && along >= aside && along + aside < least) [best, least] = [item, along + aside];
  }
  return best;
}

const keyWidth = (kind: string): number => 26 + 6.2 * kind.length;

function keyLines(kinds: readonly string[], width: number): number {
  let [lines, at] = [kinds.length > 0 ? 1 : 0, 0];
  for (const kind of kinds) {
    if (at > 0 && at + keyWidth(kind) > width) [lines, at] = [lines + 1, 0];
    at += keyWidth(kind);
  }
  return lines;
}

const colourOf = ({ kindOf }: ItemMapData, item: number, palette: ChartPalette): string =>
  palette.series[(kindOf[item] ?? 0) % palette.series.length]!;

function pictureSize(count: number): number {
  return count > 80 ? 16 : count > 40 ? 20 : 26;
}

function itemMark(data: ItemMapData, item: number, { x, y }: Point, palette: ChartPalette): SceneMark {
  const picture = data.items.length > PICTURED ? null : data.picture(item);
  if (picture === null) {
    const radius = data.items.length > 300 ? 2.6 : 4;
    return { kind: "mark", shape: markOf(data.kindOf[item] ?? 0), x, y, radius, colour: colourOf(data, item, palette) };
  }
  const size = pictureSize(data.items.length);
  const scale = size / Math.max(picture.columns, picture.rows);
  const [width, height] = [picture.columns * scale, picture.rows * scale];
  return { kind: "pixels", x: x - width / 2, y: y - height / 2, width, height, ...picture };
}

function drawItems(data: ItemMapData, place: (item: number) => Point, palette: ChartPalette, size: Size): Scene {
  const { items, kinds } = data;
  const marks: SceneMark[] = [];
  const pictured = items.length <= PICTURED && items.length > 0 && data.picture(0) !== null;
  for (let item = 0; item < items.length; item++) {
    marks.push(itemMark(data, item, place(item), palette));
    if (items.length <= NAMED && !pictured) marks.push(nameMark(items[item]!, place(item), palette, size));
  }
  let [x, line] = [0, 0];
  const top = size.height - KEY * keyLines(kinds, size.width);
  for (const [k, kind] of kinds.entries()) {
    if (x > 0 && x + keyWidth(kind) > size.width) [x, line] = [0, line + 1];
    const y = top + KEY * (line + 0.5);
    const colour = palette.series[k % palette.series.length]!;
    if (!pictured) marks.push({ kind: "mark", shape: markOf(k), x: x + 8, y, radius: 4, colour });
    marks.push({ kind: "text", x: x + 17, y, text: kind, fill: palette.foreground });
    x += keyWidth(kind);
  }
  return pictured ? marks.filter(({ kind }) => kind !== "text") : marks;
}

function nameMark(text: string, { x, y }: Point, palette: ChartPalette, { width }: Size): SceneMark {
  const right = x < 0.75 * width;
  return { kind: "text", x: right ? x + 8 : x - 8, y, text, fill: palette.foreground, anchor: right ? "start" : "end" };
}

/** Names of chosen items are written up to so many. */
const CHOSEN_NAMED = 12;

function drawChoice(
  data: ItemMapData,
  place: (item: number) => Point,
  palette: ChartPalette,
  size: Size,
  cursor: number | null,
): Scene {
  const { items, chosen, pointed } = data;
  const marks: SceneMark[] = [];
  const half =
    2 + (items.length <= PICTURED && items.length > 0 && data.picture(0) !== null ? pictureSize(items.length) / 2 : 5);
  const frame = (item: number, colour: string, line: number, wider: number) => {
    const { x, y } = place(item);
    const reach = half + wider;
    marks.push({ kind: "rect", x: x - reach, y: y - reach, width: 2 * reach, height: 2 * reach, stroke: colour, line });
  };
  for (const item of chosen) {
    // Drawn again above those that lie on it.
    marks.push(itemMark(data, item, place(item), palette));
    frame(item, palette.focus, 2, 0);
    if (chosen.size <= CHOSEN_NAMED && items.length > NAMED)
      marks.push(...named(items[item]!, place(item), palette, size));
  }
  for (const item of cursor === null ? pointed : [cursor]) {
    marks.push(itemMark(data, item, place(item), palette));
    frame(item, palette.foreground, 1.25, 3);
    if (items.length > NAMED && !chosen.has(item)) marks.push(...named(items[item]!, place(item), palette, size));
  }
  return marks;
}

/** A name on its own ground: it may lie on marks. */
function named(text: string, at: Point, palette: ChartPalette, size: Size): SceneMark[] {
  const away = { x: at.x < 0.75 * size.width ? at.x + 8 : at.x - 8, y: at.y };
  const mark = nameMark(text, away, palette, size);
  const width = 6.2 * text.length + 4;
  const left = at.x < 0.75 * size.width ? away.x + 6 : away.x - 6 - width;
  return [{ kind: "rect", x: left, y: at.y - 7, width, height: 14, fill: palette.background, opacity: 0.75 }, mark];
}

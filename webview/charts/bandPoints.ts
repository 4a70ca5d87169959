import type { TableData } from "./dataTable.ts";
import { markOf } from "./marks.ts";
import { linearScale, tickLabel } from "./scales.ts";
import type { Scene, SceneMark } from "./scene.ts";
import type { PictureParts } from "./scenePicture.ts";
import type { ChartPalette } from "./theme.ts";
import type { Size } from "./viewport.ts";

export interface BandPoint {
  readonly y: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface BandPointsData {
  readonly name: string;
  readonly title: string;
  /** What stands along the axis, in order. */
  readonly places: readonly string[];
  readonly series: readonly { readonly label: string; readonly points: readonly (BandPoint | null)[] }[];
  /** Between what nothing true need lie above: a noise ceiling. */
  readonly band: { readonly lower: number; readonly upper: number; readonly label: string } | null;
  readonly yTitle: string;
}

const LEFT = 58;
const RIGHT = 16;
const TOP = 26;
const BOTTOM = 92;

/** Points with error bars over named places, joined within a series, with a band behind them. Parts: series·places + place. */
export function bandPoints(read: () => BandPointsData): PictureParts {
  const scales = ({ width, height }: Size) => {
    const { places, series, band } = read();
    const all = series.flatMap(({ points }) =>
      points.flatMap((point) => (point === null ? [] : [point.y, point.low ?? point.y, point.high ?? point.y])),
    );
    if (band !== null) all.push(band.lower, band.upper);
    const [low, high] = [Math.min(0, ...all), Math.max(0.1, ...all)];
    const y = linearScale(low, high + 0.04 * (high - low), height - BOTTOM, TOP);
    const step = (width - LEFT - RIGHT) / Math.max(1, places.length);
    return { x: (at: number) => LEFT + (at + 0.5) * step, y, step };
  };
  return {
    get summary() {
      const { title, series, places, band } = read();
      return `${title}: ${series.length} series over ${places.length} places.${band === null ? "" : ` ${band.label}: ${tickLabel(band.lower)} to ${tickLabel(band.upper)}.`}`;
    },
    get name() {
      return read().name;
    },
    height: (width) => Math.max(250, Math.min(370, 0.4 * width)),
    draw: (size, palette, chosen) => drawPoints(read(), scales(size), size, palette, chosen),
    at(size, px, py) {
      const { series, places } = read();
      const { x, y } = scales(size);
      let [best, least] = [null as number | null, 18];
      for (const [s, { points }] of series.entries())
        for (const [at, point] of points.entries()) {
          if (point === null) continue;
          const distance = Math.hypot(x(at) + offset(s, series.length) - px, y.toPixel(point.y) - py);
          if (distance < least) [best, least] = [s * places.length + at, distance];
        }
      return best;
    },
    move(key, from) {
      const { series, places } = read();
      const count = series.length * places.length;
      if (count === 0) return null;
      const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: places.length, ArrowUp: -places.length }[key];
      if (key === "Home") return 0;
      if (key === "End") return count - 1;
      return step === undefined ? null : from === null ? 0 : Math.max(0, Math.min(count - 1, from + step));
    },
    say(part) {
      const { series, places } = read();
      const { label, points } = series[Math.floor(part / places.length)]!;
      const point = points[part % places.length] ?? null;
      const where = `${label}, ${places[part % places.length]}`;
      if (point === null) return `${where}: no value`;
      const bar =
        point.low === null || point.high === null
          ? ""
          : `, 95 % from ${tickLabel(point.low)} to ${tickLabel(point.high)}`;
      return `${where}: ${tickLabel(point.y)}${bar}`;
    },
    table: () => tableOf(read()),
  };
}

const offset = (series: number, count: number): number =>
  (series - (count - 1) / 2) * Math.min(7, 28 / Math.max(1, count));

function tableOf({ title, places, series, yTitle }: BandPointsData): TableData {
  return {
    caption: title,
    columns: ["Series", "Place", yTitle, "low", "high"],
    rows: series.flatMap(({ label, points }) =>
      points.flatMap((point, at) =>
        point === null
          ? []
          : [
              [
                label,
                places[at]!,
                String(point.y),
                point.low === null ? "" : String(point.low),
                point.high === null ? "" : String(point.high),
              ],
            ],
      ),
    ),
  };
}

function drawPoints(
  { places, series, band, title, yTitle }: BandPointsData,
  { x, y, step }: { x: (at: number) => number; y: ReturnType<typeof linearScale>; step: number },
  { width, height }: Size,
  palette: ChartPalette,
  chosen: number | null,
): Scene {
  const marks: SceneMark[] = [{ kind: "text", x: LEFT, y: 10, text: title, fill: palette.muted }];
  if (band !== null) {
    const [top, bottom] = [y.toPixel(band.upper), y.toPixel(band.lower)];
    marks.push({
      kind: "rect",
      x: LEFT,
      y: top,
      width: width - LEFT - RIGHT,
      height: Math.max(1, bottom - top),
      fill: palette.muted,
      opacity: 0.25,
    });
    marks.push({
      kind: "text",
      x: width - RIGHT - 4,
      y: top + 9,
      text: band.label,
      fill: palette.foreground,
      anchor: "end",
    });
  }
  for (const tick of y.ticks(5)) {
    const at = y.toPixel(tick);
    marks.push({
      kind: "line",
      points: [
        [LEFT, at],
        [width - RIGHT, at],
      ],
      stroke: palette.grid,
    });
    marks.push({ kind: "text", x: LEFT - 6, y: at, text: tickLabel(tick), fill: palette.muted, anchor: "end" });
  }
  marks.push({ kind: "text", x: 12, y: height / 2, text: yTitle, fill: palette.muted, anchor: "middle", turn: -90 });
  const skip = Math.max(1, Math.ceil(14 / step));
  for (const [at, place] of places.entries())
    if (at % skip === 0)
      marks.push({
        kind: "text",
        x: x(at),
        y: height - BOTTOM + 14,
        text: place.length > 19 ? `…${place.slice(-18)}` : place,
        fill: palette.foreground,
        anchor: "end",
        turn: -35,
      });
  for (const [s, { points }] of series.entries()) {
    const colour = palette.series[s % palette.series.length]!;
    const shift = offset(s, series.length);
    const known = points.flatMap((point, at) => (point === null ? [] : [{ ...point, at }]));
    if (known.length > 1)
      marks.push({
        kind: "line",
        points: known.map(({ at, y: value }) => [x(at) + shift, y.toPixel(value)]),
        stroke: colour,
        opacity: 0.6,
      });
    for (const point of known) {
      const at = x(point.at) + shift;
      if (point.low !== null && point.high !== null)
        marks.push({
          kind: "line",
          points: [
            [at, y.toPixel(point.low)],
            [at, y.toPixel(point.high)],
          ],
          stroke: colour,
          line: 1.5,
        });
      const on = chosen === s * places.length + point.at;
      marks.push({ kind: "mark", shape: markOf(s), x: at, y: y.toPixel(point.y), radius: on ? 6 : 4, colour });
      if (on)
        marks.push({ kind: "mark", shape: "ring", x: at, y: y.toPixel(point.y), radius: 9, colour: palette.focus });
    }
  }
  if (series.length > 1)
    for (const [s, { label }] of series.entries()) {
      const left = LEFT + ((width - LEFT - RIGHT) / series.length) * s;
      marks.push({
        kind: "mark",
        shape: markOf(s),
        x: left + 6,
        y: height - 8,
        radius: 4,
        colour: palette.series[s % palette.series.length]!,
      });
      marks.push({
        kind: "text",
        x: left + 15,
        y: height - 8,
        text: clipped(label, (width - LEFT - RIGHT) / series.length - 20),
        fill: palette.foreground,
      });
    }
  return marks;
}

function clipped(text: string, room: number): string {
  const most = Math.max(4, Math.floor(room / 6));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

import type { Disposable } from "../../src/base/disposable.ts";
import { attachCursor } from "./cursor.ts";
import { tableAlternative } from "./dataTable.ts";
import { make } from "./dom.ts";
import { drawMark, markOf } from "./marks.ts";
import { drawAxes, type PlotArea, plotArea } from "./plotArea.ts";
import { linearScale, type Scale, tickLabel } from "./scales.ts";
import { createSurface } from "./surface.ts";
import { type ChartPalette, type ChartTheme, paletteOf } from "./theme.ts";
import type { Size } from "./viewport.ts";

/** Points that move: `points` is moments × items × axes. */
export interface PathData {
  readonly names: readonly string[];
  /** Which colour and mark each item has: items of one branch alike. */
  readonly series: readonly number[];
  readonly moments: ArrayLike<number>;
  readonly points: ArrayLike<number>;
  readonly axes: number;
  readonly titles: readonly string[];
  readonly summary: string;
}

export interface PathChart extends Disposable {
  show(data: PathData): void;
  /** Between two moments, as a fraction of an index: 2.5 is halfway from the third to the fourth. */
  setMoment(at: number): void;
  setAxes(x: number, y: number): void;
}

/** Up to so many items are named in the picture; more are read by cursor and table. */
const NAMED = 40;

/** Paths in a plane with equal units on both axes, drawn up to a moment. */
export function pathChart(parent: HTMLElement, theme: ChartTheme, first: PathData): PathChart {
  let data = first;
  let moment = data.moments.length - 1;
  let shown: readonly [number, number] = [0, Math.min(1, data.axes - 1)];
  let cursor: number | null = null;
  const root = make("figure", "ms-chart");
  const readout = make("output", "ms-readout");
  const rest = "Hover, or use the arrow keys, to read an item.";

  const place = (t: number, item: number, axis: number): number => {
    const [count, p] = [data.moments.length, data.names.length];
    const low = Math.max(0, Math.min(count - 1, Math.floor(t)));
    const high = Math.min(count - 1, low + 1);
    const at = (k: number) => data.points[(k * p + item) * data.axes + axis] ?? 0;
    return at(low) + (t - low) * (at(high) - at(low));
  };
  const scales = (size: Size) => equalScales(data, shown, plotArea(size));
  const surface = createSurface(root, theme, "ms-plot ms-path-plot", (context, size) => {
    const palette = paletteOf(theme);
    const area = plotArea(size);
    const { x, y } = scales(size);
    drawAxes(context, area, x, y, { x: data.titles[shown[0]] ?? "", y: data.titles[shown[1]] ?? "" }, palette);
    for (let item = 0; item < data.names.length; item++) drawPath(context, x, y, item, palette);
    if (data.names.length <= NAMED) drawNames(context, area, x, y, palette);
    if (cursor === null) return;
    context.strokeStyle = palette.focus;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(
      x.toPixel(place(moment, cursor, shown[0])),
      y.toPixel(place(moment, cursor, shown[1])),
      8,
      0,
      2 * Math.PI,
    );
    context.stroke();
  });

  const colour = (item: number, palette: ChartPalette) =>
    palette.series[(data.series[item] ?? 0) % palette.series.length] ?? palette.mark;

  function drawPath(context: CanvasRenderingContext2D, x: Scale, y: Scale, item: number, palette: ChartPalette): void {
    context.strokeStyle = colour(item, palette);
    context.fillStyle = colour(item, palette);
    context.lineWidth = 1.25;
    context.globalAlpha = 0.65;
    context.beginPath();
    for (let t = 0; t < moment; t++)
      context.lineTo(x.toPixel(place(t, item, shown[0])), y.toPixel(place(t, item, shown[1])));
    const [px, py] = [x.toPixel(place(moment, item, shown[0])), y.toPixel(place(moment, item, shown[1]))];
    context.lineTo(px, py);
    context.stroke();
    context.globalAlpha = 1;
    context.lineWidth = 1.75;
    drawMark(context, markOf(data.series[item] ?? 0), px, py, 4.5);
  }

  /** Beside their marks; names that would lie on one another are joined to a list. */
  function drawNames(
    context: CanvasRenderingContext2D,
    area: PlotArea,
    x: Scale,
    y: Scale,
    palette: ChartPalette,
  ): void {
    context.font = "11px sans-serif";
    context.textBaseline = "middle";
    const groups: { px: number; py: number; names: string[] }[] = [];
    for (const [item, name] of data.names.entries()) {
      const [px, py] = [x.toPixel(place(moment, item, shown[0])), y.toPixel(place(moment, item, shown[1]))];
      const near = groups.find((group) => Math.abs(group.px - px) < 26 && Math.abs(group.py - py) < 11);
      if (near === undefined) groups.push({ px, py, names: [name] });
      else near.names.push(name);
    }
    for (const { px, py, names } of groups) {
      const text = names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
      const width = context.measureText(text).width;
      const right = px + 9 + width < area.right;
      context.textAlign = right ? "left" : "right";
      const from = right ? px + 9 : px - 9;
      context.fillStyle = palette.background;
      context.globalAlpha = 0.7;
      context.fillRect(right ? from - 1 : from - width - 1, py - 7, width + 2, 14);
      context.globalAlpha = 1;
      context.fillStyle = palette.foreground;
      context.fillText(text, from, py);
    }
  }

  const nearest = (px: number, py: number): number | null => {
    const { x, y } = scales(surface.size);
    let [best, least] = [null as number | null, 24];
    for (let item = 0; item < data.names.length; item++) {
      const distance = Math.hypot(
        x.toPixel(place(moment, item, shown[0])) - px,
        y.toPixel(place(moment, item, shown[1])) - py,
      );
      if (distance < least) [best, least] = [item, distance];
    }
    return best;
  };
  let lastY = 0;
  // Before the cursor's own listener, which knows only the horizontal place.
  surface.canvas.addEventListener("pointermove", (event) => {
    lastY = event.offsetY;
  });
  const pointer = attachCursor(
    surface.canvas,
    { count: () => data.names.length, at: (px) => nearest(px, lastY) },
    (index) => {
      cursor = index;
      readout.textContent = index === null ? rest : sentence(index);
      surface.invalidate();
    },
  );
  const sentence = (item: number) =>
    `${data.names[item]}: ${shown.map((axis) => tickLabel(place(moment, item, axis))).join(", ")}`;
  const table = tableAlternative(() => ({
    caption: `Places of the items at ${tickLabel(data.moments[Math.round(moment)] ?? 0)}`,
    columns: ["Item", ...data.titles],
    rows: data.names.map((name, item) => [
      name,
      ...data.titles.map((_, axis) => String(Number(place(moment, item, axis).toPrecision(6)))),
    ]),
  }));
  const describe = () => {
    readout.textContent = rest;
    surface.canvas.setAttribute("aria-label", `${data.summary} Arrow keys read single items.`);
    table.refresh();
    surface.invalidate();
  };
  const bar = make("div", "ms-chart-bar");
  bar.append(readout);
  root.prepend(bar);
  root.append(table.element);
  parent.append(root);
  describe();
  return {
    show(next) {
      data = next;
      moment = Math.min(moment, data.moments.length - 1);
      shown = [Math.min(shown[0], data.axes - 1), Math.min(shown[1], data.axes - 1)];
      cursor = null;
      describe();
    },
    setMoment(at) {
      moment = Math.max(0, Math.min(data.moments.length - 1, at));
      if (cursor !== null) readout.textContent = sentence(cursor);
      table.refresh();
      surface.invalidate();
    },
    setAxes(x, y) {
      shown = [x, y];
      describe();
    },
    dispose() {
      pointer.dispose();
      surface.dispose();
      root.remove();
    },
  };
}

/** One unit is as long across as up: distances are what the picture is about. */
export function equalScales(
  { points, axes }: Pick<PathData, "points" | "axes">,
  [first, second]: readonly [number, number],
  area: PlotArea,
): { readonly x: Scale; readonly y: Scale } {
  const range = (axis: number) => {
    let [low, high] = [0, 0];
    for (let k = axis; k < points.length; k += axes) {
      low = Math.min(low, points[k]!);
      high = Math.max(high, points[k]!);
    }
    return { middle: (low + high) / 2, half: (high - low) / 2 };
  };
  const [a, b] = [range(first), range(second)];
  const [wide, tall] = [area.right - area.left, area.bottom - area.top];
  const unit = Math.max(a.half / (wide / 2), b.half / (tall / 2), 1e-300) * 1.15;
  return {
    x: linearScale(a.middle - (unit * wide) / 2, a.middle + (unit * wide) / 2, area.left, area.right),
    y: linearScale(b.middle - (unit * tall) / 2, b.middle + (unit * tall) / 2, area.bottom, area.top),
  };
}

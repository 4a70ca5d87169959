import type { Disposable } from "../../src/base/disposable.ts";
import { type CourseData, type CourseLine, nearestStop, numbersOf, rangeOf } from "./courseData.ts";
import { attachCursor } from "./cursor.ts";
import { tableAlternative } from "./dataTable.ts";
import { make } from "./dom.ts";
import { drawMark, markOf } from "./marks.ts";
import { drawAxes, drawCrosshair, type PlotArea, plotArea } from "./plotArea.ts";
import { linearScale, logScale, type Scale } from "./scales.ts";
import { createSurface } from "./surface.ts";
import { type ChartPalette, type ChartTheme, paletteOf } from "./theme.ts";
import type { Size } from "./viewport.ts";

export interface CourseChart extends Disposable {
  show(data: CourseData): void;
  /** A line where the time slider stands; null takes it away. */
  setTime(x: number | null): void;
}

const DASHES: Readonly<Record<CourseLine["form"], readonly number[]>> = {
  marks: [],
  line: [],
  dashed: [7, 4],
  dotted: [2, 3],
};

/** Several courses over one axis, with a reading cursor that stops at what was measured, a legend, and a table. */
export function courseChart(parent: HTMLElement, theme: ChartTheme, first: CourseData): CourseChart {
  let data = first;
  let cursor: number | null = null;
  let time: number | null = null;
  const root = make("figure", "ms-chart");
  const readout = make("output", "ms-readout");
  const legend = make("ul", "ms-legend ms-course-legend");
  const rest = "Hover, or use the arrow keys, to read values.";

  const title = make("figcaption", "ms-chart-title");
  const scales = (size: Size): { area: PlotArea; x: Scale; y: Scale } => {
    const area = plotArea(size);
    const [across, up] = [
      rangeOf(numbersOf(data, "x"), data.xLog === true),
      rangeOf(numbersOf(data, "y"), data.yLog === true),
    ];
    const low = data.yLog === true ? up.low / 1.3 : Math.min(0, up.low) - 0.03 * (up.high - Math.min(0, up.low));
    const high =
      data.yLog === true ? up.high * 1.3 : up.high + (data.verticals.length > 0 ? 0.16 : 0.06) * (up.high - low);
    const x = (data.xLog === true ? logScale : linearScale)(across.low, across.high, area.left + 6, area.right - 34);
    return {
      area,
      x: data.xWhole === true ? { ...x, ticks: (count) => x.ticks(count).filter(Number.isInteger) } : x,
      y: (data.yLog === true ? logScale : linearScale)(low, high, area.bottom, area.top),
    };
  };
  const surface = createSurface(root, theme, "ms-plot", (context, size) => {
    const palette = paletteOf(theme);
    const { area, x, y } = scales(size);
    drawAxes(context, area, x, y, { x: data.xTitle, y: data.yTitle }, palette);
    drawGuides(context, area, x, y, data, palette);
    context.save();
    context.beginPath();
    context.rect(area.left, area.top - 6, area.right - area.left, area.bottom - area.top + 12);
    context.clip();
    // What is compared with lies under what was measured, and what is chosen on top.
    const order = (line: CourseLine) => (line.form === "marks" ? 2 : 0) + (line.chosen === true ? 1 : 0);
    for (const line of [...data.lines].sort((a, b) => order(a) - order(b))) drawLine(context, x, y, line, palette);
    context.restore();
    drawNames(context, area, x, y, data, palette);
    if (time !== null) drawTime(context, area, x.toPixel(time), palette);
    if (cursor !== null) drawCrosshair(context, area, x.toPixel(data.stops[cursor]!), null, palette);
  });
  const pointer = attachCursor(
    surface.canvas,
    {
      count: () => data.stops.length,
      at: (px) => nearestStop(data.stops, scales(surface.size).x.toValue(px)),
    },
    (index) => {
      cursor = index;
      readout.textContent = index === null ? rest : data.read(index);
      surface.invalidate();
    },
  );
  const table = tableAlternative(() => ({
    caption: data.title ?? data.yTitle,
    columns: [data.xTitle, ...data.lines.filter(measured).map(({ label }) => label)],
    rows: Array.from(data.stops, (stop, k) => [
      String(stop),
      ...data.lines.filter(measured).map(({ y }) => (y[k] === undefined ? "" : String(y[k]))),
    ]),
  }));
  const paintLegend = () => {
    const palette = paletteOf(theme);
    legend.replaceChildren(...data.lines.map((line) => legendItem(line, palette)));
  };
  const themed = theme.onChange(paintLegend);
  const describe = () => {
    title.textContent = data.title ?? "";
    title.hidden = data.title === undefined;
    readout.textContent = rest;
    surface.canvas.setAttribute("aria-label", `${data.summary} Arrow keys read single values.`);
    paintLegend();
    table.refresh();
  };
  describe();
  const bar = make("div", "ms-chart-bar");
  bar.append(readout);
  root.prepend(title, bar);
  root.append(legend, table.element);
  parent.append(root);
  return {
    show(next) {
      data = next;
      if (cursor !== null && cursor >= data.stops.length) cursor = null;
      describe();
      surface.invalidate();
    },
    setTime(x) {
      time = x;
      surface.invalidate();
    },
    dispose() {
      pointer.dispose();
      themed.dispose();
      surface.dispose();
      root.remove();
    },
  };
}

const measured = ({ form }: CourseLine) => form === "marks";

const colourOf = ({ series }: CourseLine, palette: ChartPalette) =>
  series === null ? palette.muted : (palette.series[series % palette.series.length] ?? palette.mark);

function drawLine(
  context: CanvasRenderingContext2D,
  x: Scale,
  y: Scale,
  line: CourseLine,
  palette: ChartPalette,
): void {
  const points = Array.from(
    { length: line.x.length },
    (_, k) => [x.toPixel(line.x[k]!), y.toPixel(line.y[k]!)] as const,
  ).filter(([px, py]) => Number.isFinite(px) && Number.isFinite(py));
  context.save();
  context.strokeStyle = colourOf(line, palette);
  context.fillStyle = colourOf(line, palette);
  context.lineWidth = line.chosen === true ? 2.5 : line.form === "marks" ? 1 : 1.75;
  context.globalAlpha = line.chosen === false ? 0.4 : 1;
  context.setLineDash([...DASHES[line.form]]);
  context.beginPath();
  for (const [k, [px, py]] of points.entries()) {
    if (k === 0) context.moveTo(px, py);
    else context.lineTo(px, py);
  }
  context.stroke();
  if (line.form === "marks") {
    context.setLineDash([]);
    context.lineWidth = 1.75;
    const shape = markOf(line.series ?? 0);
    for (const [px, py] of points) drawMark(context, shape, px, py, line.chosen === true ? 4.5 : 3.2);
  }
  context.restore();
}

function drawGuides(
  context: CanvasRenderingContext2D,
  area: PlotArea,
  x: Scale,
  y: Scale,
  { verticals, levels }: CourseData,
  palette: ChartPalette,
): void {
  context.save();
  context.strokeStyle = palette.muted;
  context.fillStyle = palette.muted;
  context.font = "11px sans-serif";
  context.lineWidth = 1;
  context.setLineDash([2, 3]);
  context.textBaseline = "top";
  context.textAlign = "left";
  let free = Number.NEGATIVE_INFINITY;
  for (const { x: at, label } of [...verticals].sort((a, b) => a.x - b.x)) {
    const px = x.toPixel(at);
    if (!Number.isFinite(px) || px < area.left || px > area.right) continue;
    context.beginPath();
    context.moveTo(px, area.top);
    context.lineTo(px, area.bottom);
    context.stroke();
    // Words that would run into one another are left to the cursor and the table.
    if (px < free || px + context.measureText(label).width + 3 > area.right) continue;
    context.fillText(label, px + 3, area.top);
    free = px + context.measureText(label).width + 8;
  }
  for (const { y: at } of levels) {
    const py = y.toPixel(at);
    if (!Number.isFinite(py)) continue;
    context.globalAlpha = 0.7;
    context.beginPath();
    context.moveTo(area.left, py);
    context.lineTo(area.right - 30, py);
    context.stroke();
    context.globalAlpha = 1;
  }
  context.restore();
}

/** Names at the right, moved apart where courses end together. */
function drawNames(
  context: CanvasRenderingContext2D,
  area: PlotArea,
  x: Scale,
  y: Scale,
  { lines, levels }: CourseData,
  palette: ChartPalette,
): void {
  const ends = [
    ...lines.flatMap((line) => {
      const last = line.y.length - 1;
      return line.name === undefined || last < 0
        ? []
        : [
            {
              name: line.name,
              at: y.toPixel(line.y[last]!),
              px: x.toPixel(line.x[last]!),
              colour: colourOf(line, palette),
            },
          ];
    }),
    ...levels.map(({ y: level, label }) => ({
      name: label,
      at: y.toPixel(level),
      px: area.right - 32,
      colour: palette.muted,
    })),
  ]
    .filter(({ at }) => Number.isFinite(at))
    .sort((a, b) => a.at - b.at);
  context.font = "11px sans-serif";
  context.textAlign = "left";
  context.textBaseline = "middle";
  let free = area.top;
  for (const { name, at, px, colour } of ends) {
    const py = Math.max(at, free);
    free = py + 12;
    if (py > area.bottom) break;
    context.fillStyle = colour;
    context.fillText(name, Math.min(px + 7, area.right - context.measureText(name).width), py);
  }
}

function drawTime(context: CanvasRenderingContext2D, area: PlotArea, px: number, palette: ChartPalette): void {
  if (!Number.isFinite(px)) return;
  context.save();
  context.strokeStyle = palette.focus;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(px, area.top);
  context.lineTo(px, area.bottom);
  context.stroke();
  context.restore();
}

const KEY_SIZE = 11;

function legendItem(line: CourseLine, palette: ChartPalette): HTMLElement {
  const item = make("li");
  const key = make("canvas", "ms-course-key");
  key.width = 48;
  key.height = 2 * KEY_SIZE;
  key.setAttribute("aria-hidden", "true");
  const context = key.getContext("2d");
  if (context !== null) {
    context.scale(2, 2);
    context.strokeStyle = colourOf(line, palette);
    context.fillStyle = colourOf(line, palette);
    context.lineWidth = 1.75;
    context.setLineDash([...DASHES[line.form]]);
    context.beginPath();
    context.moveTo(0, KEY_SIZE / 2);
    context.lineTo(24, KEY_SIZE / 2);
    context.stroke();
    context.setLineDash([]);
    if (line.form === "marks") drawMark(context, markOf(line.series ?? 0), 12, KEY_SIZE / 2, 3.5);
  }
  item.append(key, make("span", "", line.label));
  return item;
}

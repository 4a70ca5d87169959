import type { Disposable } from "../../src/base/disposable.ts";
import { tableAlternative } from "./dataTable.ts";
import { make } from "./dom.ts";
import { drawAxes, type PlotArea, plotArea } from "./plotArea.ts";
import { linearScale, type Scale, tickLabel } from "./scales.ts";
import { createSurface } from "./surface.ts";
import { type ChartPalette, type ChartTheme, CURVE_DASHES, paletteOf } from "./theme.ts";
import type { Size } from "./viewport.ts";

export interface PlanePlace {
  readonly x: number;
  readonly y: number;
}

export interface PlaneLayer extends PlanePlace {
  readonly name: string;
  /** Standard errors. */
  readonly xError: number;
  readonly yError: number;
}

export interface PlaneData {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly columns: number;
  readonly rows: number;
  /** Row by row from the bottom: o, c, d, r. */
  readonly regions: string;
  readonly critical: readonly PlanePlace[];
  readonly contours: readonly { readonly label: string; readonly points: readonly PlanePlace[] }[];
  /** In order of depth. */
  readonly layers: readonly PlaneLayer[];
  readonly probe: PlanePlace;
  /** The probe is where the layers are to go: ways lead there from where they are. */
  readonly aimed?: boolean;
  readonly summary: string;
}

export interface PhasePlane extends Disposable {
  show(data: PlaneData): void;
  setProbe(probe: PlanePlace, words: string): void;
}

const REGION_WORDS: Readonly<Record<string, string>> = { o: "ordered", c: "chaotic", d: "dies out", r: "runs away" };
/** Arrow keys move the probe by this part of the axis; with Shift by a tenth of it. */
const KEY_STEP = 1 / 60;

/** The plane of initializations: regions, critical line, lines of equal depth, layers with their errors, and a probe that pointer and arrow keys move. */
export function phasePlane(
  parent: HTMLElement,
  theme: ChartTheme,
  first: PlaneData,
  onProbe: (probe: PlanePlace) => void,
): PhasePlane {
  let data = first;
  let probe = first.probe;
  const root = make("figure", "ms-chart");
  const readout = make("output", "ms-readout");
  root.append(readout);
  parent.append(root);
  const scales = (size: Size) => {
    const area = plotArea(size);
    return {
      area,
      x: linearScale(data.x[0], data.x[1], area.left, area.right),
      y: linearScale(data.y[0], data.y[1], area.bottom, area.top),
    };
  };
  const surface = createSurface(root, theme, "ms-plot ms-plane-plot", (context, size) => {
    const palette = paletteOf(theme);
    const { area, x, y } = scales(size);
    drawRegions(context, area, data, palette);
    drawAxes(context, area, x, y, { x: "σ_w (standard deviation × √fan_in)", y: "σ_b (standard deviation)" }, palette);
    context.save();
    context.beginPath();
    context.rect(area.left, area.top, area.right - area.left, area.bottom - area.top);
    context.clip();
    for (const [k, { points, label }] of data.contours.entries()) drawContour(context, x, y, points, label, k, palette);
    drawCritical(context, x, y, data.critical, palette);
    drawLayers(context, x, y, data.layers, palette);
    if (data.aimed === true) drawWays(context, x, y, data.layers, probe, palette);
    context.restore();
    drawProbe(context, x.toPixel(probe.x), y.toPixel(probe.y), palette);
  });
  const { canvas } = surface;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", "plane with a movable probe");
  const abort = new AbortController();
  const { signal } = abort;
  const move = (next: PlanePlace) => {
    const clamp = (value: number, [low, high]: readonly [number, number]) => Math.min(high, Math.max(low, value));
    probe = { x: clamp(next.x, data.x), y: clamp(next.y, data.y) };
    surface.invalidate();
    onProbe(probe);
  };
  const toPointer = (event: PointerEvent) => {
    const { x, y } = scales(surface.size);
    move({ x: x.toValue(event.offsetX), y: y.toValue(event.offsetY) });
  };
  canvas.addEventListener(
    "pointerdown",
    (event) => {
      canvas.setPointerCapture(event.pointerId);
      toPointer(event);
    },
    { signal },
  );
  canvas.addEventListener("pointermove", (event) => event.buttons === 1 && toPointer(event), { signal });
  canvas.addEventListener(
    "keydown",
    (event) => {
      const step = KEY_STEP * (event.shiftKey ? 0.1 : 1);
      const [dx, dy] = [step * (data.x[1] - data.x[0]), step * (data.y[1] - data.y[0])];
      const ways: Readonly<Record<string, readonly [number, number]>> = {
        ArrowLeft: [-dx, 0],
        ArrowRight: [dx, 0],
        ArrowUp: [0, dy],
        ArrowDown: [0, -dy],
      };
      const way = ways[event.key];
      if (way === undefined) return;
      event.preventDefault();
      move({ x: probe.x + way[0], y: probe.y + way[1] });
    },
    { signal },
  );
  const table = tableAlternative(() => ({
    caption: "Layers, and points of the critical line",
    columns: ["Point", "σ_w", "± SE", "σ_b", "± SE"],
    rows: [
      ...data.layers.map(({ name, x, y, xError, yError }) => [
        name,
        tickLabel(x),
        tickLabel(xError),
        tickLabel(y),
        tickLabel(yError),
      ]),
      ...data.critical.map(({ x, y }, k) => [`critical ${k + 1}`, tickLabel(x), "", tickLabel(y), ""]),
    ],
  }));
  const legend = make("ul", "ms-legend");
  root.append(legend, table.element);
  const describe = () => {
    canvas.setAttribute("aria-label", `${data.summary} Arrow keys move the probe, with Shift by small steps.`);
    const palette = paletteOf(theme);
    legend.replaceChildren(...legendItems(data, palette));
    table.refresh();
    surface.invalidate();
  };
  const themed = theme.onChange(describe);
  describe();
  return {
    show(next) {
      data = next;
      probe = next.probe;
      describe();
    },
    setProbe(next, words) {
      probe = next;
      readout.textContent = words;
      surface.invalidate();
    },
    dispose() {
      abort.abort();
      themed.dispose();
      surface.dispose();
      root.remove();
    },
  };
}

function regionColour(code: string, palette: ChartPalette): string | null {
  return code === "o" ? palette.mark : code === "c" ? palette.spike : code === "r" ? palette.curves[0]! : null;
}

function drawRegions(context: CanvasRenderingContext2D, area: PlotArea, data: PlaneData, palette: ChartPalette): void {
  const [width, height] = [(area.right - area.left) / data.columns, (area.bottom - area.top) / data.rows];
  const middles = new Map<string, { x: number; y: number; count: number }>();
  context.save();
  context.globalAlpha = 0.16;
  for (let k = 0; k < data.regions.length; k++) {
    const code = data.regions[k]!;
    const [column, row] = [k % data.columns, Math.floor(k / data.columns)];
    // Whole pixels: transparent cells that overlapped or left a gap would draw a lattice.
    const [left, right] = [Math.round(area.left + column * width), Math.round(area.left + (column + 1) * width)];
    const [top, bottom] = [Math.round(area.bottom - (row + 1) * height), Math.round(area.bottom - row * height)];
    const middle = middles.get(code) ?? { x: 0, y: 0, count: 0 };
    middles.set(code, { x: middle.x + left, y: middle.y + top, count: middle.count + 1 });
    const colour = regionColour(code, palette);
    if (colour === null) continue;
    context.fillStyle = colour;
    context.fillRect(left, top, right - left, bottom - top);
  }
  context.restore();
  context.font = "italic 13px sans-serif";
  context.fillStyle = palette.muted;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const [code, { x, y, count }] of middles)
    if (count > data.regions.length / 40)
      context.fillText(REGION_WORDS[code] ?? "", x / count + width / 2, y / count + height / 2);
}

function drawContour(
  context: CanvasRenderingContext2D,
  x: Scale,
  y: Scale,
  points: readonly PlanePlace[],
  label: string,
  series: number,
  palette: ChartPalette,
): void {
  context.save();
  context.strokeStyle = palette.muted;
  context.lineWidth = 1;
  context.setLineDash([...CURVE_DASHES[1 + (series % 2)]!]);
  path(context, x, y, points);
  context.restore();
  // At heights that differ from line to line, so that labels do not lie on one another.
  const wanted = y.low + (0.85 - 0.11 * (series % 8)) * (y.high - y.low);
  if (points.length === 0) return;
  const at = points.reduce(
    (best, point) => (Math.abs(point.y - wanted) < Math.abs(best.y - wanted) ? point : best),
    points[0]!,
  );
  context.font = "10px sans-serif";
  context.fillStyle = palette.foreground;
  context.textAlign = "left";
  context.textBaseline = "bottom";
  context.fillText(label, x.toPixel(at.x) + 2, y.toPixel(at.y) - 1);
}

function drawCritical(
  context: CanvasRenderingContext2D,
  x: Scale,
  y: Scale,
  points: readonly PlanePlace[],
  palette: ChartPalette,
): void {
  context.strokeStyle = palette.foreground;
  context.fillStyle = palette.foreground;
  context.lineWidth = 2.5;
  if (points.length > 1) path(context, x, y, points);
  else
    for (const point of points) {
      context.beginPath();
      context.arc(x.toPixel(point.x), y.toPixel(point.y), 5, 0, 2 * Math.PI);
      context.fill();
    }
}

function path(context: CanvasRenderingContext2D, x: Scale, y: Scale, points: readonly PlanePlace[]): void {
  context.beginPath();
  for (const point of points) context.lineTo(x.toPixel(point.x), y.toPixel(point.y));
  context.stroke();
}

/** Ellipses of two standard errors; a thin line follows the depth, the first layer is a ring. */
function drawLayers(
  context: CanvasRenderingContext2D,
  x: Scale,
  y: Scale,
  layers: readonly PlaneLayer[],
  palette: ChartPalette,
): void {
  context.strokeStyle = palette.curves[1]!;
  context.fillStyle = palette.curves[1]!;
  context.lineWidth = 1;
  context.globalAlpha = 0.6;
  path(context, x, y, layers);
  for (const [k, layer] of layers.entries()) {
    const [px, py] = [x.toPixel(layer.x), y.toPixel(layer.y)];
    const wide = Math.abs(x.toPixel(layer.x + 2 * layer.xError) - px);
    const tall = Math.abs(y.toPixel(layer.y + 2 * layer.yError) - py);
    context.globalAlpha = 0.5;
    context.beginPath();
    context.ellipse(px, py, Math.max(wide, 1), Math.max(tall, 1), 0, 0, 2 * Math.PI);
    context.stroke();
    context.globalAlpha = 1;
    context.beginPath();
    context.arc(px, py, k === 0 ? 4 : 2.5, 0, 2 * Math.PI);
    if (k === 0) context.stroke();
    else context.fill();
  }
}

/** From each place that layers stand at to the probe. */
function drawWays(
  context: CanvasRenderingContext2D,
  x: Scale,
  y: Scale,
  layers: readonly PlaneLayer[],
  probe: PlanePlace,
  palette: ChartPalette,
): void {
  const [toX, toY] = [x.toPixel(probe.x), y.toPixel(probe.y)];
  const places = new Map(layers.map((layer) => [`${layer.x.toPrecision(4)} ${layer.y.toPrecision(4)}`, layer]));
  context.save();
  context.strokeStyle = palette.focus;
  context.setLineDash([3, 3]);
  for (const layer of places.values()) {
    const [fromX, fromY] = [x.toPixel(layer.x), y.toPixel(layer.y)];
    const far = Math.hypot(toX - fromX, toY - fromY);
    // Up to the ring around the probe.
    if (far < 12) continue;
    context.beginPath();
    context.moveTo(fromX, fromY);
    context.lineTo(toX - ((toX - fromX) * 8) / far, toY - ((toY - fromY) * 8) / far);
    context.stroke();
  }
  context.restore();
}

function drawProbe(context: CanvasRenderingContext2D, px: number, py: number, palette: ChartPalette): void {
  context.save();
  context.strokeStyle = palette.focus;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(px, py, 8, 0, 2 * Math.PI);
  context.moveTo(px - 13, py);
  context.lineTo(px + 13, py);
  context.moveTo(px, py - 13);
  context.lineTo(px, py + 13);
  context.stroke();
  context.restore();
}

function legendItems(data: PlaneData, palette: ChartPalette): HTMLElement[] {
  const item = (text: string, colour: string, style: string) => {
    const line = make("li");
    const key = make("span", "ms-legend-key");
    key.style.borderTopColor = colour;
    key.style.borderTopStyle = style;
    key.setAttribute("aria-hidden", "true");
    line.append(key, make("span", "", text));
    return line;
  };
  return [
    ...(data.critical.length === 0 ? [] : [item("critical: χ₁ = 1", palette.foreground, "solid")]),
    ...(data.contours.length === 0 ? [] : [item("equal ξ_c in layers (6ξ: a rule of thumb)", palette.muted, "dashed")]),
    ...(data.layers.length === 0
      ? []
      : [item("layers by depth (ring: the first), ellipses of 2 standard errors", palette.curves[1]!, "solid")]),
    item("probe", palette.focus, "solid"),
  ];
}

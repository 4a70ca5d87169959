import type { PlotArea } from "./plotArea.ts";
import type { Scale } from "./scales.ts";
import type { Bin, MarkedLine, SpectrumData } from "./spectrumData.ts";
import type { ChartPalette } from "./theme.ts";

/** Dash and colour of each line: told apart without colour, and named beside the line as well as in the legend. */
export const LINE_STYLES: Readonly<
  Record<MarkedLine["id"], { readonly dash: readonly number[]; colour(palette: ChartPalette): string }>
> = {
  "bulk-edge": { dash: [2, 3], colour: ({ muted }) => muted },
  "noise-edge": { dash: [7, 4], colour: ({ curves }) => curves[1] ?? "" },
  threshold: { dash: [10, 3, 2, 3], colour: ({ curves }) => curves[2] ?? "" },
  gain: { dash: [7, 4], colour: ({ curves }) => curves[0] ?? "" },
};

const LABEL_HEIGHT = 13;
const LABELLED_SPIKES = 12;

interface Frame {
  readonly context: CanvasRenderingContext2D;
  readonly area: PlotArea;
  readonly x: Scale;
  readonly y: Scale;
  readonly palette: ChartPalette;
}

/** Values by rank: the fitted bulk as a curve behind them, the edges as lines, spikes as numbered diamonds. */
export function drawRanks(frame: Frame, data: SpectrumData): void {
  const { context, x, y, palette } = frame;
  const { singularValues: s, null: against } = data;
  const count = s.length;
  const signal = against?.signal ?? 0;
  if (against?.bulk) drawRankCurve(frame, data);
  for (const line of against?.lines ?? []) strokeLine(frame, line, "horizontal");
  labelLines(frame, against?.lines ?? [], "horizontal");
  context.strokeStyle = palette.mark;
  context.lineWidth = 1;
  context.beginPath();
  let drawing = false;
  for (let i = signal; i < count; i++) {
    const py = y.toPixel(s[i]!);
    if (!Number.isFinite(py)) break;
    if (drawing) context.lineTo(x.toPixel(i + 1), py);
    else context.moveTo(x.toPixel(i + 1), py);
    drawing = true;
  }
  context.stroke();
  const radius = count > 400 ? 1.2 : count > 100 ? 2 : 3;
  context.fillStyle = palette.mark;
  for (let i = signal; i < count; i++) {
    const py = y.toPixel(s[i]!);
    if (!Number.isFinite(py)) break;
    context.beginPath();
    context.arc(x.toPixel(i + 1), py, radius, 0, 2 * Math.PI);
    context.fill();
  }
  let lastLabel = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < signal; i++) {
    const [px, py] = [x.toPixel(i + 1), y.toPixel(s[i]!)];
    diamond(context, px, py, 4.5, palette.spike);
    if (i >= LABELLED_SPIKES || px - lastLabel < 14) continue;
    lastLabel = px;
    context.font = "11px sans-serif";
    context.textAlign = "left";
    context.textBaseline = "bottom";
    context.fillStyle = palette.foreground;
    context.fillText(String(i + 1), px + 5, py - 3);
  }
}

function drawRankCurve({ context, area, x, y, palette }: Frame, { null: against, total }: SpectrumData): void {
  const bulk = against?.bulk;
  if (!against || !bulk) return;
  const noise = total - against.signal;
  context.save();
  context.beginPath();
  context.rect(area.left, area.top, area.right - area.left, area.bottom - area.top);
  context.clip();
  context.strokeStyle = palette.curves[0] ?? palette.foreground;
  context.lineWidth = 2;
  context.beginPath();
  let drawing = false;
  for (let i = bulk.sigma.length - 1; i >= 0; i--) {
    const px = x.toPixel(against.signal + 0.5 + noise * (1 - bulk.below[i]!));
    const py = y.toPixel(bulk.sigma[i]!);
    if (!Number.isFinite(px) || !Number.isFinite(py)) continue;
    if (drawing) context.lineTo(px, py);
    else context.moveTo(px, py);
    drawing = true;
  }
  context.stroke();
  context.restore();
}

/** Values by size: bars or an estimated curve, the bulk's density over them, the edges as lines, spikes as numbered diamonds on the axis. */
export function drawDensity(frame: Frame, data: SpectrumData, bins: readonly Bin[], cursor: number | null): void {
  const { context, area, x, y, palette } = frame;
  const { singularValues: s, null: against } = data;
  context.fillStyle = palette.mark;
  for (const [k, bin] of bins.entries()) {
    const left = x.toPixel(bin.low);
    context.globalAlpha = k === cursor ? 1 : 0.6;
    context.fillRect(
      left + 0.5,
      y.toPixel(bin.density),
      Math.max(1, x.toPixel(bin.high) - left - 1),
      area.bottom - y.toPixel(bin.density),
    );
  }
  context.globalAlpha = 1;
  if (data.density !== null) drawBand(frame, data.density);
  if (against?.bulk) {
    const share = 1 - against.signal / Math.max(1, data.total);
    const { sigma, density } = against.bulk;
    context.strokeStyle = palette.curves[0] ?? palette.foreground;
    context.lineWidth = 2;
    context.beginPath();
    for (let i = 0; i < sigma.length; i++) {
      const [px, py] = [x.toPixel(sigma[i]!), y.toPixel(share * density[i]!)];
      if (i === 0) context.moveTo(px, py);
      else context.lineTo(px, py);
    }
    context.stroke();
  }
  for (const line of against?.lines ?? []) strokeLine(frame, line, "vertical");
  labelLines(frame, against?.lines ?? [], "vertical");
  let lastLabel = Number.POSITIVE_INFINITY;
  for (let i = 0; i < (against?.signal ?? 0); i++) {
    const px = x.toPixel(s[i]!);
    if (px > area.right) continue;
    diamond(context, px, area.bottom, 4.5, palette.spike);
    if (i >= LABELLED_SPIKES || lastLabel - px < 12) continue;
    lastLabel = px;
    context.font = "11px sans-serif";
    context.textAlign = "center";
    context.textBaseline = "bottom";
    context.fillStyle = palette.foreground;
    context.fillText(String(i + 1), px, area.bottom - 6);
  }
}

function drawBand({ context, x, y, palette }: Frame, density: NonNullable<SpectrumData["density"]>): void {
  const { sigma, density: value, densityError: error } = density;
  const n = sigma.length;
  const edge = (i: number, sign: number) =>
    [x.toPixel(sigma[i]!), y.toPixel(Math.max(0, value[i]! + sign * 1.96 * error[i]!))] as const;
  context.fillStyle = palette.mark;
  context.globalAlpha = 0.3;
  context.beginPath();
  for (let i = 0; i < n; i++) context.lineTo(...edge(i, 1));
  for (let i = n - 1; i >= 0; i--) context.lineTo(...edge(i, -1));
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = palette.mark;
  context.lineWidth = 1.5;
  context.beginPath();
  for (let i = 0; i < n; i++) context.lineTo(...edge(i, 0));
  context.stroke();
}

function strokeLine(
  { context, area, x, y, palette }: Frame,
  line: MarkedLine,
  direction: "horizontal" | "vertical",
): void {
  const style = LINE_STYLES[line.id];
  context.save();
  context.strokeStyle = style.colour(palette);
  context.lineWidth = line.id === "noise-edge" || line.id === "gain" ? 1.75 : 1.25;
  context.setLineDash([...style.dash]);
  context.beginPath();
  if (direction === "horizontal") {
    const at = y.toPixel(line.value);
    context.moveTo(area.left, at);
    context.lineTo(area.right, at);
  } else {
    const at = x.toPixel(line.value);
    context.moveTo(at, area.top);
    context.lineTo(at, area.bottom);
  }
  context.stroke();
  context.restore();
}

/** Names beside the lines, moved apart where the lines lie close: over the lines at the right, or in steps from the top. */
function labelLines(
  { context, area, x, y, palette }: Frame,
  lines: readonly MarkedLine[],
  direction: "horizontal" | "vertical",
): void {
  context.font = "11px sans-serif";
  context.textBaseline = "bottom";
  const text = (label: string, px: number, py: number, colour: string) => {
    const width = context.measureText(label).width;
    context.fillStyle = palette.background;
    context.globalAlpha = 0.75;
    context.fillRect(
      px - (context.textAlign === "right" ? width + 2 : 2),
      py - LABEL_HEIGHT + 1,
      width + 4,
      LABEL_HEIGHT,
    );
    context.globalAlpha = 1;
    context.fillStyle = colour;
    context.fillText(label, px, py);
  };
  const sorted = [...lines].sort((a, b) => a.value - b.value);
  if (direction === "horizontal") {
    context.textAlign = "right";
    let free = Number.POSITIVE_INFINITY;
    for (const { id, label, value } of sorted) {
      const at = Math.max(area.top + LABEL_HEIGHT, Math.min(y.toPixel(value) - 2, free));
      free = at - LABEL_HEIGHT;
      text(label, area.right - 4, at, LINE_STYLES[id].colour(palette));
    }
    return;
  }
  for (const [step, { id, label, value }] of sorted.entries()) {
    const at = x.toPixel(value);
    const left = at + context.measureText(label).width + 8 > area.right;
    context.textAlign = left ? "right" : "left";
    text(label, left ? at - 5 : at + 5, area.top + (step + 1) * (LABEL_HEIGHT + 2), LINE_STYLES[id].colour(palette));
  }
}

function diamond(context: CanvasRenderingContext2D, x: number, y: number, radius: number, colour: string): void {
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(x, y - radius);
  context.lineTo(x + radius, y);
  context.lineTo(x, y + radius);
  context.lineTo(x - radius, y);
  context.closePath();
  context.fill();
}

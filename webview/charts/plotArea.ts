import { type Scale, tickLabel } from "./scales.ts";
import type { ChartPalette } from "./theme.ts";
import type { Size } from "./viewport.ts";

export interface PlotArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export function plotArea(size: Size): PlotArea {
  return { left: 56, right: Math.max(57, size.width - 12), top: 10, bottom: Math.max(11, size.height - 36) };
}

/** Grid, tick labels and axis titles. */
export function drawAxes(
  context: CanvasRenderingContext2D,
  area: PlotArea,
  x: Scale,
  y: Scale,
  titles: { readonly x: string; readonly y: string },
  palette: ChartPalette,
): void {
  context.font = "11px sans-serif";
  context.lineWidth = 1;
  context.strokeStyle = palette.grid;
  context.fillStyle = palette.muted;
  context.textAlign = "center";
  context.textBaseline = "top";
  const rules: number[] = [];
  context.beginPath();
  for (const tick of x.ticks(Math.max(2, (area.right - area.left) / 80))) {
    const at = Math.round(x.toPixel(tick)) + 0.5;
    context.moveTo(at, area.bottom);
    context.lineTo(at, area.bottom + 4);
    context.fillText(tickLabel(tick), at, area.bottom + 6);
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const tick of y.ticks(Math.max(2, (area.bottom - area.top) / 40))) {
    const at = Math.round(y.toPixel(tick)) + 0.5;
    context.moveTo(area.left - 4, at);
    context.lineTo(area.left, at);
    rules.push(at);
    context.fillText(tickLabel(tick), area.left - 6, at);
  }
  context.moveTo(area.left + 0.5, area.top);
  context.lineTo(area.left + 0.5, area.bottom + 0.5);
  context.lineTo(area.right, area.bottom + 0.5);
  context.stroke();
  // Fainter than the frame: in high contrast full lines would drown the data.
  context.save();
  context.globalAlpha = 0.4;
  context.beginPath();
  for (const at of rules) {
    context.moveTo(area.left, at);
    context.lineTo(area.right, at);
  }
  context.stroke();
  context.restore();
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  context.fillText(titles.x, (area.left + area.right) / 2, area.bottom + 32);
  context.save();
  context.translate(11, (area.top + area.bottom) / 2);
  context.rotate(-Math.PI / 2);
  context.fillText(titles.y, 0, 0);
  context.restore();
}

export function drawCrosshair(
  context: CanvasRenderingContext2D,
  area: PlotArea,
  x: number,
  y: number | null,
  palette: ChartPalette,
): void {
  context.save();
  context.strokeStyle = palette.foreground;
  context.lineWidth = 1;
  context.setLineDash([3, 3]);
  context.beginPath();
  context.moveTo(Math.round(x) + 0.5, area.top);
  context.lineTo(Math.round(x) + 0.5, area.bottom);
  if (y !== null && Number.isFinite(y)) {
    context.moveTo(area.left, Math.round(y) + 0.5);
    context.lineTo(area.right, Math.round(y) + 0.5);
  }
  context.stroke();
  context.restore();
}

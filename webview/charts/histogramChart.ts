import type { DistributionResult } from "../../src/analysis/distribution/types.ts";
import type { Disposable } from "../../src/base/disposable.ts";
import { attachCursor } from "./cursor.ts";
import { tableAlternative } from "./dataTable.ts";
import { make } from "./dom.ts";
import { binsOf, readBin, tallest, visibleRange } from "./histogramBins.ts";
import { density } from "./laws.ts";
import { drawAxes, drawCrosshair, plotArea } from "./plotArea.ts";
import { linearScale, tickLabel } from "./scales.ts";
import { createSurface } from "./surface.ts";
import { type ChartTheme, CURVE_DASHES, paletteOf } from "./theme.ts";
import type { Size } from "./viewport.ts";

export type HistogramData = Pick<DistributionResult, "edges" | "counts" | "finite" | "laws">;

/** Density bars with the curves of the laws they are compared with. */
export function histogramChart(parent: HTMLElement, theme: ChartTheme, data: HistogramData): Disposable {
  const bins = binsOf(data);
  const range = visibleRange(bins);
  const height = tallest(bins, data.laws, range.low, range.high);
  let cursor: number | null = null;
  const root = make("figure", "ms-chart");
  const bar = make("div", "ms-chart-bar");
  const readout = make("output", "ms-readout");
  bar.append(readout);
  root.append(bar);
  parent.append(root);

  const scales = (size: Size) => {
    const area = plotArea(size);
    const x = linearScale(range.low, range.high, area.left, area.right);
    return { area, x, y: linearScale(0, height * 1.05, area.bottom, area.top) };
  };
  const surface = createSurface(root, theme, "ms-plot", (context, size) => {
    const palette = paletteOf(theme);
    const { area, x, y } = scales(size);
    drawAxes(context, area, x, y, { x: "value", y: "density" }, palette);
    context.save();
    context.beginPath();
    context.rect(area.left, area.top, area.right - area.left, area.bottom - area.top);
    context.clip();
    for (const [index, bin] of bins.entries()) {
      const left = x.toPixel(Math.max(bin.low, range.low));
      const right = x.toPixel(Math.min(bin.high, range.high));
      const top = y.toPixel(bin.density);
      context.fillStyle = palette.mark;
      context.globalAlpha = index === cursor ? 1 : 0.65;
      context.fillRect(left, top, Math.max(1, right - left - (right - left > 4 ? 1 : 0)), area.bottom - top);
    }
    context.globalAlpha = 1;
    context.lineWidth = 2;
    for (const [index, law] of data.laws.entries()) {
      context.strokeStyle = palette.curves[index % palette.curves.length]!;
      context.setLineDash([...CURVE_DASHES[index % CURVE_DASHES.length]!]);
      context.beginPath();
      for (let px = area.left; px <= area.right; px += 1) {
        const py = y.toPixel(density(law, x.toValue(px)));
        if (px === area.left) context.moveTo(px, py);
        else context.lineTo(px, py);
      }
      context.stroke();
    }
    context.restore();
    if (cursor !== null) {
      const bin = bins[cursor]!;
      const middle = (Math.max(bin.low, range.low) + Math.min(bin.high, range.high)) / 2;
      drawCrosshair(context, area, x.toPixel(middle), null, palette);
    }
  });

  const rest = "Hover, or use the arrow keys, to read a bin.";
  readout.textContent = rest;
  surface.canvas.setAttribute(
    "aria-label",
    `Histogram of ${data.finite} finite values in ${bins.length} bins from ${tickLabel(bins[0]?.low ?? 0)} to ${tickLabel(bins[bins.length - 1]?.high ?? 0)}, with ${data.laws.map((law) => law.label).join(" and ") || "no law"} drawn over it. Arrow keys read single bins.`,
  );
  const pointer = attachCursor(
    surface.canvas,
    {
      count: () => bins.length,
      at: (px) => {
        const value = scales(surface.size).x.toValue(px);
        if (value < range.low || value > range.high) return null;
        const found = bins.findIndex((bin) => value >= bin.low && value <= bin.high);
        return found < 0 ? null : found;
      },
    },
    (index) => {
      cursor = index;
      readout.textContent = index === null ? rest : readBin(bins[index]!, data.finite, data.laws);
      surface.invalidate();
    },
  );
  const caption = make(
    "figcaption",
    "ms-caption",
    `${bins.length} bins over ${data.finite} finite values.${range.cut ? " The outermost bins reach to the minimum and maximum and are drawn cut off." : ""}`,
  );
  const legend = legendOf(data);
  const themeLegend = () => {
    const palette = paletteOf(theme);
    for (const [index, key] of legend.querySelectorAll<HTMLElement>(".ms-legend-key").entries()) {
      key.style.borderTopColor = palette.curves[index % palette.curves.length]!;
      key.style.borderTopStyle = (["solid", "dashed", "dotted"] as const)[index % 3]!;
    }
  };
  themeLegend();
  const themed = theme.onChange(themeLegend);
  const table = tableAlternative(() => ({
    caption: "Histogram",
    columns: ["From", "To", "Count"],
    rows: bins.map((bin) => [String(bin.low), String(bin.high), String(bin.count)]),
  }));
  root.append(legend, caption, table.element);
  return {
    dispose() {
      pointer.dispose();
      themed.dispose();
      surface.dispose();
      root.remove();
    },
  };
}

function legendOf(data: HistogramData): HTMLUListElement {
  const legend = make("ul", "ms-legend");
  for (const law of data.laws) {
    const item = make("li");
    const key = make("span", "ms-legend-key");
    key.setAttribute("aria-hidden", "true");
    item.append(key, make("span", "", law.label), make("span", "ms-source", law.source));
    legend.append(item);
  }
  return legend;
}

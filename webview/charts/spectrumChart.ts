import type { Disposable } from "../../src/base/disposable.ts";
import { attachCursor } from "./cursor.ts";
import { tableAlternative } from "./dataTable.ts";
import { make, segments } from "./dom.ts";
import { drawAxes, drawCrosshair, plotArea } from "./plotArea.ts";
import { linearScale, logScale, type Scale, tickLabel } from "./scales.ts";
import {
  densityBins,
  densityLimit,
  readSpectrum,
  readSpectrumBin,
  SCALES,
  type SpectrumData,
  type SpectrumScale,
  spectrumCaption,
} from "./spectrumData.ts";
import { drawDensity, drawRanks } from "./spectrumDraw.ts";
import { spectrumLegend } from "./spectrumLegend.ts";
import { createSurface } from "./surface.ts";
import { type ChartTheme, paletteOf } from "./theme.ts";
import type { Size } from "./viewport.ts";

export interface SpectrumChart extends Disposable {
  /** Other data for the same picture: a null that came later, all values instead of some. */
  show(data: SpectrumData): void;
}

/** Singular values by rank or by size, with what they are compared with, and a reading cursor. */
export function spectrumChart(
  parent: HTMLElement,
  theme: ChartTheme,
  first: SpectrumData,
  options: { readonly scale: SpectrumScale; onScale(scale: SpectrumScale): void },
): SpectrumChart {
  let data = first;
  let scale = options.scale;
  let cursor: number | null = null;
  let bins = densityBins(data);
  const root = make("figure", "ms-chart");
  const readout = make("output", "ms-readout");
  const caption = make("figcaption", "ms-caption");
  const verdict = make("p", "ms-verdict");
  const bar = make("div", "ms-chart-bar");
  bar.append(
    segments("Axes of the spectrum", SCALES, scale, (next) => {
      scale = next;
      cursor = null;
      options.onScale(next);
      describe();
      surface.invalidate();
    }),
    readout,
  );
  root.append(verdict, bar);
  parent.append(root);

  const scales = (size: Size): { area: ReturnType<typeof plotArea>; x: Scale; y: Scale } => {
    const area = plotArea(size);
    const { singularValues: s, null: against } = data;
    const lines = (against?.lines ?? []).map(({ value }) => value);
    if (scale === "density") {
      const tallest = Math.max(
        ...bins.map(({ density }) => density),
        ...Array.from(against?.bulk?.density ?? []),
        ...Array.from(data.density?.density ?? []),
        1e-300,
      );
      return {
        area,
        x: linearScale(0, densityLimit(data), area.left, area.right - 4),
        y: linearScale(0, 1.12 * tallest, area.bottom, area.top),
      };
    }
    const positive = Array.from(s).filter((value) => value > 0);
    const high = Math.max(positive[0] ?? 1, ...lines);
    const low = positive[positive.length - 1] ?? high / 10;
    const count = Math.max(2, s.length);
    return {
      area,
      x: (scale === "log-log" ? logScale : linearScale)(1, count, area.left + 8, area.right - 8),
      y:
        scale === "linear"
          ? linearScale(0, high * 1.08, area.bottom, area.top)
          : logScale(low / 1.2, high * 1.3, area.bottom, area.top),
    };
  };

  const surface = createSurface(root, theme, "ms-plot", (context, size) => {
    const palette = paletteOf(theme);
    const { area, x, y } = scales(size);
    const frame = { context, area, x, y, palette };
    if (scale === "density") {
      drawAxes(context, area, x, y, { x: "singular value σ", y: "density" }, palette);
      drawDensity(frame, data, bins, cursor);
      const bin = cursor === null ? undefined : bins[cursor];
      if (bin !== undefined) drawCrosshair(context, area, x.toPixel((bin.low + bin.high) / 2), null, palette);
      return;
    }
    drawAxes(context, area, x, y, { x: "rank", y: "singular value σ" }, palette);
    drawRanks(frame, data);
    if (cursor === null) return;
    const py = y.toPixel(data.singularValues[cursor]!);
    drawCrosshair(context, area, x.toPixel(cursor + 1), py, palette);
    if (!Number.isFinite(py)) return;
    context.strokeStyle = palette.focus;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(x.toPixel(cursor + 1), py, 6, 0, 2 * Math.PI);
    context.stroke();
  });

  const rest = "Hover, or use the arrow keys, to read a value.";
  const pointer = attachCursor(
    surface.canvas,
    {
      count: () => (scale === "density" ? bins.length : data.singularValues.length),
      at: (px) => {
        const { x } = scales(surface.size);
        if (scale === "density") {
          const found = bins.findIndex(({ low, high }) => x.toValue(px) >= low && x.toValue(px) < high);
          return found < 0 ? null : found;
        }
        const count = data.singularValues.length;
        return count === 0 ? null : Math.max(0, Math.min(count - 1, Math.round(x.toValue(px)) - 1));
      },
    },
    (index) => {
      cursor = index;
      const bin = index === null ? undefined : bins[index];
      readout.textContent =
        index === null
          ? rest
          : scale === "density"
            ? bin === undefined
              ? rest
              : readSpectrumBin(data, bin)
            : readSpectrum(data, index);
      surface.invalidate();
    },
  );
  const legend = spectrumLegend(theme);
  const describe = () => {
    readout.textContent = rest;
    verdict.textContent = data.null?.sentence ?? "";
    verdict.hidden = data.null === null;
    caption.textContent = spectrumCaption(data, scale);
    legend.show(data, scale);
    const count = data.singularValues.length;
    const lines = (data.null?.lines ?? []).map(({ label, value }) => `${label} at ${tickLabel(value)}`).join(", ");
    surface.canvas.setAttribute(
      "aria-label",
      `Spectrum, ${scale === "density" ? "density" : `${scale} axes`}. ${data.null?.sentence ?? ""} ${spectrumCaption(data, scale)} Largest ${tickLabel(data.singularValues[0] ?? 0)}, smallest shown ${tickLabel(data.singularValues[count - 1] ?? 0)}. ${lines === "" ? "" : `${lines}. `}Arrow keys read single values.`,
    );
  };
  const table = tableAlternative(() => ({
    caption: "Singular values by rank",
    columns: [
      "Rank",
      "σ",
      ...(data.residuals === null ? [] : ["Residual"]),
      ...(data.null === null ? [] : ["Stands out"]),
    ],
    rows: Array.from(data.singularValues, (value, index) => [
      String(index + 1),
      String(value),
      ...(data.residuals === null ? [] : [String(data.residuals[index])]),
      ...(data.null === null ? [] : [index < data.null.signal ? "yes" : "no"]),
    ]),
  }));
  describe();
  root.append(legend.element, caption, table.element);
  return {
    show(next) {
      data = next;
      bins = densityBins(data);
      cursor = null;
      describe();
      table.refresh();
      surface.invalidate();
    },
    dispose() {
      pointer.dispose();
      legend.dispose();
      surface.dispose();
      root.remove();
    },
  };
}

import type { Disposable } from "../../src/base/disposable.ts";
import { attachCursor } from "./cursor.ts";
import { tableAlternative } from "./dataTable.ts";
import { make, segments } from "./dom.ts";
import { drawAxes, drawCrosshair, plotArea } from "./plotArea.ts";
import { linearScale, logScale, type Scale, tickLabel } from "./scales.ts";
import { createSurface } from "./surface.ts";
import { type ChartTheme, paletteOf } from "./theme.ts";
import type { Size } from "./viewport.ts";

export type SpectrumScale = "linear" | "log" | "log-log";

export interface SpectrumData {
  /** Descending. */
  readonly singularValues: ArrayLike<number>;
  /** How many there are in all: more than are drawn where only the leading ones are known. */
  readonly total: number;
  readonly exact: boolean;
  readonly residuals: ArrayLike<number> | null;
}

const CHOICES = [
  { id: "linear", label: "Linear" },
  { id: "log", label: "Log" },
  { id: "log-log", label: "Log–log" },
] as const;

export function isSpectrumScale(value: unknown): value is SpectrumScale {
  return CHOICES.some((choice) => choice.id === value);
}

/** What the picture shows, and what a logarithmic axis has to leave out. */
export function spectrumCaption(data: SpectrumData, scale: SpectrumScale): string {
  const known = data.singularValues.length;
  const promise = data.exact
    ? `All ${known} singular values, exact.`
    : `The leading ${known} of ${data.total} singular values, converged (top-k); the others are not computed.`;
  const zeros = Array.from(data.singularValues).filter((value) => !(value > 0)).length;
  if (scale === "linear" || zeros === 0) return promise;
  return `${promise} ${zeros} of them ${zeros === 1 ? "is" : "are"} zero and have no place on a logarithmic axis.`;
}

export function readSpectrum(data: SpectrumData, index: number): string {
  const first = data.singularValues[0] ?? Number.NaN;
  const value = data.singularValues[index] ?? Number.NaN;
  const relative = first > 0 ? `, ${((100 * value) / first).toPrecision(3)} % of σ1` : "";
  const residual = data.residuals?.[index];
  const bound = residual === undefined || residual === null ? "" : `, residual ${residual.toPrecision(2)}`;
  return `σ${index + 1} = ${value.toPrecision(6)}${relative}${bound}`;
}

/** Singular values against rank (1-based), with a reading cursor. */
export function spectrumChart(
  parent: HTMLElement,
  theme: ChartTheme,
  data: SpectrumData,
  options: { readonly scale: SpectrumScale; onScale(scale: SpectrumScale): void },
): Disposable {
  let scale = options.scale;
  let cursor: number | null = null;
  const count = data.singularValues.length;
  const root = make("figure", "ms-chart");
  const readout = make("output", "ms-readout");
  const caption = make("figcaption", "ms-caption");
  const bar = make("div", "ms-chart-bar");
  bar.append(
    segments("Axes of the spectrum", CHOICES, scale, (next) => {
      scale = next;
      options.onScale(next);
      describe();
      surface.invalidate();
    }),
    readout,
  );
  root.append(bar);
  parent.append(root);

  const scales = (size: Size) => {
    const area = plotArea(size);
    const positive = Array.from(data.singularValues).filter((value) => value > 0);
    const high = positive[0] ?? 1;
    const low = positive[positive.length - 1] ?? high / 10;
    const x: Scale =
      scale === "log-log"
        ? logScale(1, Math.max(2, count), area.left + 8, area.right - 8)
        : linearScale(1, Math.max(2, count), area.left + 8, area.right - 8);
    const y: Scale =
      scale === "linear"
        ? linearScale(0, high * 1.05, area.bottom, area.top)
        : logScale(low / 1.2, high * 1.2, area.bottom, area.top);
    return { area, x, y };
  };

  const surface = createSurface(root, theme, "ms-plot", (context, size) => {
    const palette = paletteOf(theme);
    const { area, x, y } = scales(size);
    drawAxes(context, area, x, y, { x: "rank", y: "singular value σ" }, palette);
    context.strokeStyle = palette.mark;
    context.fillStyle = palette.mark;
    context.lineWidth = 1.5;
    context.beginPath();
    let drawing = false;
    for (let i = 0; i < count; i++) {
      const py = y.toPixel(data.singularValues[i]!);
      if (!Number.isFinite(py)) break;
      const px = x.toPixel(i + 1);
      if (drawing) context.lineTo(px, py);
      else context.moveTo(px, py);
      drawing = true;
    }
    context.stroke();
    const radius = count > 400 ? 1.2 : count > 100 ? 2 : 3;
    for (let i = 0; i < count; i++) {
      const py = y.toPixel(data.singularValues[i]!);
      if (!Number.isFinite(py)) break;
      context.beginPath();
      context.arc(x.toPixel(i + 1), py, radius, 0, 2 * Math.PI);
      context.fill();
    }
    if (cursor === null) return;
    const py = y.toPixel(data.singularValues[cursor]!);
    drawCrosshair(context, area, x.toPixel(cursor + 1), py, palette);
    if (!Number.isFinite(py)) return;
    context.strokeStyle = palette.focus;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(x.toPixel(cursor + 1), py, 5, 0, 2 * Math.PI);
    context.stroke();
  });

  const rest = "Hover, or use the arrow keys, to read a value.";
  const pointer = attachCursor(
    surface.canvas,
    {
      count: () => count,
      at: (px) => {
        const { x } = scales(surface.size);
        const index = Math.round(x.toValue(px)) - 1;
        return count === 0 ? null : Math.max(0, Math.min(count - 1, index));
      },
    },
    (index) => {
      cursor = index;
      readout.textContent = index === null ? rest : readSpectrum(data, index);
      surface.invalidate();
    },
  );
  const describe = () => {
    caption.textContent = spectrumCaption(data, scale);
    surface.canvas.setAttribute(
      "aria-label",
      `Spectrum, ${scale} axes. ${spectrumCaption(data, scale)} Largest ${tickLabel(data.singularValues[0] ?? 0)}, smallest shown ${tickLabel(data.singularValues[count - 1] ?? 0)}. Arrow keys read single values.`,
    );
  };
  readout.textContent = rest;
  describe();
  const table = tableAlternative(() => ({
    caption: "Singular values by rank",
    columns: data.residuals === null ? ["Rank", "σ"] : ["Rank", "σ", "Residual"],
    rows: Array.from(data.singularValues, (value, index) => {
      const residual = data.residuals?.[index];
      const cells = [String(index + 1), String(value)];
      return data.residuals === null ? cells : [...cells, String(residual)];
    }),
  }));
  root.append(caption, table.element);
  return {
    dispose() {
      pointer.dispose();
      surface.dispose();
      root.remove();
    },
  };
}

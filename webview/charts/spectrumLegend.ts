import type { Disposable } from "../../src/base/disposable.ts";
import { make } from "./dom.ts";
import { tickLabel } from "./scales.ts";
import type { SpectrumData, SpectrumScale } from "./spectrumData.ts";
import { LINE_STYLES } from "./spectrumDraw.ts";
import { type ChartTheme, paletteOf } from "./theme.ts";

interface Key {
  readonly label: string;
  readonly shape: "line" | "diamond" | "box";
  readonly dashed: boolean;
  colour(palette: ReturnType<typeof paletteOf>): string;
}

/** What is drawn, by name; follows the theme. */
export function spectrumLegend(theme: ChartTheme): Disposable & {
  readonly element: HTMLUListElement;
  show(data: SpectrumData, scale: SpectrumScale): void;
} {
  const element = make("ul", "ms-legend ms-spectrum-legend");
  let keys: readonly Key[] = [];
  const paint = () => {
    const palette = paletteOf(theme);
    element.replaceChildren(
      ...keys.map(({ label, shape, dashed, colour }) => {
        const item = make("li");
        const key = make("span", `ms-legend-key ms-key-${shape}`);
        key.setAttribute("aria-hidden", "true");
        key.style.color = colour(palette);
        key.style.borderTopStyle = dashed ? "dashed" : "solid";
        item.append(key, make("span", "", label));
        return item;
      }),
    );
  };
  const themed = theme.onChange(paint);
  return {
    element,
    show(data, scale) {
      keys = keysOf(data, scale);
      paint();
    },
    dispose: () => themed.dispose(),
  };
}

function keysOf({ null: against, exact, density }: SpectrumData, scale: SpectrumScale): readonly Key[] {
  const values = scale === "density" && !exact && density === null ? "" : "singular values";
  return [
    { label: values, shape: "box" as const, dashed: false, colour: ({ mark }: ReturnType<typeof paletteOf>) => mark },
    ...(against !== null && against.signal > 0
      ? [
          {
            label: "out of the noise, numbered by rank",
            shape: "diamond" as const,
            dashed: false,
            colour: ({ spike }: ReturnType<typeof paletteOf>) => spike,
          },
        ]
      : []),
    ...(against?.bulk
      ? [
          {
            label: "noise: Marchenko–Pastur bulk",
            shape: "line" as const,
            dashed: false,
            colour: ({ curves, foreground }: ReturnType<typeof paletteOf>) => curves[0] ?? foreground,
          },
        ]
      : []),
    ...(against?.lines ?? []).map(({ id, label, value }) => ({
      label: `${label} ${tickLabel(value)}`,
      shape: "line" as const,
      dashed: true,
      colour: LINE_STYLES[id].colour,
    })),
  ].filter(({ label }) => label !== "");
}

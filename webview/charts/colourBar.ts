import { cssColour, divergingColour, nanColours } from "./colourMap.ts";
import { make } from "./dom.ts";
import { tickLabel } from "./scales.ts";
import type { ChartTheme } from "./theme.ts";

export type ColourScale = "robust" | "full";

export interface ColourBar {
  readonly element: HTMLElement;
  update(limit: number | null, scale: ColourScale): void;
}

const STOPS = 16;

/** The colours' key: −limit, 0, +limit, and how NaN looks. */
export function colourBar(theme: ChartTheme): ColourBar {
  const element = make("div", "ms-colour-bar");
  const low = make("span", "ms-tabular");
  const ramp = make("span", "ms-colour-ramp");
  const high = make("span", "ms-tabular");
  const swatch = make("span", "ms-nan-swatch");
  for (const part of [ramp, swatch]) part.setAttribute("aria-hidden", "true");
  const nan = make("span", "ms-nan");
  nan.append(swatch, "NaN");
  element.append(low, ramp, high, nan);
  return {
    element,
    update(limit, scale) {
      const stops = Array.from({ length: 2 * STOPS + 1 }, (_, i) =>
        cssColour(divergingColour(theme.kind, (i - STOPS) / STOPS)),
      );
      ramp.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
      const [first, second] = nanColours(theme.kind).map(cssColour);
      swatch.style.background = `conic-gradient(${first} 25%, ${second} 0 50%, ${first} 0 75%, ${second} 0)`;
      swatch.style.backgroundSize = "4px 4px";
      const beyond = scale === "robust" ? ["≤ ", "≥ "] : ["", ""];
      low.textContent = limit === null ? "" : `${beyond[0]}${tickLabel(-limit)}`;
      high.textContent = limit === null ? "" : `${beyond[1]}${tickLabel(limit)}`;
      element.title =
        scale === "robust"
          ? "Colours end at the 99.9th percentile of |value|, so that one spike does not blank the picture."
          : "Colours end at the largest |value|.";
    },
  };
}

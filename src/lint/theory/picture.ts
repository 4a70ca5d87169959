/**
 * A layer in its plane of initializations, small enough for a hover: the critical line of its activation, the two phases beside it, and the layer as a dot.
 * Axes are σ_w² and σ_b²; the picture always holds the dot, and the line where there is one.
 */

import type { Activation } from "../../numerics/meanField/activation.ts";
import { activationById } from "../../numerics/meanField/activations.ts";
import { logGrid, slopeLine } from "../../numerics/meanField/criticalLine.ts";
import { slopeMoment } from "../../numerics/meanField/moments.ts";
import type { PhasePoint, PictureTheme } from "../types.ts";
import { figure } from "./words.ts";

const INK: Readonly<
  Record<
    PictureTheme,
    {
      readonly text: string;
      readonly line: string;
      readonly dot: string;
      readonly ordered: string;
      readonly chaotic: string;
    }
  >
> = {
  dark: { text: "#cccccc", line: "#d7ba7d", dot: "#4fc1ff", ordered: "#2c3e50", chaotic: "#4d2c2c" },
  light: { text: "#3b3b3b", line: "#795e26", dot: "#0451a5", ordered: "#dce9f5", chaotic: "#f6dede" },
  "high-contrast": { text: "#ffffff", line: "#ffff00", dot: "#00ffff", ordered: "#000000", chaotic: "#000000" },
  "high-contrast-light": { text: "#000000", line: "#7f3f00", dot: "#0000c0", ordered: "#ffffff", chaotic: "#ffffff" },
};
const WIDTH = 260;
const HEIGHT = 124;
const PLOT = { left: 44, top: 10, right: WIDTH - 10, bottom: HEIGHT - 34 } as const;
const GRID = 60;
/** Activations whose critical line this is no picture of: what is there is one point, or the line starts far out. */
const FAR = 40;

export function phasePicture({ activation: id, weight, bias, phase }: PhasePoint, theme: PictureTheme): string {
  const activation = activationById(id);
  const ink = INK[theme];
  const line = activation === undefined ? [] : criticalLine(activation);
  const widest = Math.max(1.4 * weight, Math.min(2.2 * (line[0]?.weight ?? 1), FAR * 4), 0.5);
  const tallest = Math.max(1.6 * bias, 0.12);
  const x = (value: number) => PLOT.left + ((PLOT.right - PLOT.left) * value) / widest;
  const y = (value: number) => PLOT.bottom - ((PLOT.bottom - PLOT.top) * value) / tallest;
  // One point beyond the frame, so that the line leaves it.
  const beyond = line.findIndex((point) => point.bias > tallest || point.weight > widest);
  const shown = beyond < 0 ? line : line.slice(0, beyond + 1);
  const path = shown.map((point) => `${x(point.weight).toFixed(1)},${y(point.bias).toFixed(1)}`).join(" L");
  const [first, last] = [shown[0], shown.at(-1)];
  const chaotic =
    first === undefined || last === undefined
      ? ""
      : `<path d="M${path} L${x(Math.max(widest * 1.2, last.weight)).toFixed(1)},${y(last.bias).toFixed(1)} L${x(widest * 1.2).toFixed(1)},${PLOT.bottom} L${x(first.weight).toFixed(1)},${PLOT.bottom} Z" fill="${ink.chaotic}"/>`;
  const label = (at: number, top: number, text: string, anchor = "middle") =>
    `<text x="${at.toFixed(1)}" y="${top}" fill="${ink.text}" font-size="11" font-family="sans-serif" text-anchor="${anchor}">${text}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">`,
    `<title>${activation?.name ?? "?"}: σ_w² = ${figure(weight)}, σ_b² = ${figure(bias)}, ${phase}</title>`,
    `<clipPath id="p"><rect x="${PLOT.left}" y="${PLOT.top}" width="${PLOT.right - PLOT.left}" height="${PLOT.bottom - PLOT.top}"/></clipPath>`,
    `<rect x="${PLOT.left}" y="${PLOT.top}" width="${PLOT.right - PLOT.left}" height="${PLOT.bottom - PLOT.top}" fill="${ink.ordered}" stroke="${ink.text}" stroke-width="1"/>`,
    `<g clip-path="url(#p)">${chaotic}${path === "" ? "" : `<path d="M${path}" fill="none" stroke="${ink.line}" stroke-width="2"/>`}</g>`,
    `<circle cx="${x(weight).toFixed(1)}" cy="${y(bias).toFixed(1)}" r="5" fill="${ink.dot}" stroke="${ink.text}" stroke-width="1"/>`,
    label(PLOT.left, PLOT.bottom + 14, "0"),
    label(PLOT.right, PLOT.bottom + 14, figure(widest), "end"),
    label((PLOT.left + PLOT.right) / 2, HEIGHT - 6, `σ_w²${path === "" ? "" : ` (critical: the line, χ₁ = 1)`}`),
    label(PLOT.left - 5, PLOT.top + 9, figure(tallest), "end"),
    label(PLOT.left - 5, PLOT.bottom - 30, "σ_b²", "end"),
    "</svg>",
  ].join("");
}

/** χ₁ = 1 from σ_b² = 0 upward. Scale-free activations: σ_w² alone decides χ₁, though q stays only at σ_b² = 0. */
function criticalLine(activation: Activation): readonly { readonly weight: number; readonly bias: number }[] {
  if (activation.slopes !== null) {
    const weight = 1 / slopeMoment(activation, 1);
    return [
      { weight, bias: 0 },
      { weight, bias: 1e6 },
    ];
  }
  const points = slopeLine(activation, 1, logGrid(1e-4, 1e3, GRID)).filter(({ attainable }) => attainable);
  const [first] = points;
  // An odd activation's line begins on the axis.
  return activation.odd && first !== undefined
    ? [{ weight: 1 / activation.slope(0) ** 2, bias: 0 }, ...points]
    : points;
}

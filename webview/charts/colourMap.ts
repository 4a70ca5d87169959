/**
 * Diverging colours, centred at zero. Definition: in OKLab (Ottosson 2020) each arm goes straight from a neutral centre to one end,
 * so lightness is linear in |value| and equal on both arms; the arms are blue and orange, which stay apart in the three common
 * colour-vision deficiencies. On a dark background zero is dark, on a light one light: what is far from zero stands out in both.
 * High contrast uses black or white for zero and fuller ends. NaN is a magenta/grey chequer, no colour of the map.
 */
export type ColourMapKind = "dark" | "light" | "high-contrast" | "high-contrast-light";

export type Rgb = readonly [red: number, green: number, blue: number];
type Lab = readonly [lightness: number, a: number, b: number];

interface Arms {
  readonly negative: Lab;
  readonly centre: Lab;
  readonly positive: Lab;
}

const ARMS: Readonly<Record<ColourMapKind, Arms>> = {
  dark: { negative: [0.82, -0.055, -0.1], centre: [0.22, 0, 0], positive: [0.82, 0.055, 0.13] },
  light: { negative: [0.42, -0.03, -0.15], centre: [0.975, 0, 0], positive: [0.42, 0.09, 0.085] },
  "high-contrast": { negative: [0.88, -0.11, -0.06], centre: [0, 0, 0], positive: [0.88, 0.02, 0.17] },
  "high-contrast-light": { negative: [0.3, -0.02, -0.16], centre: [1, 0, 0], positive: [0.3, 0.07, 0.06] },
};

/** Entries of a look-up table: odd, so that zero has an entry of its own. */
export const LUT_SIZE = 511;

export function divergingColour(kind: ColourMapKind, value: number): Rgb {
  const arms = ARMS[kind];
  const t = Math.min(1, Math.abs(value));
  const end = value < 0 ? arms.negative : arms.positive;
  return oklabToSrgb([
    arms.centre[0] + (end[0] - arms.centre[0]) * t,
    arms.centre[1] + (end[1] - arms.centre[1]) * t,
    arms.centre[2] + (end[2] - arms.centre[2]) * t,
  ]);
}

/** Colours as the 32-bit words that an ImageData of a little-endian machine holds (every browser's platform is one). */
export function divergingLut(kind: ColourMapKind): Uint32Array<ArrayBuffer> {
  const lut = new Uint32Array(LUT_SIZE);
  const half = (LUT_SIZE - 1) / 2;
  for (let i = 0; i < LUT_SIZE; i++) lut[i] = packed(divergingColour(kind, (i - half) / half));
  return lut;
}

/** The two colours of the chequer that stands for NaN. */
export function nanColours(kind: ColourMapKind): readonly [Rgb, Rgb] {
  const light = kind === "light" || kind === "high-contrast-light";
  return [[204, 0, 204], light ? [120, 120, 120] : [140, 140, 140]];
}

export function packed([red, green, blue]: Rgb): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

export function cssColour([red, green, blue]: Rgb): string {
  return `rgb(${red}, ${green}, ${blue})`;
}

/** Paints row-major values, scaled so that ±limit are the ends of the map. ±Infinity take the ends. */
export function paintValues(
  values: Float32Array,
  columns: number,
  limit: number,
  lut: Uint32Array,
  nan: readonly [Rgb, Rgb],
  out: Uint32Array,
): void {
  const half = (LUT_SIZE - 1) / 2;
  const gain = limit > 0 ? half / limit : 0;
  const chequer = [packed(nan[0]), packed(nan[1])] as const;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) {
      out[i] = chequer[(((i / columns) | 0) + (i % columns)) % 2 === 0 ? 0 : 1];
      continue;
    }
    const scaled = limit > 0 ? value * gain : 0;
    out[i] = lut[Math.round(half + Math.max(-half, Math.min(half, scaled)))]!;
  }
}

/** OKLab to 8-bit sRGB, clipped to the gamut. Ottosson 2020, "A perceptual color space for image processing". */
function oklabToSrgb([lightness, a, b]: Lab): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    gamma(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function gamma(linear: number): number {
  const x = Math.max(0, Math.min(1, linear));
  return Math.round(255 * (x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055));
}

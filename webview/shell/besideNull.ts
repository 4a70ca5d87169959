import { formatNumber, formatShape } from "./format.ts";

/** The null of one number, for the very matrix that it was measured on: a few words for its tile, a sentence for its card. */
export interface BesideNull {
  readonly short: string;
  readonly long: string;
}

/** What noise of the same shape has, and how far from it `value` lies in spreads of one draw. */
export function besideNoise(
  shape: readonly [rows: number, columns: number],
  noise: { readonly value: number; readonly spread: number },
  value: number | null,
  digits: number,
): BesideNull {
  const range = `${formatNumber(noise.value, digits).text} ± ${formatNumber(noise.spread, 2).text}`;
  const distance = value === null || !(noise.spread > 0) ? null : (value - noise.value) / noise.spread;
  const far =
    distance === null
      ? ""
      : `, so this one lies ${formatNumber(Math.abs(distance), 2).text} spreads ${distance < 0 ? "below" : "above"}`;
  return {
    short: `noise ${range}`,
    long: `Gaussian noise of ${formatShape(shape).text} has ${range} (mean and one draw's spread)${far}.`,
  };
}

/** Where the noise level comes from: another source gives another edge, so it is said beside the number. */
const SOURCES = {
  initial: ["noise of before", "the level of the earlier weights"],
  median: ["noise by median", "its level matched to the median singular value"],
  rest: ["noise of the rest", "the level of what the leading modes leave"],
  given: ["noise as given", "the level that was given"],
} as const;

/** How large the largest singular value of the noise would be, or why there is no noise level. */
export function besideEdge(
  noise:
    | { readonly value: { readonly source: keyof typeof SOURCES; readonly edgeRatio: { readonly value: number } } }
    | { readonly value: null; readonly reason: string },
  sigma: number,
  digits: number,
): BesideNull {
  if (noise.value === null) return { short: "no noise edge", long: `No noise edge to compare with: ${noise.reason}` };
  const ratio = noise.value.edgeRatio.value;
  const edge = formatNumber(sigma / ratio, digits).text;
  const [short, long] = SOURCES[noise.value.source];
  return {
    short: `${short} ≤ ${edge}`,
    long: `Noise of this shape, ${long}, stays below ${edge} in 99 of 100 draws; this one is ${formatNumber(ratio, 3).text} times that.`,
  };
}

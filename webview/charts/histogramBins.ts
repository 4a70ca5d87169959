import type { DistributionLaw, DistributionResult } from "../../src/analysis/distribution/types.ts";
import { cumulative, density } from "./laws.ts";
import { tickLabel } from "./scales.ts";

export interface Bin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Share of all finite values per unit of the axis, so that bars of unequal width compare with a law's curve. */
  readonly density: number;
}

export function binsOf(data: Pick<DistributionResult, "edges" | "counts" | "finite">): readonly Bin[] {
  return Array.from(data.counts, (count, index) => {
    const low = data.edges[index]!;
    const high = data.edges[index + 1]!;
    const width = high - low;
    return { low, high, count, density: width > 0 && data.finite > 0 ? count / (data.finite * width) : 0 };
  });
}

/** An outermost bin wider than this many others reaches to an outlier; it is drawn cut off, or the bulk would be a line. */
const WIDE = 3;

/** The part of the axis that is drawn. */
export function visibleRange(bins: readonly Bin[]): {
  readonly low: number;
  readonly high: number;
  readonly cut: boolean;
} {
  const first = bins[0];
  const last = bins[bins.length - 1];
  if (first === undefined || last === undefined) return { low: -1, high: 1, cut: false };
  const widths = bins.map((bin) => bin.high - bin.low).sort((a, b) => a - b);
  const typical = widths[Math.floor(widths.length / 2)]!;
  const cutLow = bins.length > 2 && first.high - first.low > WIDE * typical;
  const cutHigh = bins.length > 2 && last.high - last.low > WIDE * typical;
  return {
    low: cutLow ? first.high - typical : first.low,
    high: cutHigh ? last.low + typical : last.high,
    cut: cutLow || cutHigh,
  };
}

export function readBin(bin: Bin, finite: number, laws: readonly DistributionLaw[]): string {
  const share = finite > 0 ? ` (${((100 * bin.count) / finite).toPrecision(3)} %)` : "";
  const expected = laws
    .map((law) => `${law.label}: ${tickLabel(finite * (cumulative(law, bin.high) - cumulative(law, bin.low)))}`)
    .join(", ");
  const against = expected === "" ? "" : `; expected ${expected}`;
  return `${tickLabel(bin.low)} to ${tickLabel(bin.high)}: ${bin.count}${share}${against}`;
}

/** Tallest density to be drawn: a law much narrower than the data must not flatten the bars. */
export function tallest(bins: readonly Bin[], laws: readonly DistributionLaw[], low: number, high: number): number {
  const bars = Math.max(...bins.map((bin) => bin.density), 0);
  let curves = 0;
  for (const law of laws) {
    for (let i = 0; i <= 100; i++) curves = Math.max(curves, density(law, low + ((high - low) * i) / 100));
  }
  const height = bars > 0 ? Math.max(bars, Math.min(curves, 2 * bars)) : curves;
  return height > 0 ? height : 1;
}

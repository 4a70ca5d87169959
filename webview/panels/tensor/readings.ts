import type { SpectrumResult } from "../../../src/analysis/spectrum/types.ts";
import type { StatisticsResult } from "../../../src/analysis/statistics/types.ts";
import type { Measured, Provenance } from "../../../src/analysis/types.ts";
import { type BesideNull, besideEdge, besideNoise } from "../../shell/besideNull.ts";
import { formatCount, formatNumber, type MaybeNumber } from "../../shell/format.ts";

/** One summary number: what the button says and what its card adds. */
export interface Reading {
  readonly analysis: "statistics" | "spectrum";
  /** Name of the result's field: the key of the quantity's card. */
  readonly field: string;
  readonly label: string;
  readonly text: string;
  readonly title: string;
  readonly how: Provenance | null;
  /** Its null for this very matrix; null where there is none. */
  readonly beside: BesideNull | null;
}

const COUNTS: ReadonlySet<string> = new Set(["elements", "zeros", "nan", "infinite"]);
const STATISTICS: readonly (readonly [keyof StatisticsResult & string, string])[] = [
  ["elements", "elements"],
  ["mean", "mean"],
  ["std", "std"],
  ["min", "min"],
  ["max", "max"],
  ["meanSquare", "mean square"],
  ["zeros", "zeros"],
  ["nan", "NaN"],
  ["infinite", "Inf"],
];

export function statisticsReadings(result: StatisticsResult, digits: number): readonly Reading[] {
  const readings: Reading[] = STATISTICS.map(([field, label]) => {
    const value = result[field] as MaybeNumber;
    const { text, title } = COUNTS.has(field) ? formatCount(value) : formatNumber(value, digits);
    return { analysis: "statistics", field, label, text, title, how: null, beside: null };
  });
  if (result.sigmaW2 !== null) {
    const { value, relativeStandardError, fanIn } = result.sigmaW2;
    const error = value * relativeStandardError;
    readings.push({
      analysis: "statistics",
      field: "sigmaW2",
      label: "σ_w²",
      text: `≈ ${formatNumber(value, digits).text} ± ${formatNumber(error, 2).text}`,
      title: `${value}, fan-in ${fanIn}; the error assumes Gaussian entries`,
      how: { kind: "estimate", standardError: error, method: `fan-in (${fanIn}) times the mean square of the entries` },
      beside: null,
    });
  }
  return readings;
}

type SpectrumField = "spectralNorm" | "frobeniusNorm" | "stableRank" | "effectiveRank" | "participationRatio";

const SPECTRUM: readonly (readonly [SpectrumField, string])[] = [
  ["spectralNorm", "spectral norm"],
  ["frobeniusNorm", "Frobenius norm"],
  ["stableRank", "stable rank"],
  ["effectiveRank", "effective rank"],
  ["participationRatio", "participation ratio"],
];

/** Frobenius norms have no null: the noise level is fitted to them. */
function besideOf(field: SpectrumField, result: SpectrumResult, digits: number): BesideNull | null {
  const measured = result[field];
  if (measured === null || result.degenerate !== null || field === "frobeniusNorm") return null;
  return field === "spectralNorm"
    ? besideEdge(result.noise, measured.value, digits)
    : besideNoise([result.rows, result.columns], result.rankNulls[field], measured.value, digits);
}

export function spectrumReadings(result: SpectrumResult, digits: number): readonly Reading[] {
  return SPECTRUM.map(([field, label]) => {
    const measured = result[field];
    return {
      analysis: "spectrum",
      field,
      label,
      text: readMeasured(measured, digits),
      title: measured === null ? "cannot be estimated from the leading modes alone" : String(measured.value),
      how: measured?.how ?? null,
      beside: besideOf(field, result, digits),
    };
  });
}

/** "1.23" exact, "≈ 1.23 ± 0.02" estimated, "1.23 (residual 1e−9)" bounded, "–" where it cannot be known. */
export function readMeasured(measured: Measured | null, digits: number): string {
  if (measured === null) return "–";
  const { text } = formatNumber(measured.value, digits);
  if (text === "–") return text;
  switch (measured.how.kind) {
    case "exact":
      return text;
    case "estimate":
      return `≈ ${text} ± ${formatNumber(measured.how.standardError, 2).text}`;
    case "bound":
      return `${text} (residual ${formatNumber(measured.how.residual, 2).text})`;
  }
}

import type { SpectrumResult } from "../../analysis/spectrum/types.ts";
import type { StatisticsResult } from "../../analysis/statistics/types.ts";
import type { Measured } from "../../analysis/types.ts";
import type { Outcome } from "../../protocol/contract.ts";
import { numberText } from "../table.ts";

type Outcomes = Readonly<Record<string, Outcome>>;

export interface CsvColumn {
  readonly analysis: string;
  readonly title: string;
  readonly value: (outcomes: Outcomes) => number | string | null | undefined;
}
export interface TextColumn {
  readonly analysis: string;
  readonly title: string;
  readonly text: (outcomes: Outcomes) => string;
}

function resultOf<T>(outcome: Outcome | undefined): T | undefined {
  return outcome?.kind === "done" ? (outcome.result as T) : undefined;
}
const statistics = (title: string, value: (result: StatisticsResult) => number | null | undefined): CsvColumn => ({
  analysis: "statistics",
  title,
  value: (outcomes) => {
    const result = resultOf<StatisticsResult>(outcomes.statistics);
    return result === undefined ? undefined : value(result);
  },
});
const spectrum = (title: string, value: (result: SpectrumResult) => number | string | null | undefined): CsvColumn => ({
  analysis: "spectrum",
  title,
  value: (outcomes) => {
    const result = resultOf<SpectrumResult>(outcomes.spectrum);
    return result === undefined ? undefined : value(result);
  },
});
const error = (measured: Measured | null) => (measured?.how.kind === "estimate" ? measured.how.standardError : null);

/** All digits, and for every estimate its standard error. */
export const CSV_COLUMNS: readonly CsvColumn[] = [
  statistics("elements", ({ elements }) => elements),
  statistics("mean", ({ mean }) => mean),
  statistics("std", ({ std }) => std),
  statistics("min", ({ min }) => min),
  statistics("max", ({ max }) => max),
  statistics("zeros", ({ zeros }) => zeros),
  statistics("nan", ({ nan }) => nan),
  statistics("infinite", ({ infinite }) => infinite),
  statistics("sigmaW2", ({ sigmaW2 }) => sigmaW2?.value),
  spectrum("rows", ({ rows }) => rows),
  spectrum("columns", ({ columns }) => columns),
  spectrum("promise", ({ promise }) => promise),
  spectrum("spectralNorm", ({ spectralNorm }) => spectralNorm.value),
  spectrum("frobeniusNorm", ({ frobeniusNorm }) => frobeniusNorm.value),
  spectrum("stableRank", ({ stableRank }) => stableRank.value),
  spectrum("effectiveRank", ({ effectiveRank }) => effectiveRank?.value),
  spectrum("effectiveRankStandardError", ({ effectiveRank }) => error(effectiveRank)),
  spectrum("participationRatio", ({ participationRatio }) => participationRatio?.value),
  spectrum("participationRatioStandardError", ({ participationRatio }) => error(participationRatio)),
];

const plain = ({ analysis, title, value }: CsvColumn): TextColumn => ({
  analysis,
  title,
  text: (outcomes) => {
    const found = value(outcomes);
    return typeof found === "string" ? found : numberText(found);
  },
});
/** "~" marks what is estimated. */
const measured = (title: string, of: (result: SpectrumResult) => Measured | null): TextColumn => ({
  analysis: "spectrum",
  title,
  text: (outcomes) => {
    const found = resultOf<SpectrumResult>(outcomes.spectrum);
    const value = found === undefined ? null : of(found);
    return value === null ? "" : `${value.how.kind === "estimate" ? "~" : ""}${numberText(value.value)}`;
  },
});

export const TEXT_COLUMNS: readonly TextColumn[] = [
  plain(statistics("elements", ({ elements }) => elements)),
  plain(statistics("mean", ({ mean }) => mean)),
  plain(statistics("std", ({ std }) => std)),
  plain(statistics("min", ({ min }) => min)),
  plain(statistics("max", ({ max }) => max)),
  plain(statistics("zeros", ({ zeros }) => zeros)),
  plain(statistics("NaN/Inf", ({ nan, infinite }) => nan + infinite)),
  measured("‖W‖₂", ({ spectralNorm }) => spectralNorm),
  measured("stable rank", ({ stableRank }) => stableRank),
  measured("erank", ({ effectiveRank }) => effectiveRank),
];

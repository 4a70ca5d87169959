import type { SpectralNullResult } from "../../analysis/spectral-null/types.ts";
import type { SpectrumResult } from "../../analysis/spectrum/types.ts";
import type { StatisticsResult } from "../../analysis/statistics/types.ts";
import type { TravelResult } from "../../analysis/travel/types.ts";
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
const nulls = (
  title: string,
  value: (result: SpectralNullResult) => number | string | null | undefined,
): CsvColumn => ({
  analysis: "spectral-null",
  title,
  value: (outcomes) => {
    const result = resultOf<SpectralNullResult>(outcomes["spectral-null"]);
    return result === undefined ? undefined : value(result);
  },
});
const travel = (title: string, value: (result: TravelResult) => number | null | undefined): CsvColumn => ({
  analysis: "travel",
  title,
  value: (outcomes) => {
    const result = resultOf<TravelResult>(outcomes.travel);
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
  spectrum("hoyer", ({ hoyer }) => hoyer?.value),
  spectrum("stableRankNull", ({ rankNulls }) => rankNulls.stableRank.value),
  spectrum("effectiveRankNull", ({ rankNulls }) => rankNulls.effectiveRank.value),
  spectrum("participationRatioNull", ({ rankNulls }) => rankNulls.participationRatio.value),
  spectrum("hoyerNull", ({ rankNulls }) => rankNulls.hoyer.value),
  spectrum("noiseStd", ({ noise }) => noise.value?.noiseStd.value),
  spectrum("noiseEdge", ({ noise }) => noise.value?.noiseEdge.value),
  spectrum("signalModes", ({ noise }) => noise.value?.signalModes.value),
  spectrum("signalModesStandardError", ({ noise }) => error(noise.value?.signalModes ?? null)),
  spectrum("mp_softrank", ({ noise }) => noise.value?.mpSoftrank.value),
  spectrum("alpha", ({ powerLaw }) => powerLaw.value?.alpha.value),
  spectrum("alphaStandardError", ({ powerLaw }) => error(powerLaw.value?.alpha ?? null)),
  spectrum("remarks", ({ remarks }) => remarks.map(({ message }) => message).join(" ")),
  nulls("flipDraws", ({ signFlip }) => signFlip.value?.draws),
  nulls("flipP", ({ signFlip }) => signFlip.value?.p[0]),
  nulls("flipModes", ({ signFlip }) => signFlip.value?.signalModes),
  nulls("nullSource", ({ noise }) => noise.value?.source),
  nulls("nullModes", ({ noise }) => noise.value?.signalModes.value),
  nulls("log_norm", ({ weightWatcher }) => weightWatcher.logNorm?.value),
  nulls("log_spectral_norm", ({ weightWatcher }) => weightWatcher.logSpectralNorm?.value),
  nulls("alpha_weighted", ({ weightWatcher }) => weightWatcher.alphaWeighted?.value),
  nulls("log_alpha_norm", ({ weightWatcher }) => weightWatcher.logAlphaNorm?.value),
  travel("travel", (result) => result.travel.value),
  travel("cosine", ({ cosine }) => cosine.value),
  travel("learnedModes", ({ change }) => change.value?.noise.value?.signalModes.value),
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
  plain(spectrum("modes", ({ noise }) => noise.value?.signalModes.value)),
  plain(spectrum("σ₁/edge", ({ noise }) => noise.value?.edgeRatio.value)),
  plain(spectrum("α", ({ powerLaw }) => powerLaw.value?.alpha.value)),
  plain(nulls("flip p", ({ signFlip }) => signFlip.value?.p[0])),
  plain(nulls("draws", ({ signFlip }) => signFlip.value?.draws)),
  plain(nulls("null from", ({ noise }) => noise.value?.source)),
  plain(nulls("modes (null)", ({ noise }) => noise.value?.signalModes.value)),
  plain(travel("travel", (result) => result.travel.value)),
  plain(travel("learned", ({ change }) => change.value?.noise.value?.signalModes.value)),
];

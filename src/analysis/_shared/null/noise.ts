import {
  frobeniusShrinker,
  knownNoiseThreshold,
  medianThresholdFactor,
} from "../../../numerics/randomMatrix/gavishDonoho.ts";
import { bulkOf } from "../../../numerics/randomMatrix/marchenkoPastur.ts";
import {
  medianNoiseLevel,
  medianOf,
  type NoiseLevel,
  restNoiseLevel,
  uncertainNoiseEdge,
} from "../../../numerics/randomMatrix/noiseLevel.ts";
import { spikeOf } from "../../../numerics/randomMatrix/spiked.ts";
import type { Measured } from "../../types.ts";
import { bulkCurve } from "./bulkCurve.ts";
import type { NoiseAccount, NoiseSource, Said } from "./types.ts";

const LEVEL = 0.99;
const MAX_MODES = 64;
/** Below it the median that sets σ has no precision worth the name: its error passes 5 %. */
export const MIN_VALUES = 16;

export interface NoiseInput {
  /** Descending: all singular values, or the leading ones. */
  readonly singularValues: Float64Array;
  readonly rows: number;
  readonly columns: number;
  readonly frobeniusSquare: number;
  /** σ where it is known, and from where; null to estimate it. */
  readonly known: { readonly entryStd: number; readonly source: "initial" | "given" } | null;
}

const SOURCES: Readonly<Record<NoiseSource, { readonly level: string; readonly from: string }>> = {
  initial: { level: "the entries' standard deviation in the initial weights", from: "from the initial weights' σ" },
  median: { level: "median-matched to Marchenko–Pastur", from: "from σ matched to the median singular value" },
  rest: {
    level: "from the squared weight that the leading modes leave",
    from: "from σ of what the leading modes leave",
  },
  given: { level: "given as a parameter", from: "from the given σ" },
};

/** The spectrum against Marchenko–Pastur with the finite-size edge. */
export function noiseAccount(input: NoiseInput): Said<NoiseAccount> {
  const { singularValues: s, rows, columns, known } = input;
  const whole = s.length === Math.min(rows, columns);
  const source: NoiseSource = known?.source ?? (whole ? "median" : "rest");
  const level = levelOf(input, whole);
  if (level === null)
    return {
      value: null,
      reason: whole
        ? "More than half of the singular values are zero: no noise level can be read off their median."
        : "The leading modes carry all of the squared weight: nothing is left to read a noise level off.",
    };
  const bulk = bulkOf(rows, columns, level.entryStd);
  const edge = uncertainNoiseEdge(rows, columns, level, LEVEL);
  const threshold =
    source === "median" ? medianThresholdFactor(bulk.beta) * medianOf(s) : knownNoiseThreshold(bulk.beta) * bulk.unit;
  const above = (limit: number) => s.reduce((count, value) => count + (value > limit ? 1 : 0), 0);
  const relative = level.standardError / level.entryStd;
  const measured = (value: number, error: number, method: string): Measured => ({
    value,
    how: error === 0 ? { kind: "exact", method } : { kind: "estimate", standardError: error, method },
  });
  const { level: levelMethod, from } = SOURCES[source];
  const counted = (limit: number, what: string): Measured => {
    const spread = Math.abs(above(limit * (1 - relative)) - above(limit * (1 + relative))) / 2;
    const cut =
      above(limit) === s.length && !whole ? `; all ${s.length} that were computed are: there may be more` : "";
    return measured(above(limit), spread, `singular values above the ${what}, ${from}${cut}`);
  };
  const wide = rows <= columns;
  const modes = Array.from(s.subarray(0, Math.min(MAX_MODES, above(edge))), (value, index) => {
    const y = value / bulk.unit;
    const spike = spikeOf(y, bulk.beta) ?? { strength: 0, shortOverlap: 0, longOverlap: 0 };
    return {
      index,
      singularValue: value,
      strength: spike.strength * bulk.unit,
      leftOverlap: wide ? spike.shortOverlap : spike.longOverlap,
      rightOverlap: wide ? spike.longOverlap : spike.shortOverlap,
      shrunk: frobeniusShrinker(y, bulk.beta) * bulk.unit,
    };
  });
  const top = s[0] ?? 0;
  return {
    reason: null,
    value: {
      source,
      noiseStd: measured(level.entryStd, level.standardError, levelMethod),
      bulkEdge: measured(bulk.upper, bulk.upper * relative, `σ√M(1 + √β), ${from}`),
      noiseEdge: measured(edge, edge * relative, `Tracy–Widom 99 % point in Johnstone's scaling, ${from}`),
      signalModes: counted(edge, "99 % noise edge"),
      edgeRatio: measured(top / edge, (top / edge) * relative, `σ₁ over the 99 % noise edge, ${from}`),
      mpSoftrank: measured(
        (bulk.upper / top) ** 2,
        2 * (bulk.upper / top) ** 2 * relative,
        `bulk edge squared over the largest eigenvalue, ${from}`,
      ),
      bulk: bulkCurve(bulk),
      modes,
      denoisingThreshold: measured(threshold, threshold * relative, `Gavish–Donoho, exact expression, ${from}`),
      denoisingRank: counted(threshold, "denoising threshold"),
    },
  };
}

function levelOf(
  { singularValues, rows, columns, frobeniusSquare, known }: NoiseInput,
  whole: boolean,
): NoiseLevel | null {
  if (known !== null) return { entryStd: known.entryStd, standardError: 0 };
  return whole
    ? medianNoiseLevel(singularValues, rows, columns)
    : restNoiseLevel(singularValues, rows, columns, frobeniusSquare);
}

import {
  frobeniusShrinker,
  knownNoiseThreshold,
  medianThresholdFactor,
} from "../../numerics/randomMatrix/gavishDonoho.ts";
import { bulkOf } from "../../numerics/randomMatrix/marchenkoPastur.ts";
import {
  medianNoiseLevel,
  medianOf,
  type NoiseLevel,
  uncertainNoiseEdge,
} from "../../numerics/randomMatrix/noiseLevel.ts";
import { spikeOf } from "../../numerics/randomMatrix/spiked.ts";
import type { Measured } from "../types.ts";
import type { NoiseAccount, Said } from "./types.ts";

const LEVEL = 0.99;
const MAX_MODES = 64;
/** Below it the median that sets σ has no precision worth the name: its error passes 5 %. */
export const MIN_VALUES = 16;

/** The spectrum against Marchenko–Pastur with the finite-size edge. `given`: σ where the initialization is known, else 0. */
export function noiseAccount(s: Float64Array, rows: number, columns: number, given: number): Said<NoiseAccount> {
  const level: NoiseLevel | null =
    given > 0 ? { entryStd: given, standardError: 0 } : medianNoiseLevel(s, rows, columns);
  if (level === null)
    return {
      value: null,
      reason: "More than half of the singular values are zero: no noise level can be read off their median.",
    };
  const bulk = bulkOf(rows, columns, level.entryStd);
  const edge = uncertainNoiseEdge(rows, columns, level, LEVEL);
  const threshold =
    given > 0 ? knownNoiseThreshold(bulk.beta) * bulk.unit : medianThresholdFactor(bulk.beta) * medianOf(s);
  const above = (limit: number) => s.reduce((count, value) => count + (value > limit ? 1 : 0), 0);
  const relative = level.standardError / level.entryStd;
  const measured = (value: number, error: number, method: string): Measured => ({
    value,
    how: error === 0 ? { kind: "exact", method } : { kind: "estimate", standardError: error, method },
  });
  const from = given > 0 ? "from the given σ" : "from σ matched to the median singular value";
  const counted = (limit: number, what: string): Measured => {
    const spread = Math.abs(above(limit * (1 - relative)) - above(limit * (1 + relative))) / 2;
    return measured(above(limit), spread, `singular values above the ${what}, ${from}`);
  };
  const modes = Array.from(s.subarray(0, Math.min(MAX_MODES, above(edge))), (value, index) => {
    const y = value / bulk.unit;
    const spike = spikeOf(y, bulk.beta) ?? { strength: 0, shortOverlap: 0, longOverlap: 0 };
    const wide = rows <= columns;
    return {
      index,
      singularValue: value,
      strength: spike.strength * bulk.unit,
      leftOverlap: wide ? spike.shortOverlap : spike.longOverlap,
      rightOverlap: wide ? spike.longOverlap : spike.shortOverlap,
      shrunk: frobeniusShrinker(y, bulk.beta) * bulk.unit,
    };
  });
  return {
    reason: null,
    value: {
      noiseStd: measured(
        level.entryStd,
        level.standardError,
        given > 0 ? "given as a parameter" : "median-matched to Marchenko–Pastur",
      ),
      bulkEdge: measured(bulk.upper, bulk.upper * relative, `σ√M(1 + √β), ${from}`),
      noiseEdge: measured(edge, edge * relative, `Tracy–Widom 99 % point in Johnstone's scaling, ${from}`),
      signalModes: counted(edge, "99 % noise edge"),
      modes,
      denoisingThreshold: measured(threshold, threshold * relative, `Gavish–Donoho, exact expression, ${from}`),
      denoisingRank: counted(threshold, "denoising threshold"),
    },
  };
}

/**
 * Whether entries can have been drawn by the law that a source states. Each comparison gives an upper bound on the probability of what the file shows, were the
 * statement true (src/numerics/special/largeDeviations.ts), so that a level holds at every size; a weight is contradicted where the bound is under the level
 * and the difference is one that matters.
 *   variance  mean of squares against it.   mean  its distance in standard errors.
 *   law       sup|F̂ − F| at the corners of 160 intervals; entries beyond the law's bound; all entries within less than the law reaches.
 *   orthogonal, constant, tied: no chance is in them but that of a random law to look so.
 */
import {
  type BoundedLaw,
  boundOf,
  distribution,
  kurtosisOf,
  logMean,
  logNoneBeyond,
  logSquares,
  logSupremum,
} from "../../numerics/special/largeDeviations.ts";
import { figure } from "../theory/words.ts";
import type { StatedLaw } from "../types.ts";
import type { WeightMeasure } from "./measure.ts";

/** One comparison of one statement. */
export interface Comparison {
  /** ln of the bound on its probability; −Infinity: the law never does that. */
  readonly log: number;
  /** The difference is larger than arithmetic and storage make. */
  readonly matters: boolean;
  /** "states Var(W) = 2; the file has 1 ± .1". */
  readonly words: { readonly stated: string; readonly found: string };
}

/** The source's arithmetic and the file's precision need no more than this: of a variance, and of anything in standard deviations. */
const TOLERANCE = 0.02;
/** Half a unit in the last place of the coarsest type that weights are kept in (bfloat16), twice. */
const ROUNDING = 2 ** -7;
/** sup|F̂ − F| that rounding to eight bits makes at most. */
const LEAST_DISTANCE = 0.01;
/** Fewer lines are orthogonal by chance. */
const FEWEST_LINES = 4;
const ORTHOGONAL = 1e-4;
/** What a law never does has no probability. */
const NEVER = Number.NEGATIVE_INFINITY;

export function comparisonsOf(law: StatedLaw, measure: WeightMeasure): readonly Comparison[] {
  const n = measure.rows * measure.columns - measure.nan - measure.infinite;
  // Entries that are no numbers are another finding.
  if (n === 0 || !Number.isFinite(measure.meanSquare)) return [];
  switch (law.family) {
    case "constant":
      return [ofConstant(law, measure)];
    case "orthogonal":
      return [...byOwnError(law, measure), ofOrthogonal(law, measure)];
    case "other":
      return byOwnError(law, measure);
    default:
      return ofDraws(law, measure, n);
  }
}

function letterOf({ parameter }: StatedLaw): string {
  if (/bias|beta/.test(parameter)) return "b";
  return /gamma|scale/.test(parameter) ? "γ" : "W";
}

function ofConstant(law: StatedLaw, { mean, meanSquare, constant, largest, deviation }: WeightMeasure): Comparison {
  const size = Math.max(Math.abs(law.mean), 1e-30);
  const off = constant === null ? deviation + Math.abs(mean - law.mean) : Math.abs(constant - law.mean);
  const matters = law.mean === 0 ? meanSquare > 0 : off > ROUNDING * size;
  return {
    log: matters ? NEVER : 0,
    matters,
    words: {
      stated: `states ${letterOf(law)} = ${figure(law.mean)} for every entry`,
      found:
        constant === null
          ? `the file has entries of mean ${figure(mean)} and standard deviation ${figure(deviation)}, the largest ${figure(largest)}`
          : `the file has ${figure(constant)} everywhere`,
    },
  };
}

/** Where the law's own moments are not known: the file's errors, and a normal tail. */
function byOwnError(
  law: StatedLaw,
  { meanSquare, relativeError, constant, rows, columns }: WeightMeasure,
): Comparison[] {
  const ratio = meanSquare / law.variance;
  const words = varianceWords(law, meanSquare, relativeError);
  if (constant !== null && rows * columns > 1 && law.variance > 0) return [{ log: NEVER, matters: true, words }];
  const z =
    relativeError === 0
      ? Math.abs(ratio - 1) > TOLERANCE
        ? Number.POSITIVE_INFINITY
        : 0
      : (ratio - 1) / (relativeError * ratio);
  return [{ log: logMean(z), matters: Math.abs(ratio - 1) > TOLERANCE, words }];
}

function varianceWords(law: StatedLaw, meanSquare: number, relativeError: number): Comparison["words"] {
  return {
    stated: `states Var(${letterOf(law)}) = ${figure(law.variance)}`,
    found: `the file has ${figure(meanSquare)} ± ${figure(meanSquare * relativeError)}`,
  };
}

function ofOrthogonal(law: StatedLaw, { orthogonality, rows, columns }: WeightMeasure): Comparison {
  const matters = Math.min(rows, columns) > 1 && !(orthogonality < ORTHOGONAL);
  return {
    log: matters ? NEVER : 0,
    matters,
    words: {
      stated: `states orthogonal ${rows <= columns ? "rows" : "columns"} for ${letterOf(law)}`,
      found: `in the file their products are up to ${figure(orthogonality)} of their squared length`,
    },
  };
}

function ofDraws(law: StatedLaw, measure: WeightMeasure, n: number): Comparison[] {
  const shape: BoundedLaw =
    law.family === "uniform"
      ? { family: "uniform" }
      : law.family === "truncated" && law.cut !== null
        ? { family: "truncated", cut: law.cut }
        : { family: "normal" };
  const { mean, meanSquare, relativeError, constant } = measure;
  const { zeros } = law;
  const drawn = Math.round(n * (1 - zeros));
  const deviation = Math.sqrt(law.variance);
  // About the stated mean, of the entries that are drawn.
  const square =
    (meanSquare - 2 * mean * law.mean + law.mean ** 2 - zeros * law.mean ** 2) / (1 - zeros) / law.variance;
  const shown = varianceWords(law, meanSquare - law.mean * (2 * mean - law.mean), relativeError);
  if (constant !== null && n > 1)
    return [{ log: NEVER, matters: true, words: { ...shown, found: `the file has ${figure(constant)} everywhere` } }];
  const comparisons: Comparison[] = [
    { log: logSquares(shape, square, drawn), matters: Math.abs(square - 1) > TOLERANCE, words: shown },
  ];
  const off = (mean / (1 - zeros) - law.mean) / deviation;
  comparisons.push({
    log: logMean(off * Math.sqrt(drawn)),
    matters: Math.abs(off) > TOLERANCE,
    words: {
      stated: `states a mean of ${figure(law.mean)}`,
      found: `the file has ${figure(mean)} ± ${figure(deviation / Math.sqrt(n))}`,
    },
  });
  // A padding row is no draw, and would count as one of the law's values.
  if (zeros === 0) comparisons.push(...ofLaw(law, shape, measure, n));
  if (law.mean === 0 && measure.orthogonality < ORTHOGONAL && Math.min(measure.rows, measure.columns) >= FEWEST_LINES) {
    const length = Math.max(measure.rows, measure.columns);
    comparisons.push({
      // Six pairs at least, each within 1e-4 of a right angle by chance.
      log: 6 * Math.log(2 * ORTHOGONAL * Math.sqrt(length / (2 * Math.PI))),
      matters: true,
      words: {
        stated: `states independent entries (${named(law)})`,
        found: `the file's rows or columns are orthogonal to ${figure(measure.orthogonality)}`,
      },
    });
  }
  return comparisons;
}

function named({ family, cut }: StatedLaw): string {
  return family === "truncated" ? `normal, cut off at ±${figure(cut ?? 2)} std` : family;
}

/** The shape of the distribution, its mean and variance as the source has them. */
function ofLaw(law: StatedLaw, shape: BoundedLaw, measure: WeightMeasure, n: number): Comparison[] {
  const { kurtosis, largest, counts, reach } = measure;
  const deviation = Math.sqrt(law.variance);
  const bound = boundOf(shape);
  const farthest = largest / deviation;
  let distance = 0;
  let below = 0;
  for (let k = 1; k < counts.length; k++) {
    below += counts[k - 1]!;
    const corner = -reach + (2 * reach * k) / counts.length;
    distance = Math.max(distance, Math.abs(below / n - distribution(shape, (corner - law.mean) / deviation)));
  }
  const words = {
    stated: `states ${named(law)} entries (kurtosis ${figure(kurtosisOf(shape))}${Number.isFinite(bound) ? `, none beyond ${figure(bound)} std` : ""})`,
    found: `the file's have kurtosis ${figure(kurtosis)} ± ${figure(kurtosisError(shape, n))}, the largest at ${figure(farthest)} std, and their distribution is off by ${figure(distance)}`,
  };
  // Rounding may carry the largest entry a little over the edge.
  const over = law.mean === 0 && farthest > bound * (1 + ROUNDING);
  const within = law.mean === 0 ? logNoneBeyond(shape, farthest * (1 + ROUNDING), n) : 0;
  return [
    {
      log: over ? NEVER : Math.min(0, Math.LN2 + Math.min(logSupremum(distance, n), within)),
      matters: over || distance > LEAST_DISTANCE,
      words,
    },
  ];
}

/** √(n⁻¹ spread) of the estimate under the law: 24 of a normal one, 1.3166 of a uniform one; of a cut one between, by the normal's where the cut is far. */
function kurtosisError(shape: BoundedLaw, n: number): number {
  const spread = shape.family === "uniform" ? 1.316_571 : shape.family === "normal" || shape.cut > 3 ? 24 : 3.8547;
  return Math.sqrt(spread / n);
}

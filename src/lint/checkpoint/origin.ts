import { figure } from "../theory/words.ts";
import { familiesOf, WITHIN } from "./families.ts";
import { fansOf, LAWS } from "./laws.ts";
import type { WeightMeasure } from "./measure.ts";
import type { RankReading } from "./rank.ts";
import type { MeasuredWeight, Origin, WeightShape } from "./types.ts";

/** Fewer entries fit everything. */
const FEWEST_ENTRIES = 32;
/** A law by name needs its variance known at least this well … */
const NAMED_BELOW = 0.06;
/** … and, together with all weights of the file that seem to be of the same law, this well: within four errors the next law must not fit as well. */
const NAMED_TOGETHER = 0.025;
/** |mean|·√n/sd beyond this is no accident. */
export const CENTRED = 5;
/** Rows or columns that share the energy less evenly than this many standard errors are not of one law. */
const UNEVEN = 6;
/** Of an orthogonal matrix in single precision. */
const ORTHOGONAL = 1e-4;
/** σ₁ over the 99 % noise edge: beyond it no draw of this size comes. */
const BEYOND_EDGE = 1.1;
/** So many zeros were put there. */
const MANY_ZEROS = 0.05;

/**
 * Which law a weight may have been drawn from: variance within four standard errors, kurtosis that of the family, rows and columns as even as independent
 * entries make them, no singular value beyond the noise edge. What fails one of them was trained, or made otherwise; which, is said.
 */
export function originOf(measure: WeightMeasure, shape: WeightShape, rank: RankReading | null): Origin {
  const { meanSquare, relativeError, meanScore, kurtosis, deviation, largest, rows, columns, constant } = measure;
  const entries = rows * columns - measure.nan - measure.infinite;
  if (entries === 0) return { kind: "unknown", evidence: "no entry is a finite number" };
  if (constant !== null && rows * columns > 1)
    return { kind: "constant", value: constant, evidence: `all entries are ${figure(constant)}` };
  if (Math.min(rows, columns) > 1 && measure.orthogonality < ORTHOGONAL)
    return {
      kind: "law",
      name: "orthogonal",
      law: "orthogonal",
      evidence: `rows or columns are orthogonal to ${figure(measure.orthogonality)}, σ_w² = ${figure(columns * meanSquare)}`,
    };
  const trained = signOfTraining(measure, rank, entries);
  if (trained !== null) return { kind: "trained", evidence: trained };
  const numbers = `σ_w² = ${figure(columns * meanSquare)} ± ${figure(columns * meanSquare * relativeError)}, kurtosis ${figure(kurtosis)}`;
  if (entries < FEWEST_ENTRIES) return { kind: "unknown", evidence: `${entries} entries are too few to tell` };
  const families = familiesOf(kurtosis, largest - Math.abs(measure.mean), deviation, entries);
  const [likeliest] = families;
  if (likeliest === undefined)
    return { kind: "trained", evidence: `${numbers}: neither uniform (1.8) nor normal (3), cut off (2.37) or not` };
  if (relativeError > NAMED_BELOW)
    return { kind: "unknown", evidence: `${numbers}: ${entries} entries are too few to tell laws apart` };
  if (Math.abs(meanScore) <= CENTRED) {
    const [best] = families
      .flatMap(({ family }) => LAWS.filter((law) => law.family === family))
      .flatMap((law) => {
        const variance = law.variance(fansOf(shape), shape);
        const off = variance === null ? Number.POSITIVE_INFINITY : Math.abs(meanSquare / variance - 1) / relativeError;
        return off <= WITHIN ? [{ law, off }] : [];
      })
      .sort((a, b) => a.off - b.off);
    if (best !== undefined)
      return {
        kind: "law",
        name: best.law.name,
        law: best.law.id,
        evidence: `${numbers}, ${figure(best.off)} standard errors off`,
      };
  }
  return {
    kind: "random",
    family: likeliest.family,
    evidence: `${numbers}: ${likeliest.words}, of no law with a name`,
  };
}

/** What independent draws of one law do not do; null where nothing speaks against them. */
function signOfTraining(measure: WeightMeasure, rank: RankReading | null, entries: number): string | null {
  const { rowScore, columnScore, zeros, meanScore } = measure;
  if (zeros > MANY_ZEROS * entries && zeros < entries)
    return `${figure((100 * zeros) / entries)} % of the entries are exactly 0`;
  if (rowScore > UNEVEN) return `rows differ in size by ${figure(rowScore)} standard errors more than drawn ones do`;
  if (columnScore > UNEVEN)
    return `columns differ in size by ${figure(columnScore)} standard errors more than drawn ones do`;
  if (
    rank?.edgeRatio !== undefined &&
    rank.edgeRatio !== null &&
    rank.edgeRatio > BEYOND_EDGE &&
    Math.abs(meanScore) <= CENTRED
  )
    return `σ₁ is ${figure(rank.edgeRatio)} times the edge of noise of this size`;
  return null;
}

/**
 * Laws that small weights seem to be of are believed where all weights of the file that seem so know the variance well together. Beside trained weights
 * each has to know it alone: among many that were trained a few fit any law.
 */
export function settled<Weight extends Pick<MeasuredWeight, "origin" | "measure">>(
  weights: readonly Weight[],
): Weight[] {
  const precision = new Map<string, number>();
  for (const { origin, measure } of weights)
    if (origin.kind === "law")
      precision.set(origin.law, (precision.get(origin.law) ?? 0) + measure.relativeError ** -2);
  const sure = new Set([...precision].filter(([, sum]) => sum >= NAMED_TOGETHER ** -2).map(([law]) => law));
  const trained = weights.some(({ origin }) => origin.kind === "trained");
  return weights.map((weight) => {
    const { origin, measure } = weight;
    if (origin.kind !== "law" || origin.law === "orthogonal") return weight;
    if (trained ? measure.relativeError <= NAMED_TOGETHER : sure.has(origin.law)) return weight;
    const evidence = `${origin.evidence}: fits ${origin.name}, but so few entries fit other laws as well`;
    return { ...weight, origin: { kind: "unknown", evidence } };
  });
}

/** As if drawn, from a law with a name or without. */
export function isDrawn({ kind }: Origin): boolean {
  return kind === "law" || kind === "random";
}

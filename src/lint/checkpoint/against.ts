import { figure } from "../theory/words.ts";
import type { CheckpointFinding, SourceLaws, StatedLaw } from "../types.ts";
import { isDrawn } from "./origin.ts";
import type { FileVerdict, MeasuredWeight, Origin } from "./types.ts";

const ERRORS = 5;
/** The source's arithmetic and the file's precision need no more than this. */
const TOLERANCE = 0.02;
/** A weight that is known no better than this agrees with anything. */
const TELLING = 0.1;
/** A network in a source is that of the file where it states the laws of at least this share of the file's weights. */
const COVERAGE = 0.5;

interface Pair {
  readonly law: StatedLaw;
  readonly weight: number;
}

/** A network of a source whose names and sizes are those of the file. */
export interface FittingModel {
  readonly uri: string;
  readonly chosen: boolean;
  readonly pairs: readonly Pair[];
}

/** Networks of the sources that fit the file, those that cover most of it first. */
export function fittingModels(
  weights: readonly MeasuredWeight[],
  sources: readonly SourceLaws[],
): readonly FittingModel[] {
  const whole = weights.filter(({ part, shape }) => part === null && shape.kind !== "embedding").length;
  return sources
    .flatMap(({ uri, chosen, laws }) => {
      const models = new Map<string, StatedLaw[]>();
      for (const law of laws) models.set(law.model, [...(models.get(law.model) ?? []), law]);
      return [...models.values()].flatMap((own): FittingModel[] => {
        const pairs = own.flatMap((law): Pair[] => {
          const weight = find(weights, law.tensor);
          return weight < 0 ? [] : [{ law, weight }];
        });
        const sized = pairs.every(({ law, weight }) => sameSizes(law, weights[weight]!));
        const enough = pairs.length > 0 && (chosen || pairs.length >= COVERAGE * whole);
        return sized && enough ? [{ uri, chosen, pairs }] : [];
      });
    })
    .sort((a, b) => Number(b.chosen) - Number(a.chosen) || b.pairs.length - a.pairs.length);
}

/** By its whole name; or, since checkpoints wrap names ("model.fc1.weight", "module.fc1.weight"), the only one that ends so. */
function find(weights: readonly MeasuredWeight[], name: string): number {
  const exact = weights.findIndex(({ tensor, part }) => part === null && tensor === name);
  if (exact >= 0) return exact;
  const ending = weights.flatMap(({ tensor, part }, index) =>
    part === null && (tensor.endsWith(`.${name}`) || tensor.endsWith(`/${name}`)) ? [index] : [],
  );
  return ending.length === 1 ? ending[0]! : -1;
}

/** As far as the source says them; of a transposed convolution they are other numbers by nature. */
function sameSizes({ fanIn, fanOut }: StatedLaw, { shape }: MeasuredWeight): boolean {
  if (shape.kind === "convolution" && shape.axes[0] !== shape.rows) return true;
  const meets = (stated: number | null, size: number) => stated === null || Math.abs(stated - size) < 0.5;
  return meets(fanIn, shape.columns) && meets(fanOut, shape.rows * shape.taps);
}

export interface Compared {
  readonly findings: readonly CheckpointFinding[];
  /** Why a source that fits was not compared, or that it agrees. */
  readonly note: string | null;
}

/**
 * Where the best fitting network and a file of before training disagree. A file is of before training if its name says step 0; without a number, if a
 * weight meets what the source states of it, or all look drawn; a person's choice of the source stands for both.
 */
export function againstSources(
  weights: readonly MeasuredWeight[],
  models: readonly FittingModel[],
  verdict: FileVerdict,
  step: number | null,
  file: string,
): Compared {
  const [first] = models;
  if (first === undefined) return { findings: [], note: null };
  if (step !== null && step > 0)
    return {
      findings: [],
      note: `Not compared with a source: its name says step ${step}, and sources state what was before training.`,
    };
  const judged = models.map((model) => ({ model, lies: model.pairs.filter((pair) => !agrees(pair, weights)) }));
  const met = models.some(({ pairs }) =>
    pairs.some(
      (pair) =>
        agrees(pair, weights) &&
        weights[pair.weight]!.measure.relativeError < TELLING &&
        isDrawn(weights[pair.weight]!.origin),
    ),
  );
  if (step === null && !first.chosen && !met && verdict.kind !== "initialization")
    return { findings: [], note: "Not compared with a source: nothing says that it is of before training." };
  // Of several networks with the same names the one that the file contradicts least is meant.
  const best = judged.reduce((least, one) => (one.lies.length < least.lies.length ? one : least));
  const { model, lies } = best;
  return {
    findings: lies.map((pair) => disagreement(pair, model.uri, weights, file)),
    note:
      lies.length === 0
        ? `Agrees with ${lastOf(model.uri)} in all ${model.pairs.length} weights that it states a law of.`
        : null,
  };
}

function ratioOf({ law, weight }: Pair, weights: readonly MeasuredWeight[]): number {
  const { meanSquare } = weights[weight]!.measure;
  return law.variance === 0 ? (meanSquare === 0 ? 1 : Number.POSITIVE_INFINITY) : meanSquare / law.variance;
}

function agrees(pair: Pair, weights: readonly MeasuredWeight[]): boolean {
  const { measure } = weights[pair.weight]!;
  // The file's own error where its kurtosis is at hand; entries that are no numbers are another finding.
  if (!Number.isFinite(measure.meanSquare)) return true;
  return (
    Math.abs(ratioOf(pair, weights) - 1) <= Math.max(TOLERANCE, ERRORS * measure.relativeError * ratioOf(pair, weights))
  );
}

function disagreement(pair: Pair, uri: string, weights: readonly MeasuredWeight[], file: string): CheckpointFinding {
  const { law } = pair;
  const { tensor, part, measure, origin } = weights[pair.weight]!;
  const { meanSquare, relativeError } = measure;
  return {
    rule: "MF024",
    severity: "warning",
    tensor,
    part,
    message: `${lastOf(uri)} (${law.label}) states Var(W) = ${figure(law.variance)}; the file has ${figure(meanSquare)} ± ${figure(meanSquare * relativeError)}. ${looks(origin)} Either another line draws it, or the file is not of this source.`,
    assumptions: ["the file is of before training"],
    stated: {
      ...law,
      uri,
      message: `${law.label} states Var(W) = ${figure(law.variance)} for ${law.tensor}; ${file}, of before training, has ${figure(meanSquare)} ± ${figure(meanSquare * relativeError)} there. ${looks(origin)} Another line draws it later, or the file is not of this source.`,
    },
  };
}

function looks(origin: Origin): string {
  switch (origin.kind) {
    case "law":
      return `It looks like ${origin.name}.`;
    case "constant":
      return `All its entries are ${figure(origin.value)}.`;
    case "random":
      return `It looks ${origin.family === "truncated" ? "normal, cut off" : origin.family}.`;
    case "trained":
      return "It looks like no draw from one law.";
    default:
      return "";
  }
}

export function lastOf(uri: string): string {
  const path = uri.split(/[?#]/)[0] ?? uri;
  const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

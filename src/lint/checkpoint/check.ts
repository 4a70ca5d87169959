import { figure } from "../theory/words.ts";
import type { CheckpointFinding, StatedLaw } from "../types.ts";
import type { Origin } from "./laws.ts";
import type { WeightMeasure } from "./measure.ts";

/** One weight with what was measured, and its bias's largest entry where there is one. */
export interface MeasuredWeight {
  readonly tensor: string;
  readonly fanIn: number;
  readonly measure: WeightMeasure;
  readonly origin: Origin;
  readonly largestBias: number | null;
  readonly embedding: boolean;
}

/** |mean|·√n/sd beyond this is no accident: an outlying singular value comes from it. */
const CENTRED = 5;
const ERRORS = 5;
/** The source's arithmetic and the file's precision need no more than this. */
const TOLERANCE = 0.02;
const MEANT = /lora|adapter|ada|gate|modul|zero|control/i;

/** What the rules say of saved weights. Laws that a source states are compared only where the weights look as drawn. */
export function checkWeights(
  weights: readonly MeasuredWeight[],
  stated: readonly StatedLaw[],
): readonly CheckpointFinding[] {
  return [...weights.flatMap(ofOne), ...againstSource(weights, stated)];
}

function ofOne({ tensor, fanIn, measure, origin, largestBias, embedding }: MeasuredWeight): CheckpointFinding[] {
  const { rows, columns, nonFinite, deadRows, alikeRows, negativeRows, meanScore, meanSquare } = measure;
  const found: CheckpointFinding[] = [];
  const say = (rule: string, severity: CheckpointFinding["severity"], message: string) =>
    void found.push({ rule, severity, tensor, message, stated: null });
  if (nonFinite > 0)
    say(
      "MF011",
      "error",
      `${nonFinite} of ${rows * columns} entries are NaN or infinite: training has diverged, or the file is damaged.`,
    );
  if (origin.kind === "constant" && rows > 1 && !MEANT.test(tensor))
    say(
      "MF009",
      "information",
      "All entries are 0. That is right for the last layer of a residual branch or an adapter; two such layers in a row never move.",
    );
  else if (deadRows > 0 && deadRows < rows && !embedding)
    say("MF010", "warning", `${deadRows} of ${rows} units have no weights: they answer to nothing.`);
  if (alikeRows > 0 && columns > 2 && !embedding)
    say(
      "MF009",
      alikeRows === rows ? "error" : "warning",
      `${alikeRows} of ${rows} units have a twin whose weights point the same way (|cos| > 1 − 1e-6): they compute the same and are changed alike.`,
    );
  if (negativeRows > 0 && columns >= 16 && largestBias !== null && largestBias <= 0)
    say(
      "MF010",
      "warning",
      `${negativeRows} of ${rows} units have only negative weights and no positive bias: behind ReLU (inputs ≥ 0) they are never on.`,
    );
  if (Math.abs(meanScore) > CENTRED && origin.kind === "random")
    say(
      "MF008",
      "information",
      `The entries' mean is ${figure(Math.abs(meanScore))} standard errors from 0: the largest singular value comes from it (σ_w² = ${figure(fanIn * meanSquare)} counts it in).`,
    );
  return found;
}

function againstSource(weights: readonly MeasuredWeight[], stated: readonly StatedLaw[]): CheckpointFinding[] {
  return stated.flatMap((law): CheckpointFinding[] => {
    const weight = weights.find(({ tensor }) => tensor === law.tensor) ?? onlyEnding(weights, law.tensor);
    if (weight === undefined || weight.origin.kind === "trained") return [];
    const { meanSquare, relativeError } = weight.measure;
    const ratio = law.variance === 0 ? (meanSquare === 0 ? 1 : Number.POSITIVE_INFINITY) : meanSquare / law.variance;
    if (Math.abs(ratio - 1) <= Math.max(TOLERANCE, ERRORS * relativeError)) return [];
    const { origin } = weight;
    const looks =
      origin.kind === "law"
        ? `It looks like ${origin.name}.`
        : origin.kind === "constant"
          ? "It is all zero."
          : `It looks ${origin.family}.`;
    return [
      {
        rule: "MF020",
        severity: "warning",
        tensor: weight.tensor,
        message: `The source (${law.label}) states Var(W) = ${figure(law.variance)}; the file has ${figure(meanSquare)} ± ${figure(meanSquare * relativeError)}. ${looks} Either another line draws it, or the file is not of this source.`,
        stated: law,
      },
    ];
  });
}

/** Checkpoints wrap names: "model.fc1.weight", "module.fc1.weight". One tensor that ends so is meant. */
function onlyEnding(weights: readonly MeasuredWeight[], name: string): MeasuredWeight | undefined {
  const ending = weights.filter(({ tensor }) => tensor.endsWith(`.${name}`) || tensor.endsWith(`/${name}`));
  return ending.length === 1 ? ending[0] : undefined;
}

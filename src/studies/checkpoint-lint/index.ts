import { matrixReading } from "../../analysis/_shared/matrixReading.ts";
import { DTYPES } from "../../base/dtype.ts";
import type { DescribedTensor } from "../../base/tensor.ts";
import { checkWeights, type MeasuredWeight } from "../../lint/checkpoint/check.ts";
import { originOf } from "../../lint/checkpoint/laws.ts";
import { measureWeight } from "../../lint/checkpoint/measure.ts";
import type { StatedLaw } from "../../lint/types.ts";
import type { Study, StudyFile } from "../types.ts";
import { manifest } from "./manifest.ts";
import type { CheckpointLintResult } from "./types.ts";

/** Larger weights than this are not read whole: they would hold hundreds of megabytes for questions that few entries answer. */
const MOST_ENTRIES = 2 ** 26;
const MOST_LAWS = 10_000;

/** The lint's questions, asked of saved weights. */
export const checkpointLintStudy: Study<CheckpointLintResult> = {
  manifest,

  run: (context, parameters) =>
    context.withFile(context.files[0] ?? { role: "checkpoint", uri: "" }, async (file) => {
      const stated = readLaws(parameters);
      const wanted = file.tensors.filter(
        ({ role, dtype, elements }) =>
          (role === "weight" || role === "embedding") && DTYPES[dtype].kind === "float" && elements > 1,
      );
      const weights: MeasuredWeight[] = [];
      const skipped: { tensor: string; reason: string }[] = [];
      for (const [index, tensor] of wanted.entries()) {
        context.cancel.throwIfCancelled();
        const outcome = await measured(file, tensor, context.signal);
        if ("reason" in outcome) skipped.push({ tensor: tensor.name, reason: outcome.reason });
        else weights.push(outcome);
        context.progress((index + 1) / wanted.length);
      }
      return {
        name: file.name,
        weights: weights.map(({ tensor, origin, fanIn, measure }) => ({
          tensor,
          origin,
          fanIn,
          sigmaW2: fanIn * measure.meanSquare,
          standardError: fanIn * measure.meanSquare * measure.relativeError,
        })),
        findings: checkWeights(weights, stated),
        skipped,
      };
    }),
};

async function measured(
  { checkpoint, tensors }: StudyFile,
  tensor: DescribedTensor,
  signal: AbortSignal,
): Promise<MeasuredWeight | { readonly reason: string }> {
  if (tensor.elements > MOST_ENTRIES)
    return {
      reason: `${tensor.elements.toLocaleString("en")} entries; ${MOST_ENTRIES.toLocaleString("en")} are read at most.`,
    };
  const reading = matrixReading(tensor, { tensor: tensor.name, part: null, tap: null });
  if ("reason" in reading) return reading;
  if (tensor.parts.length > 0) return { reason: "Fused blocks are drawn together and are not told apart here." };
  const values = await checkpoint.read(tensor.name, 0, tensor.elements, signal);
  const entries = Float64Array.from(values);
  const { rows, columns } = reading;
  const bias = tensors.find(
    ({ name, role, elements }) =>
      role === "bias" && elements === rows && name === tensor.name.replace(/(?:weight|kernel)$/, "bias"),
  );
  const biases = bias === undefined ? null : await checkpoint.read(bias.name, 0, bias.elements, signal);
  // Rows are outputs: a layout of (in, out) is turned over.
  const byRows = reading.rowAxes[0] === 0 ? entries : transposed(entries, columns, rows);
  const measure = measureWeight(byRows, rows, columns);
  return {
    tensor: tensor.name,
    fanIn: columns,
    measure,
    origin: originOf(measure, columns, rows * (columns / Math.max(1, inputsOf(tensor, columns)))),
    largestBias: biases === null ? null : largestOf(biases),
    embedding: reading.kind === "embedding",
  };
}

function largestOf(values: Iterable<number>): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of values) largest = Math.max(largest, value);
  return largest;
}

/** Input channels of a convolution: its fan_out counts positions as well. */
function inputsOf({ shape, layout }: DescribedTensor, columns: number): number {
  if (shape.length <= 2) return columns;
  return (layout === "in-out" ? shape.at(-2) : shape[1]) ?? columns;
}

function transposed(entries: Float64Array, rows: number, columns: number): Float64Array {
  const turned = new Float64Array(entries.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) turned[column * rows + row] = entries[row * columns + column] ?? 0;
  return turned;
}

function readLaws(parameters: unknown): readonly StatedLaw[] {
  const given =
    typeof parameters === "object" && parameters !== null && "laws" in parameters && Array.isArray(parameters.laws)
      ? parameters.laws
      : [];
  return given.slice(0, MOST_LAWS).flatMap((law: unknown) => {
    const { tensor, variance, label, from, to } = (typeof law === "object" && law !== null ? law : {}) as Readonly<
      Record<string, unknown>
    >;
    return typeof tensor === "string" && typeof variance === "number" && variance >= 0 && typeof label === "string"
      ? [{ tensor, variance, label, from: Number(from) || 0, to: Number(to) || 0 }]
      : [];
  });
}

import { loadMatrix, matrixReading } from "../../analysis/_shared/input.ts";
import type { SpectrumResult } from "../../analysis/spectrum/types.ts";
import type { TargetRef } from "../../analysis/types.ts";
import { DTYPES, type DType, type RealArray } from "../../base/dtype.ts";
import { isCancelled } from "../../base/errors.ts";
import type { DescribedTensor } from "../../base/tensor.ts";
import { measureWeight, type WeightMeasure } from "../../lint/checkpoint/measure.ts";
import { type RankReading, rankOf } from "../../lint/checkpoint/rank.ts";
import type { WeightShape } from "../../lint/checkpoint/types.ts";
import { medianOf } from "../../lint/checkpoint/units.ts";
import type { StudyContext, StudyFile } from "../types.ts";
import type { CheckpointLintParameters } from "./parameters.ts";

/** Larger weights than this are not read whole: they would hold hundreds of megabytes for questions that few entries answer. */
const MOST_ENTRIES = 2 ** 26;

/** One weight or block of one, to be read. */
export interface WantedWeight {
  readonly tensor: DescribedTensor;
  readonly target: TargetRef;
}

/** Every weight and table of the file, fused ones block by block. */
export function wantedWeights(tensors: readonly DescribedTensor[]): readonly WantedWeight[] {
  return tensors.flatMap((tensor): WantedWeight[] => {
    const { role, dtype, elements, parts, name } = tensor;
    if ((role !== "weight" && role !== "embedding") || DTYPES[dtype].kind !== "float" || elements < 2) return [];
    return parts.length === 0
      ? [{ tensor, target: { tensor: name, part: null, tap: null } }]
      : parts.map((_, part) => ({ tensor, target: { tensor: name, part, tap: null } }));
  });
}

export interface ReadWeight {
  readonly shape: WeightShape;
  readonly measure: WeightMeasure;
  readonly bias: RealArray | null;
}

/** Reads and measures; refuses by name what is no matrix, or too large. */
export async function readWeight(
  { checkpoint, tensors }: StudyFile,
  { tensor, target }: WantedWeight,
  { cancel, signal }: Pick<StudyContext, "cancel" | "signal">,
): Promise<ReadWeight | { readonly reason: string }> {
  const reading = matrixReading(tensor, target);
  if ("reason" in reading) return reading;
  if (tensor.derivedFrom?.how === "product")
    return {
      reason: `A product of ${tensor.derivedFrom.names.join(" and ")}: no law draws it, and its rank is theirs.`,
    };
  if (reading.rows * reading.columns > MOST_ENTRIES)
    return {
      reason: `${(reading.rows * reading.columns).toLocaleString("en")} entries; ${MOST_ENTRIES.toLocaleString("en")} are read at most.`,
    };
  const { data, rows, columns } = await loadMatrix({ checkpoint, tensor, target, cancel, signal, progress() {} });
  return {
    shape: shapeOf(tensor, target, rows, columns),
    measure: measureWeight(data, rows, columns),
    bias: await readBias(tensor, target, rows, { checkpoint, tensors }, signal),
  };
}

function shapeOf(tensor: DescribedTensor, { part }: TargetRef, rows: number, columns: number): WeightShape {
  const axes = tensor.shape;
  const matrix = tensor.matrix;
  const block = part === null ? undefined : tensor.parts[part];
  const spatial =
    matrix?.kind === "conv-reshaped" ? (tensor.layout === "in-out" ? axes.slice(0, -2) : axes.slice(2)) : [];
  const gates =
    /(?:^|[._/])(?:weight_[ih]h|recurrent_kernel)/.test(tensor.name) ||
    tensor.parts.some(({ label }) => /gate/i.test(label));
  const stacked = block === undefined ? rows : (axes[block.axis] ?? rows);
  return {
    rows,
    columns,
    taps: spatial.reduce((product, size) => product * size, 1),
    wholeRows: stacked,
    axes,
    kind:
      matrix?.kind === "embedding"
        ? "embedding"
        : gates
          ? "recurrent"
          : matrix?.kind === "conv-reshaped"
            ? "convolution"
            : "dense",
    hidden: gates ? rows : null,
  };
}

const BIAS = /(weight|kernel)(?=(?:_[ih]h_l\d+(?:_reverse)?)?(?::\d+)?(?:\/\.ATTRIBUTES\/VARIABLE_VALUE)?$)/;

/** The vector that bears its name but for the last word; of a block, the same block of it. */
async function readBias(
  tensor: DescribedTensor,
  { part }: TargetRef,
  rows: number,
  { checkpoint, tensors }: Pick<StudyFile, "checkpoint" | "tensors">,
  signal: AbortSignal,
): Promise<RealArray | null> {
  const name = tensor.name.replace(BIAS, "bias");
  if (name === tensor.name) return null;
  const bias = tensors.find((other) => other.name === name && other.role === "bias");
  if (bias === undefined || DTYPES[bias.dtype].kind !== "float") return null;
  const block = part === null ? undefined : bias.parts[part];
  if (part !== null && (block === undefined || bias.shape.length !== 1)) return null;
  const [from, count] = block === undefined ? [0, bias.elements] : [block.start, block.length];
  return count === rows ? checkpoint.read(bias.name, from, count, signal) : null;
}

/** Half a unit in the last place, relative, of types that numbers are rounded to one by one. */
const ROUNDING: Partial<Record<DType, number>> = {
  f64: 2 ** -53,
  f32: 2 ** -24,
  f16: 2 ** -11,
  bf16: 2 ** -8,
};

export type RankAnswer = { readonly rank: RankReading } | { readonly reason: string; readonly waits: boolean };

/** From the spectrum that the table shows where that is known, else computed here if it is quick. */
export async function readRank(
  file: StudyFile,
  { tensor, target }: WantedWeight,
  { rows, columns, rowNorms, nan, infinite }: WeightMeasure,
  { exactLimit, computeBelow }: CheckpointLintParameters,
): Promise<RankAnswer> {
  const rounding = ROUNDING[tensor.dtype];
  if (rounding === undefined || tensor.derivedFrom !== undefined)
    return {
      reason: `Stored as ${tensor.dtype}, whose rounding has no one size: its rank is not judged.`,
      waits: false,
    };
  if (nan + infinite > 0) return { reason: "It holds values that are no numbers: it has no spectrum.", waits: false };
  const small = Math.min(rows, columns);
  if (small < 2) return { reason: "One row or column: there is no rank to lose.", waits: false };
  try {
    const answer = await file.analyse(
      "spectrum",
      target,
      exactLimit === null ? {} : { exactLimit },
      small > computeBelow ? "known" : undefined,
    );
    if (answer === null) return { reason: "Its singular values have not been computed yet.", waits: true };
    // The engine's own analysis by that id: its result.
    const { promise, singularValues, floor, noise } = answer as SpectrumResult;
    if (promise !== "exact")
      return {
        reason: "Only its leading singular values are known: its rank is not judged.",
        waits: promise === "sketch",
      };
    const rms = medianOf(rowNorms) / Math.sqrt(columns);
    const edgeRatio = noise.value === null ? null : noise.value.edgeRatio.value;
    return { rank: rankOf({ rows, columns, singularValues, floor, edgeRatio }, rms, rounding) };
  } catch (error) {
    if (isCancelled(error)) throw error;
    return { reason: error instanceof Error ? error.message : String(error), waits: false };
  }
}

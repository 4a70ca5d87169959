import { ModeScopeError } from "../../base/errors.ts";
import type { DescribedTensor } from "../../base/tensor.ts";
import { meanOf } from "../../numerics/similarity/ceiling.ts";
import { crossnobis } from "../../numerics/similarity/crossnobis.ts";
import type { Matrix64, Watched } from "../../numerics/similarity/matrix.ts";
import { noiseCovariance, whitening } from "../../numerics/similarity/noise.ts";
import { rdm } from "../../numerics/similarity/rdm.ts";
import { RefusedError } from "../../numerics/similarity/refusal.ts";
import type { StudyContext, StudyFile } from "../types.ts";
import type { CheckedParameters } from "./parameters.ts";

/** A measurement of every item, some of them independently again. */
export interface Recording {
  readonly tensor: string;
  readonly itemsFrom: string | null;
  /** What the items are called in the list, rising; null where nothing names them. */
  readonly ids: readonly number[] | null;
  /** Items × units, one for each independent part (repeat, session). */
  readonly parts: readonly Matrix64[];
  /** Single measurements minus their item's mean, and their degrees of freedom; null where every item was measured once. */
  readonly residuals: { readonly matrix: Matrix64; readonly freedom: number } | null;
}

const ITEM_WORDS = /stim|item|condition|image|sentence|label|odou?r|sound/i;
const PART_WORDS = /session|repeat|repetition|run|block|fold|partition|day/i;

/**
 * Reads a recording: a matrix of trials × units with a list that says which item each trial showed (and a list of sessions or repeats, where there is
 * one), or a tensor with an axis of repeats. Items are in rising order of their ids.
 */
export async function readRecording(
  context: StudyContext,
  file: StudyFile,
  { recordingAxes, layers }: Pick<CheckedParameters, "recordingAxes" | "layers">,
): Promise<Recording> {
  const { tensors, name } = file;
  const numeric = tensors.filter(({ shape, elements }) => (shape.length === 2 || shape.length === 3) && elements > 3);
  const chosen = numeric.filter((one) => layers.includes(one.name));
  const responses = (chosen.length > 0 ? chosen : numeric).reduce<DescribedTensor | null>(
    (best, one) => (best === null || one.elements > best.elements ? one : best),
    null,
  );
  if (responses === null)
    throw new ModeScopeError("bad-format", `${name} holds no matrix of trials × units.`, { uri: file.uri });
  const values = Float64Array.from(await file.checkpoint.read(responses.name, 0, responses.elements, context.signal));
  context.cancel.throwIfCancelled();
  const hole = values.findIndex((value) => !Number.isFinite(value));
  if (hole >= 0) throw missingValue(responses, hole, values[hole]!);
  if (responses.shape.length === 3) return fromRepeats(responses, values, recordingAxes);
  const [trials = 0, units = 0] = responses.shape;
  // MATLAB has no lists: a column or a row of a matrix is one.
  const lists = tensors.filter(
    ({ shape, elements }) =>
      elements === trials && (shape.length === 1 || (shape.length === 2 && Math.min(...shape) === 1)),
  );
  const list = async (words: RegExp, not: string | null) => {
    const found = lists.find((one) => one.name !== not && words.test(lastName(one.name)));
    if (found === undefined) return null;
    return { name: found.name, ids: Array.from(await file.checkpoint.read(found.name, 0, trials, context.signal)) };
  };
  const items = await list(ITEM_WORDS, null);
  if (items === null)
    return {
      tensor: responses.name,
      itemsFrom: null,
      ids: null,
      parts: [{ rows: trials, columns: units, data: values }],
      residuals: null,
    };
  const parts = await list(PART_WORDS, items.name);
  return fromTrials(responses.name, values, units, items, parts?.ids ?? null);
}

function missingValue({ name, shape }: DescribedTensor, at: number, value: number): ModeScopeError {
  const units = shape[shape.length - 1]!;
  return new ModeScopeError(
    "non-finite",
    `${name} holds ${value} at trial ${Math.floor(at / units)}, unit ${at % units}: no mean over trials is defined there.`,
    { tensor: name, remedy: "Leave out units, or trials, that were not measured." },
  );
}

const lastName = (name: string): string => name.slice(name.lastIndexOf("/") + 1);

function fromRepeats(
  { name, shape }: DescribedTensor,
  values: Float64Array<ArrayBuffer>,
  axes: CheckedParameters["recordingAxes"],
): Recording {
  const repeatsFirst = axes === "repeats-items-units";
  const [repeats, items] = repeatsFirst ? [shape[0]!, shape[1]!] : [shape[1]!, shape[0]!];
  const units = shape[2]!;
  const ids: number[] = [];
  const parts: number[] = [];
  for (let a = 0; a < shape[0]!; a++)
    for (let b = 0; b < shape[1]!; b++) {
      ids.push(repeatsFirst ? b : a);
      parts.push(repeatsFirst ? a : b);
    }
  if (repeats * items * units !== values.length)
    throw new ModeScopeError("internal", `${name} is not of its own shape.`);
  return fromTrials(name, values, units, { name: null, ids }, parts);
}

function fromTrials(
  tensor: string,
  values: Float64Array<ArrayBuffer>,
  units: number,
  items: { readonly name: string | null; readonly ids: readonly number[] },
  partIds: readonly number[] | null,
): Recording {
  const order = [...new Set(items.ids)].sort((a, b) => a - b);
  const place = new Map(order.map((id, at) => [id, at]));
  const n = order.length;
  // Without a list of parts the k-th showing of an item belongs to part k.
  const shown = new Int32Array(n);
  const partOf = partIds ?? items.ids.map((id) => shown[place.get(id)!]!++);
  const names = [...new Set(partOf)].sort((a, b) => a - b);
  const sums = names.map(() => ({ values: new Float64Array(n * units), counts: new Int32Array(n) }));
  const all = { values: new Float64Array(n * units), counts: new Int32Array(n) };
  for (const [trial, id] of items.ids.entries()) {
    const item = place.get(id)!;
    for (const into of [sums[names.indexOf(partOf[trial]!)]!, all]) {
      into.counts[item]!++;
      for (let j = 0; j < units; j++) into.values[item * units + j]! += values[trial * units + j]!;
    }
  }
  const mean = ({ values: total, counts }: typeof all): Matrix64 => ({
    rows: n,
    columns: units,
    data: total.map((value, at) => value / counts[Math.floor(at / units)]!),
  });
  // A part without every item cannot stand beside the others.
  const whole = sums.filter(({ counts }) => counts.every((count) => count > 0));
  if (partIds !== null && whole.length < sums.length)
    throw new RefusedError(
      "items-differ",
      `${sums.length - whole.length} of ${sums.length} sessions of ${tensor} lack some of the ${n} items.`,
      "Leave out those sessions, or the items that were not shown in all.",
    );
  const freedom = items.ids.length - n;
  const means = mean(all).data;
  const residuals = values.map((value, at) => {
    const item = place.get(items.ids[Math.floor(at / units)]!)!;
    return value - means[item * units + (at % units)]!;
  });
  return {
    tensor,
    itemsFrom: items.name,
    ids: items.name === null ? null : order,
    parts: whole.length === 0 ? [mean(all)] : whole.map(mean),
    residuals: freedom > 0 ? { matrix: { rows: items.ids.length, columns: units, data: residuals }, freedom } : null,
  };
}

/** All parts together, and under crossnobis their distances with the noise's precision. */
export function recordingValues(
  { parts, residuals }: Recording,
  { distance, noise }: Pick<CheckedParameters, "distance" | "noise">,
  options: Watched,
): { readonly values: Matrix64; readonly dissimilarities?: Matrix64 } {
  const values = meanOf(parts);
  if (distance !== "crossnobis" && distance !== "mahalanobis") return { values };
  if (residuals === null)
    throw new RefusedError(
      "no-repeats",
      "Every item was measured once: distances free of noise need repeats.",
      "Take the plain distance instead.",
    );
  const white = whitening(noiseCovariance(residuals.matrix, residuals.freedom, noise, options).covariance, options);
  if (distance === "crossnobis")
    return { values, dissimilarities: crossnobis(parts, { ...options, whitening: white }) };
  return { values, dissimilarities: mahalanobis(values, white, options) };
}

function mahalanobis(values: Matrix64, white: Matrix64, options: Watched): Matrix64 {
  return rdm(values, "mahalanobis", { ...options, whitening: white });
}

import type { RealArray } from "../../base/dtype.ts";
import { LimitError, ModeScopeError } from "../../base/errors.ts";
import { globMatcher } from "../../base/glob.ts";
import { layerOrder } from "../../base/naturalOrder.ts";
import type { DescribedTensor } from "../../base/tensor.ts";
import type { DenseMatrix } from "../../numerics/dense.ts";
import { RefusedError } from "../../numerics/similarity/refusal.ts";
import type { StudyContext, StudyFile, StudyInput } from "../types.ts";
import type { CheckedParameters } from "./parameters.ts";
import type { Pooling } from "./types.ts";

/** Values of all layers together, as float32 in memory; a copy in float64 is twice that. */
const MOST_ELEMENTS = 2 ** 28;
/** Elements read at a time: a cancel is heard between two reads. */
const CHUNK = 2 ** 22;

export interface FoundLayer {
  readonly file: number;
  readonly input: StudyInput;
  readonly tensor: string;
  readonly shape: readonly number[];
}

export interface Skipped {
  readonly file: number;
  readonly tensor: string;
  readonly reason: string;
}

/** A tensor of a file that could be a layer: items along its first axis, and something measured of each. */
interface Candidate extends FoundLayer {
  readonly items: number;
}

/** What every file offers, and why the rest is no layer. */
export async function findLayers(
  context: StudyContext,
  inputs: readonly { readonly input: StudyInput; readonly file: number }[],
  patterns: readonly string[],
  wanted: number | null,
): Promise<{
  layers: FoundLayer[];
  skipped: Skipped[];
  items: number;
  names: readonly string[] | null;
  fileNames: string[];
}> {
  const matchers = patterns.map(globMatcher);
  const candidates: Candidate[] = [];
  const skipped: Skipped[] = [];
  const rowNames = new Map<string, readonly string[]>();
  const fileNames: string[] = [];
  for (const { input, file } of inputs)
    await context.withFile(input, async (opened) => {
      fileNames.push(opened.name);
      for (const at of layerOrder(opened.tensors.map(({ name }) => name))) {
        const tensor = opened.tensors[at]!;
        if (matchers.length > 0 && !matchers.some((matches) => matches(tensor.name))) continue;
        const reason = whyNoLayer(tensor);
        if (reason !== null) {
          skipped.push({ file, tensor: tensor.name, reason });
          continue;
        }
        candidates.push({ file, input, tensor: tensor.name, shape: tensor.shape, items: tensor.shape[0]! });
        const names = opened.checkpoint.axisLabels?.[tensor.name]?.[0] ?? null;
        if (names !== null) rowNames.set(`${file} ${tensor.name}`, names);
      }
      if (opened.checkpoint.tensors.length === 0)
        throw new ModeScopeError("bad-format", `${opened.name} holds no tensor.`, { uri: opened.uri });
    });
  const items = wanted ?? commonItems(candidates, inputs.length);
  const layers = candidates.filter((one) => one.items === items);
  for (const one of candidates)
    if (one.items !== items)
      skipped.push({
        file: one.file,
        tensor: one.tensor,
        reason: `Its first axis has ${one.items} entries, not the ${items} items.`,
      });
  for (const { file } of inputs) {
    const own = candidates.filter((one) => one.file === file);
    if (wanted === null || own.length === 0 || own.some((one) => one.items === wanted)) continue;
    const counts = [...new Set(own.map((one) => one.items))].slice(0, 6).join(", ");
    throw new RefusedError(
      "items-differ",
      `${fileNames[inputs.findIndex((one) => one.file === file)]} has tensors of ${counts} items, and what it is to be compared with has ${wanted}.`,
      "Record both on the same items.",
    );
  }
  const labelled = layers.flatMap((layer) => {
    const names = rowNames.get(`${layer.file} ${layer.tensor}`);
    return names === undefined
      ? []
      : [{ names, of: `${fileNames[inputs.findIndex(({ file }) => file === layer.file)]}` }];
  });
  requireSameNames(labelled);
  return { layers, skipped, items, names: labelled[0]?.names ?? null, fileNames };
}

/** Files that name their items must name the same ones in the same order: position alone would compare one item with another. */
export function requireSameNames(
  labelled: readonly { readonly names: readonly string[]; readonly of: string }[],
): void {
  const [first, ...others] = labelled;
  if (first === undefined) return;
  for (const { names, of } of others) {
    if (names === first.names) continue;
    const at = names.findIndex((name, k) => name !== first.names[k]);
    if (at < 0) continue;
    const known = new Set(first.names);
    const missing = names.find((name) => !known.has(name));
    throw new RefusedError(
      "items-differ",
      `Item ${at} is ${JSON.stringify(first.names[at])} in ${first.of} and ${JSON.stringify(names[at])} in ${of}.`,
      missing === undefined
        ? "They have the same items in another order: sort the rows of one like those of the other."
        : `${first.of} has no item ${JSON.stringify(missing)}: record both on the same items.`,
    );
  }
}

function whyNoLayer({ shape, dtype, elements }: DescribedTensor): string | null {
  if (shape.length < 2) return "It has one axis: a layer has items and dimensions.";
  if (dtype === "c64" || dtype === "c128" || dtype === "c32") return "It is complex.";
  if (elements === 0) return "It is empty.";
  if (shape.slice(1).reduce((product, length) => product * length, 1) < 2) return "It has one dimension.";
  if (shape[0]! < 3) return `It has ${shape[0]} items; at least three are needed.`;
  return null;
}

/** The number of items that most tensors share, of those that every file has; the larger one of two as common. */
function commonItems(candidates: readonly Candidate[], files: number): number {
  const counts = new Map<number, { tensors: number; files: Set<number> }>();
  for (const { items, file } of candidates) {
    const entry = counts.get(items) ?? { tensors: 0, files: new Set() };
    entry.tensors++;
    entry.files.add(file);
    counts.set(items, entry);
  }
  const shared = [...counts].filter(([, entry]) => entry.files.size === files);
  if (shared.length === 0)
    throw new ModeScopeError("bad-request", "The files have no number of items in common.", {
      field: "files",
      remedy: `They hold tensors with ${[...counts.keys()].slice(0, 6).join(", ") || "no"} items along the first axis. Record all of them on the same stimuli.`,
    });
  shared.sort(([a, x], [b, y]) => y.tensors - x.tensors || b - a);
  return shared[0]![0];
}

/** Reads a layer as items × dimensions, keeping only `items` (ascending) where given. */
export async function readLayer(
  context: StudyContext,
  file: StudyFile,
  layer: FoundLayer,
  { pooling }: Pick<CheckedParameters, "pooling">,
  items: Int32Array | null,
): Promise<DenseMatrix> {
  const [all = 0, ...rest] = layer.shape;
  const per = rest.reduce((product, length) => product * length, 1);
  const rows = items === null ? all : items.length;
  const fold = foldOf(rest, pooling);
  const columns = fold === null ? per : fold.columns;
  if (rows * columns > MOST_ELEMENTS) throw tooLarge(layer.tensor, rows * columns);
  const data = new Float32Array(rows * columns);
  const step = Math.max(1, Math.floor(CHUNK / per));
  let next = 0;
  for (let at = 0; at < all; at += step) {
    context.cancel.throwIfCancelled();
    const count = Math.min(step, all - at);
    // Runs without a wanted item are not read at all.
    if (items !== null && (next >= items.length || items[next]! >= at + count)) continue;
    const values = await file.checkpoint.read(layer.tensor, at * per, count * per, context.signal);
    for (let i = 0; i < count; i++) {
      if (items !== null && items[next] !== at + i) continue;
      const row = items === null ? at + i : next;
      next++;
      const source = values.subarray(i * per, (i + 1) * per);
      if (fold === null) data.set(source, row * columns);
      else fold.into(source, data, row * columns);
    }
  }
  return { rows, columns, data };
}

function tooLarge(tensor: string, elements: number): LimitError {
  return new LimitError(`${tensor} has ${elements} values for the items asked for; ${MOST_ELEMENTS} are the most.`, {
    tensor,
    remedy: "Use fewer items, or means over positions instead of every position.",
  });
}

/** All layers together must fit as well. */
export function requireRoom(layers: readonly { readonly rows: number; readonly columns: number }[]): void {
  const all = layers.reduce((sum, { rows, columns }) => sum + rows * columns, 0);
  if (all <= MOST_ELEMENTS) return;
  throw new LimitError(`The layers have ${all} values together; ${MOST_ELEMENTS} are the most.`, {
    remedy: "Choose layers by name, use fewer items, or means over positions.",
  });
}

/** Means over positions: of (channels, …positions) over the last axes, of (…positions, channels) over those before the last. */
function foldOf(
  shape: readonly number[],
  pooling: Pooling,
): { columns: number; into: (from: RealArray, to: Float32Array, at: number) => void } | null {
  if (pooling === "flatten" || shape.length < 2) return null;
  const channels = pooling === "mean-last" ? shape[0]! : shape[shape.length - 1]!;
  const positions = shape.reduce((product, length) => product * length, 1) / channels;
  const [along, across] = pooling === "mean-last" ? [1, positions] : [channels, 1];
  return {
    columns: channels,
    into(from, to, at) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let k = 0; k < positions; k++) sum += from[c * across + k * along]!;
        to[at + c] = sum / positions;
      }
    },
  };
}

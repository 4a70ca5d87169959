import { ModeScopeError } from "../../base/errors.ts";
import { labelsOfLength } from "../../base/labels.ts";
import type { DenseMatrix } from "../../numerics/dense.ts";
import { rowsOf, standardized, withoutLeading } from "../../numerics/similarity/matrix.ts";
import type { Representation } from "../../numerics/similarity/measures.ts";
import { RefusedError } from "../../numerics/similarity/refusal.ts";
import type { StudyContext, StudyInput } from "../types.ts";
import { categoriesOf } from "./categories.ts";
import type { Measured } from "./ceilings.ts";
import { findLayers, readLayer, requireRoom, requireSameNames, type Skipped } from "./load.ts";
import { runModels } from "./modelLayers.ts";
import type { CheckedParameters } from "./parameters.ts";
import { type Recording, readRecording, recordingValues } from "./recording.ts";
import { mostItems, sampleOf } from "./sample.ts";
import type { SimilarityLayer, SimilarityResult } from "./types.ts";

/** A map of more layers than these is a table of thousands of cells. */
const MOST_LAYERS = 96;

export interface Loaded {
  readonly loaded: readonly Measured[];
  /** Places of the items that were drawn; null for all. */
  readonly chosen: Int32Array<ArrayBuffer> | null;
  readonly files: readonly { readonly name: string; readonly uri: string }[];
  readonly skipped: readonly Skipped[];
  readonly items: SimilarityResult["items"];
  /** How many there are, also where only one of them was asked for. */
  readonly representations: number;
  readonly notes: readonly string[];
}

/** Every representation in memory: models are run, files of activations and recordings read. `progress`: 0 … 1 of this. */
export async function load(
  context: StudyContext,
  inputs: readonly StudyInput[],
  parameters: CheckedParameters,
  progress: (fraction: number) => void,
): Promise<Loaded> {
  const files: { name: string; uri: string }[] = inputs.map(({ uri }) => ({
    name: decodeURIComponent(uri.slice(uri.lastIndexOf("/") + 1)),
    uri,
  }));
  const ran = await runModels(context, inputs, parameters, MOST_LAYERS, (fraction) => progress(0.8 * fraction));
  const recordings = await readRecordings(context, inputs, parameters, files);
  const counts = [
    ...recordings.map(({ file, recording }) => ({ name: files[file]!.name, items: recording.parts[0]!.rows })),
    ...ran.models.map(({ file, items }) => ({ name: `${files[file]!.name} (run on the stimuli)`, items })),
  ];
  const wanted = sameItems(counts);
  const activations = inputs.flatMap((input, file) => (input.role === "activations" ? [{ input, file }] : []));
  const found =
    activations.length === 0
      ? { layers: [], skipped: [], items: wanted!, names: null, fileNames: [] }
      : await findLayers(context, activations, parameters.layers, wanted);
  for (const [at, { file, input }] of activations.entries())
    files[file] = { name: found.fileNames[at]!, uri: input.uri };
  requireSameNames([
    ...ran.models.flatMap(({ file, itemNames }) =>
      itemNames === null ? [] : [{ names: itemNames, of: `the stimuli of ${files[file]!.name}` }],
    ),
    ...(found.names === null ? [] : [{ names: found.names, of: "the files of activations" }]),
  ]);
  const modelLayers = ran.models.flatMap(({ layers }) => layers);
  const count = found.layers.length + modelLayers.length + recordings.length;
  if (count === 0)
    throw new ModeScopeError("bad-request", `No tensor has ${found.items} items along its first axis.`, {
      field: "layers",
      remedy: "Name layers that the files hold, or files that were recorded on the same stimuli.",
    });
  if (count > MOST_LAYERS)
    throw new ModeScopeError(
      "limit-exceeded",
      `There are ${count} layers; ${MOST_LAYERS} are the most that are compared at once.`,
      { remedy: "Choose layers by name, with patterns such as *attn*." },
    );
  const all = found.items;
  const shapes = [
    ...found.layers.map(({ shape }) => shape),
    ...modelLayers.map(({ features }): readonly number[] => [all, features]),
  ];
  const chosen = recordings.length > 0 ? null : sampleOf(all, mostItems(parameters, shapes), parameters.seed);
  const several = inputs.filter(({ role }) => role !== "stimuli").length > 1;
  const label = (file: number, tensor: string) => (several ? `${stem(files[file]!.name)}: ${tensor}` : tensor);
  /** Nothing else is read where the hierarchy of one alone is asked for. */
  const { compare, hierarchyOf } = parameters;
  const wantedLayer = (file: number, tensor: string) =>
    compare || hierarchyOf === null || (hierarchyOf.file === file && hierarchyOf.tensor === tensor);
  const loaded: Measured[] = [];
  const unfit: Skipped[] = [];
  const sizes: { rows: number; columns: number }[] = [];
  const take = (file: number, tensor: string, raw: DenseMatrix) => {
    const strange = whereNotFinite(raw);
    if (strange !== null) {
      const item = chosen?.[strange.row] ?? strange.row;
      unfit.push({ file, tensor, reason: `It holds ${strange.value} at item ${item}, dimension ${strange.column}.` });
      return;
    }
    sizes.push(raw);
    requireRoom(sizes);
    const facts = { file, tensor, label: label(file, tensor), kind: "layer", repeats: 1 } as const;
    const layer: SimilarityLayer = { ...facts, items: raw.rows, dimensions: raw.columns };
    loaded.push({ values: scaled(raw, parameters, context), layer, recording: null });
  };
  for (const [file, input] of inputs.entries()) {
    for (const { name, features, values } of ran.models.find((one) => one.file === file)?.layers ?? [])
      if (wantedLayer(file, name)) take(file, name, someRows({ rows: all, columns: features, data: values }, chosen));
    const own = found.layers.filter((layer) => layer.file === file && wantedLayer(file, layer.tensor));
    if (own.length === 0) continue;
    await context.withFile(input, async (opened) => {
      for (const one of own) {
        take(file, one.tensor, await readLayer(context, opened, one, parameters, chosen));
        progress(0.8 + (0.2 * loaded.length) / count);
      }
    });
  }
  for (const { file, recording } of recordings) {
    if (!wantedLayer(file, recording.tensor)) continue;
    const read = recordingValues(recording, parameters, { cancel: context.cancel });
    const { rows: items, columns: dimensions } = read.values;
    const { tensor, parts } = recording;
    const facts = { file, tensor, label: label(file, tensor), kind: "recording", repeats: parts.length } as const;
    loaded.push({ ...read, layer: { ...facts, items, dimensions }, recording });
  }
  const [first] = loaded;
  const [strange] = unfit;
  if (first === undefined && strange !== undefined)
    throw new ModeScopeError("non-finite", `No layer is left: ${strange.tensor}: ${strange.reason}`, {
      tensor: strange.tensor,
      remedy: "Find out where the network makes values that are no numbers, or leave those items out.",
    });
  if (first === undefined)
    throw new ModeScopeError("bad-request", "hierarchyOf names none of the representations.", { field: "hierarchyOf" });
  const used = first.layer.items;
  const given =
    found.names ??
    ran.models.find(({ itemNames }) => itemNames !== null)?.itemNames ??
    labelsOfLength(parameters.nameLists, all, LISTS)?.labels ??
    null;
  const names = given?.length === all ? (chosen === null ? given : Array.from(chosen, (item) => given[item]!)) : null;
  const drawn =
    used < all ? [`${used} of ${all} items, drawn by seed ${parameters.seed}: more would not fit this measure.`] : [];
  const skipped = [...ran.skipped, ...found.skipped, ...unfit];
  const categories = categoriesOf(names, parameters.nameLists, all, chosen);
  const items = { all, used, names, rows: chosen, categories };
  return { loaded, representations: count, chosen, files, skipped, items, notes: [...ran.notes, ...drawn] };
}

const LISTS = ["items", "stimuli", ""];

async function readRecordings(
  context: StudyContext,
  inputs: readonly StudyInput[],
  parameters: CheckedParameters,
  files: { name: string; uri: string }[],
): Promise<readonly { readonly file: number; readonly recording: Recording }[]> {
  const recordings: { file: number; recording: Recording }[] = [];
  for (const [file, input] of inputs.entries())
    if (input.role === "recording")
      await context.withFile(input, async (opened) => {
        files[file] = { name: opened.name, uri: input.uri };
        recordings.push({ file, recording: await readRecording(context, opened, parameters) });
      });
  const [first, ...others] = recordings;
  for (const { file, recording } of others) {
    const [a, b] = [first!.recording.ids, recording.ids];
    if (a === null || b === null || a.length !== b.length) continue;
    const at = a.findIndex((id, k) => id !== b[k]);
    if (at >= 0)
      throw new RefusedError(
        "items-differ",
        `${files[file]!.name} showed item ${b[at]} where ${files[first!.file]!.name} showed item ${a[at]}.`,
        "Compare recordings of the same items.",
      );
  }
  return recordings;
}

/** NaN and infinities have no distances and no kernel: the first of them, by item and dimension. */
function whereNotFinite({ columns, data }: DenseMatrix): { row: number; column: number; value: number } | null {
  for (let at = 0; at < data.length; at++) {
    const value = data[at]!;
    // Of what is not finite alone, the difference to itself is not 0.
    if (value - value !== 0) return { row: Math.floor(at / columns), column: at % columns, value };
  }
  return null;
}

/** How many items there are, where models or recordings say it. */
function sameItems(counts: readonly { readonly name: string; readonly items: number }[]): number | null {
  const [first] = counts;
  const other = counts.find(({ items }) => items !== first?.items);
  if (first !== undefined && other !== undefined)
    throw new RefusedError(
      "items-differ",
      `${first.name} has ${first.items} items, ${other.name} has ${other.items}.`,
      "Compare what was measured on the same items.",
    );
  return first?.items ?? null;
}

const stem = (name: string): string => name.replace(/(\.[A-Za-z][A-Za-z0-9]*){1,2}$/, "");

function someRows(matrix: DenseMatrix, chosen: Int32Array | null): DenseMatrix {
  if (chosen === null) return matrix;
  const { rows, columns, data } = rowsOf(matrix, chosen);
  return { rows, columns, data: Float32Array.from(data) };
}

function scaled(raw: Representation["values"], { scaling, removed }: CheckedParameters, { cancel }: StudyContext) {
  if (scaling === "none") return raw;
  const { rows, columns, data } = scaling === "z-score" ? standardized(raw) : withoutLeading(raw, removed, { cancel });
  return { rows, columns, data: Float32Array.from(data) };
}

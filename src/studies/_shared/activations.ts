import { ModeScopeError } from "../../base/errors.ts";
import { globMatcher } from "../../base/glob.ts";
import type { InferenceSession, InferenceTensor, OpenInference } from "../../base/inference.ts";
import { computedValues, innerValues, innerValuesOf, withOutputs } from "../../formats/onnx/expose.ts";
import { plainName } from "../../formats/onnx/unfold/unfold.ts";
import type { GraphNode, NetworkGraph } from "../../formats/types.ts";
import type { StudyContext, StudyInput } from "../types.ts";
import { type ModelFiles, opsetOf, readModel, WEIGHTED } from "./graph/runnable.ts";
import { type Check, unfoldModel } from "./graph/unfolding.ts";
import { type Feeds, readStimuli } from "./stimuli.ts";

/** Activations that are kept, of all layers together. */
const MAX_KEPT_BYTES = 2 ** 29;
/** Items that go through the model together, where it leaves the number open. */
const BATCH = 16;
/** Layers that are taken without being asked for; more are thinned evenly. */
const MOST_LAYERS = 64;

export interface ActivationOptions {
  /** Pattern or patterns of value names; null or none: outputs of operators with weights, and of the model. */
  readonly layers: string | readonly string[] | null;
  /** What becomes of axes beyond item and channel: kept as features of their own, or averaged away, with channels second or last. */
  readonly pooling: "flatten" | "mean" | "mean-middle";
  /** Values for inputs that the stimuli do not hold, by input name. */
  readonly fill: Readonly<Record<string, number>>;
  /** Layers that are taken without being asked for, at most; more are thinned evenly. */
  readonly most?: number;
}

export interface LayerActivations {
  readonly name: string;
  /** The operator that computes it. */
  readonly op: string;
  /** Of one item, before pooling. */
  readonly shape: readonly number[];
  readonly features: number;
  /** Items × features, row by row. */
  readonly values: Float32Array<ArrayBuffer>;
}

export interface Activations {
  readonly items: number;
  readonly itemNames: readonly string[] | null;
  readonly layers: readonly LayerActivations[];
  /** Values that are no representation of the items, each with its reason. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  /** Layers that there are beyond those that were taken. */
  readonly thinned: number;
}

interface Wanted {
  readonly name: string;
  readonly op: string;
  /** What the runtime calls it. */
  readonly value: string;
}

/** Runs an ONNX model on items and keeps what its layers answer: one row an item. */
export async function modelActivations(
  context: StudyContext,
  model: StudyInput,
  stimuli: StudyInput,
  options: ActivationOptions,
): Promise<Activations> {
  const { openInference } = context;
  if (openInference === undefined)
    throw new ModeScopeError("unsupported", "Models cannot be run here.", {
      remedy: "Use VS Code on a desktop or server.",
    });
  const read = await readModel(context, model);
  const { chosen, inner, thinned } = layersOf(read.graph, options);
  const stimuliOf = (session: InferenceSession) =>
    context.withFile(stimuli, (file) => readStimuli(file, session.inputs, options.fill, context.signal));
  const { bytes, wanted, checks } =
    inner.size === 0
      ? { bytes: read.bytes, wanted: chosen, checks: [] }
      : await innerLayers(context, model, read, openInference, stimuliOf, { chosen, inner });
  const known = new Set(read.graph.outputs);
  const asked = [...wanted.map(({ value }) => value), ...checks.map(({ condition }) => condition)];
  const session = await openInference(
    withOutputs(
      bytes,
      [...new Set(asked)].filter((name) => !known.has(name)),
    ),
    read.beside,
  );
  // The runtime has its own copy.
  read.beside.length = 0;
  try {
    const feeds = await stimuliOf(session);
    const found = await runAll(context, session, feeds, wanted, checks, options.pooling);
    return { ...found, itemNames: feeds.itemNames, thinned };
  } finally {
    await session.close();
  }
}

/** Values inside of bodies, which are written out beside the model for the first items; `checks` say whether the others take the same branches. */
async function innerLayers(
  context: StudyContext,
  model: StudyInput,
  { graph, bytes, beside }: ModelFiles,
  openInference: OpenInference,
  stimuliOf: (session: InferenceSession) => Promise<Feeds>,
  { chosen, inner }: { readonly chosen: readonly Wanted[]; readonly inner: ReadonlySet<string> },
) {
  const opset = await context.withFile(model, async (file) => opsetOf(file));
  const session = await openInference(bytes, beside);
  const feeds = await stimuliOf(session).finally(() => session.close());
  const count = feeds.batch ?? Math.min(BATCH, feeds.items);
  const options = {
    openInference,
    feed: feeds.take(0, count),
    varying: feeds.varying,
    wanted: (node: GraphNode) => innerValuesOf(node).some((name) => inner.has(plainName(name))),
    decidedByItems: true,
  };
  const unfolded = await unfoldModel({ name: model.uri, graph, opset, bytes, beside }, options);
  const found = unfolded.inner.flatMap((one): Wanted[] =>
    inner.has(one.inner) ? [{ name: [one.inner, ...one.turns].join("@"), op: one.op, value: one.value }] : [],
  );
  const there = new Set(unfolded.inner.map((one) => one.inner));
  const lost = innerValues(graph).find(({ name }) => inner.has(name) && !there.has(name));
  if (lost !== undefined)
    throw new ModeScopeError(
      "unsupported",
      `${lost.name} is computed inside ${lost.where}, which these items do not come to, or whose turns they decide.`,
      { field: "layers", remedy: "Choose what the operator gives, or a value before or after it." },
    );
  return { bytes: unfolded.model.bytes, wanted: [...chosen, ...found], checks: unfolded.checks };
}

/** The main graph's values that are meant, and names of values inside of bodies that patterns mean which mean none of the main graph's. */
function layersOf(
  graph: NetworkGraph,
  { layers, most = MOST_LAYERS }: Pick<ActivationOptions, "layers" | "most">,
): { readonly chosen: readonly Wanted[]; readonly inner: ReadonlySet<string>; readonly thinned: number } {
  const patterns = layers === null ? [] : typeof layers === "string" ? [layers] : layers;
  const values = computedValues(graph).map(({ name, op }): Wanted => ({ name, op, value: name }));
  const outputs = new Set(graph.outputs);
  const matchers = patterns.map(globMatcher);
  const chosen = values.filter(({ name, op }) =>
    matchers.length === 0 ? WEIGHTED.has(op) || outputs.has(name) : matchers.some((one) => one(name)),
  );
  const missed = matchers.filter((one) => !values.some(({ name }) => one(name)));
  const inner = new Set(
    missed.length === 0
      ? []
      : innerValues(graph).flatMap(({ name }) => (missed.some((one) => one(name)) ? [name] : [])),
  );
  if (chosen.length === 0 && inner.size === 0) {
    const some = values.slice(0, 3).map(({ name }) => name);
    throw new ModeScopeError(
      "bad-request",
      `No layer matches ${patterns.join(", ") || "the operators with weights"}.`,
      {
        field: "layers",
        remedy: `There are ${values.length} values, for example ${some.join(", ")}.`,
      },
    );
  }
  if (matchers.length > 0 || chosen.length <= most) return { chosen, inner, thinned: 0 };
  const even = Array.from(
    { length: most },
    (_, i) => chosen[Math.round((i * (chosen.length - 1)) / Math.max(1, most - 1))]!,
  );
  return { chosen: even, inner, thinned: chosen.length - most };
}

async function runAll(
  context: StudyContext,
  session: InferenceSession,
  feeds: Feeds,
  wanted: readonly Wanted[],
  checks: readonly Check[],
  pooling: ActivationOptions["pooling"],
): Promise<Omit<Activations, "itemNames" | "thinned">> {
  const { items } = feeds;
  const size = feeds.batch ?? Math.min(BATCH, items);
  const kept = new Map<string, { shape: readonly number[]; features: number; values: Float32Array<ArrayBuffer> }>();
  const skipped = new Map<string, string>();
  for (let from = 0; from < items; from += size) {
    context.cancel.throwIfCancelled();
    const count = Math.min(size, items - from);
    const layers = wanted.filter(({ name }) => !skipped.has(name));
    const asked = [...layers.map(({ value }) => value), ...checks.map(({ condition }) => condition)];
    const answers = await session.run(feeds.take(from, size), [...new Set(asked)]);
    for (const { where, condition, taken } of checks)
      if ((Number(answers.get(condition)?.data[0]) !== 0) !== taken)
        throw new ModeScopeError(
          "unsupported",
          `Items from ${from} on take another branch of ${where} than the first: its inner values are not there for all items.`,
          { field: "layers", remedy: "Choose what the operator gives, or run the kinds of items apart." },
        );
    for (const { name, value } of layers) {
      const found = answers.get(value);
      const reason = found === undefined ? "its values are no plain numbers" : unfit(found, size);
      if (found === undefined || reason !== null) {
        skipped.set(name, reason ?? "");
        kept.delete(name);
        continue;
      }
      const layer = kept.get(name) ?? room(found.dims.slice(1), items, pooling);
      kept.set(name, layer);
      const bytes = [...kept.values()].reduce((sum, { values }) => sum + values.byteLength, 0);
      if (bytes > MAX_KEPT_BYTES)
        throw new ModeScopeError(
          "limit-exceeded",
          `The activations of ${kept.size} layers take more than ${MAX_KEPT_BYTES} bytes.`,
          {
            field: "layers",
            remedy: "Choose fewer layers, or average over positions (pooling: mean).",
          },
        );
      write(layer, found, from, count, pooling === "mean-middle");
    }
    context.progress((from + count) / items);
  }
  const layers: LayerActivations[] = [];
  for (const { name, op } of wanted) {
    const layer = kept.get(name);
    if (layer === undefined) continue;
    const reason = emptiness(layer, items);
    if (reason === null) layers.push({ name, op, ...layer });
    else skipped.set(name, reason);
  }
  return { items, layers, skipped: [...skipped].map(([name, reason]) => ({ name, reason })) };
}

function unfit({ dims }: InferenceTensor, batch: number): string | null {
  if (dims[0] !== batch) return `its first axis has ${dims[0] ?? "no"} entries for ${batch} items`;
  return dims.includes(0) ? "it is empty" : null;
}

/** Channels stand second or last, as the pooling says; it averages over all other axes of an item. */
function room(shape: readonly number[], items: number, pooling: ActivationOptions["pooling"]) {
  const all = shape.reduce((product, length) => product * length, 1);
  const channels = (pooling === "mean" ? shape[0] : shape[shape.length - 1]) ?? 1;
  const features = pooling !== "flatten" && shape.length > 1 ? channels : all;
  if (items * features * 4 > MAX_KEPT_BYTES)
    throw new ModeScopeError(
      "limit-exceeded",
      `${items} items × ${features} features of one layer are too many to keep.`,
      {
        field: "layers",
        remedy: "Average over positions (pooling: mean), or give fewer items.",
      },
    );
  return { shape, features, values: new Float32Array(items * features) };
}

function write(
  { shape, features, values }: Omit<LayerActivations, "name" | "op">,
  { data }: InferenceTensor,
  from: number,
  count: number,
  channelsLast: boolean,
): void {
  const perItem = shape.reduce((product, length) => product * length, 1);
  const positions = perItem / features;
  const [across, along] = channelsLast ? [1, features] : [positions, 1];
  for (let item = 0; item < count; item++)
    for (let feature = 0; feature < features; feature++) {
      let sum = 0;
      const start = item * perItem + feature * across;
      for (let k = 0; k < positions; k++) sum += Number(data[start + k * along]);
      values[(from + item) * features + feature] = sum / positions;
    }
}

/** A value that no item changes represents none of them. */
function emptiness(
  { features, values }: { readonly features: number; readonly values: Float32Array<ArrayBuffer> },
  items: number,
): string | null {
  if (values.some((value) => !Number.isFinite(value))) return "it holds values that are not finite";
  if (items < 2) return null;
  for (let i = features; i < values.length; i++) if (values[i] !== values[i % features]) return null;
  return "it is the same for every item";
}

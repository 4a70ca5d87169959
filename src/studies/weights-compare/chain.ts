import { loadMatrix } from "../../analysis/_shared/input.ts";
import { ModeScopeError } from "../../base/errors.ts";
import { naturally } from "../../base/naturalOrder.ts";
import type { DescribedTensor } from "../../base/tensor.ts";
import type { NetworkGraph } from "../../formats/types.ts";
import type { MatchedLayer } from "../../numerics/alignment/weightMatching.ts";
import type { StudyContext, StudyFile } from "../types.ts";
import { normalizationOf, type Wiring, wiringOf } from "./wiring.ts";

/** Weights of a chain together: they are all in memory, twice. */
const MOST_ELEMENTS = 2 ** 25;
/** Assignments cost the third power of a layer's width. */
const MOST_UNITS = 4096;

/** How the layers of a file hang together, or why that is not known: which units may be exchanged is known for chains, and for chains of residual blocks. */
export function findChain(tensors: readonly DescribedTensor[], graph: NetworkGraph | undefined): Wiring | string {
  const foreign = tensors.find(({ role }) => role === "embedding" || role === "position" || role === "factor");
  if (foreign !== undefined)
    return `${foreign.name} (${foreign.evidence}) belongs to more than a chain of layers: which units may be exchanged is not known.`;
  const weights = tensors.filter(({ role }) => role === "weight");
  const fused = weights.find(({ parts }) => parts.length > 0);
  if (fused !== undefined) return `${fused.name} is made of several blocks that share their units.`;
  if (weights.length < 2) return "There is no hidden layer.";
  const problem = unreadable(weights);
  if (problem !== null) return problem;
  const found = wiringOf(weights);
  // Some writers sort names as words, 10 before 2: then numbers in them say the order.
  const counted = [...weights].sort((a, b) => naturally(a.name, b.name));
  const again = typeof found === "string" ? wiringOf(counted) : found;
  if (typeof again === "string") return typeof found === "string" ? found : again;
  // A graph says what names may not: values that are added share their units' order.
  const sum = again.notes.length > 0 ? undefined : addedValues(graph);
  return sum === undefined
    ? again
    : `${sum} adds values that the network computes: the units of what is added share one order, and which layers give them is not read from names.`;
}

function unreadable(weights: readonly DescribedTensor[]): string | null {
  for (const { name, matrix, layout } of weights) {
    if (matrix === undefined) return `${name} was not read as a linear map.`;
    if (matrix.kind === "conv-reshaped" && layout !== "out-in")
      return `${name} has its channels last: how its taps lie is read for channels first only.`;
    if (matrix.rows > MOST_UNITS)
      return `${name} has ${matrix.rows} units; ${MOST_UNITS} are the most that are matched.`;
  }
  const elements = weights.reduce((sum, tensor) => sum + tensor.elements, 0);
  return elements > MOST_ELEMENTS
    ? `The chain has ${elements} weights; ${MOST_ELEMENTS} are the most that are matched.`
    : null;
}

/** The first addition of two values that are both computed from the network's inputs. */
function addedValues(graph: NetworkGraph | undefined): string | undefined {
  const computed = new Set(graph?.inputs.filter((name) => !graph.tensors.has(name)));
  for (const { op, name, inputs, outputs } of graph?.nodes ?? []) {
    const from = inputs.filter((one) => computed.has(one));
    if (from.length === 0) continue;
    for (const output of outputs) computed.add(output);
    if ((op === "Add" || op === "Sum" || op === "Concat") && from.length > 1)
      return `${op} ${name || outputs[0] || ""}`.trim();
  }
  return undefined;
}

export async function readChain(
  context: StudyContext,
  file: StudyFile,
  { wires }: Wiring,
): Promise<{ readonly layers: MatchedLayer[]; readonly normalized: number }> {
  const layers: MatchedLayer[] = [];
  const units = new Map<number, number>();
  let normalized = 0;
  for (const { name, output, input } of wires) {
    const tensor = file.tensors.find((one) => one.name === name);
    if (tensor === undefined)
      throw new ModeScopeError("unknown-tensor", `${file.name} has no ${name}.`, { tensor: name });
    const target = { tensor: name, part: null, tap: null };
    const { rows, columns, data } = await loadMatrix({
      checkpoint: file.checkpoint,
      tensor,
      target,
      cancel: context.cancel,
      signal: context.signal,
      progress() {},
    });
    const taps = input === null ? 1 : columns / units.get(input)!;
    if (output !== null) units.set(output, rows);
    const norms = normalizationOf(name, file.tensors, rows);
    if (norms.length > 0) normalized++;
    const beside: Float64Array<ArrayBuffer>[] = [];
    for (const norm of norms)
      beside.push(aroundMean(Float64Array.from(await file.checkpoint.read(norm.name, 0, rows, context.signal))));
    const bias = await biasOf(context, file, name, rows);
    const vectors = bias === null ? beside : [bias, ...beside];
    layers.push({
      units: rows,
      inputs: columns / taps,
      taps,
      weights: Float64Array.from(data),
      vectors,
      output,
      input,
    });
  }
  return { layers, normalized };
}

/** Scales lie about 1: what all units share tells none from another and moves no order, but would make the cosine of anything high. */
function aroundMean(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  return values.map((value) => value - mean);
}

/** "fc1.bias" of "fc1.weight", if it has one entry a unit. */
async function biasOf({ signal }: StudyContext, { tensors, checkpoint }: StudyFile, weight: string, units: number) {
  const stem = weight.replace(/(weight|kernel)(:0)?$/, "");
  const bias = tensors.find(
    ({ name, role, elements }) =>
      role === "bias" && elements === units && name.startsWith(stem) && stem !== "" && stem !== weight,
  );
  return bias === undefined ? null : Float64Array.from(await checkpoint.read(bias.name, 0, units, signal));
}

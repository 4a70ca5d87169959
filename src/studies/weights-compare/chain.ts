import { loadMatrix } from "../../analysis/_shared/input.ts";
import { ModeScopeError } from "../../base/errors.ts";
import { naturally } from "../../base/naturalOrder.ts";
import type { DescribedTensor } from "../../base/tensor.ts";
import type { ChainLayer } from "../../numerics/alignment/weightMatching.ts";
import type { StudyContext, StudyFile } from "../types.ts";

/** Weights of a chain together: they are all in memory, twice. */
const MOST_ELEMENTS = 2 ** 25;
/** Assignments cost the third power of a layer's width. */
const MOST_UNITS = 4096;

/** The tensors of a chain of layers by name, or why there is none: a permutation of hidden units is only known for chains. */
export function findChain(tensors: readonly DescribedTensor[]): readonly DescribedTensor[] | string {
  const foreign = tensors.find(({ role }) => role === "embedding" || role === "position" || role === "factor");
  if (foreign !== undefined)
    return `${foreign.name} (${foreign.evidence}) belongs to more than a chain of layers: which units may be exchanged is not known.`;
  const weights = tensors.filter(({ role }) => role === "weight");
  const fused = weights.find(({ parts }) => parts.length > 0);
  if (fused !== undefined) return `${fused.name} is made of several blocks that share their units.`;
  if (weights.length < 2) return "There is no hidden layer.";
  const problem = whyNoChain(weights);
  // Some writers sort names as words, 10 before 2: then numbers in them say the order.
  const counted = [...weights].sort((a, b) => naturally(a.name, b.name));
  return problem === null ? weights : whyNoChain(counted) === null ? counted : problem;
}

function whyNoChain(weights: readonly DescribedTensor[]): string | null {
  for (const [at, { name, matrix, layout }] of weights.entries()) {
    if (matrix === undefined) return `${name} was not read as a linear map.`;
    if (matrix.kind === "conv-reshaped" && layout !== "out-in")
      return `${name} has its channels last: how its taps lie is read for channels first only.`;
    if (matrix.rows > MOST_UNITS)
      return `${name} has ${matrix.rows} units; ${MOST_UNITS} are the most that are matched.`;
    const before = weights[at - 1]?.matrix;
    if (before !== undefined && inputsOf(matrix.columns, before.rows) === null)
      return `${name} takes ${matrix.columns} inputs, but ${weights[at - 1]!.name} gives ${before.rows}: the weights are no chain of layers.`;
  }
  const elements = weights.reduce((sum, tensor) => sum + tensor.elements, 0);
  return elements > MOST_ELEMENTS
    ? `The chain has ${elements} weights; ${MOST_ELEMENTS} are the most that are matched.`
    : null;
}

/** Inputs per unit before: 1, the taps of a kernel, or the places that a flattening made of each channel. */
function inputsOf(columns: number, units: number): number | null {
  return columns % units === 0 ? columns / units : null;
}

export async function readChain(
  context: StudyContext,
  file: StudyFile,
  names: readonly string[],
): Promise<ChainLayer[]> {
  const layers: ChainLayer[] = [];
  for (const name of names) {
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
    const before = layers[layers.length - 1];
    const taps = before === undefined ? 1 : (inputsOf(columns, before.units) ?? 1);
    layers.push({
      units: rows,
      inputs: columns / taps,
      taps,
      weights: Float64Array.from(data),
      bias: await biasOf(context, file, name, rows),
    });
  }
  return layers;
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

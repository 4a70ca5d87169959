import { loadMatrix } from "../analysis/_shared/input.ts";
import { matrixReading } from "../analysis/_shared/matrixReading.ts";
import { NEVER_CANCELLED } from "../base/cancel.ts";
import { ModeScopeError } from "../base/errors.ts";
import type { DescribedTensor } from "../base/tensor.ts";
import type { Checkpoint } from "../formats/types.ts";
import type { DenseMatrix } from "../numerics/dense.ts";

interface Chain {
  readonly tensors: readonly string[];
  readonly layers: readonly DenseMatrix[];
  readonly biases: readonly string[];
}

/** The weights of a checkpoint as a chain of linear layers in the file's order; refused where it is more, or does not fit together. */
export async function readChain(
  checkpoint: Checkpoint,
  described: readonly DescribedTensor[],
  signal: AbortSignal,
): Promise<Chain> {
  const weights = described.filter(isLinear);
  const foreign = described.find((tensor) => NO_CHAIN.has(tensor.role) && !isLinear(tensor));
  if (foreign !== undefined)
    throw new ModeScopeError(
      "unsupported",
      `${foreign.name} (${foreign.evidence}) is no linear layer: the theory holds for a chain of them alone.`,
    );
  const layers: DenseMatrix[] = [];
  for (const tensor of weights) {
    const target = { tensor: tensor.name, part: null, tap: null };
    layers.push(await loadMatrix({ checkpoint, tensor, target, cancel: NEVER_CANCELLED, signal, progress() {} }));
  }
  if (layers.length === 0) throw new ModeScopeError("bad-format", "It holds no weight matrix.");
  for (const [at, layer] of layers.entries()) {
    const before = layers[at - 1];
    if (before !== undefined && before.rows !== layer.columns)
      throw new ModeScopeError(
        "unsupported",
        `${weights[at]!.name} takes ${layer.columns} inputs, but ${weights[at - 1]!.name} gives ${before.rows}: the weights are no chain of layers.`,
      );
  }
  const biases = described.filter(({ role }) => role === "bias").map(({ name }) => name);
  return { tensors: weights.map(({ name }) => name), layers, biases };
}

/** What a network has that is more than a chain of linear layers. */
const NO_CHAIN: ReadonlySet<string> = new Set(["weight", "norm", "embedding", "position"]);

function isLinear(tensor: DescribedTensor): boolean {
  if (tensor.role !== "weight" && tensor.role !== "other") return false;
  const reading = matrixReading(tensor, { tensor: tensor.name, part: null, tap: null });
  return !("reason" in reading) && reading.kind === "linear";
}

import { loadMatrix } from "../../../analysis/_shared/input.ts";
import type { CancelToken } from "../../../base/cancel.ts";
import type { RealArray } from "../../../base/dtype.ts";
import { ModeScopeError } from "../../../base/errors.ts";
import type { DescribedTensor } from "../../../base/tensor.ts";
import type { Checkpoint } from "../../../formats/types.ts";
import { requireFinite } from "../../../numerics/dense.ts";
import type { DenseLayer } from "../../../numerics/network/denseNetwork.ts";
import type { NetworkReading } from "./types.ts";

interface Reader {
  readonly checkpoint: Checkpoint;
  readonly cancel: CancelToken;
  readonly signal: AbortSignal;
}

/** All weights of a chain in memory as float64 and float32 at most this many: 1 GiB, and a copy of one layer in the kernels' memory. */
const MOST_WEIGHTS = 2 ** 27;

/** The dense layers with their values; refused where the network is no chain that can be run on vectors. */
export async function readDenseChain(network: NetworkReading, reader: Reader): Promise<DenseLayer[]> {
  requireDenseChain(network);
  const layers: DenseLayer[] = [];
  for (const { tensor, bias } of network.layers) {
    const target = { tensor: tensor.name, part: null, tap: null };
    const weight = await loadMatrix({ ...reader, tensor, target, progress() {} });
    requireFinite(weight);
    layers.push({ weight, bias: bias === null ? null : await readBias(bias, reader) });
  }
  return layers;
}

/** Why the layers cannot be run one after the other on vectors, or nothing. */
export function requireDenseChain({ layers, fits, obstacles }: NetworkReading): void {
  const refuse = (message: string, remedy: string): never => {
    throw new ModeScopeError("unsupported", message, { remedy });
  };
  const [obstacle] = obstacles;
  if (obstacle !== undefined)
    refuse(
      `This network is no plain chain of layers: ${WORDS[obstacle.kind]} (${obstacle.evidence}).`,
      "Its phase diagram panel shows the growth of gradients for networks of its kind.",
    );
  if (layers.length < 2) refuse("A chain needs at least two dense layers.", "Choose a checkpoint with hidden layers.");
  const kernel = layers.find(({ kind }) => kind === "convolution");
  if (kernel !== undefined)
    refuse(
      `${kernel.tensor.name} is a convolution: the size of its pictures is not in the file, so it cannot be run.`,
      "The phase diagram shows its layers all the same.",
    );
  const misfit = layers.findIndex(({ fanIn }, at) => at > 0 && layers[at - 1]!.fanOut !== fanIn);
  if (!fits && misfit > 0)
    refuse(
      `${layers[misfit]!.tensor.name} takes ${layers[misfit]!.fanIn} inputs, but ${layers[misfit - 1]!.tensor.name} gives ${layers[misfit - 1]!.fanOut}: the weights are no chain.`,
      "Only one layer after the other can be run.",
    );
  const total = layers.reduce((sum, { fanIn, fanOut }) => sum + fanIn * fanOut, 0);
  if (total > MOST_WEIGHTS)
    throw new ModeScopeError(
      "limit-exceeded",
      `The chain has ${total} weights: more than ${MOST_WEIGHTS} are not run.`,
      {
        remedy: "Its layers one by one can be looked at in the overview.",
      },
    );
}

const WORDS: Readonly<Record<NetworkReading["obstacles"][number]["kind"], string>> = {
  residual: "it has skip connections",
  "batch-norm": "it has batch normalisation",
  "layer-norm": "it has normalisation",
  attention: "it has attention",
  recurrent: "it is recurrent",
  embedding: "it begins with embeddings",
};

async function readBias(bias: DescribedTensor, { checkpoint, signal }: Reader): Promise<Float64Array<ArrayBuffer>> {
  const values = Float64Array.from(await checkpoint.read(bias.name, 0, bias.elements, signal));
  if (values.every(Number.isFinite)) return values;
  throw new ModeScopeError("non-finite", `${bias.name} holds NaN or infinities.`, { tensor: bias.name });
}

/** Entries of one tensor that a variance is estimated from: 4 Mi give it to 0.07 %. */
const SAMPLE = 2 ** 22;
const PIECES = 8;

/** Values of a tensor, all of them or, of large ones, eight even pieces. */
export async function sampleValues(
  tensor: DescribedTensor,
  { checkpoint, cancel, signal }: Reader,
): Promise<{ readonly values: RealArray; readonly whole: boolean }> {
  cancel.throwIfCancelled();
  if (tensor.elements <= SAMPLE)
    return { values: await checkpoint.read(tensor.name, 0, tensor.elements, signal), whole: true };
  const length = SAMPLE / PIECES;
  const values = new Float64Array(SAMPLE);
  for (let piece = 0; piece < PIECES; piece++) {
    cancel.throwIfCancelled();
    const from = Math.floor(((tensor.elements - length) * piece) / (PIECES - 1));
    values.set(await checkpoint.read(tensor.name, from, length, signal), piece * length);
  }
  return { values, whole: false };
}

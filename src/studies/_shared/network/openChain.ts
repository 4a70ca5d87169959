import { ModeScopeError } from "../../../base/errors.ts";
import type { NetworkGraph } from "../../../formats/types.ts";
import type { Activation } from "../../../numerics/meanField/activation.ts";
import type { DenseLayer } from "../../../numerics/network/denseNetwork.ts";
import type { StudyContext, StudyFile, StudyInput } from "../../types.ts";
import { activationByWord, type ChosenActivation, chooseActivation } from "./activationOf.ts";
import { readNetwork } from "./layers.ts";
import { readDenseChain, requireDenseChain } from "./readWeights.ts";
import type { NetworkReading } from "./types.ts";

export interface OpenedChain {
  readonly name: string;
  readonly reading: NetworkReading;
  readonly activation: Activation;
  readonly chosen: ChosenActivation;
  readonly layers: readonly DenseLayer[];
}

/** The chain of dense layers of a checkpoint; null where the file is a model that runs and is more than such a chain, so that its graph is to be asked. */
export async function openChain(
  context: StudyContext,
  asked: unknown,
): Promise<{ readonly file: StudyInput; readonly chain: OpenedChain | null }> {
  const file = context.files.find(({ role }) => role === "checkpoint");
  if (file === undefined) throw new ModeScopeError("bad-request", "A checkpoint is needed.", { field: "files" });
  const chain = await context.withFile(file, async (opened) => {
    const { name, checkpoint, tensors } = opened;
    const reading = readNetwork(checkpoint, tensors);
    if (checkpoint.format === "onnx" && checkpoint.graph !== undefined && !isChain(opened, reading)) return null;
    const { activation, chosen } = chooseActivation(asked, checkpoint);
    const { cancel, signal } = context;
    const layers = await readDenseChain(reading, { checkpoint, cancel, signal });
    return { name, reading, activation, chosen, layers };
  });
  return { file, chain };
}

/** What a chain of dense layers may have beside its layers and one activation. */
const PLAIN = new Set("Gemm MatMul Add Identity Flatten Reshape Dropout Constant Softmax LogSoftmax".split(" "));

function isChain({ checkpoint }: StudyFile, reading: NetworkReading): boolean {
  const { nodes } = checkpoint.graph as NetworkGraph;
  const others = new Set(nodes.map(({ op }) => op).filter((op) => !PLAIN.has(op)));
  const [only] = others;
  if (others.size > 1 || (only !== undefined && activationByWord(only) === undefined)) return false;
  try {
    requireDenseChain(reading);
    return true;
  } catch {
    return false;
  }
}

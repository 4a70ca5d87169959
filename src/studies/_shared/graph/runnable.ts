import { ModeScopeError } from "../../../base/errors.ts";
import type { InferenceFile } from "../../../base/inference.ts";
import type { NetworkGraph } from "../../../formats/types.ts";
import type { StudyContext, StudyFile, StudyInput } from "../../types.ts";

/** A runtime in WebAssembly has 4 GB for the model, its working memory and what it hands out. */
const MAX_MODEL_BYTES = 2 ** 30;
/** Operators that carry weights: a layer is what one of them gives. */
export const WEIGHTED = new Set(
  "Conv ConvTranspose ConvInteger QLinearConv Gemm MatMul MatMulInteger QLinearMatMul LSTM GRU RNN Attention MultiHeadAttention".split(
    " ",
  ),
);

export interface ModelFiles {
  readonly graph: NetworkGraph;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Files beside it that hold some of its weights. */
  readonly beside: InferenceFile[];
}

export interface ModelBytes {
  readonly name: string;
  readonly graph: NetworkGraph;
  readonly opset: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Files that hold some of its weights. */
  readonly beside: readonly InferenceFile[];
}

/** A model that can be run, whole; everything else is refused with its reason. */
export async function readModel(
  context: Pick<StudyContext, "withFile" | "readBytes" | "cancel">,
  model: StudyInput,
): Promise<ModelFiles> {
  const { graph, companions } = await context.withFile(model, async (file) => runnable(file));
  const bytes = await context.readBytes(model, MAX_MODEL_BYTES);
  const beside: InferenceFile[] = [];
  let room = MAX_MODEL_BYTES - bytes.byteLength;
  for (const { name, uri } of companions) {
    context.cancel.throwIfCancelled();
    const found = await context.readBytes({ role: model.role, uri }, room);
    room -= found.byteLength;
    beside.push({ name, bytes: found });
  }
  return { graph, bytes, beside };
}

/** What the format says of values that it looked for in another file and did not find. */
const LOST = /^(its data are in|it needs the bytes|its place in) /;

/** The network, and the files beside it that hold its weights: all of them, or it is refused by the name of what is missing. */
function runnable({ name, checkpoint: { graph, format, skipped, companions = [] } }: StudyFile): {
  readonly graph: NetworkGraph;
  readonly companions: readonly { readonly name: string; readonly uri: string }[];
} {
  if (format !== "onnx" || graph === undefined)
    throw new ModeScopeError("bad-request", `${name} is no ONNX model: only those can be run.`, {
      field: "files.model",
      remedy: "Export the model to ONNX, or save its activations with a capture script.",
    });
  const lost = skipped.find(({ reason }) => LOST.test(reason));
  if (lost !== undefined)
    throw new ModeScopeError("unsupported", `${name} cannot be run: of ${lost.name}, ${lost.reason}.`, {
      field: "files.model",
      tensor: lost.name,
      remedy: "Put the file of weights beside the model, under the name that the model has for it.",
    });
  return { graph, companions };
}

/** Version of the standard operator set, as the file states it. */
export function opsetOf({ name, checkpoint }: StudyFile): number {
  const sets = checkpoint.metadata["operator sets"];
  const version = Object(sets)["ai.onnx"] as unknown;
  if (typeof version === "number") return version;
  throw new ModeScopeError("unsupported", `${name} names no version of the standard operator set.`, { format: "onnx" });
}

import { ModeScopeError } from "../../../base/errors.ts";
import type { NetworkGraph } from "../../../formats/types.ts";
import type { StudyFile } from "../../types.ts";

/** A runtime in WebAssembly has 4 GB for the model, its working memory and what it hands out. */
export const MAX_MODEL_BYTES = 2 ** 30;
/** Operators that carry weights: a layer is what one of them gives. */
export const WEIGHTED = new Set(
  "Conv ConvTranspose ConvInteger QLinearConv Gemm MatMul MatMulInteger QLinearMatMul LSTM GRU RNN Attention MultiHeadAttention".split(
    " ",
  ),
);

/** The graph of a model that can be run; everything else is refused with its reason. */
export function runnableGraph({ name, uri, checkpoint: { graph, format, skipped, tensors } }: StudyFile): NetworkGraph {
  if (format !== "onnx" || graph === undefined)
    throw new ModeScopeError("bad-request", `${name} is no ONNX model: only those can be run.`, {
      field: "files.model",
      remedy: "Export the model to ONNX, or save its activations with a capture script.",
    });
  const elsewhere = tensors.find(({ byteRange }) => byteRange !== undefined && byteRange.file !== uri)?.byteRange?.file;
  const lost = skipped.find(({ reason }) => reason.startsWith("its data are in"));
  if (elsewhere !== undefined || lost !== undefined)
    throw new ModeScopeError(
      "unsupported",
      `${name} keeps weights in another file${elsewhere === undefined ? "" : `, ${elsewhere}`}: such models are read, but not run.`,
      {
        field: "files.model",
        remedy: "Export the model with its weights inside, or save its activations with a capture script.",
      },
    );
  return graph;
}

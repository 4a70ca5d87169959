import { DTYPES } from "../../base/dtype.ts";
import type { DescribedTensor } from "../../base/tensor.ts";
import type { Checkpoint } from "../../formats/types.ts";
import type { DistributionLaw } from "./types.ts";

/** Parent's standard deviation over that of a normal cut at ±2: variance-scaling initializers divide by it. */
const TRUNCATED_AT_TWO = 0.87962566103423978;
const TORCH = "PyTorch source, torch/nn/modules";
const KERAS = "Keras 3 source; Glorot & Bengio 2010, AISTATS";
const FLAX = "Flax source, flax/linen; LeCun, Bottou, Orr & Müller 1998";
/** PyTorch's recurrent tensors; a projection (weight_hr) is among them but splits into no gates. */
const TORCH_RECURRENT = /^(weight|bias)_[ih]h(_l\d+(_reverse)?)?$/;

/**
 * The law from which the framework's standard layer of this kind starts unless told otherwise. It says what to compare with, not what
 * was used: the checkpoint does not record that. Null where role, shape and framework do not single out a default.
 */
export function defaultInitialization(
  tensor: DescribedTensor,
  framework: Checkpoint["framework"],
): DistributionLaw | null {
  if (DTYPES[tensor.dtype].kind !== "float" || tensor.elements === 0) return null;
  if (!["weight", "bias", "embedding"].includes(tensor.role)) return null;
  if (framework === "keras") return kerasDefault(tensor);
  if (framework === "flax") return flaxDefault(tensor);
  const law = torchDefault(tensor);
  if (law === null || framework === "pytorch") return law;
  return { ...law, label: `${law.label}, if this is PyTorch` };
}

function torchDefault(tensor: DescribedTensor): DistributionLaw | null {
  const leaf = leafOf(tensor);
  const matrix = tensor.matrix;
  if (TORCH_RECURRENT.test(leaf)) {
    const cell = { 0: "RNN", 3: "GRU", 4: "LSTM" }[tensor.parts.length];
    const hidden = (tensor.shape[0] ?? 0) / Math.max(1, tensor.parts.length);
    return cell === undefined ? null : uniform(1 / Math.sqrt(hidden), `nn.${cell}`, `${TORCH}/rnn.py (±1/√hidden)`);
  }
  if (tensor.role === "embedding" && matrix !== undefined) {
    return { kind: "normal", mean: 0, std: 1, label: "default of nn.Embedding", source: `${TORCH}/sparse.py` };
  }
  if (tensor.role !== "weight" || matrix === undefined || tensor.layout !== "out-in") return null;
  if (leaf === "in_proj_weight") {
    const bound = Math.sqrt(6 / (matrix.rows + matrix.columns));
    return uniform(bound, "nn.MultiheadAttention", `${TORCH}/activation.py (Xavier uniform over the stacked blocks)`);
  }
  if (matrix.kind === "linear") {
    return uniform(1 / Math.sqrt(matrix.columns), "nn.Linear", `${TORCH}/linear.py (Kaiming uniform, a = √5)`);
  }
  if (matrix.kind !== "conv-reshaped") return null;
  const positions = product(tensor.shape.slice(2));
  // A transposed convolution, (in, out, *kernel), has its fan computed from axis 1 all the same: its outputs.
  const transposed = matrix.rowAxes[0] === 1;
  const name = `nn.Conv${transposed ? "Transpose" : ""}${tensor.shape.length - 2}d`;
  return uniform(1 / Math.sqrt(tensor.shape[1]! * positions), name, `${TORCH}/conv.py (Kaiming uniform, a = √5)`);
}

function kerasDefault(tensor: DescribedTensor): DistributionLaw | null {
  if (tensor.role === "embedding") return uniform(0.05, "Keras Embedding", "Keras 3 source (uniform, ±0.05)");
  const rank = tensor.shape.length;
  // Recurrent kernels start orthogonal: no law of single elements.
  if (tensor.role !== "weight" || tensor.layout !== "in-out" || leafOf(tensor).includes("recurrent")) return null;
  const positions = product(tensor.shape.slice(0, -2));
  const bound = Math.sqrt(6 / (positions * (tensor.shape[rank - 2]! + tensor.shape[rank - 1]!)));
  return uniform(bound, rank === 2 ? "Keras Dense" : "Keras convolutions", `${KERAS} (Glorot uniform)`);
}

function flaxDefault(tensor: DescribedTensor): DistributionLaw | null {
  if (tensor.role === "embedding") {
    const std = 1 / Math.sqrt(tensor.shape.at(-1)!);
    return { kind: "normal", mean: 0, std, label: "default of flax.linen.Embed", source: "Flax source, flax/linen" };
  }
  if (tensor.role !== "weight" || tensor.layout !== "in-out" || tensor.matrix === undefined) return null;
  // Cells of flax.linen.LSTMCell and GRUCell: h… is the recurrent, orthogonal one.
  if (/(^|[./])h[ifgonrz][./]kernel$/.test(tensor.name)) return null;
  const std = 1 / Math.sqrt(tensor.matrix.columns) / TRUNCATED_AT_TWO;
  const label = `default of flax.linen.${tensor.matrix.kind === "conv-reshaped" ? "Conv" : "Dense"}`;
  return { kind: "truncated-normal", mean: 0, std, cut: 2, label, source: `${FLAX} (LeCun normal, cut at ±2)` };
}

function uniform(bound: number, layer: string, source: string): DistributionLaw {
  return { kind: "uniform", low: -bound, high: bound, label: `default of ${layer}`, source };
}

function leafOf(tensor: DescribedTensor): string {
  return tensor.name.slice(Math.max(tensor.name.lastIndexOf("."), tensor.name.lastIndexOf("/")) + 1);
}

function product(lengths: readonly number[]): number {
  return lengths.reduce((total, length) => total * length, 1);
}

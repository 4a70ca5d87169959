import type { TensorInfo } from "../../base/tensor.ts";
import { type FusedReading, known, unknown } from "./fused.ts";
import type { Subject } from "./subject.ts";

/**
 * Gates of recurrent layers, stacked in one tensor. PyTorch stacks them along the outputs, axis 0; Keras along the
 * outputs too, which is its last axis. The number of gates is the ratio of the two sides of the recurrent weight.
 */
const TORCH_GATES: Readonly<Record<number, readonly string[]>> = { 3: ["r", "z", "n"], 4: ["i", "f", "g", "o"] };
const KERAS_GATES: Readonly<Record<number, readonly string[]>> = { 3: ["z", "r", "h"], 4: ["i", "f", "c", "o"] };
const CELLS: Readonly<Record<number, string>> = { 1: "plain recurrent layer", 3: "GRU", 4: "LSTM" };

const TORCH_LEAF = /^(weight|bias)_([ih]h|hr)(_l\d+(?:_reverse)?)?$/;

/** Undefined: not a recurrent tensor, or one without gates. */
export function torchGates(subject: Subject): FusedReading | undefined {
  const match = TORCH_LEAF.exec(subject.leaf);
  if (match === null || match[2] === "hr") return undefined;
  const layer = match[3] ?? "";
  const gates = torchGateCount(subject, layer);
  const rows = subject.tensor.shape[0] ?? 0;
  if (gates === 1) return undefined;
  const labels = gates === undefined ? undefined : TORCH_GATES[gates];
  if (gates === undefined || labels === undefined || rows % gates !== 0) {
    return unknown("fused gates of a recurrent layer, split unknown");
  }
  return known(labels, 0, rows, `${CELLS[gates]}, gates ${labels.join(", ")}`);
}

function torchGateCount(subject: Subject, layer: string): number | undefined {
  const recurrent = subject.sibling(`weight_hh${layer}`);
  const projection = subject.sibling(`weight_hr${layer}`);
  if (recurrent !== undefined) {
    // A projected LSTM feeds back the projection: the hidden size is then the projection's input.
    const hidden = projection?.shape[1] ?? recurrent.shape[1] ?? 0;
    const gates = (recurrent.shape[0] ?? 0) / hidden;
    return gates in CELLS ? gates : undefined;
  }
  const place = subject.segments.join(" ").toLowerCase();
  if (place.includes("lstm")) return 4;
  if (place.includes("gru")) return 3;
  return undefined;
}

export function kerasGates(subject: Subject): FusedReading | undefined {
  const { leaf, tensor } = subject;
  if (!/^(kernel|recurrent_kernel|bias)$/.test(leaf)) return undefined;
  const recurrent: TensorInfo | undefined = leaf === "recurrent_kernel" ? tensor : subject.sibling("recurrent_kernel");
  if (recurrent === undefined) return undefined;
  const gates = (recurrent.shape.at(-1) ?? 0) / (recurrent.shape.at(-2) ?? 0);
  if (gates === 1) return undefined;
  const labels = KERAS_GATES[gates];
  const length = tensor.shape.at(-1) ?? 0;
  if (labels === undefined || length % labels.length !== 0) {
    return unknown("fused gates of a recurrent layer, split unknown");
  }
  return known(labels, tensor.shape.length - 1, length, `${CELLS[gates]} of Keras, gates ${labels.join(", ")}`);
}

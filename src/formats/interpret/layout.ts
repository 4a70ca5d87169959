import type { AxisLayout, TensorInfo } from "../../base/tensor.ts";
import { biasOf, type Lookup, type Subject, subjectOf } from "./subject.ts";

export interface LayoutReading {
  readonly layout: AxisLayout;
  readonly evidence: string;
  /** The bias shows that a convolution is transposed: inputs and outputs stand the other way round. */
  readonly transposed?: boolean;
}

/** What the checkpoint as a whole tells about its habits. */
export interface Conventions {
  /** GPT-2's Conv1D modules keep (in, out) under PyTorch's names; its square ones are told by the others. */
  readonly conv1d: AxisLayout | undefined;
}

const CONV1D = /^(c_attn|c_fc|c_proj|q_attn)$/;

export function readConventions(tensors: readonly TensorInfo[], lookup: Lookup): Conventions {
  for (const tensor of tensors) {
    if (!/(c_attn|c_fc|c_proj|q_attn)\.weight$/.test(tensor.name) || tensor.shape.length !== 2) continue;
    const subject = subjectOf(tensor, "unknown", lookup);
    const told = layoutFromBias(subject) ?? layoutFromStack(subject);
    if (told !== undefined) return { conv1d: told };
  }
  return { conv1d: undefined };
}

/** Which axes of a weight of two or more axes are outputs and inputs. */
export function readLayout(subject: Subject, conventions: Conventions): LayoutReading {
  const { leaf, parent, tensor, framework } = subject;
  const rank = tensor.shape.length;
  // A use that tells the role has said its evidence already.
  const { use } = tensor;
  if (use?.layout !== undefined) return { layout: use.layout, evidence: use.role === undefined ? use.evidence : "" };
  if (leaf === "kernel" && rank >= 4 && outputsBeforeLast(subject)) {
    return {
      layout: "in-out",
      transposed: true,
      evidence: "transposed convolution (*kernel, out, in): the bias has the length of the last axis but one",
    };
  }
  if (/(^|_)kernel$/.test(leaf)) return { layout: "in-out", evidence: "kernels of Keras and Flax end in (in, out)" };
  if (framework === "keras" || framework === "flax" || framework === "tensorflow") {
    return { layout: "in-out", evidence: `${framework} keeps (in, out)` };
  }
  if (rank === 2) {
    if (CONV1D.test(parent) && conventions.conv1d !== undefined) {
      return conventions.conv1d === "in-out"
        ? { layout: "in-out", evidence: "a Conv1D of GPT-2: biases of its kind have the length of axis 1" }
        : { layout: "out-in", evidence: "PyTorch (out, in): biases of its kind have the length of axis 0" };
    }
    const told = layoutFromBias(subject);
    if (told === "in-out") return { layout: "in-out", evidence: "the bias has the length of axis 1" };
    if (told === "out-in") return { layout: "out-in", evidence: "the bias has the length of axis 0" };
    if (/^(text|image)_projection$/.test(leaf) || (leaf === "proj" && parent === "visual")) {
      return { layout: "in-out", evidence: "CLIP multiplies by this matrix from the right" };
    }
  }
  if (rank >= 3 && leaf === "weight" && layoutFromBias(subject) === "in-out") {
    return {
      layout: "out-in",
      transposed: true,
      evidence: "transposed convolution (in, out, *kernel): the bias has the length of axis 1",
    };
  }
  if (framework === "pytorch" || leaf.endsWith("weight")) {
    return { layout: "out-in", evidence: rank === 2 ? "PyTorch (out, in)" : convolutionEvidence(subject) };
  }
  return { layout: "out-in", evidence: "read as (out, in): nothing in the file tells" };
}

function convolutionEvidence(subject: Subject): string {
  const order = "PyTorch (out, in, *kernel)";
  const bias = biasOf(subject);
  const told = bias !== undefined && bias.elements === subject.tensor.shape[0];
  return told && subject.tensor.shape[0] !== subject.tensor.shape[1]
    ? order
    : `${order}; a transposed convolution would look the same`;
}

/** A bias has one entry per output. Square weights tell nothing. */
function layoutFromBias(subject: Subject): AxisLayout | undefined {
  const [first, second] = subject.tensor.shape;
  const outputs = biasOf(subject);
  if (outputs?.shape.length !== 1 || first === second) return undefined;
  if (outputs.elements === first) return "out-in";
  return outputs.elements === second ? "in-out" : undefined;
}

function outputsBeforeLast(subject: Subject): boolean {
  const { shape } = subject.tensor;
  const bias = biasOf(subject);
  return bias?.shape.length === 1 && shape.at(-1) !== shape.at(-2) && bias.elements === shape.at(-2);
}

/** c_attn stacks three outputs of the size of its input. */
function layoutFromStack({ parent, tensor }: Subject): AxisLayout | undefined {
  const [first = 0, second = 0] = tensor.shape;
  if (parent !== "c_attn") return undefined;
  if (second === 3 * first) return "in-out";
  return first === 3 * second ? "out-in" : undefined;
}

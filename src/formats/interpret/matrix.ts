import { DTYPES } from "../../base/dtype.ts";
import type { AxisLayout, MatrixReading } from "../../base/tensor.ts";
import type { LayoutReading } from "./layout.ts";
import type { Subject } from "./subject.ts";

/** A weight as a matrix outputs × inputs, or the reason why it is none. */
export type MatrixResult = { readonly matrix: MatrixReading } | { readonly reason: string };

export function weightMatrix(subject: Subject, reading: LayoutReading): MatrixResult {
  const { shape } = subject.tensor;
  const told = usedMatrix(subject);
  if (told !== undefined) return told;
  const refusal = refuse(subject) ?? refuseStack(subject);
  if (refusal !== undefined) return { reason: refusal };
  if (shape.length < 2) return { reason: "a vector, not a matrix" };
  const heads = attentionHeads(subject);
  if (heads !== undefined) return { matrix: matrixReading(shape, "linear", heads.rowAxes, heads.columnAxes) };
  const { rowAxes, columnAxes } = reading.transposed
    ? transposedConvolution(shape.length, reading.layout)
    : outputsAndInputs(subject, reading.layout);
  return { matrix: matrixReading(shape, shape.length === 2 ? "linear" : "conv-reshaped", rowAxes, columnAxes) };
}

/** Axes as the node or layer that takes the tensor tells them; values that are no weights (quantised, empty) stay refused. */
function usedMatrix(subject: Subject): MatrixResult | undefined {
  const { shape, use } = subject.tensor;
  if (use?.axes === undefined) return undefined;
  const refusal = refuse(subject);
  if (refusal !== undefined) return { reason: refusal };
  const { rows, columns, fixed = [] } = use.axes;
  const kind = rows.length + columns.length === 2 ? "linear" : "conv-reshaped";
  return { matrix: matrixReading(shape, kind, rows, columns, fixed) };
}

/** Rows are the vocabulary (or the positions); leading axes of length 1 are held. */
export function tableMatrix(subject: Subject): MatrixResult {
  const { shape } = subject.tensor;
  const refusal = refuse(subject);
  if (refusal !== undefined) return { reason: refusal };
  const lead = shape.length - 2;
  if (lead < 0 || shape.slice(0, lead).some((length) => length !== 1)) return { reason: "not a table" };
  const fixed = range(0, lead).map((axis) => ({ axis, index: 0 }));
  return { matrix: matrixReading(shape, "embedding", [lead], [lead + 1], fixed) };
}

/** A bare array of two axes: its singular values do not depend on which axis is the output. */
export function bareMatrix(subject: Subject): MatrixResult {
  const refusal = refuse(subject);
  if (refusal !== undefined) return { reason: refusal };
  return subject.tensor.shape.length === 2
    ? { matrix: matrixReading(subject.tensor.shape, "linear", [0], [1]) }
    : { reason: "not a matrix" };
}

/** Cases where numbers of the stored array would be no numbers of the weight that the network uses. */
function refuse(subject: Subject): string | undefined {
  const { leaf, tensor } = subject;
  const kind = DTYPES[tensor.dtype].kind;
  if (tensor.use?.noMatrix !== undefined) return tensor.use.noMatrix;
  if (tensor.elements === 0) return "no elements";
  if (kind === "complex") return "complex values are not read as a matrix";
  if (kind !== "float") return "quantised: the values need their scales";
  const narrow = DTYPES[tensor.dtype].bytes === 1;
  if (
    narrow &&
    (subject.sibling(`${leaf}_scale_inv`) !== undefined || subject.sibling(`${leaf}_scale`) !== undefined)
  ) {
    return "quantised: the values need their scales";
  }
  if (leaf === "weight_v" || leaf === "weight_g" || /^original\d?$/.test(leaf)) {
    return "parametrised: the effective weight is computed from several tensors";
  }
  return undefined;
}

/** Three axes and more are a convolution only under a convolution's names; elsewhere they stack whole matrices. */
function refuseStack(subject: Subject): string | undefined {
  const { leaf, tensor } = subject;
  if (tensor.shape.length < 3) return undefined;
  if (leaf !== "weight" && leaf !== "weight_orig" && !leaf.endsWith("kernel")) return "a stack of matrices";
  const bias = subject.sibling("bias");
  const stacked = leaf === "kernel" && bias?.shape.length === 2 && bias.shape[0] === tensor.shape[0];
  return stacked && attentionHeads(subject) === undefined ? "a stack of matrices" : undefined;
}

/** Flax and Keras attention: queries, keys and values are (in, heads, size), the output is (heads, size, out). */
function attentionHeads({ leaf, parent, tensor }: Subject) {
  if (leaf !== "kernel" || tensor.shape.length !== 3) return undefined;
  if (/^(query|key|value)$/.test(parent)) return { rowAxes: [1, 2], columnAxes: [0] };
  return /^(out|attention_output)$/.test(parent) ? { rowAxes: [2], columnAxes: [0, 1] } : undefined;
}

function outputsAndInputs({ leaf, tensor }: Subject, layout: AxisLayout) {
  const rank = tensor.shape.length;
  if (layout !== "in-out") return { rowAxes: [0], columnAxes: range(1, rank) };
  // A depthwise kernel (*kernel, in, multiplier) has an own filter for each pair of its last two axes.
  if (leaf === "depthwise_kernel") return { rowAxes: [rank - 2, rank - 1], columnAxes: range(0, rank - 2) };
  return { rowAxes: [rank - 1], columnAxes: range(0, rank - 1) };
}

function transposedConvolution(rank: number, layout: AxisLayout) {
  return layout === "in-out"
    ? { rowAxes: [rank - 2], columnAxes: [...range(0, rank - 2), rank - 1] }
    : { rowAxes: [1], columnAxes: [0, ...range(2, rank)] };
}

function matrixReading(
  shape: readonly number[],
  kind: MatrixReading["kind"],
  rowAxes: readonly number[],
  columnAxes: readonly number[],
  fixed: MatrixReading["fixed"] = [],
): MatrixReading {
  const product = (axes: readonly number[]) => axes.reduce((total, axis) => total * (shape[axis] ?? 1), 1);
  return { kind, rowAxes, columnAxes, fixed, rows: product(rowAxes), columns: product(columnAxes) };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

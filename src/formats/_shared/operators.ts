import type { TensorPart, TensorUse } from "../../base/tensor.ts";
import type { GraphNode } from "../types.ts";

/**
 * What operators do with the tensors that they take. Axes are of the tensor as the operator sees it; a transposition before it is undone
 * by the caller. Sources: the operator sets of ONNX (ai.onnx and com.microsoft) and TensorFlow.
 */
export type Meaning = Omit<TensorUse, "evidence" | "axes"> & {
  /** What the tensor is to the operator: "weight", "bias", "mean". */
  readonly what: string;
  readonly rows?: readonly number[];
  readonly columns?: readonly number[];
  readonly fixed?: readonly { readonly axis: number; readonly index: number }[];
};

type Rule = (node: GraphNode, shape: readonly number[]) => Meaning | undefined;

/** Output axis and input axis of a matrix; more axes are a stack of matrices. */
function matrix(shape: readonly number[], output: 0 | 1): Meaning {
  const lead = shape.length - 2;
  if (lead < 0) return { what: "weight", role: "weight" };
  if (shape.slice(0, lead).some((length) => length !== 1))
    return { what: "weight", role: "weight", noMatrix: "a stack of matrices" };
  const fixed = Array.from({ length: lead }, (_, axis) => ({ axis, index: 0 }));
  return {
    what: "weight",
    role: "weight",
    rows: [lead + output],
    columns: [lead + 1 - output],
    ...(lead > 0 ? { fixed } : {}),
  };
}

const flag = (node: GraphNode, ...names: readonly string[]) =>
  names.some((name) => node.attributes[name] === 1 || node.attributes[name] === true);

/** `side` 1: multiplied from the right, x·W. `side` 0: from the left, W·x. */
const multiplied =
  (side: 0 | 1, ...transposed: readonly string[]): Rule =>
  (node, shape) =>
    matrix(shape, flag(node, ...transposed) ? (side === 1 ? 0 : 1) : side);

const others = (rank: number, axis: number) => Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis);

/** (out, in, *kernel), or (in, out, *kernel) of a transposed convolution. */
const convolution =
  (output: 0 | 1): Rule =>
  (_, shape) =>
    shape.length < 3
      ? undefined
      : { what: "weight", role: "weight", rows: [output], columns: others(shape.length, output) };

/** (*kernel, in, out) of TensorFlow; (*kernel, out, in) of its transposed convolutions. */
const convolutionLast =
  (fromEnd: 1 | 2): Rule =>
  (_, shape) =>
    shape.length < 3
      ? undefined
      : {
          what: "weight",
          role: "weight",
          rows: [shape.length - fromEnd],
          columns: others(shape.length, shape.length - fromEnd),
        };

const depthwise: Rule = (_, shape) =>
  shape.length === 4 ? { what: "depthwise weight", role: "weight", rows: [2, 3], columns: [0, 1] } : undefined;

const plain =
  (what: string, role?: TensorUse["role"]): Rule =>
  () =>
    role === undefined ? { what } : { what, role };

const table =
  (role: "embedding" | "position"): Rule =>
  (_, shape) =>
    shape.length === 2 ? { what: "table", role } : undefined;

const GATES: Readonly<Record<string, readonly string[]>> = {
  LSTM: ["i", "o", "f", "c"],
  GRU: ["z", "r", "h"],
  RNN: [],
};

/** (directions, gates × hidden, in). */
const gated: Rule = (node, shape) => {
  const gates = GATES[node.op] ?? [];
  const rows = shape[1] ?? 0;
  if (shape.length !== 3) return { what: "weight", role: "weight" };
  const each = rows / Math.max(1, gates.length);
  const equal = gates.map((label, i): TensorPart => ({ label, axis: 1, start: i * each, length: each }));
  const parts = equal.length > 0 && Number.isInteger(each) ? { parts: equal } : {};
  if (shape[0] !== 1)
    return { what: "weight", role: "weight", noMatrix: `${shape[0]} directions in one tensor`, ...parts };
  return { what: "weight", role: "weight", rows: [1], columns: [2], fixed: [{ axis: 0, index: 0 }], ...parts };
};

/** com.microsoft Attention: query, key and value side by side, multiplied from the right. */
const attention: Rule = (node, shape) => {
  const width = shape[1] ?? 0;
  if (shape.length !== 2) return undefined;
  const sizes = node.attributes.qkv_hidden_sizes;
  const given = Array.isArray(sizes) ? sizes.map(Number) : [width / 3, width / 3, width / 3];
  if (given.length !== 3 || given.reduce((sum, size) => sum + size, 0) !== width || !given.every(Number.isInteger))
    return matrix(shape, 1);
  let start = 0;
  const parts = given.map((length, i): TensorPart => {
    const part = { label: "qkv"[i]!, axis: 1, start, length };
    start += length;
    return part;
  });
  return { ...matrix(shape, 1), parts };
};

const WEIGHT = plain("quantised weight", "weight");
const BIAS = plain("bias", "bias");
const SCALE = plain("scale", "norm");
const SHIFT = plain("shift", "norm");
const NORM: readonly (Rule | undefined)[] = [undefined, SCALE, SHIFT];

/** By operator: a rule for each input, in order. */
const RULES: Readonly<Record<string, readonly (Rule | undefined)[]>> = {
  // ONNX
  MatMul: [multiplied(0, "transpose_a", "adj_x"), multiplied(1, "transpose_b", "adj_y")],
  Gemm: [multiplied(0, "transA"), multiplied(1, "transB"), BIAS],
  FusedMatMul: [multiplied(0, "transA"), multiplied(1, "transB")],
  FusedGemm: [multiplied(0, "transA"), multiplied(1, "transB"), BIAS],
  Conv: [undefined, convolution(0), BIAS],
  FusedConv: [undefined, convolution(0), BIAS],
  ConvTranspose: [undefined, convolution(1), BIAS],
  ConvInteger: [undefined, WEIGHT],
  MatMulInteger: [WEIGHT, WEIGHT],
  DynamicQuantizeMatMul: [undefined, WEIGHT],
  QLinearConv: [undefined, undefined, undefined, WEIGHT, undefined, undefined, undefined, undefined, BIAS],
  QLinearMatMul: [WEIGHT, undefined, undefined, WEIGHT],
  MatMulNBits: [undefined, WEIGHT],
  BatchNormalization: [undefined, SCALE, SHIFT, plain("mean", "buffer"), plain("variance", "buffer")],
  InstanceNormalization: NORM,
  LayerNormalization: NORM,
  GroupNormalization: NORM,
  RMSNormalization: NORM,
  SimplifiedLayerNormalization: NORM,
  SkipLayerNormalization: [undefined, undefined, SCALE, SHIFT, BIAS],
  SkipSimplifiedLayerNormalization: [undefined, undefined, SCALE, BIAS],
  EmbedLayerNormalization: [
    undefined,
    undefined,
    table("embedding"),
    table("position"),
    table("embedding"),
    SCALE,
    SHIFT,
  ],
  Gather: [table("embedding")],
  Attention: [undefined, attention, BIAS],
  LSTM: [undefined, gated, gated, BIAS, undefined, plain("initial state"), plain("initial state"), plain("peepholes")],
  GRU: [undefined, gated, gated, BIAS, undefined, plain("initial state")],
  RNN: [undefined, gated, gated, BIAS, undefined, plain("initial state")],
  PRelu: [undefined, plain("slope", "other")],
  // TensorFlow
  BatchMatMulV2: [multiplied(0, "adj_x"), multiplied(1, "adj_y")],
  _FusedMatMul: [multiplied(0, "transpose_a"), multiplied(1, "transpose_b"), BIAS],
  Conv1D: [undefined, convolutionLast(1)],
  Conv2D: [undefined, convolutionLast(1)],
  Conv3D: [undefined, convolutionLast(1)],
  _FusedConv2D: [undefined, convolutionLast(1), BIAS],
  Conv2DBackpropInput: [undefined, convolutionLast(2)],
  DepthwiseConv2dNative: [undefined, depthwise],
  DepthwiseConv2D: [undefined, depthwise],
  FusedDepthwiseConv2dNative: [undefined, depthwise, BIAS],
  BiasAdd: [undefined, BIAS],
  FusedBatchNorm: [undefined, SCALE, SHIFT, plain("mean", "buffer"), plain("variance", "buffer")],
  FusedBatchNormV3: [undefined, SCALE, SHIFT, plain("mean", "buffer"), plain("variance", "buffer")],
  GatherV2: [table("embedding")],
  ResourceGather: [table("embedding")],
};

export const OPERATORS: ReadonlyMap<string, readonly (Rule | undefined)[]> = new Map(Object.entries(RULES));

/** Operators whose result an added vector is the bias of. */
export const LINEAR: ReadonlySet<string> = new Set([
  "MatMul",
  "Conv",
  "ConvTranspose",
  "FusedMatMul",
  "MatMulInteger",
  "Einsum",
  "BatchMatMulV2",
  "Conv2D",
  "Conv2DBackpropInput",
  "DepthwiseConv2dNative",
]);
export const ADDITIONS: ReadonlySet<string> = new Set(["Add", "AddV2"]);
/** Operators that hand their first input on, value for value. */
export const HANDS_ON: ReadonlySet<string> = new Set([
  "Identity",
  "Cast",
  "CastLike",
  "Dropout",
  "DequantizeLinear",
  "ReadVariableOp",
  "Transpose",
]);

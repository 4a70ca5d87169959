import type { GraphNode } from "../../types.ts";
import { CHOSEN } from "./chosen.ts";
import { COMPOSED_NORMS } from "./composedNorms.ts";
import { EINSUM } from "./einsum.ts";
import { MAX_POOL } from "./maxPool.ts";
import { NORMS } from "./norms.ts";
import { PLACES } from "./places.ts";
import { POINTWISE } from "./pointwise.ts";
import { PRODUCTS } from "./products.ts";
import { RECURRENT } from "./recurrent.ts";
import { REDUCTIONS } from "./reductions.ts";
import { RESAMPLING } from "./resize.ts";
import { type Rule, refused } from "./rule.ts";
import { WINDOWS } from "./windows.ts";

const RULES: Readonly<Record<string, Rule>> = {
  ...POINTWISE,
  ...PLACES,
  ...CHOSEN,
  ...REDUCTIONS,
  ...PRODUCTS,
  ...EINSUM,
  ...WINDOWS,
  ...MAX_POOL,
  ...RESAMPLING,
  ...NORMS,
  ...COMPOSED_NORMS,
  ...RECURRENT,
};

/** What is constant wherever it has a derivative: shapes, comparisons, whole numbers. Tangents end here. */
const FLAT = new Set(
  (
    "Constant Shape Size ConstantOfShape Equal Greater GreaterOrEqual Less LessOrEqual Not And Or Xor ArgMax ArgMin NonZero Range " +
    "Floor Ceil Round Sign IsNaN IsInf EyeLike Hardmax BitShift BitwiseAnd BitwiseOr BitwiseXor BitwiseNot"
  ).split(" "),
);

/** Inputs that say how entries are moved or summed: their values are asked of the runtime. */
const ARGUMENTS: Readonly<Record<string, readonly number[]>> = {
  Slice: [1, 2, 3, 4],
  Gather: [1],
  Pad: [1, 3],
  Split: [1],
  ...Object.fromEntries(Object.keys(REDUCTIONS).map((op) => [op, [1]])),
  Resize: [1, 2],
  Upsample: [1],
  RNN: [4],
  GRU: [4],
  LSTM: [4],
  Dropout: [2],
};

/** Operations whose slope jumps: along a curve their second derivative holds a δ. */
const KINKED = new Set(
  "Relu LeakyRelu PRelu Selu HardSigmoid HardSwish Clip Abs Max Min MaxPool ThresholdedRelu Shrink Mod ReduceMax ReduceMin ReduceL1 GlobalMaxPool TopK".split(
    " ",
  ),
);

export const isFlat = ({ op, domain }: GraphNode) => domain === "" && FLAT.has(op);

export const isKinked = ({ op, domain, attributes }: GraphNode) =>
  domain === "" && (KINKED.has(op) || (op === "Elu" && (attributes.alpha ?? 1) !== 1));

export const argumentsOf = ({ op, inputs }: GraphNode) =>
  (ARGUMENTS[op] ?? []).flatMap((index) => {
    const name = inputs[index];
    return name === undefined || name === "" ? [] : [name];
  });

/** The rule of an operation that stands on a path; refused by name where there is none. */
export function ruleOf(node: GraphNode): Rule {
  const rule = node.domain === "" && Object.hasOwn(RULES, node.op) ? RULES[node.op] : undefined;
  if (rule === undefined)
    throw refused(node, node.domain === "" ? "its derivative is not known here" : `it is of the set ${node.domain}`);
  return rule;
}

/** Every operation with a derivative, for the documentation. */
export const DIFFERENTIABLE: readonly string[] = Object.keys(RULES).sort();

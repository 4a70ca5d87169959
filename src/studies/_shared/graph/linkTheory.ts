import type { DescribedTensor } from "../../../base/tensor.ts";
import { pathNodes } from "../../../formats/onnx/derivative/path.ts";
import type { Checkpoint, GraphNode } from "../../../formats/types.ts";
import type { Activation } from "../../../numerics/meanField/activation.ts";
import { biasVariance, weightVariance } from "../../../numerics/meanField/estimate.ts";
import { slopeSpread } from "../../../numerics/meanField/jacobian.ts";
import { slopeMoment } from "../../../numerics/meanField/moments.ts";
import { activationByWord } from "../network/activationOf.ts";
import type { DifferentiableModel } from "./differentiable.ts";

/** A link that is φ and then one dense layer, with what theory says of it; or what it is instead. */
export type LinkTheory =
  | {
      readonly kind: "dense";
      readonly activation: Activation;
      /** σ̂_w² and σ̂_b². */
      readonly weight: number;
      readonly bias: number;
      readonly q: number;
      readonly chiOne: number;
      readonly spread: number;
      readonly square: boolean;
    }
  | { readonly kind: "other"; readonly why: string };

interface Reader {
  readonly checkpoint: Checkpoint;
  readonly tensors: readonly DescribedTensor[];
  readonly signal: AbortSignal;
}

/** A larger matrix is not read for its variance alone. */
const MOST_ENTRIES = 2 ** 24;
const MOVES = new Set("Identity Reshape Flatten Squeeze Unsqueeze Dropout Cast".split(" "));

/** For each link between neighbouring values whether it is a plain dense layer after an activation, and then χ₁ at its own σ̂_w² and the q that was measured before it. */
export async function readLinkTheory(
  model: DifferentiableModel,
  values: readonly string[],
  moments: readonly { readonly q: number }[],
  reader: Reader,
): Promise<LinkTheory[]> {
  const found: LinkTheory[] = [];
  for (const [k, to] of values.slice(1).entries()) {
    const path = pathNodes(model.model.graph.nodes, [values[k]!], [to]);
    found.push(await readLink(model, path, moments[k]!.q, reader));
  }
  return found;
}

async function readLink(
  { model, facts, course }: DifferentiableModel,
  path: readonly GraphNode[],
  q: number,
  { checkpoint, tensors, signal }: Reader,
): Promise<LinkTheory> {
  const other = (why: string): LinkTheory => ({ kind: "other", why });
  const parts = path.filter(({ op }) => !MOVES.has(op));
  const [first, dense, bias, ...more] = parts;
  if (first === undefined || dense === undefined) return other("it is no dense layer after an activation");
  const strange = [first, dense, bias, ...more].find(
    (node) => node !== undefined && !/^(MatMul|Gemm|Add)$/.test(node.op) && activationByWord(node.op) === undefined,
  );
  if (strange !== undefined) return other(`it has ${strange.op}`);
  const activation = activationByWord(first.op);
  if (activation === undefined) return other("it does not begin with an activation");
  const weightName = dense.inputs[1] ?? "";
  if (!/^(MatMul|Gemm)$/.test(dense.op) || course.dependent.has(weightName) || more.length > 0)
    return other("it is more than one dense layer");
  if (bias !== undefined && (bias.op !== "Add" || bias.inputs.every((name) => course.dependent.has(name))))
    return other("ways join in it");
  const tensor = tensors.find(({ name }) => name === model.graph.tensors.get(weightName));
  const dims = facts.dims.get(weightName) ?? [];
  if (tensor === undefined || tensor.elements > MOST_ENTRIES || dims.length !== 2)
    return other("its weights are not at hand as one matrix");
  const turned = dense.op === "Gemm" && dense.attributes.transB === 1;
  const [fanIn, fanOut] = turned ? [dims[1]!, dims[0]!] : [dims[0]!, dims[1]!];
  const entries = await checkpoint.read(tensor.name, 0, tensor.elements, signal);
  const weight = weightVariance(entries, fanIn).value;
  const added = dense.op === "Gemm" ? dense.inputs[2] : bias?.inputs.find((name) => !course.dependent.has(name));
  const biases = tensors.find(({ name }) => name === model.graph.tensors.get(added ?? ""));
  const spread =
    biases === undefined || biases.elements !== fanOut ? null : await checkpoint.read(biases.name, 0, fanOut, signal);
  return {
    kind: "dense",
    activation,
    weight,
    bias: spread === null ? 0 : (biasVariance(spread)?.value ?? 0),
    q,
    chiOne: weight * slopeMoment(activation, q),
    spread: slopeSpread(activation, q),
    square: fanIn === fanOut,
  };
}

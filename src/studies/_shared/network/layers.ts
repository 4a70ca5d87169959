import { matrixReading } from "../../../analysis/_shared/matrixReading.ts";
import { DTYPES } from "../../../base/dtype.ts";
import type { DescribedTensor } from "../../../base/tensor.ts";
import type { Checkpoint } from "../../../formats/types.ts";
import { obstaclesOf } from "./obstacles.ts";
import { inOrder } from "./order.ts";
import type { NetworkLayer, NetworkReading } from "./types.ts";

const WHOLE = { part: null, tap: null } as const;

/** The layers of a network from its tensors alone: names, shapes, roles; no value is read. */
export function readNetwork(checkpoint: Checkpoint, tensors: readonly DescribedTensor[]): NetworkReading {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const found = tensors.flatMap((tensor): NetworkLayer[] => {
    if (tensor.role !== "weight" && tensor.role !== "other") return [];
    if (DTYPES[tensor.dtype].kind !== "float" || tensor.parts.length > 0) return [];
    const reading = matrixReading(tensor, { tensor: tensor.name, ...WHOLE });
    if ("reason" in reading || (reading.kind !== "linear" && reading.kind !== "conv-reshaped")) return [];
    const kind = reading.kind === "linear" ? "dense" : "convolution";
    return [{ tensor, bias: biasOf(tensor, reading.rows, byName), kind, fanOut: reading.rows, fanIn: reading.columns }];
  });
  return {
    ...inOrder(found),
    obstacles: obstaclesOf(checkpoint, tensors),
    norms: tensors.filter(({ role }) => role === "norm"),
  };
}

const LEAVES: readonly (readonly [RegExp, string])[] = [
  [/(weight|kernel)(?=(:\d+)?$|(\/\.ATTRIBUTES\/VARIABLE_VALUE)?$)/, "bias"],
  [/(^|[._/])W(?=\d*$)/, "$1b"],
  [/(^|[._/])w(?=\d*$)/, "$1b"],
];

/** The vector beside it that bears its name but for the last word, one entry an output. */
function biasOf(
  tensor: DescribedTensor,
  outputs: number,
  byName: ReadonlyMap<string, DescribedTensor>,
): DescribedTensor | null {
  for (const [leaf, other] of LEAVES) {
    if (!leaf.test(tensor.name)) continue;
    const bias = byName.get(tensor.name.replace(leaf, other));
    if (bias !== undefined && bias.elements === outputs && bias.role !== "norm") return bias;
  }
  return null;
}

import type { TensorInfo, TensorUse } from "../../base/tensor.ts";

/** Weights of models without a topology, by the names that TensorFlow's layers of old gave them: (*kernel, in, out) all. */
export function useByName({ name, shape }: TensorInfo): TensorUse | undefined {
  const leaf = name.slice(name.lastIndexOf("/") + 1);
  const rank = shape.length;
  if (/^biases$/.test(leaf) && rank === 1) return { role: "bias", evidence: "named biases" };
  if (/^depthwise_(filters?|weights)$/.test(leaf) && rank === 4)
    return {
      role: "weight",
      layout: "in-out",
      axes: { rows: [2, 3], columns: [0, 1] },
      evidence: `named ${leaf}: (*kernel, in, multiplier)`,
    };
  if (/^((pointwise_)?filters?|weights)$/.test(leaf) && rank === 4)
    return {
      role: "weight",
      layout: "in-out",
      axes: { rows: [3], columns: [0, 1, 2] },
      evidence: `named ${leaf}: (*kernel, in, out)`,
    };
  return undefined;
}

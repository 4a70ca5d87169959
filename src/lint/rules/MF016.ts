import { knownNumber } from "../python/values/quantity.ts";
import type { GraphNode } from "../python/values/types.ts";
import type { Rule } from "./types.ts";

const FEW = 8;

/** Attention logits that nobody divides by √d_h. */
export const MF016: Rule = {
  id: "MF016",
  title: "Attention without its scale",
  severity: "warning",
  of: "source",
  check({ models }) {
    return models.flatMap(({ network }) =>
      network.nodes.flatMap((node) => {
        if (node.operation.kind !== "softmax") return [];
        const product = unscaledProduct(node);
        if (product === null) return [];
        return [
          {
            at: product.site,
            message:
              "The softmax of a product of queries and keys that nobody divides by √d_h: with entries of variance 1 logits have variance d_h, and from 2·ln n on (n keys) one key takes all the weight, a rule of thumb from the random-energy model. Divide by √d_h.",
            related: [{ at: node.site, message: "The softmax is here." }],
            assumptions: ["queries and keys with entries of variance 1"],
          },
        ];
      }),
    );
  },
};

/** The product that a softmax is taken of, past masks and reshapes; null where anything scales it, or cannot be followed. */
function unscaledProduct(softmax: GraphNode): GraphNode | null {
  let [at] = softmax.inputs;
  for (let steps = 0; at !== undefined && steps < 20; steps++) {
    const { kind } = at.operation;
    if (kind === "matmul") return at.inputs.length === 2 && at.inputs.every(projected) ? at : null;
    if (kind !== "pass" && kind !== "dropout") return null;
    [at] = at.inputs;
  }
  return null;
}

/** Whether it is a linear layer's output as it came: not normalised, not scaled. */
function projected(node: GraphNode): boolean {
  let at: GraphNode | undefined = node;
  for (let steps = 0; at !== undefined && steps < 30; steps++) {
    const outputs = at.operation.kind === "layer" ? knownNumber(at.operation.module.outputs) : null;
    // A handful of numbers a head has no variance to divide away.
    if (outputs !== null && outputs < FEW) return false;
    if (at.operation.kind === "layer")
      return at.operation.module.type === "linear" || at.operation.module.type === "conv";
    if (at.operation.kind !== "pass" || at.inputs.length !== 1) return false;
    [at] = at.inputs;
  }
  return false;
}

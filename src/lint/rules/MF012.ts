import { activationById } from "../../numerics/meanField/activations.ts";
import { postActivationNorm } from "../../numerics/meanField/normalized.ts";
import { knownNumber } from "../python/values/quantity.ts";
import { figure, layers, powerOfTen, WIDE } from "../theory/words.ts";
import type { Rule } from "./types.ts";

/** ‖∇‖ may grow so far before it is said. */
const GROWN = Math.log(1e3);

/** Norms that subtract a mean make gradients explode where nothing skips them: 1.21 a layer with ReLU. */
export const MF012: Rule = {
  id: "MF012",
  title: "Deep normalised network without skip connections",
  severity: "warning",
  of: "source",
  check({ models }) {
    return models.flatMap(({ network }) => {
      if (network.loaded || network.skips > 0 || network.unknowns.length > 0) return [];
      if (
        network.nodes.some(
          ({ operation }) => operation.kind === "concat" || operation.kind === "product" || operation.kind === "add",
        )
      )
        return [];
      const norms = network.nodes.filter(({ operation }) => operation.kind === "norm" && operation.centred);
      const counts = norms.map(({ repeat }) => knownNumber(repeat));
      const depth = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
      const [first] = norms;
      const next = network.nodes.find(({ operation }) => operation.kind === "activation");
      const activation = next?.operation.kind === "activation" ? activationById(next.operation.name) : undefined;
      if (first === undefined || activation === undefined || counts.includes(null)) return [];
      const square = postActivationNorm(activation, true);
      if ((depth * Math.log(square)) / 2 <= GROWN) return [];
      return [
        {
          at:
            first.operation.kind === "norm" && first.operation.module !== null
              ? first.operation.module.site
              : first.site,
          message: `${layers(depth)} are normalised with their mean subtracted, and nothing skips them: at initialization ‖∇‖ grows by ${figure(Math.sqrt(square))} a layer with ${activation.name} (‖∇‖² by ${figure(square)}), ${powerOfTen((depth * Math.log(square)) / 2)} in all. Normalisation alone does not make depth trainable: add skip connections.`,
          assumptions: [WIDE, "large batches"],
        },
      ];
    });
  },
};

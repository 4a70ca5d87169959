import { knownNumber } from "../python/values/quantity.ts";
import { figure, WIDE } from "../theory/words.ts";
import { isPlain, placeOfLaw } from "./_phase.ts";
import type { Rule } from "./types.ts";

/** Where sigmoid's critical line begins. */
const CRITICAL = 103.0075539;

/** Hidden layers of sigmoids: χ₁ ≤ σ_w²/16, so any usual initialization is deep in the ordered phase. */
export const MF004: Rule = {
  id: "MF004",
  title: "Sigmoid between hidden layers",
  severity: "warning",
  of: "source",
  check({ models }) {
    return models.flatMap(({ network }) => {
      if (!isPlain(network) || network.chain === null) return [];
      const links = network.chain.filter(({ activation }) => activation === "sigmoid");
      const [first] = links;
      if (links.length < 2 || first === undefined) return [];
      const weights = links.map(({ use }) => knownNumber(use.sigmaW2));
      const known = weights.filter((one) => one !== null);
      if (known.length < weights.length || known.some((one) => one >= CRITICAL)) return [];
      const largest = Math.max(...known);
      return [
        {
          at: first.activationNode?.site ?? placeOfLaw(first.use),
          message: `${links.length} sigmoids lie between layers with σ_w² ≤ ${figure(largest)}: χ₁ ≤ σ_w²/16 = ${figure(largest / 16)}, so squared gradients shrink at least ${figure(16 / largest)}-fold in each. Sigmoid's critical line begins at σ_w² = 103.0; use tanh or ReLU between layers, or a norm.`,
          related: [
            {
              at: placeOfLaw(first.use),
              message: `σ_w² = ${figure(knownNumber(first.use.sigmaW2) ?? Number.NaN)} is decided here.`,
            },
          ],
          assumptions: [WIDE],
        },
      ];
    });
  },
};

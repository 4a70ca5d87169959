import { after as afterOf } from "../network/neighbours.ts";
import { knownNumber } from "../python/values/quantity.ts";
import { figure } from "../theory/words.ts";
import { placeOfLaw } from "./_phase.ts";
import type { Rule } from "./types.ts";

const DEEP = 6;
const ALIKE = 0.02;

/** GPT-2 divides the last layer of each residual branch by √(2n): without it the stream grows with depth. */
export const MF015: Rule = {
  id: "MF015",
  title: "Residual projections without the depth's scale",
  severity: "information",
  of: "source",
  check({ models }) {
    return models.flatMap(({ network }) => {
      if (network.loaded || network.norms === 0 || network.skips === 0) return [];
      const writers = network.layers.filter(
        ({ after, module, law }) =>
          module.type === "linear" && law.call !== null && after.some(({ kind }) => kind === "add"),
      );
      const others = network.layers.filter(
        ({ after, module, law }) =>
          module.type === "linear" &&
          law.call !== null &&
          !after.some(({ kind }) => kind === "add" || kind === "output"),
      );
      // A branch that is scaled on its way (LayerScale) has its own measure against depth.
      if (
        network.nodes.some(
          (node) =>
            node.operation.kind === "scale" && afterOf(node, network.consumers).some(({ kind }) => kind === "add"),
        )
      )
        return [];
      const [first] = writers;
      const stds = [...writers, ...others].map(({ law }) => Math.sqrt(knownNumber(law.variance) ?? Number.NaN));
      const std = stds[0];
      const branches = writers.reduce((sum, { repeat }) => sum + (knownNumber(repeat) ?? Number.NaN), 0);
      if (
        first === undefined ||
        std === undefined ||
        others.length === 0 ||
        !(std > 0) ||
        !(branches >= 2 * DEEP) ||
        first.before.kind === "norm"
      )
        return [];
      // Laws by fan are a choice of their own: the rule is about one standard deviation for everything.
      if (first.law.mode !== null || stds.some((one) => !(Math.abs(one - std) <= ALIKE * std))) return [];
      return [
        {
          at: placeOfLaw(first),
          message: `${figure(branches)} residual branches end in layers drawn with the same std ${figure(std)} as all others, so what they write adds up over depth. GPT-2 draws them with ${figure(std)}/√${figure(branches)} = ${figure(std / Math.sqrt(branches))}.`,
          related: [{ at: first.module.site, message: `${first.name} ends a branch.` }],
        },
      ];
    });
  },
};

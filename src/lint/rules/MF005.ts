import { knownNumber } from "../python/values/quantity.ts";
import type { GraphNode } from "../python/values/types.ts";
import { figure, WIDE } from "../theory/words.ts";
import { placeOfLaw } from "./_phase.ts";
import type { Draft, Rule } from "./types.ts";

/** How far σ_w² may be from 1: q* moves by about a third for a tenth. */
const TOLERANCE = 0.1;

/** SELU normalises itself only with σ_w² = 1 and without what disturbs its mean and variance. */
export const MF005: Rule = {
  id: "MF005",
  title: "SELU without what it needs",
  severity: "warning",
  of: "source",
  check({ models }) {
    return models.flatMap(({ network }) => {
      if (network.loaded) return [];
      const drafts: Draft[] = [];
      const { consumers } = network;
      const selus = network.nodes.filter(
        ({ operation }) => operation.kind === "activation" && operation.name === "selu",
      );
      for (const node of selus) {
        const disturbed = disturber(node, consumers.get(node) ?? []);
        if (disturbed !== null) drafts.push(disturbed);
      }
      if (selus.length < 2) return drafts;
      for (const use of network.layers) {
        const weight = knownNumber(use.sigmaW2);
        if (
          use.before.activation !== "selu" ||
          weight === null ||
          Math.abs(weight - 1) <= TOLERANCE ||
          use.after.some(({ kind }) => kind === "norm" || kind === "output")
        )
          continue;
        drafts.push({
          at: placeOfLaw(use),
          message: `SELU's fixed point (mean 0, variance 1) needs σ_w² = 1; ${use.law.label} gives ${figure(weight)}. In PyTorch: kaiming_normal_(w, nonlinearity='linear'); in Keras and Flax: lecun_normal. (It stays mildly chaotic: χ₁ = 1.072.)`,
          related:
            use.before.node === null ? [] : [{ at: use.before.node.site, message: "SELU comes before this layer." }],
          assumptions: [WIDE],
        });
      }
      return drafts;
    });
  },
};

function disturber(node: GraphNode, next: readonly GraphNode[]): Draft | null {
  for (const one of next) {
    if (one.operation.kind === "dropout" && !one.operation.alpha && one.operation.drop !== 0)
      return {
        at: one.site,
        message: "Dropout after SELU changes the mean and the variance that SELU keeps: use AlphaDropout.",
        related: [{ at: node.site, message: "SELU comes before it." }],
      };
    if (one.operation.kind === "norm" && one.operation.batch)
      return {
        at: one.site,
        message: "SELU normalises by itself; batch normalisation next to it undoes what the other does.",
        related: [{ at: node.site, message: "SELU is here." }],
      };
  }
  return null;
}

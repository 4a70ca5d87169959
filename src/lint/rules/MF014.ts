import { passes } from "../network/neighbours.ts";
import type { LayerUse, NetworkModel } from "../network/types.ts";
import { knownNumber } from "../python/values/quantity.ts";
import type { GraphNode } from "../python/values/types.ts";
import { figure } from "../theory/words.ts";
import { placeOfLaw } from "./_phase.ts";
import type { Rule } from "./types.ts";

/** An entry's variance from here on makes logits of a tied head large whatever the width. */
const LARGE = 0.25;

/** A head that shares the embedding's N(0, 1) starts with logits of variance d. */
export const MF014: Rule = {
  id: "MF014",
  title: "Tied head with embeddings of unit variance",
  severity: "error",
  of: "source",
  check({ models }) {
    return models.flatMap(({ network }) => {
      const tie = tiedHead(network);
      if (tie === null || network.loaded) return [];
      const { embedding, head } = tie;
      const variance = knownNumber(embedding.law.variance);
      if (variance === null || variance < LARGE || scaled(head.node)) return [];
      const width = knownNumber(embedding.module.outputs);
      const words = knownNumber(embedding.module.inputs);
      const logit = width === null ? null : width * variance;
      return [
        {
          at: placeOfLaw(embedding),
          message: `The head ${head.name} shares the weights of ${embedding.name}, drawn with variance ${figure(variance)}: logits then have variance ${logit === null ? "d" : figure(logit)}${loss(logit, words)}. Draw the embedding with std 0.02, or scale what goes into the head by 1/√d.`,
          related: [{ at: head.node.site, message: "The tied head is used here." }],
          assumptions: ["features of second moment 1 before the head", "random-energy asymptotics for the loss"],
        },
      ];
    });
  },
};

function tiedHead(network: NetworkModel): { embedding: LayerUse; head: LayerUse } | null {
  for (const embedding of network.layers) {
    if (embedding.module.type !== "embedding") continue;
    const weight = embedding.parameters.get("weight")?.parameter;
    const head = network.layers.find(
      ({ module, parameters }) =>
        module.type === "linear" && weight !== undefined && parameters.get("weight")?.parameter === weight,
    );
    if (head !== undefined) return { embedding, head };
  }
  return null;
}

/** Whether what goes into the head is multiplied by something on its way. */
function scaled(head: GraphNode): boolean {
  let [at] = head.inputs;
  while (at !== undefined && passes(at)) {
    if (at.operation.kind === "scale") return true;
    [at] = at.inputs;
  }
  return false;
}

/**
 * Expected cross-entropy (nats) of Gaussian logits of variance v over V words: ln V + v/2 until v = 2 ln V, frozen at √(2v ln V) beyond (random-energy model).
 * Leading order in ln V: at V = 50257 a draw at v = 768 is 9 % lower.
 */
export function startingLoss(variance: number, words: number): number {
  const uniform = Math.log(words);
  return variance < 2 * uniform ? uniform + variance / 2 : Math.sqrt(2 * variance * uniform);
}

function loss(variance: number | null, words: number | null): string {
  if (variance === null || words === null || words < 2) return "";
  const uniform = Math.log(words);
  return `, and the first loss is about ${figure(startingLoss(variance, words))} where guessing evenly costs ln ${figure(words)} = ${figure(uniform)}`;
}

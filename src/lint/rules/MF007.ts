import { activationById } from "../../numerics/meanField/activations.ts";
import { dropoutPhase } from "../../numerics/meanField/dropout.ts";
import { TRAINABLE_DEPTHS } from "../../numerics/meanField/phase.ts";
import { knownNumber } from "../python/values/quantity.ts";
import { figure, WIDE } from "../theory/words.ts";
import { isPlain, placeOfLaw } from "./_phase.ts";
import type { Rule } from "./types.ts";

/** Dropout scales what it keeps by 1/p: a critical ReLU network has σ_w² = 2p, and signals reach only so far. */
export const MF007: Rule = {
  id: "MF007",
  title: "Dropout in a network at ReLU's critical point",
  severity: "information",
  of: "source",
  check({ models }) {
    return models.flatMap(({ network, course }) => {
      const { chain } = network;
      if (!isPlain(network) || chain === null || course === null) return [];
      // What is dropped before the last layer goes no further.
      const links = chain
        .slice(0, -1)
        .filter(({ keep, activation, use }) => keep < 1 && activation === "relu" && near(knownNumber(use.sigmaW2), 2));
      const [first] = links;
      const relu = activationById("relu");
      if (links.length < 2 || first === undefined || relu === undefined) return [];
      const { keep, use } = first;
      const reach = reachAt(keep);
      return [
        {
          at: placeOfLaw(use),
          message: `Dropout keeps ${figure(keep)} of the units and scales them by ${figure(1 / keep)}, so second moments grow ${figure(1 / keep)}-fold a layer with σ_w² = 2: they stay with σ_w² = 2p = ${figure(2 * keep)}. ${reach === null ? "" : `Even then two passes of one input become unlike, and signals reach about ${figure(reach)} layers (6 ξ_c, a rule of thumb) of ${chain.length}.`}`,
          related: [{ at: use.module.site, message: `${use.name} comes after dropout.` }],
          assumptions: [WIDE],
        },
      ];
    });
  },
};

function reachAt(keep: number): number | null {
  const relu = activationById("relu");
  const { xiC } = relu === undefined ? { xiC: null } : dropoutPhase(relu, { weight: 2 * keep, bias: 0 }, keep, 1);
  return xiC === null ? null : TRAINABLE_DEPTHS * xiC;
}

function near(value: number | null, wanted: number): boolean {
  return value !== null && Math.abs(value - wanted) < 0.02 * wanted;
}

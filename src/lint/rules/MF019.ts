import { knownNumber, over } from "../python/values/quantity.ts";
import { figure } from "../theory/words.ts";
import { placeOfLaw } from "./_phase.ts";
import type { Rule } from "./types.ts";

const SHORT = 0.75;

/** An orthogonal matrix with more rows than columns keeps lengths, and so has smaller entries than its gain says. */
export const MF019: Rule = {
  id: "MF019",
  title: "Orthogonal weights in a layer that widens",
  severity: "information",
  of: "both",
  check({ models }) {
    return models.flatMap(({ network }) =>
      network.layers.flatMap((use) => {
        const { law, fanIn, fanOut, module } = use;
        const gain = law.gain?.value === null || law.gain === null ? null : knownNumber(law.gain.value);
        const weight = knownNumber(use.sigmaW2);
        if (
          network.loaded ||
          law.family !== "orthogonal" ||
          law.call === null ||
          gain === null ||
          weight === null ||
          gain === 0
        )
          return [];
        if (module.type !== "linear" && module.type !== "conv") return [];
        // Behind the last layer nothing is kept at scale, and before a norm scale does not matter.
        if (use.after.some(({ kind }) => kind === "norm" || kind === "output") || network.norms > 0) return [];
        const ratio = knownNumber(over(fanIn, fanOut));
        if (ratio === null || weight > SHORT * gain * gain) return [];
        return [
          {
            at: placeOfLaw(use),
            message: `${use.name} has ${figure(1 / ratio)} times as many outputs as inputs: orthogonal weights give σ_w² = gain²·${figure(ratio)} = ${figure(weight)}, not ${figure(gain * gain)}. To keep second moments multiply the gain by √${figure(1 / ratio)} = ${figure(Math.sqrt(1 / ratio))}.`,
            related: [{ at: module.site, message: `${use.name} is made here.` }],
          },
        ];
      }),
    );
  },
};

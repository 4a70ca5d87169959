import { normalTail } from "../../numerics/special/normal.ts";
import { knownNumber } from "../python/values/quantity.ts";
import { figure, inputAssumption, WIDE } from "../theory/words.ts";
import { isPlain, placeOfLaw } from "./_phase.ts";
import type { Rule } from "./types.ts";

/** Fewer units than this on for a random input: most of them never. */
const HARDLY = 1e-3;

/** A bias so far below zero that ReLU hardly ever passes anything. */
export const MF010: Rule = {
  id: "MF010",
  title: "ReLU units that start dead",
  severity: "warning",
  of: "both",
  check({ models, settings }) {
    return models.flatMap(({ network, course }) => {
      if (!isPlain(network) || course === null) return [];
      return course.steps.flatMap(({ link, point, before, activation }) => {
        const { use } = link;
        const [after] = use.after;
        const bias = use.bias?.family === "constant" ? knownNumber(use.bias.mean) : null;
        if (bias === null || bias >= 0 || after?.activation !== "relu" || activation.slopes === null) return [];
        // σ_b² holds b² here; what spreads is the weights' share.
        const spread = Math.sqrt(
          Math.max(0, (point.weight * before * (activation.slopes[0] ** 2 + activation.slopes[1] ** 2)) / 2),
        );
        const alive = spread === 0 ? 0 : normalTail(-bias / spread);
        if (alive >= HARDLY) return [];
        return [
          {
            at: use.bias?.call ?? placeOfLaw(use),
            message: `The bias of ${use.name} is ${figure(bias)} where pre-activations spread by ${figure(spread)}: a unit is on for ${figure(alive)} of inputs. ReLU gives no gradient where it is off, so such units hardly ever learn.`,
            related: after.node === null ? [] : [{ at: after.node.site, message: "ReLU follows here." }],
            assumptions: [WIDE, inputAssumption(settings.inputMoment)],
          },
        ];
      });
    });
  },
};

import { activationById } from "../../numerics/meanField/activations.ts";
import { normalTail } from "../../numerics/special/normal.ts";
import { chiOne } from "../theory/remembered.ts";
import { figure, inputAssumption, WIDE } from "../theory/words.ts";
import { isPlain, placeOfLaw } from "./_phase.ts";
import type { Rule } from "./types.ts";

/** |h| beyond this is flat: tanh′(4) = .0013. */
const FLAT = 4;
const MOSTLY = 0.5;
const NO_SLOPE = 0.01;
const BOUNDED = new Set(["tanh", "sigmoid", "hardtanh", "erf", "hard_sigmoid", "softsign"]);

/** Pre-activations so large that a bounded activation is flat for most of them. */
export const MF011: Rule = {
  id: "MF011",
  title: "Saturated activation",
  severity: "warning",
  of: "both",
  check({ models, settings }) {
    return models.flatMap(({ network, course }) => {
      if (!isPlain(network) || course === null) return [];
      const found = course.steps.flatMap(({ link, q, point }) => {
        const [after] = link.use.after;
        const activation =
          after?.activation === null || after === undefined ? undefined : activationById(after.activation);
        if (activation === undefined || !BOUNDED.has(activation.id) || !Number.isFinite(q) || q <= 0) return [];
        const flat = 2 * normalTail(FLAT / Math.sqrt(q));
        const slope = chiOne(activation, q, 1);
        // Sigmoid's own slope is at most ¼: E φ′² is small there without any saturation.
        const saturated = flat > MOSTLY || (slope < NO_SLOPE && activation.id !== "sigmoid" && q > 1);
        if (!saturated) return [];
        return [
          {
            at: placeOfLaw(link.use),
            message: `${link.use.name} has σ_w² = ${figure(point.weight)}, so its pre-activations have q = ${figure(q)}: ${figure(100 * flat)} % lie beyond ±${FLAT}, where ${activation.name} is flat, and E φ′² = ${figure(slope)}.`,
            related:
              after?.node === null || after === undefined
                ? []
                : [{ at: after.node.site, message: `${activation.name} follows here.` }],
            assumptions: [WIDE, inputAssumption(settings.inputMoment)],
          },
        ];
      });
      return found.slice(0, 1);
    });
  },
};

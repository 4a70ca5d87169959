import { backwardSpread, RELIABLE_ASPECT, widthBand } from "../../numerics/meanField/finiteWidth.ts";
import { knownNumber } from "../python/values/quantity.ts";
import { figure, powerOfTen } from "../theory/words.ts";
import { isPlain } from "./_phase.ts";
import type { Rule } from "./types.ts";

const DEEP = 5;

/** Deep and narrow: what the theory of wide networks says is a spread, not a number. */
export const MF018: Rule = {
  id: "MF018",
  title: "Too narrow for its depth",
  severity: "information",
  of: "source",
  check({ models }) {
    return models.flatMap(({ network, course }) => {
      const typical = course?.typical;
      if (!isPlain(network) || course === null || typical === null || typical === undefined || course.depth < DEEP)
        return [];
      const widths = course.steps.slice(0, -1).map(({ link }) => knownNumber(link.use.module.outputs));
      const known = widths.filter((width) => width !== null && width > 0);
      if (known.length < widths.length) return [];
      const q = Number.isFinite(typical.step.before) && typical.step.before > 0 ? typical.step.before : 1;
      const band = widthBand(
        backwardSpread(typical.activation, q),
        known.map((width) => width ?? 1),
      );
      if (band.aspect <= RELIABLE_ASPECT) return [];
      return [
        {
          at: network.site,
          message: `Σ 1/width = ${figure(band.aspect)} over ${course.depth} layers: one draw of the weights differs from another by a factor of ${powerOfTen(band.standardDeviation)} up or down in its squared gradients, so what is predicted for wide layers is a spread here, not a number. It is reliable up to ${RELIABLE_ASPECT}.`,
          assumptions: ["first order in depth over width"],
        },
      ];
    });
  },
};

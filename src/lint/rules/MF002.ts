import { figure, layers, powerOfTen } from "../theory/words.ts";
import {
  adviceFor,
  assumptionsOf,
  gainFix,
  isPlain,
  numbersOf,
  placeOfLaw,
  pointOf,
  relatedActivation,
} from "./_phase.ts";
import type { Rule } from "./types.ts";

const EXPLODED = Math.log(1e6);

/** Chaotic phase: gradients explode, and inputs that were alike become unrelated. */
export const MF002: Rule = {
  id: "MF002",
  title: "Chaotic phase: gradients explode",
  severity: "warning",
  of: "both",
  check({ models, settings, text }) {
    return models.flatMap(({ network, course }) => {
      const typical = course?.typical;
      if (course === null || typical === undefined || typical === null || !isPlain(network)) return [];
      const beyond = typical.phase.name === "chaotic" && course.reach !== null && course.depth > course.reach;
      if ((course.logGradient <= EXPLODED && !beyond) || course.logGradient < 0) return [];
      const use = typical.step.link.use;
      const forget =
        typical.phase.xiC === null
          ? ""
          : ` Inputs are unrelated after ξ_c = ${figure(typical.phase.xiC)} layers each (reach ${figure(6 * typical.phase.xiC)}, a rule of thumb).`;
      return [
        {
          at: placeOfLaw(use),
          severity: course.logGradient > EXPLODED ? "warning" : "information",
          message: `Chaotic phase: over ${layers(course.depth)} squared gradients grow by ${powerOfTen(course.logGradient)} (${numbersOf(typical)}).${forget} ${adviceFor(typical.activation, typical.point.bias)}`,
          related: relatedActivation(course) ?? [],
          assumptions: assumptionsOf(course, settings, network),
          fixes: gainFix(use, typical, text),
          point: pointOf(typical),
        },
      ];
    });
  },
};

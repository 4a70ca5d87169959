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

const VANISHED = Math.log(1e-6);
const HOPELESS = Math.log(1e-12);

/** Ordered phase: signals and gradients die out before they have crossed the network. */
export const MF001: Rule = {
  id: "MF001",
  title: "Ordered phase: gradients vanish",
  severity: "warning",
  of: "both",
  check({ models, settings, text }) {
    return models.flatMap(({ network, course }) => {
      const typical = course?.typical;
      if (course === null || typical === undefined || typical === null || !isPlain(network)) return [];
      const beyond = typical.phase.name === "ordered" && course.reach !== null && course.depth > course.reach;
      if (course.logGradient >= VANISHED && !beyond) return [];
      // MF004 says of sigmoids what there is to say.
      if (course.logGradient > 0 || typical.activation.id === "sigmoid") return [];
      const use = typical.step.link.use;
      const xi = typical.phase.xiC ?? typical.phase.xiGradient;
      return [
        {
          at: placeOfLaw(use),
          severity: course.logGradient < HOPELESS ? "error" : course.logGradient < VANISHED ? "warning" : "information",
          message: `Ordered phase: over ${layers(course.depth)} squared gradients shrink to ${powerOfTen(course.logGradient)} (${numbersOf(typical)}). ξ_c = ${figure(xi)}, so signals reach about ${figure(course.reach ?? 6 * xi)} layers (6 ξ_c, a rule of thumb). ${adviceFor(typical.activation, typical.point.bias)}`,
          related: relatedActivation(course) ?? [],
          assumptions: assumptionsOf(course, settings, network),
          fixes: gainFix(use, typical, text),
          point: pointOf(typical),
        },
      ];
    });
  },
};

import type { CheckpointFinding, SeveritySetting } from "../types.ts";
import { courseFindings } from "./checks/course.ts";
import { rank, widening } from "./checks/directions.ts";
import { wrongFans } from "./checks/fan.ts";
import { alike, constant, dead, neverOn, saturatedByBias } from "./checks/units.ts";
import { mean, nonFinite, spike } from "./checks/values.ts";
import type { MeasuredWeight, NetworkFacts, WeightCheck } from "./types.ts";

/** Every question about one weight. A new one is a function and a word here. */
const CHECKS: readonly WeightCheck[] = [
  nonFinite,
  spike,
  constant,
  dead,
  alike,
  neverOn,
  saturatedByBias,
  mean,
  rank,
  widening,
];

/** What the rules say of saved weights, one by one and as a network. */
export function checkWeights(weights: readonly MeasuredWeight[], facts: NetworkFacts): readonly CheckpointFinding[] {
  return [
    ...weights.flatMap((weight) =>
      CHECKS.flatMap((check) => check(weight, facts)).map(
        (draft): CheckpointFinding => ({
          ...draft,
          tensor: weight.tensor,
          part: weight.part,
          assumptions: draft.assumptions ?? [],
          stated: null,
        }),
      ),
    ),
    ...wrongFans(weights, facts),
    ...courseFindings(weights, facts),
  ];
}

/** Findings under a person's settings: left out, or of another severity. */
export function underSettings(
  findings: readonly CheckpointFinding[],
  severities: Readonly<Record<string, SeveritySetting>>,
): readonly CheckpointFinding[] {
  return findings.flatMap((finding) => {
    const setting = severities[finding.rule] ?? "default";
    if (setting === "off") return [];
    return [setting === "default" ? finding : { ...finding, severity: setting }];
  });
}

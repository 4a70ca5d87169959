import { ModeScopeError } from "../base/errors.ts";
import type { PhasePoint } from "./types.ts";

/** A point as it comes over the wire. */
export function readPoint(given: unknown): PhasePoint {
  const { activation, weight, bias, chiOne, phase, xiC } = (
    typeof given === "object" && given !== null ? given : {}
  ) as Readonly<Record<string, unknown>>;
  const finite = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value) && value >= 0;
  if (typeof activation !== "string" || !finite(weight) || !finite(bias) || !finite(chiOne))
    throw new ModeScopeError("bad-request", "A point needs an activation, σ_w², σ_b² and χ₁.", { field: "point" });
  return {
    activation,
    weight,
    bias,
    chiOne,
    phase: phase === "ordered" || phase === "critical" ? phase : "chaotic",
    xiC: typeof xiC === "number" ? xiC : null,
  };
}

import { ModeScopeError } from "../../base/errors.ts";

export interface PhaseParameters {
  /** Left out: read from the file, or assumed. */
  readonly activation: unknown;
  readonly stage: unknown;
  /** Second moment q⁰ of the input: 1 where it is standardized. */
  readonly start: number;
  /** Where the probe stands; null: at the network's median layer, or the activation's critical point. */
  readonly sigmaW: number | null;
  readonly sigmaB: number | null;
  /** What is asked for: the plane is the same wherever the probe stands. */
  readonly parts: ReadonlySet<"point" | "plane" | "network">;
}

const PARTS = ["point", "plane", "network"] as const;

export function readParameters(value: unknown): PhaseParameters {
  const given = Object(value) as Record<string, unknown>;
  const number = (field: string, least: number, most: number): number | null => {
    const one = given[field];
    if (one === undefined || one === null) return null;
    if (typeof one === "number" && one >= least && one <= most) return one;
    throw new ModeScopeError("bad-request", `${field} is a number from ${least} to ${most}.`, { field });
  };
  const asked = given.parts ?? PARTS;
  if (!Array.isArray(asked) || asked.some((part) => !PARTS.includes(part)))
    throw new ModeScopeError("bad-request", `Parts are of ${PARTS.join(", ")}.`, { field: "parts" });
  return {
    activation: given.activation,
    stage: given.stage,
    start: number("start", 1e-12, 1e9) ?? 1,
    sigmaW: number("sigmaW", 0, 100),
    sigmaB: number("sigmaB", 0, 100),
    parts: new Set(PARTS.filter((part) => asked.includes(part))),
  };
}

import type { Activation } from "../../numerics/meanField/activation.ts";
import { jacobianMoments } from "../../numerics/meanField/jacobian.ts";
import { jacobianDensity } from "../../numerics/meanField/jacobianDensity.ts";
import { slopeMoment } from "../../numerics/meanField/moments.ts";
import type { LawReading } from "./types.ts";

/** What theory says of square layers at one σ_w² and q: of Gaussian weights, and of orthogonal ones. */
export function lawsOf(activation: Activation, q: number, weight: number, count: number): LawReading[] {
  return (["gaussian", "orthogonal"] as const).map((law) => lawOf(activation, q, weight, count, law));
}

function lawOf(
  activation: Activation,
  q: number,
  weight: number,
  count: number,
  law: "gaussian" | "orthogonal",
): LawReading {
  const { mean, relativeVariance } = jacobianMoments(activation, q, weight, count, law);
  const found = slopeMoment(activation, q) === 0 ? null : jacobianDensity(activation, q, weight, count, law);
  return {
    law,
    mean,
    relativeVariance,
    density: found === null ? null : { logs: found.logs, density: found.density },
    zero: found?.zero ?? 0,
    atom: found?.atom ?? (found === null ? { log: Math.log(mean) / 2, share: 1 } : null),
  };
}

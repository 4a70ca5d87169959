/**
 * Inverted dropout after the activation, each unit kept with probability p. Second moments grow by 1/p while independent masks leave covariances alone,
 * so two equal inputs do not stay equal: C(1) = < 1, c* < 1, and there is no critical line to sit on (Schoenholz et al. 2017; Pretorius et al. 2018).
 *   V(q) = σ_w²·E φ²/p + σ_b²    C(c) = (σ_w²·E[φφ] + σ_b²)/q*
 */
import { brentRoot } from "../roots.ts";
import type { Activation } from "./activation.ts";
import { fixedPoint } from "./fixedPoints.ts";
import { kernelOf } from "./kernel.ts";
import { decayDepth, type Point } from "./maps.ts";
import { meanSquare } from "./moments.ts";

export interface DropoutPhase {
  readonly q: number;
  readonly c: number | null;
  readonly chiC: number | null;
  readonly xiC: number | null;
}

/** σ_w² that keeps q of a scale-free activation without bias: 2p for ReLU. Null for activations with a scale. */
export function keepingWeight(activation: Activation, keep: number): number | null {
  return activation.slopes === null ? null : keep / meanSquare(activation, 1);
}

export function dropoutPhase(activation: Activation, point: Point, keep: number, start: number): DropoutPhase {
  const q = fixedPoint(activation, { weight: point.weight / keep, bias: point.bias }, start);
  if (q === 0 || !Number.isFinite(q)) return { q, c: null, chiC: null, xiC: null };
  const values = kernelOf(activation, q, "value");
  const excess = (c: number) => (point.weight * values(c) + point.bias) / q - c;
  const atZero = excess(0);
  const c = atZero <= 0 ? 0 : keep === 1 ? 1 : brentRoot(excess, 0, 1, 1e-15);
  const chiC = point.weight * kernelOf(activation, q, "slope")(c);
  return { q, c, chiC, xiC: decayDepth(chiC) };
}

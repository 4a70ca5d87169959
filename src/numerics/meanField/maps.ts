/**
 * How a wide layer moves second moments and correlations (Poole et al. 2016; Schoenholz et al. 2017), as the width goes to infinity:
 *   V(q) = σ_w²·E φ(√q z)² + σ_b²        σ_w² = fan_in·Var(W), σ_b² = Var(b)
 *   C(c) = (σ_w²·E[φ(u₁)φ(u₂)] + σ_b²)/q  at a fixed point q
 *   χ₁ = σ_w²·E φ′² = C′(1)   χ_q = V′(q)   χ₂ = σ_w²·E φ″² (infinite where φ′ jumps)
 */
import type { Activation } from "./activation.ts";
import { curvatureMoment, meanSquare, meanSquareSlope, slopeMoment } from "./moments.ts";

/** Where a layer stands in the plane of initializations. */
export interface Point {
  /** σ_w² = fan_in·Var(W): variances here, standard deviations nowhere. */
  readonly weight: number;
  /** σ_b² = Var(b). */
  readonly bias: number;
}

export function qMap(activation: Activation, q: number, { weight, bias }: Point): number {
  return weight * meanSquare(activation, q) + bias;
}

export function chiOne(activation: Activation, q: number, weight: number): number {
  return weight * slopeMoment(activation, q);
}

export function chiQ(activation: Activation, q: number, weight: number): number {
  return weight * meanSquareSlope(activation, q);
}

export function chiTwo(activation: Activation, q: number, weight: number): number {
  return weight * curvatureMoment(activation, q);
}

/** ξ = −1/ln χ of something that shrinks by χ a layer: infinite at χ = 1, null where it grows, which is no depth. */
export function decayDepth(chi: number): number | null {
  if (!(chi >= 0) || chi > 1) return null;
  return chi === 0 ? 0 : chi === 1 ? Number.POSITIVE_INFINITY : -1 / Math.log(chi);
}

/** Second moments layer by layer from q⁰, which is the first entry. */
export function qTrajectory(activation: Activation, point: Point, start: number, layers: number): number[] {
  const moments = [start];
  for (let layer = 0; layer < layers; layer++) moments.push(qMap(activation, moments[layer]!, point));
  return moments;
}

/**
 * Residual networks x ← x + α·f(x), f(x) = W·φ(x) + b, without normalisation (Yang & Schoenholz 2017). Cross terms vanish as the width grows, so a block
 * multiplies squared gradients by 1 + α²·χ_f. There is no transition from order to chaos in the depth: nothing of the plane of plain chains applies.
 */
import type { Activation } from "./activation.ts";
import type { Point } from "./maps.ts";
import { meanSquare, slopeMoment } from "./moments.ts";

export interface ResidualBlock {
  /** Second moment after the block. */
  readonly q: number;
  /** ln ‖gradient‖², summed up to here. */
  readonly logGradient: number;
}

/** Block by block from q⁰. χ_f at the q that enters the block. */
export function residualCourse(
  activation: Activation,
  { weight, bias }: Point,
  alpha: number,
  start: number,
  blocks: number,
): readonly ResidualBlock[] {
  const square = alpha * alpha;
  let [q, logGradient] = [start, 0];
  return Array.from({ length: blocks }, () => {
    logGradient += Math.log1p(square * weight * slopeMoment(activation, q));
    q += square * (weight * meanSquare(activation, q) + bias);
    return { q, logGradient };
  });
}

/** tanh: ln‖∇‖² → this·√L as L → ∞, a stretched exponential. (8/3)·σ_w²/√(2π(σ_w² + σ_b²)). */
export function tanhResidualRate({ weight, bias }: Point): number {
  return ((8 / 3) * weight) / Math.sqrt(2 * Math.PI * (weight + bias));
}

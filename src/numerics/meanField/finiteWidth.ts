/**
 * What finite width does to the prediction (Hanin & Nica 2018; exact to first order in L/n): ln q^L, and ln ‖Jv‖² in the same way, are about normal with
 * mean −(v/2)·Σ1/n_l and variance v·Σ1/n_l. v is the relative variance of one unit's contribution; scale-free activations have the same v both ways (5 for
 * ReLU, 2 for linear layers). With a scale, q is drawn back to q* from layer to layer, so the sum over layers holds for the gradient alone.
 */
import type { Activation } from "./activation.ts";
import { gaussianMean } from "./gaussianRule.ts";
import { slopeMoment } from "./moments.ts";

/** Beyond it what is predicted is a spread, not a number. */
export const RELIABLE_ASPECT = 0.2;

export interface WidthBand {
  /** Σ 1/n_l. */
  readonly aspect: number;
  readonly mean: number;
  readonly standardDeviation: number;
  readonly reliable: boolean;
}

export function widthBand(variance: number, widths: readonly number[]): WidthBand {
  const aspect = widths.reduce((sum, width) => sum + 1 / width, 0);
  return {
    aspect,
    mean: (-variance / 2) * aspect,
    standardDeviation: Math.sqrt(variance * aspect),
    reliable: aspect <= RELIABLE_ASPECT,
  };
}

/** v of the forward pass at q: Var(φ²)/(E φ²)². */
export function forwardSpread(activation: Activation, q: number): number {
  const { slopes } = activation;
  if (slopes !== null) return (6 * (slopes[0] ** 4 + slopes[1] ** 4)) / (slopes[0] ** 2 + slopes[1] ** 2) ** 2 - 1;
  const square = gaussianMean(activation, q, (x) => activation.value(x) ** 2);
  return gaussianMean(activation, q, (x) => activation.value(x) ** 4) / square ** 2 - 1;
}

/** v of the backward pass at q: 3·E φ′⁴/(E φ′²)² − 1; 3 is the fourth moment of the Gaussian that Wv is. */
export function backwardSpread(activation: Activation, q: number): number {
  return (3 * slopeMoment(activation, q, 2)) / slopeMoment(activation, q) ** 2 - 1;
}

/**
 * Means of an activation and its derivatives over pre-activations of second moment q (a second moment, not the variance of what leaves the layer).
 * Scale-free activations by closed form, all others by quadrature (gaussianRule.ts).
 */
import type { Activation } from "./activation.ts";
import { gaussianMean } from "./gaussianRule.ts";

export function meanValue(activation: Activation, q: number): number {
  const { slopes } = activation;
  if (slopes !== null) return (slopes[1] - slopes[0]) * Math.sqrt(q / (2 * Math.PI));
  return activation.odd ? 0 : gaussianMean(activation, q, (x) => activation.value(x));
}

/** E φ². */
export function meanSquare(activation: Activation, q: number): number {
  const { slopes } = activation;
  if (slopes !== null) return (q * (slopes[0] ** 2 + slopes[1] ** 2)) / 2;
  return gaussianMean(activation, q, (x) => activation.value(x) ** 2);
}

/** μ_k = E φ′^(2k): moments of the squared slopes, which the spectrum of the Jacobian is made of. */
export function slopeMoment(activation: Activation, q: number, k = 1): number {
  const { slopes } = activation;
  if (slopes !== null) return (slopes[0] ** (2 * k) + slopes[1] ** (2 * k)) / 2;
  return gaussianMean(activation, q, (x) => activation.slope(x) ** (2 * k));
}

/**
 * d/dq E φ(√q z)² = E[φ φ′ z]/√q (Stein). At kinks φφ″ would need its δ; this form does not: automatic differentiation gives φ″ = 0 for ReLU, and with
 * it a wrong slope.
 */
export function meanSquareSlope(activation: Activation, q: number): number {
  const { slopes } = activation;
  if (slopes !== null) return (slopes[0] ** 2 + slopes[1] ** 2) / 2;
  return gaussianMean(activation, q, (x, z) => activation.value(x) * activation.slope(x) * z) / Math.sqrt(q);
}

/** E φ″²: infinite where φ′ jumps. */
export function curvatureMoment(activation: Activation, q: number): number {
  const { curvature } = activation;
  if (curvature === null) return Number.POSITIVE_INFINITY;
  return gaussianMean(activation, q, (x) => curvature(x) ** 2);
}

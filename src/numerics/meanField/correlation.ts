/**
 * The map of correlations at a fixed point q*, its fixed point c*, and how fast c* is reached.
 *
 * C is convex and rising on [0, 1] with C(1) = 1, so beside 1 it has one more fixed point exactly when χ₁ = C′(1) > 1. c* is sought as the root of
 * (1 − C(c))/(1 − c) − 1, which is −C(0) at 0, χ₁ − 1 at 1, and monotone. ξ_c = −1/ln C′(c*); −1/ln χ₁ is the same only where c* = 1, and negative in chaos.
 * Error of c*: 1e-12 where the kernel has a series or closed form, for hard kinks 1e-13/(1 − c*).
 */
import { brentRoot } from "../roots.ts";
import type { Activation } from "./activation.ts";
import { type Kernel, kernelOf } from "./kernel.ts";
import type { Point } from "./maps.ts";
import { slopeMoment } from "./moments.ts";

export interface CorrelationMap {
  /** C(c). */
  readonly map: (c: number) => number;
  /** C′(c) = σ_w²·E[φ′(u₁)φ′(u₂)]. */
  readonly slope: (c: number) => number;
  readonly chiOne: number;
  /** Where every pair of inputs ends: 1 in the ordered phase. */
  readonly star: number;
  /** C′(c*). */
  readonly chiStar: number;
}

/** χ₁ within this of 1 counts as critical: rounding of quadrature and of q* together. */
export const CRITICAL_WIDTH = 1e-10;

export function correlationMap(activation: Activation, q: number, { weight, bias }: Point): CorrelationMap {
  const values = kernelOf(activation, q, "value");
  const slopes = kernelOf(activation, q, "slope");
  const chiOne = weight * slopeMoment(activation, q);
  const map = (c: number) => (weight * values(c) + bias) / q;
  const slope = (c: number) => weight * slopes(c);
  const star = starOf(values, q, weight, bias, chiOne, activation.odd);
  return { map, slope, chiOne, star, chiStar: star === 1 ? chiOne : slope(star) };
}

function starOf(values: Kernel, q: number, weight: number, bias: number, chiOne: number, odd: boolean): number {
  if (chiOne <= 1 + CRITICAL_WIDTH) return 1;
  if (odd && bias === 0) return 0;
  const excess = (c: number) => (weight / q) * values.drop(c) - 1;
  if (excess(0) >= 0) return 0;
  // As c → 1 the quotient is 0/0 for kernels without a series.
  for (const end of [1 - 1e-4, 1 - 1e-6, 1 - 1e-8]) {
    const star = brentRoot(excess, 0, end, 1e-15);
    if (!Number.isNaN(star)) return star;
  }
  return 1;
}

/** Correlations layer by layer from c⁰, which is the first entry, at a fixed q. */
export function correlationTrajectory(map: (c: number) => number, start: number, layers: number): number[] {
  const correlations = [start];
  for (let layer = 0; layer < layers; layer++) correlations.push(Math.min(1, Math.max(-1, map(correlations[layer]!))));
  return correlations;
}

/**
 * β of 1 − c^l ≈ β/l at criticality (Hayou et al. 2019), for activations whose φ″ has a finite mean square: 2/(q*χ₂). Null for the others, where the
 * decay is 1/l² (ReLU: 9π²/(2l²)).
 */
export function criticalDecay(q: number, chiTwo: number): number | null {
  return Number.isFinite(chiTwo) && chiTwo > 0 && q > 0 ? 2 / (q * chiTwo) : null;
}

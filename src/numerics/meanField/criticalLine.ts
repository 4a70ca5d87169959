/**
 * Curves in the plane of initializations, without a search in two dimensions: every point of them is known from the fixed point it has.
 *   χ₁ = χ at q*:           σ_w² = χ/E φ′², σ_b² = q − σ_w²·E φ²            (χ = 1: the critical line)
 *   fixed points q*, c*:    σ_w² = q(1 − c)/(K(1) − K(c)), σ_b² = q − σ_w²·E φ², and then C′(c*) = σ_w²·E[φ′φ′]
 * A point is there only where σ_b² ≥ 0, and the fixed point q is reached only where χ_q ≤ 1.
 */
import { brentRoot } from "../roots.ts";
import type { Activation } from "./activation.ts";
import { roughKernel } from "./kernel.ts";
import type { Point } from "./maps.ts";
import { meanSquare, meanSquareSlope, slopeMoment } from "./moments.ts";

export interface LinePoint extends Point {
  readonly q: number;
  readonly chiQ: number;
  /** σ_b² ≥ 0 and χ_q ≤ 1: a network can be there, and its q stays there. */
  readonly attainable: boolean;
}

/** χ_q = 1 by construction for scale-free activations: rounding may not decide. */
const SLACK = 1e-12;

interface Means {
  readonly square: number;
  readonly rise: number;
}

function meansAt(activation: Activation, q: number): Means {
  return { square: meanSquare(activation, q), rise: meanSquareSlope(activation, q) };
}

function pointOf(q: number, weight: number, { square, rise }: Means): LinePoint {
  const rest = q - weight * square;
  const bias = Math.abs(rest) <= SLACK * q ? 0 : rest;
  const chiQ = weight * rise;
  return { weight, bias, q, chiQ, attainable: bias >= 0 && chiQ <= 1 + SLACK };
}

const pointAt = (activation: Activation, q: number, weight: number) => pointOf(q, weight, meansAt(activation, q));

/** The initialization with fixed point q and χ₁ = χ. */
export function ofSlope(activation: Activation, q: number, chiOne = 1): LinePoint {
  return pointAt(activation, q, chiOne / slopeMoment(activation, q));
}

/** The critical point with this σ_b², on the branch between the two q; null if there is none. */
export function criticalAt(activation: Activation, bias: number, from = 1e-9, to = 1e4): LinePoint | null {
  const q = brentRoot((at) => ofSlope(activation, at).bias - bias, from, to, 0);
  return Number.isNaN(q) ? null : ofSlope(activation, q);
}

/** Half-stable point of GELU and SiLU: χ₁ = χ_q = 1, where their line becomes one that networks can stay on. Null where there is none. */
export function halfStable(activation: Activation, from = 0.5, to = 60): LinePoint | null {
  const q = brentRoot((at) => meanSquareSlope(activation, at) - slopeMoment(activation, at), from, to, 0);
  return Number.isNaN(q) ? null : ofSlope(activation, q);
}

/** χ₁ = χ for each χ, for q on a grid: the means of one q serve all. */
export function slopeLines(
  activation: Activation,
  chis: readonly number[],
  grid: readonly number[],
): readonly (readonly LinePoint[])[] {
  const means = grid.map((q) => ({ q, ...meansAt(activation, q), slope: slopeMoment(activation, q) }));
  return chis.map((chi) => means.map((at) => pointOf(at.q, chi / at.slope, at)));
}

/** One of them. */
export function slopeLine(activation: Activation, chiOne: number, grid: readonly number[]): readonly LinePoint[] {
  return slopeLines(activation, [chiOne], grid)[0] ?? [];
}

const TRIALS = 48;

/**
 * Where ξ_c is each of the depths on the chaotic side, to about 1e-4: for pictures. At one q the slope C′(c*) falls and rises again with c*, so a depth may be
 * there twice: the line comes down the branch of large c* and goes back along that of small c*.
 */
export function chaoticDepthLines(
  activation: Activation,
  depths: readonly number[],
  grid: readonly number[],
): readonly (readonly LinePoint[])[] {
  const found = depths.map(() => ({ large: [] as LinePoint[], small: [] as LinePoint[] }));
  const trials = Array.from({ length: TRIALS }, (_, k) => (1 - 1e-5) * (1 - (1 - k / (TRIALS - 1)) ** 2));
  for (const q of grid) {
    const values = roughKernel(activation, q, "value");
    const slopes = roughKernel(activation, q, "slope");
    const weightAt = (c: number) => q / values.drop(c);
    const slopeAt = (c: number) => weightAt(c) * slopes(c);
    const seen = trials.map(slopeAt);
    for (const [at, depth] of depths.entries()) {
      const wanted = Math.exp(-1 / depth);
      for (let k = 1; k < TRIALS; k++) {
        if (seen[k - 1]! < wanted === seen[k]! < wanted) continue;
        const c = brentRoot((trial) => slopeAt(trial) - wanted, trials[k - 1]!, trials[k]!, 1e-9);
        (seen[k]! < wanted ? found[at]!.small : found[at]!.large).push(pointAt(activation, q, weightAt(c)));
      }
    }
  }
  return found.map(({ large, small }) => [...large.reverse(), ...small]);
}

export function logGrid(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, k) => from * (to / from) ** (k / (count - 1)));
}

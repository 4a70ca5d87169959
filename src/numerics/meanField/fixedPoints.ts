/**
 * Fixed points of the map of second moments.
 *
 * E φ(√q z)² rises with q for every activation here, so V does, and what starts at q⁰ moves one way to the nearest fixed point: the smallest above q⁰ where
 * V(q⁰) > q⁰, the largest below where V(q⁰) < q⁰. Two stable points (GELU, SiLU) are told apart by that, and q⁰ decides. Sixty iterates are followed, which
 * pass no fixed point, then steps of 2 % (beyond 1e-7 and 1e5: by doubling) to the change of sign, then Brent's method. Two fixed points closer than 2 % beyond the sixtieth iterate may be missed.
 * Error 1e-14 relative, except where the slope there is 1 within 1e-7.
 */
import { brentRoot } from "../roots.ts";
import { type Activation, slopeSquareAtZero } from "./activation.ts";
import { chiQ, type Point, qMap } from "./maps.ts";
import { meanSquare } from "./moments.ts";

/** Below it a second moment is nothing, above it the signal has run away. */
const VANISHED = 1e-13;
const RUNAWAY = 1e12;
const ITERATES = 60;
const STEP = 1.02;
const NOISE = 1e-14;
const STRAIGHT_FROM = 1e5;
const STRAIGHT_TO = 1e-7;

/** The fixed point that q⁰ tends to: 0 where the signal dies out, Infinity where it runs away. */
export function fixedPoint(activation: Activation, point: Point, start: number): number {
  if (activation.slopes !== null) return homogeneousFixedPoint(activation, point, start);
  const excess = (q: number) => qMap(activation, q, point) - q;
  let here = Math.max(start, VANISHED);
  let gap = excess(here);
  const up = gap > 0;
  // Where the map is all but the identity (q → 0 at criticality) the excess is rounding, and its sign says nothing.
  const crossed = (value: number, q: number) => Math.abs(value) > NOISE * q && value > 0 !== up;
  for (let round = 0; round < ITERATES; round++) {
    if (gap === 0) return here;
    const next = here + gap;
    if (next > RUNAWAY) return Number.POSITIVE_INFINITY;
    if (next < VANISHED) return 0;
    const nextGap = excess(next);
    if (crossed(nextGap, next)) return brentRoot(excess, here, next, 0);
    if (Math.abs(nextGap) <= Number.EPSILON * next) return next;
    here = next;
    gap = nextGap;
  }
  for (;;) {
    // Far out and close to 0 the map is all but straight: no two fixed points hide between long steps.
    const step = here > STRAIGHT_FROM || here < STRAIGHT_TO ? 2 : STEP;
    const next = up ? here * step : here / step;
    if (next > RUNAWAY) return Number.POSITIVE_INFINITY;
    if (next < VANISHED) return 0;
    if (crossed(excess(next), next)) {
      const root = brentRoot(excess, here, next, 0);
      // No sign to go by at `here`: it is the fixed point up to rounding.
      return Number.isNaN(root) ? here : root;
    }
    here = next;
  }
}

/** V(q) = a·q + σ_b². At a = 1 without bias every q stays what it is. */
function homogeneousFixedPoint(activation: Activation, { weight, bias }: Point, start: number): number {
  const slope = weight * meanSquare(activation, 1);
  if (Math.abs(slope - 1) < 1e-12) return bias === 0 ? start : Number.POSITIVE_INFINITY;
  if (slope < 1) return bias / (1 - slope);
  return start === 0 && bias === 0 ? 0 : Number.POSITIVE_INFINITY;
}

export interface Basin {
  /** 0 and Infinity where the signal dies out or runs away. */
  readonly q: number;
  readonly stable: boolean;
  /** V′ there; null at Infinity. */
  readonly slope: number | null;
}

const GRID_PER_DECADE = 40;

/**
 * All fixed points between 1e-12 and 1e6, with 0 and Infinity where the map tends there, in order: unstable ones part the basins of stable ones.
 * Found by signs on 40 points a decade; pairs closer than that are missed.
 */
export function basins(activation: Activation, point: Point): readonly Basin[] {
  const excess = (q: number) => qMap(activation, q, point) - q;
  const found: Basin[] = [];
  const silent = point.bias === 0 && activation.value(0) === 0;
  if (silent) {
    const slope = point.weight * slopeSquareAtZero(activation);
    found.push({ q: 0, stable: slope < 1 || (slope === 1 && excess(1e-3) < 0), slope });
  }
  let last = 1e-12;
  let lastGap = excess(last);
  for (let k = 1; k <= 18 * GRID_PER_DECADE; k++) {
    const q = 1e-12 * 10 ** (k / GRID_PER_DECADE);
    const gap = excess(q);
    // Within rounding of the diagonal there is no sign to go by: scale-free maps, or q so small that the map is linear.
    if (gap !== 0 && lastGap !== 0 && gap > 0 !== lastGap > 0 && Math.abs(gap) > 1e-13 * q) {
      const root = brentRoot(excess, last, q, 0);
      const slope = chiQ(activation, root, point.weight);
      found.push({ q: root, stable: lastGap > 0, slope });
    }
    if (Math.abs(gap) > 1e-13 * q) {
      last = q;
      lastGap = gap;
    }
  }
  if (lastGap > 0 && last > 1e5) found.push({ q: Number.POSITIVE_INFINITY, stable: true, slope: null });
  return found;
}

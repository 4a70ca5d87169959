/**
 * Everything the theory says about one initialization of an activation, for a plain chain of wide layers: no skip connections, no normalisation, weights and
 * biases independent with mean 0, as drawn and not as trained.
 */
import { type Activation, slopeSquareAtZero } from "./activation.ts";
import { CRITICAL_WIDTH, correlationMap } from "./correlation.ts";
import { fixedPoint } from "./fixedPoints.ts";
import { chiOne, chiQ, chiTwo, decayDepth, type Point } from "./maps.ts";

export type PhaseName = "ordered" | "critical" | "chaotic";

export interface Phase {
  /** Where the second moment of this input ends: 0 where it dies out, Infinity where it runs away. */
  readonly q: number;
  /** V′(q*); null where q runs away. */
  readonly chiQ: number | null;
  readonly chiOne: number;
  /** Infinity where φ′ jumps. */
  readonly chiTwo: number;
  readonly name: PhaseName;
  /** Where correlations end; null where no second moment is left, or it runs away. */
  readonly c: number | null;
  /** C′(c*); null with c*. */
  readonly chiC: number | null;
  /** Layers in which a difference of q, of c, shrinks to 1/e; null where it does not shrink or is not defined. */
  readonly xiQ: number | null;
  readonly xiC: number | null;
  /** 1/|ln χ₁|: layers in which squared gradients change by e, downward in the ordered phase, upward in the chaotic. */
  readonly xiGradient: number;
}

/** Six depth scales: to there Schoenholz et al. 2017 could train tanh networks on MNIST and CIFAR-10 by SGD. A rule of thumb, no theorem. */
export const TRAINABLE_DEPTHS = 6;

export function phaseOf(activation: Activation, point: Point, start: number): Phase {
  const q = fixedPoint(activation, point, start);
  if (q > 0 && Number.isFinite(q)) {
    const correlations = correlationMap(activation, q, point);
    const { star, chiStar } = correlations;
    return {
      ...described(correlations.chiOne),
      q,
      chiQ: chiQ(activation, q, point.weight),
      chiTwo: chiTwo(activation, q, point.weight),
      c: star,
      chiC: chiStar,
      xiQ: decayDepth(chiQ(activation, q, point.weight)),
      xiC: nameOf(correlations.chiOne) === "critical" ? Number.POSITIVE_INFINITY : decayDepth(chiStar),
    };
  }
  const chi = slopeAtEnd(activation, point, q);
  const chiTwoThere = q === 0 ? chiTwo(activation, 1e-12, point.weight) : 0;
  return {
    ...described(chi),
    q,
    chiQ: q === 0 ? chi : null,
    chiTwo: chiTwoThere,
    c: null,
    chiC: null,
    xiQ: q === 0 ? decayDepth(chi) : null,
    xiC: null,
  };
}

/** χ₁ where the second moment of this input ends: what `phaseOf` says of it, without the correlations. */
export function chiOneOf(activation: Activation, point: Point, start: number): number {
  const q = fixedPoint(activation, point, start);
  return q > 0 && Number.isFinite(q) ? chiOne(activation, q, point.weight) : slopeAtEnd(activation, point, q);
}

/** At the ends of the scale the layer is linear in each half: what counts are φ′(0±), or the slopes far out. */
function slopeAtEnd(activation: Activation, { weight }: Point, q: number): number {
  return (
    weight * (q === 0 ? slopeSquareAtZero(activation) : (activation.slope(1e6) ** 2 + activation.slope(-1e6) ** 2) / 2)
  );
}

function described(chiOne: number) {
  const xiGradient = chiOne === 1 ? Number.POSITIVE_INFINITY : 1 / Math.abs(Math.log(chiOne));
  return { chiOne, name: nameOf(chiOne), xiGradient };
}

function nameOf(chiOne: number): PhaseName {
  if (Math.abs(chiOne - 1) <= CRITICAL_WIDTH) return "critical";
  return chiOne < 1 ? "ordered" : "chaotic";
}

/**
 * What the maps say layer by layer for a network whose layers differ, from the input on: h¹ = W¹x + b¹ and h^l = W^l·φ(h^(l−1)) + b^l, each with its own
 * σ_w² and σ_b². Nothing is assumed to have reached a fixed point. Curvature as in curvature.ts: it holds for a circle at any q, since ⟨h·v⟩ = ⟨v·a⟩ = 0.
 */
import type { Activation } from "./activation.ts";
import { kernelOf } from "./kernel.ts";
import { chiOne, chiTwo, type Point, qMap } from "./maps.ts";

export interface CourseLayer {
  /** Second moment of this layer's pre-activations. */
  readonly q: number;
  /** χ₁ of the link that leads here; null for the first layer, whose input no activation has passed. */
  readonly chiOne: number | null;
  /** Of a circle with input second moment q⁰: ḡ and κ̄²; κ̄² is infinite from the second layer on where φ′ jumps. */
  readonly metric: number;
  readonly curvature: number;
}

export function layerCourse(activation: Activation, points: readonly Point[], start: number): readonly CourseLayer[] {
  const [first, ...rest] = points;
  if (first === undefined) return [];
  const [q, metric, bend] = [first.weight * start + first.bias, first.weight * start, first.weight * start];
  const layer = { q, chiOne: null, metric, curvature: bend / (metric * metric) };
  return [layer, ...continuedCourse(activation, rest, layer)];
}

/** The same from pre-activations on whose q, ḡ and κ̄² are known. */
export function continuedCourse(
  activation: Activation,
  points: readonly Point[],
  from: Pick<CourseLayer, "q" | "metric" | "curvature">,
): readonly CourseLayer[] {
  let { q, metric } = from;
  let bend = from.curvature * metric * metric;
  return points.map((point) => {
    const chi = chiOne(activation, q, point.weight);
    // ⟨a·a⟩ before ⟨v·v⟩: it takes the metric of the layer before.
    bend = 3 * chiTwo(activation, q, point.weight) * metric * metric + chi * bend;
    metric *= chi;
    q = qMap(activation, q, point);
    return { q, chiOne: chi, metric, curvature: bend / (metric * metric) };
  });
}

/** Correlations of two inputs of second moment q⁰ and correlation c⁰, layer by layer. */
export function correlationCourse(
  activation: Activation,
  points: readonly Point[],
  start: number,
  correlation: number,
): readonly number[] {
  const [first, ...rest] = points;
  if (first === undefined) return [];
  const q = first.weight * start + first.bias;
  const c = (first.weight * correlation * start + first.bias) / q;
  return [c, ...continuedCorrelation(activation, rest, q, c)];
}

/** The same from two pre-activations of second moment q and correlation c on. */
export function continuedCorrelation(
  activation: Activation,
  points: readonly Point[],
  start: number,
  correlation: number,
): readonly number[] {
  let [q, c] = [start, correlation];
  return points.map((point) => {
    const covariance = point.weight * kernelOf(activation, q, "value")(Math.min(1, Math.max(-1, c))) + point.bias;
    q = qMap(activation, q, point);
    c = covariance / q;
    return c;
  });
}

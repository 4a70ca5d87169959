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
  let [q, metric, bend] = [start, start, start];
  return points.map((point, layer) => {
    let chi: number | null = null;
    if (layer === 0) {
      q = point.weight * q + point.bias;
      metric *= point.weight;
      bend *= point.weight;
    } else {
      chi = chiOne(activation, q, point.weight);
      // ⟨a·a⟩ before ⟨v·v⟩: it takes the metric of the layer before.
      bend = 3 * chiTwo(activation, q, point.weight) * metric * metric + chi * bend;
      metric *= chi;
      q = qMap(activation, q, point);
    }
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
  let q = start;
  let covariance = correlation * start;
  return points.map((point, layer) => {
    if (layer === 0) {
      covariance = point.weight * covariance + point.bias;
      q = point.weight * q + point.bias;
    } else {
      const c = Math.min(1, Math.max(-1, covariance / q));
      covariance = point.weight * kernelOf(activation, q, "value")(c) + point.bias;
      q = qMap(activation, q, point);
    }
    return covariance / q;
  });
}

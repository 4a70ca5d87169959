/**
 * A curve of inputs pushed through a chain of layers, with its first and second derivatives along θ carried exactly:
 *   v^l = W·(φ′(h)·v),  a^l = W·(φ″(h)·v² + φ′(h)·a)
 *   g^E = v·v, κ² = [(a·a)·g^E − (v·a)²]/(g^E)³, L^E = ∫√g^E dθ (Euclidean), L^G = ∫√(κ²·g^E) dθ (Grassmannian, of the Gauss map)
 * Where φ′ jumps φ″ holds a δ that no derivative carries: κ and L^G are then not given, and the polyline's turning angle stands for them.
 */
import type { DenseNetwork } from "./denseNetwork.ts";
import { PolylineMeter } from "./polylineMeter.ts";

export interface Curve {
  /** Rows: points, first and second derivatives. */
  readonly points: Float64Array<ArrayBuffer>;
  readonly tangents: Float64Array<ArrayBuffer>;
  readonly bends: Float64Array<ArrayBuffer>;
  readonly count: number;
  /** Step of θ; a closed curve returns from its last point to its first. */
  readonly step: number;
  readonly closed: boolean;
}

export interface CurveShape {
  /** ⟨h²⟩ over units and points. */
  readonly moment: number;
  /** ⟨g^E⟩/N and N·⟨κ²⟩; null where φ′ jumps. */
  readonly metric: number;
  readonly curvature: number | null;
  readonly euclidean: number;
  readonly grassmannian: number | null;
  /** Of the polyline through all points, and through every second one: their ratio tends to 1 where the points resolve the curve. */
  readonly polyline: number;
  readonly coarse: number;
  /** Sum of the angles between neighbouring segments of the polyline. */
  readonly turning: number;
}

/** √(n·q)(u·cos θ + v·sin θ), a circle whose points have second moment q. u and v orthonormal. */
export function circle(u: Float64Array, v: Float64Array, q: number, count: number): Curve {
  const n = u.length;
  const radius = Math.sqrt(n * q);
  const step = (2 * Math.PI) / count;
  const [points, tangents, bends] = [0, 1, 2].map(() => new Float64Array(count * n)) as Parts;
  for (let k = 0; k < count; k++) {
    const [c, s] = [radius * Math.cos(k * step), radius * Math.sin(k * step)];
    for (let i = 0; i < n; i++) {
      const at = k * n + i;
      points[at] = c * u[i]! + s * v[i]!;
      tangents[at] = c * v[i]! - s * u[i]!;
      bends[at] = -points[at]!;
    }
  }
  return { points, tangents, bends, count, step, closed: true };
}

/** The straight line from a to b, θ from 0 to 1. */
export function segment(a: Float64Array, b: Float64Array, count: number): Curve {
  const n = a.length;
  const [points, tangents, bends] = [0, 1, 2].map(() => new Float64Array(count * n)) as Parts;
  for (let k = 0; k < count; k++)
    for (let i = 0; i < n; i++) {
      const way = b[i]! - a[i]!;
      points[k * n + i] = a[i]! + (k / (count - 1)) * way;
      tangents[k * n + i] = way;
    }
  return { points, tangents, bends, count, step: 1 / (count - 1), closed: false };
}

type Parts = [Float64Array<ArrayBuffer>, Float64Array<ArrayBuffer>, Float64Array<ArrayBuffer>];

/** The curve of each layer's pre-activations, one after the other; nothing is kept beyond the layer that is visited. */
export function pushCurve(network: DenseNetwork, curve: Curve, visit: (layer: number, at: Curve) => void): void {
  const { value, slope, curvature } = network.activation;
  const bent = curvature ?? (() => 0);
  let now = curve;
  for (const layer of network.layers.keys()) {
    const { points, tangents, bends } = now;
    if (layer === 0) {
      now = {
        ...now,
        points: network.step(0, null, points),
        tangents: network.times(0, tangents),
        bends: network.times(0, bends),
      };
    } else {
      const inner = new Float64Array(bends.length);
      const along = new Float64Array(bends.length);
      for (let i = 0; i < inner.length; i++) {
        const d = slope(points[i]!);
        along[i] = d * tangents[i]!;
        inner[i] = bent(points[i]!) * tangents[i]! ** 2 + d * bends[i]!;
      }
      const out = network.times(layer, points.map(value));
      const { bias } = network.layers[layer]!;
      if (bias !== null) for (let i = 0; i < out.length; i++) out[i] = out[i]! + bias[i % bias.length]!;
      now = { ...now, points: out, tangents: network.times(layer, along), bends: network.times(layer, inner) };
    }
    visit(layer, now);
  }
}

/** `smooth`: whether second derivatives are what they seem. */
export function shapeOf({ points, tangents, bends, count, step, closed }: Curve, smooth: boolean): CurveShape {
  const n = points.length / count;
  let [moment, metric, curvature, euclidean, grassmannian] = [0, 0, 0, 0, 0];
  for (let k = 0; k < count; k++) {
    let [h, g, a, mixed] = [0, 0, 0, 0];
    for (let at = k * n; at < (k + 1) * n; at++) {
      h += points[at]! ** 2;
      g += tangents[at]! ** 2;
      a += bends[at]! ** 2;
      mixed += tangents[at]! * bends[at]!;
    }
    const square = g === 0 ? 0 : Math.max(0, a * g - mixed * mixed) / g ** 3;
    // Trapezoid rule: the ends of an open curve count half.
    const weight = closed || (k > 0 && k < count - 1) ? step : step / 2;
    moment += h;
    metric += g;
    curvature += square;
    euclidean += weight * Math.sqrt(g);
    grassmannian += weight * Math.sqrt(square * g);
  }
  const meter = new PolylineMeter(count, closed);
  for (let k = 0; k < count; k++) meter.add(points.subarray(k * n, (k + 1) * n));
  return {
    moment: moment / (n * count),
    metric: metric / (n * count),
    curvature: smooth ? (n * curvature) / count : null,
    euclidean,
    grassmannian: smooth ? grassmannian : null,
    ...meter.result(),
  };
}

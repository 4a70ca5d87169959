/**
 * A circle of inputs h¹(θ) = √(Nq*)(u₀cos θ + u₁sin θ) pushed through a wide random network (Poole et al. 2016, the recursion of its section 3).
 *   ḡ = g^E/N       metric of the embedding: ḡ^l = χ₁·ḡ^(l−1), ḡ¹ = q*
 *   κ̄² = N·κ²       extrinsic curvature: κ̄²_l = 3χ₂/χ₁² + κ̄²_(l−1)/χ₁, κ̄²₁ = 1/q*
 *   L^E = ∫√g^E dθ is the Euclidean length, L^G = ∫√(κ²g^E) dθ the Grassmannian length, that of the Gauss map (how far the tangent turns)
 * Where φ′ jumps χ₂ is infinite: there is no such recursion, and a polyline's turning angle is what can be measured.
 */
export interface CurveMoment {
  readonly metric: number;
  readonly curvature: number;
  /** L^E relative to the circle's, and L^G (2π for a circle that nothing bends). */
  readonly euclidean: number;
  readonly grassmannian: number;
}

/** Layer by layer, the first entry being the circle itself. */
export function curveRecursion(q: number, chiOne: number, chiTwo: number, layers: number): readonly CurveMoment[] {
  let [metric, curvature] = [q, 1 / q];
  return Array.from({ length: layers }, (_, layer) => {
    if (layer > 0) {
      metric *= chiOne;
      curvature = (3 * chiTwo) / chiOne ** 2 + curvature / chiOne;
    }
    return {
      metric,
      curvature,
      euclidean: Math.sqrt(metric / q),
      grassmannian: 2 * Math.PI * Math.sqrt(curvature * metric),
    };
  });
}

/** Where κ̄² tends, in the chaotic phase alone: 3χ₂/(χ₁(χ₁ − 1)). */
export function curvatureLimit(chiOne: number, chiTwo: number): number | null {
  return chiOne > 1 ? (3 * chiTwo) / (chiOne * (chiOne - 1)) : null;
}

/** Raghu et al. 2017: an expected trajectory through ReLU layers of width k grows at least by σ_w√k/√(k+1) a layer (lower bound, up to a constant). */
export function raghuGrowth(weight: number, width: number): number {
  return Math.sqrt((weight * width) / (width + 1));
}

/** Points on the circle that resolve a stretching of L^E/√(Nq*): fewer, and the polyline's length saturates. */
export function pointsNeeded(euclidean: number): number {
  return Math.ceil(10 * 2 * Math.PI * euclidean);
}

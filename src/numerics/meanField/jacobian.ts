/**
 * Moments of the squared singular values of J = ∏ D_l W_l, square layers at the fixed point q* (Pennington, Schoenholz & Ganguli 2017, 2018):
 *   ⟨s²⟩ = χ₁^L      Var(s²)/⟨s²⟩² = L·(μ₂/μ₁² − 1 − s₁), μ_k = E φ′^(2k)
 * s₁ = −1 for Gaussian weights, 0 for orthogonal ones times σ_w. ReLU has μ₂/μ₁² = 2 whatever σ_w: orthogonal weights make no isometry of it. (Ways out that
 * leave independent weights: [W, −W] copies, which look linear; shifted ReLU; small residual branches.)
 */
import type { Activation } from "./activation.ts";
import { slopeMoment } from "./moments.ts";

export type WeightLaw = "gaussian" | "orthogonal";

/** μ₂/μ₁². */
export function slopeSpread(activation: Activation, q: number): number {
  return slopeMoment(activation, q, 2) / slopeMoment(activation, q) ** 2;
}

export interface JacobianMoments {
  readonly mean: number;
  /** Var(s²)/⟨s²⟩². */
  readonly relativeVariance: number;
  readonly perLayer: number;
}

export function jacobianMoments(
  activation: Activation,
  q: number,
  weight: number,
  layers: number,
  law: WeightLaw,
): JacobianMoments {
  const perLayer = slopeSpread(activation, q) - 1 + (law === "gaussian" ? 1 : 0);
  return { mean: (weight * slopeMoment(activation, q)) ** layers, relativeVariance: layers * perLayer, perLayer };
}

/** Largest s² of a product of L square Gaussian matrices with ⟨s²⟩ = 1: (L+1)^(L+1)/L^L. */
export function linearGaussianEdge(layers: number): number {
  return Math.exp((layers + 1) * Math.log(layers + 1) - layers * Math.log(layers));
}

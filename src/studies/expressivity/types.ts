import type { ChosenActivation } from "../_shared/network/activationOf.ts";
import type { StageReading } from "../_shared/network/stage.ts";

export interface CurveLayer {
  readonly tensor: string;
  readonly width: number;
  /** Mean square of pre-activations over the curve. */
  readonly q: number;
  /** ḡ = ⟨g^E⟩/N and κ̄² = N⟨κ²⟩; null where φ′ jumps. */
  readonly metric: number;
  readonly curvature: number | null;
  /** ∫√g^E dθ, the Euclidean length, and ∫√(κ²g^E) dθ, the Grassmannian. */
  readonly euclidean: number;
  readonly grassmannian: number | null;
  readonly polyline: number;
  /** L(n)/L(n/2) of the polyline: 1 where the points resolve the curve. */
  readonly sampling: number;
  readonly turning: number;
  /** Polyline length over that of the layer before; null for the first. */
  readonly growth: number | null;
  /** σ_w√k/√(k+1), the lower bound of that for ReLU (up to a constant over all layers); null for others. */
  readonly raghu: number | null;
  /** Of theory at this network's own σ's, for weights as drawn: null where it is not claimed. */
  readonly theory: {
    readonly q: number;
    readonly metric: number;
    readonly curvature: number | null;
    readonly growth: number | null;
  } | null;
  /** Correlation of points `lags` apart (radians of the input circle), measured and by the recursion. */
  readonly correlations: readonly number[];
  readonly predictedCorrelations: readonly number[] | null;
  /** First three principal components of the curve, point by point, and their shares of its variance. */
  readonly components: readonly (readonly number[])[];
  readonly shares: readonly number[];
}

export interface ExpressivityResult {
  readonly name: string;
  /** Null of a model's graph: it has the activations that it has. */
  readonly activation: ChosenActivation | null;
  readonly choices: readonly { readonly id: string; readonly name: string }[];
  readonly stage: StageReading;
  readonly order: string;
  /** "a great circle of Gaussian directions" or the file's two rows. */
  readonly curve: string;
  readonly closed: boolean;
  readonly points: number;
  /** Points that would resolve the last layer, by its measured stretching. */
  readonly pointsNeeded: number;
  readonly start: number;
  readonly smooth: boolean;
  readonly noTheory: string | null;
  readonly lags: readonly number[];
  /** Operations whose slope jumps, for which the curve has no curvature. */
  readonly kinks: readonly string[];
  /** What was left out or cut down, in words. */
  readonly notes: readonly string[];
  readonly layers: readonly CurveLayer[];
}

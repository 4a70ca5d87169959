import type { HeavyEntry } from "../../../numerics/randomMatrix/entries.ts";
import type { Measured } from "../../types.ts";

/** A number, or the sentence why it may not be said. */
export type Said<T> = { readonly value: T; readonly reason: null } | { readonly value: null; readonly reason: string };

export interface SignalMode {
  /** 0 for σ₁. */
  readonly index: number;
  readonly singularValue: number;
  /** What the signal contributes to it (spiked model inverted), in the matrix's units. */
  readonly strength: number;
  /** Squared overlap of the left and right singular vector with the true ones. */
  readonly leftOverlap: number;
  readonly rightOverlap: number;
  /** What the optimal shrinker would make of it. */
  readonly shrunk: number;
}

/** Where the noise level comes from: the initial weights, the median singular value, the energy behind the leading modes, or a parameter. */
export type NoiseSource = "initial" | "median" | "rest" | "given";

/** The Marchenko–Pastur bulk: density of the singular values and the share of them below, at rising σ. */
export interface BulkCurve {
  readonly sigma: Float32Array<ArrayBuffer>;
  readonly density: Float32Array<ArrayBuffer>;
  readonly below: Float32Array<ArrayBuffer>;
}

export interface NoiseAccount {
  readonly source: NoiseSource;
  /** Standard deviation of the entries' noise part. */
  readonly noiseStd: Measured;
  readonly bulkEdge: Measured;
  readonly noiseEdge: Measured;
  readonly signalModes: Measured;
  /** σ₁ over the 99 % noise edge: above 1 something stands out. */
  readonly edgeRatio: Measured;
  /** λ₊/λ_max, λ₊ the square of the bulk edge. */
  readonly mpSoftrank: Measured;
  readonly bulk: BulkCurve;
  /** The leading ones of them, at most 64. */
  readonly modes: readonly SignalMode[];
  readonly denoisingThreshold: Measured;
  readonly denoisingRank: Measured;
}

export interface TailAccount {
  readonly alpha: Measured;
  readonly xMin: number;
  readonly tailCount: number;
  readonly ksDistance: number;
  readonly ksP: number;
  readonly ksDraws: number;
  /** Vuong's z and p against the log-normal: positive favours the power law. */
  readonly logNormalZ: number;
  readonly logNormalP: number;
}

export interface OrthogonalityAccount {
  readonly verdict: "orthogonal" | "near" | "no";
  readonly gain: Measured;
  readonly largestDeviation: Measured;
}

export interface Remark {
  readonly code: "zero" | "heavy-entry" | "mean" | "orthogonal";
  /** One sentence that names the tensor. */
  readonly message: string;
}

/** What the values and the entries of a matrix say against the null, short of random draws and singular vectors. */
export interface NullAccount {
  readonly noise: Said<NoiseAccount>;
  /** Null where not all singular values are known. */
  readonly orthogonality: OrthogonalityAccount | null;
  readonly meanOutlier: Measured;
  readonly meanStrength: Measured;
  readonly heavyEntries: {
    readonly count: number;
    readonly threshold: number;
    readonly largest: readonly HeavyEntry[];
  };
  readonly remarks: readonly Remark[];
}

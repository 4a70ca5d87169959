import type { MatrixReading } from "../../base/tensor.ts";
import type { HeavyEntry } from "../../numerics/randomMatrix/entries.ts";
import type { Measured } from "../types.ts";

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

export interface NoiseAccount {
  /** Standard deviation of the entries' noise part. */
  readonly noiseStd: Measured;
  readonly bulkEdge: Measured;
  readonly noiseEdge: Measured;
  readonly signalModes: Measured;
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

export interface SignFlipAccount {
  readonly draws: number;
  /** For the leading modes, against the largest singular value of each draw. */
  readonly p: Float64Array<ArrayBuffer>;
  /** Median and 95 % point of the null's largest singular value. */
  readonly median: number;
  readonly upper: number;
}

export interface OperatorAccount {
  readonly grid: readonly [number, number];
  readonly norm: Measured;
  readonly smallest: Measured;
  readonly lowerBound: number;
  readonly upperBound: number;
  /** Largest singular value per frequency, row-major over the grid. */
  readonly byFrequency: Float64Array<ArrayBuffer>;
}

export interface Remark {
  readonly code: "zero" | "heavy-entry" | "mean" | "orthogonal";
  /** One sentence that names the tensor. */
  readonly message: string;
}

export interface SpectralNullResult {
  readonly reading: MatrixReading;
  readonly noise: Said<NoiseAccount>;
  readonly signFlip: Said<SignFlipAccount>;
  readonly powerLaw: Said<TailAccount>;
  readonly weightWatcher: Readonly<
    Record<"logNorm" | "logSpectralNorm" | "alphaWeighted" | "logAlphaNorm" | "mpSoftrank", Measured | null>
  >;
  readonly orthogonality: {
    readonly verdict: "orthogonal" | "near" | "no";
    readonly gain: Measured;
    readonly largestDeviation: Measured;
  };
  readonly meanOutlier: Measured;
  readonly meanStrength: Measured;
  readonly heavyEntries: {
    readonly count: number;
    readonly threshold: number;
    readonly largest: readonly HeavyEntry[];
  };
  readonly operator: Said<OperatorAccount>;
  readonly remarks: readonly Remark[];
}

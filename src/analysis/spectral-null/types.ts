import type { MatrixReading } from "../../base/tensor.ts";
import type { NoiseAccount, NullAccount, Said, SignalMode, TailAccount } from "../_shared/null/types.ts";
import type { Measured } from "../types.ts";

export interface SignFlipAccount {
  readonly draws: number;
  /** Draws that were asked for, and why there are fewer; null if there are not. */
  readonly asked: number;
  readonly stopped: "not-significant" | "budget" | null;
  /** For the leading modes, against the largest singular value of each draw. */
  readonly p: Float64Array<ArrayBuffer>;
  /** Leading modes in a row with p ≤ 0.05. */
  readonly signalModes: number;
  /** Median and 95 % point of the null's largest singular value. */
  readonly median: number;
  readonly upper: number;
}

/** Where a mode's singular value comes from: σ = Σᵢⱼ uᵢ·Wᵢⱼ·vⱼ splits exactly into parts. */
export interface SpikeAccount extends SignalMode {
  readonly flipP: number | null;
  /** ‖Wv−σu‖/σ₁ of the vectors that the parts were read from. */
  readonly residual: number;
  readonly leftIpr: number;
  readonly rightIpr: number;
  /** The entry with the largest part of σ. */
  readonly entry: { readonly row: number; readonly column: number; readonly value: number; readonly share: number };
  /** Part of the entries' mean, mean·Σu·Σv/σ. */
  readonly meanShare: number;
  /** The output and the input with the largest part: u² and v². */
  readonly row: { readonly index: number; readonly share: number };
  readonly column: { readonly index: number; readonly share: number };
  /** What carries more than half of it; null if nothing single does. */
  readonly cause: "entry" | "mean" | "row" | "column" | null;
  /** The same in one sentence. */
  readonly explanation: string;
  /** uᵀW₀v: what of σ was there in the checkpoint to compare with; the rest came since. Null where there is none to compare with. */
  readonly initialPart: number | null;
}

export interface InitialAccount {
  /** Standard deviation of the initial entries. */
  readonly std: Measured;
  /** σ₁ of the initial weights over their own 99 % noise edge. */
  readonly edgeRatio: Measured;
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

export interface SpectralNullResult extends NullAccount {
  readonly reading: MatrixReading;
  readonly rows: number;
  readonly columns: number;
  /** The null in use is `noise`: σ given, or from the initial weights where they are noise, or matched. The two others beside it. */
  readonly medianNoise: Said<NoiseAccount>;
  readonly initialNoise: Said<NoiseAccount>;
  /** The initial weights as noise of their own, or why they are none. */
  readonly initial: Said<InitialAccount>;
  readonly signFlip: Said<SignFlipAccount>;
  /** The leading signal modes one by one, at most 16. */
  readonly spikes: readonly SpikeAccount[];
  readonly powerLaw: Said<TailAccount>;
  readonly weightWatcher: Readonly<
    Record<"logNorm" | "logSpectralNorm" | "alphaWeighted" | "logAlphaNorm" | "mpSoftrank", Measured | null>
  >;
  readonly operator: Said<OperatorAccount>;
}

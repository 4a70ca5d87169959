import type { Measured } from "../../analysis/types.ts";
import type { ChosenActivation } from "../_shared/network/activationOf.ts";
import type { StageReading } from "../_shared/network/stage.ts";

export type Law = "gaussian" | "orthogonal";

/** What theory says of square layers at the mean σ̂_w² and q of the span. */
export interface LawReading {
  readonly law: Law;
  /** ⟨s²⟩ = ∏χ₁. */
  readonly mean: number;
  readonly relativeVariance: number;
  /** Of ln s, per unit of ln s; null where all values are alike. */
  readonly density: { readonly logs: readonly number[]; readonly density: readonly number[] } | null;
  readonly zero: number;
  readonly atom: { readonly log: number; readonly share: number } | null;
}

export interface MeasuredSpectrum {
  /** ⟨s²⟩ and Var(s²)/⟨s²⟩², over inputs and random directions. */
  readonly mean: Measured;
  readonly relativeVariance: Measured;
  /** Largest s of the first input: the farthest of all starts, with the residual. */
  readonly largest: Measured;
  /** Smallest s: exact, or the smallest that random directions found, with the residual. */
  readonly smallest: Measured | null;
  /** How well converged the extreme value is: its value from each start. */
  readonly restarts: readonly number[];
  /** Bins of ln s and the share of singular values in each, summing to the share that is not 0. */
  readonly edges: readonly number[];
  readonly shares: readonly number[];
  readonly zero: number;
  /** Values this many decades below the largest count as 0. */
  readonly decades: number;
  /** `exact`: all singular values of each input; else by random directions, which do not resolve small values. */
  readonly method: "exact" | "directions";
  readonly inputs: number;
  readonly count: number;
}

export interface LinkReading {
  readonly tensor: string;
  readonly rows: number;
  readonly columns: number;
  /** ⟨s²⟩ of the one link and its relative spread. */
  readonly mean: Measured;
  readonly relativeVariance: Measured;
  /** ⟨s²⟩ by theory, χ₁ (times rows/columns where it widens) at its own σ̂_w² and the q before it; null where it may not be claimed. */
  readonly predicted: number | null;
  readonly gaussianVariance: number | null;
  readonly orthogonalVariance: number | null;
}

export interface IsometryResult {
  readonly name: string;
  /** Null of a model's graph: it has the activations that it has. */
  readonly activation: ChosenActivation | null;
  readonly choices: readonly { readonly id: string; readonly name: string }[];
  readonly stage: StageReading;
  readonly order: string;
  /** Layers by name; the span goes from the pre-activations of `from` to those of `to`. */
  readonly layers: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly links: readonly LinkReading[];
  readonly measured: MeasuredSpectrum | null;
  /** Null where the layers of the span are not square, or the weights are not as drawn. */
  readonly theory: readonly LawReading[] | null;
  readonly noTheory: string | null;
  readonly q: number;
  /** Gaussian inputs of this second moment, or the rows of a file. */
  readonly start: number;
  readonly inputs: string;
  /** Of an ONNX model, whose graph was run; null of a chain that its weights make. */
  readonly graph: GraphReading | null;
}

/** One of the values that all ways through a model go through. */
export interface BlockReading {
  readonly label: string;
  /** The operation that closes it. */
  readonly op: string;
  /** Sizes of one item. */
  readonly shape: readonly number[];
  /** Mean square of its entries over the inputs; null outside of the span. */
  readonly q: number | null;
  /** ln of ‖J‖_F²/n from the first value of the span to this one, and its standard error; null outside of the span. */
  readonly logJacobian: { readonly value: number; readonly standardError: number } | null;
}

export interface GraphReading {
  readonly blocks: readonly BlockReading[];
  /** Values that could be chosen but are too many to list. */
  readonly thinned: number;
  readonly precision: string;
  readonly probes: number;
  readonly samples: number;
}

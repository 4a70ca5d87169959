import type { ChosenActivation } from "../_shared/network/activationOf.ts";
import type { StageReading } from "../_shared/network/stage.ts";
import type { Obstacle } from "../_shared/network/types.ts";

/** A number that may be without bound: JSON between threads and windows has no infinity. */
export type Unbounded = number | "infinite";
export type Depth = Unbounded | null;

export type Region = "ordered" | "critical" | "chaotic";
/** Where the second moment of the input ends. */
export type Fate = "settles" | "dies out" | "runs away";

export interface PlanePoint {
  readonly sigmaW: number;
  readonly sigmaB: number;
}

/** One initialization with all that the theory says of it. */
export interface PointReading extends PlanePoint {
  readonly region: Region;
  readonly fate: Fate;
  readonly q: Unbounded;
  readonly c: number | null;
  readonly chiOne: number;
  readonly chiQ: number | null;
  readonly chiTwo: Unbounded;
  readonly chiC: number | null;
  readonly xiQ: Depth;
  readonly xiC: Depth;
  readonly xiGradient: Unbounded;
  /** 6ξ_c, a rule of thumb. */
  readonly trainable: Depth;
  readonly muRatio: number | null;
  /** All fixed points of q in order; unstable ones part basins. */
  readonly basins: readonly { readonly q: Unbounded; readonly stable: boolean; readonly attracts: boolean }[];
  readonly qMap: { readonly x: readonly number[]; readonly y: readonly number[]; readonly steps: readonly number[] };
  /** Null where no second moment is left to correlate. */
  readonly cMap: {
    readonly x: readonly number[];
    readonly y: readonly number[];
    readonly steps: readonly number[];
  } | null;
}

export interface PlaneCurve {
  /** Layers; for the critical line null. */
  readonly depth: number | null;
  /** The network's own number of layers, where this is the line at which the rule of thumb 6ξ_c reaches it; else null. */
  readonly rule: number | null;
  readonly side: "ordered" | "chaotic";
  readonly points: readonly PlanePoint[];
}

export interface Plane {
  readonly sigmaW: readonly [number, number];
  readonly sigmaB: readonly [number, number];
  /** Row by row from σ_b = low: o(rdered), c(haotic), d(ies out), r(uns away), as q⁰ decides. */
  readonly columns: number;
  readonly rows: number;
  readonly regions: string;
  readonly critical: readonly PlanePoint[];
  readonly contours: readonly PlaneCurve[];
  /** What is special about this activation's plane: in words. */
  readonly remarks: readonly string[];
}

export interface LayerPoint {
  readonly tensor: string;
  readonly bias: string | null;
  readonly kind: "dense" | "convolution";
  readonly fanIn: number;
  readonly fanOut: number;
  readonly sigmaW2: number;
  readonly sigmaW2Error: number;
  /** Null: no bias, or fewer than ten entries. A missing bias counts as 0 in the course. */
  readonly sigmaB2: number | null;
  readonly sigmaB2Error: number | null;
  readonly biasState: "estimated" | "absent" | "too few";
  /** mean·√n/sd of the entries: beyond ±5 they are not centred. */
  readonly meanScore: number;
  readonly kurtosis: number;
  readonly sampled: boolean;
  /** Of the link that leads into this layer, at the q that the layers before give; null for the first layer, and wherever it may not be claimed. */
  readonly chiOne: number | null;
  readonly q: number | null;
  /** exp mean ln ‖Jv‖²/‖v‖² on the weights at hand, its relative error; null where they cannot be run. */
  readonly growth: number | null;
  readonly growthError: number | null;
}

/** Instead of the plane, for networks it does not hold for: how the squared gradient grows block by block. */
export interface BlockGrowth {
  readonly name: string;
  readonly layers: number;
  readonly factor: number;
  readonly logGradient: number;
}

export interface MeasuredBlocks {
  /** Why it could not be measured. */
  readonly refusal: string | null;
  readonly inputs: string;
  readonly blocks: readonly {
    readonly label: string;
    readonly op: string;
    /** ln of ‖J‖_F²/n from the input, and its standard error. */
    readonly logJacobian: { readonly value: number; readonly standardError: number } | null;
  }[];
}

export interface NetworkPart {
  readonly name: string;
  readonly stage: StageReading;
  readonly order: string;
  readonly layers: readonly LayerPoint[];
  readonly obstacles: readonly Obstacle[];
  /** Null: the plane holds for it. Else the sentence why not. */
  readonly refusal: string | null;
  /** Whether χ₁ of its layers is claimed: weights as drawn, and nothing in the way. */
  readonly claims: boolean;
  readonly depth: number;
  /** Σ 1/n_l, and the factor e^(±sd) around χ₁^L. */
  readonly aspect: number;
  readonly bandFactor: number | null;
  readonly reliable: boolean;
  /** Product of χ₁ over the links. */
  readonly gradientFactor: number | null;
  readonly blocks: readonly BlockGrowth[] | null;
  /** Of a network that the plane refuses and whose graph can be run: how its Jacobian grows from value to value; null while it is not measured. */
  readonly measured: MeasuredBlocks | null;
  /** Of chains with norms: the factor of the squared gradient a layer, for each place that the norm may have. */
  readonly norms: readonly { readonly where: string; readonly squared: number; readonly norm: number }[] | null;
}

export interface PhaseDiagramResult {
  readonly activation: ChosenActivation;
  readonly choices: readonly { readonly id: string; readonly name: string }[];
  readonly start: number;
  readonly point: PointReading | null;
  readonly plane: Plane | null;
  readonly network: NetworkPart | null;
}

import type { ModeHierarchyResult } from "../../analysis/mode-hierarchy/types.ts";
import type { Measured } from "../../analysis/types.ts";
import type { ImageShape } from "../../base/imageShape.ts";
import type { SideLabels } from "../../base/labels.ts";

export interface SemanticModesParameters {
  /** What the file of role `subject` is; `auto`: told by its content. */
  readonly as: "auto" | "properties" | "network";
  /** Which side of a table, or of a network's matrix, is items; null: a table's rows, a network's columns (its inputs). */
  readonly items: "rows" | "columns" | null;
  readonly convention: "sum" | "mean";
  readonly centre: boolean;
  /** Modes shown. */
  readonly count: number;
  /** Part of the mean input strength that is added to Σˣ before it is inverted (inputs that are not one-hot). */
  readonly ridge: number;
  /** Neighbouring values closer than this part of σ₁ are one subspace. */
  readonly gap: number;
  /** Standard deviation of noise in each entry of Σʸˣ; null: read off the spectrum of a single weight matrix, none for a table. */
  readonly noise: number | null;
  readonly geometry: "hidden" | "behaviour";
  readonly draws: number;
  /** The matrix of the network that is looked at; null: the whole chain where there is one, else the last matrix. */
  readonly tensor: string | null;
}

export interface Poles {
  /** Indices, largest loading first; ties come along. */
  readonly positive: readonly number[];
  readonly negative: readonly number[];
}

export interface SemanticMode {
  /** 0-based rank. */
  readonly index: number;
  readonly singularValue: number;
  /** σ²/Σσ². */
  readonly share: number;
  /** Ranks of the modes that cannot be told from it, itself included: only their subspace has a meaning. */
  readonly group: readonly number[];
  /** Expected sin² of the angle by which noise turns u and v (of a group: out of its subspace); null where no noise level is known. */
  readonly leftError: number | null;
  readonly rightError: number | null;
  /** Inverse participation ratio; Gaussian null 3/(n + 2). NaN inside a degenerate group, whose vectors may be rotated. */
  readonly leftIpr: number;
  readonly rightIpr: number;
  readonly left: Poles;
  readonly right: Poles;
}

/** What Σ is, and what its sides are called. */
export interface Subject {
  readonly kind: "correlation" | "chain" | "matrix";
  /** "Σʸˣ of data.csv", "layers.1.weight · layers.0.weight of step-1500". */
  readonly title: string;
  readonly file: string;
  readonly rowName: "property" | "output";
  readonly columnName: "item" | "input";
  readonly items: number | null;
}

export interface JointReport {
  readonly from: string;
  readonly to: string;
  readonly units: number;
  readonly k: number;
  readonly alignment: number;
  readonly alignmentNull: number;
  readonly imbalance: number;
  readonly relativeImbalance: number;
}

export interface ChainReport {
  /** From the input to the output. */
  readonly tensors: readonly string[];
  readonly joints: readonly JointReport[];
  /** ln σ of the product, all of them, accumulated layer by layer: right where the product itself has lost its small values. −∞: zero. */
  readonly logValues: readonly number[];
  /** Biases, which the theory of linear chains has no place for. */
  readonly leftOut: readonly string[];
  /** ‖ŶᵀŶ/‖·‖ − (HᵀH)²/‖·‖‖ for one-hot items: 0 for a balanced solution of least norm. Null unless there are two layers. */
  readonly fingerprint: number | null;
}

export interface InputReport {
  readonly file: string;
  readonly inputs: number;
  /** Off-diagonal share of VᵀΣˣV. */
  readonly offDiagonalShare: number;
  readonly strengths: readonly number[];
  /** ‖Σˣ − cI‖/‖Σˣ‖: 0 for white inputs. */
  readonly colour: number;
}

export interface NetworkReport {
  readonly file: string;
  /** The chain's product on one-hot items, on given inputs, answers that were given, or those of a model that was run. */
  readonly source: "weights" | "weights on inputs" | "answers" | "run";
  /** uᵀMv of each mode, the mean over a degenerate group; and what the data say, σ over the input strength of the mode. */
  readonly strengths: readonly number[];
  readonly targets: readonly number[];
  /** ρ: what of the map lies outside the modes' own blocks. */
  readonly offDiagonal: number;
  /** R² of the answers on the inputs: the share of behaviour that the linear view explains; 1 where the map is the answers. */
  readonly rSquared: number;
}

export interface ImageSides {
  /** How vectors of this side are read as pictures; null for none. */
  readonly rows: ImageShape | null;
  readonly columns: ImageShape | null;
}

export interface SemanticModesResult {
  readonly subject: Subject;
  readonly rows: number;
  readonly columns: number;
  readonly convention: "sum" | "mean";
  readonly centred: boolean;
  readonly totalSquare: number;
  /** All singular values, or the leading ones of a large matrix. */
  readonly spectrum: Float64Array<ArrayBuffer>;
  readonly modes: readonly SemanticMode[];
  /** modes × rows and modes × columns, row-major; signs fixed together, groups rotated onto the tree's splits where there is one. */
  readonly left: Float32Array<ArrayBuffer>;
  readonly right: Float32Array<ArrayBuffer>;
  readonly noise: Measured | null;
  readonly chain: ChainReport | null;
  readonly inputs: InputReport | null;
  readonly network: NetworkReport | null;
  /** Weight matrices of the network, any of which can be asked for by name. */
  readonly matrices: readonly string[];
  /** Names that the files themselves have. */
  readonly labels: SideLabels & { readonly from: string | null };
  /** The side of Σ that the hierarchy's items are on where it is `linked`: always the columns for a table. */
  readonly itemSide: "rows" | "columns";
  /** Names of the hierarchy's items that the files themselves have. */
  readonly items: readonly string[] | null;
  readonly images: ImageSides;
  /** Whether the hierarchy's modes are these modes, rank by rank (one-hot items). */
  readonly linked: boolean;
  /** Items of the properties table, or one side of the network's map, as a tree. Null for fewer than three, and while it is computed. */
  readonly hierarchy: ModeHierarchyResult | null;
  /** What a reader must know: one sentence each. */
  readonly notes: readonly string[];
}

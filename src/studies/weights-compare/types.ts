export interface WeightsCompareParameters {
  /** Patterns of tensor names; empty: every weight. */
  readonly tensors: readonly string[];
  /** Singular values and ΔW modes that are told of each tensor. */
  readonly modes: number;
  /** Leading directions whose subspaces are compared. */
  readonly directions: number;
  readonly seed: number;
}

export interface ComparedTensor {
  readonly tensor: string;
  /** Label of the part of a fused tensor; null for the whole. */
  readonly part: string | null;
  readonly rows: number;
  readonly columns: number;
  /** ‖A − B‖_F/‖A‖_F; NaN where A is zero. */
  readonly relativeChange: number;
  /** ⟨A, B⟩/(‖A‖‖B‖); NaN where one is zero. */
  readonly cosine: number;
  readonly norms: readonly [number, number];
  /** Leading singular values of A, of B, and of B − A. */
  readonly spectra: readonly [Float64Array, Float64Array];
  readonly change: Float64Array;
  /** ‖σ(A) − σ(B)‖/‖σ(A)‖ over all singular values: what is left of the change if singular vectors are forgiven. */
  readonly spectralDistance: number;
  /** ‖ΔW‖_F²/σ₁(ΔW)². */
  readonly changeStableRank: number;
  /** Principal angles of the leading directions on the output and the input side, radians, ascending. */
  readonly outputAngles: Float64Array;
  readonly inputAngles: Float64Array;
  /** Mean cos² of random subspaces of as many directions: k/n on either side. */
  readonly randomOverlap: readonly [number, number];
}

export interface UnitMatching {
  /** Tensors of the chain, in order. */
  readonly chain: readonly string[];
  /** What was taken to be so from names and shapes: blocks whose units are added, normalizations that go with a layer's units. */
  readonly notes: readonly string[];
  /** Cosine of all weights before and after the hidden units of B were put into the order of A's. */
  readonly before: number;
  readonly after: number;
  /** What matching gives for B with the weights inside every unit shuffled: noise is matched too. */
  readonly chance: {
    readonly mean: number;
    readonly standardDeviation: number;
    readonly draws: number;
    /** Share of the draws, the match itself among them, that come as close; steps of `floor`, which is the smallest there can be. */
    readonly p: number;
    readonly floor: number;
  };
  readonly layers: readonly {
    readonly tensor: string;
    readonly units: number;
    /** Units that do not stay in their place. */
    readonly moved: number;
    readonly before: number;
    readonly after: number;
    /** Unit i of A is unit `order[i]` of B; null for the last layer, whose units have names. */
    readonly order: Int32Array | null;
    /** Layers whose units are added to one another over residual connections share one order, and have the same number here. */
    readonly permutation: number | null;
  }[];
}

export interface WeightsCompareResult {
  readonly files: readonly [string, string];
  readonly tensors: readonly ComparedTensor[];
  /** Not compared, and why. */
  readonly leftOut: readonly { readonly tensor: string; readonly reason: string }[];
  readonly matching: UnitMatching | null;
  /** Why hidden units were not matched; null where they were. */
  readonly noMatching: string | null;
  readonly stage: string;
}

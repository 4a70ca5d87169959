import type { MatrixReading } from "../../base/tensor.ts";

export interface Mode {
  /** 0-based rank. */
  readonly index: number;
  readonly singularValue: number;
  /** σ²/Σσ². */
  readonly share: number;
  /** ‖Av−σu‖/σ₁ as computed. */
  readonly residual: number;
  /** Sign-fixed pair (Bro, Acar & Kolda 2008): u over rows (outputs), v over columns (inputs); both flip together. */
  readonly left: Float32Array<ArrayBuffer>;
  readonly right: Float32Array<ArrayBuffer>;
  /** Inverse participation ratio Σu⁴, Σv⁴; Gaussian null 3/(n+2). */
  readonly leftIpr: number;
  readonly rightIpr: number;
  /** Ranks of modes whose singular values are too close to tell apart from this one (including itself): the subspace counts, not the vector. */
  readonly degenerateGroup: readonly number[];
}

export interface ModesResult {
  readonly reading: MatrixReading;
  readonly rows: number;
  readonly columns: number;
  readonly modes: readonly Mode[];
  readonly totalSquare: number;
}

/** Element statistics of one target. Moments are over finite elements, in float64; std is the population one (divide by n). */
export interface StatisticsResult {
  readonly elements: number;
  readonly finite: number;
  readonly zeros: number;
  readonly nan: number;
  readonly infinite: number;
  /** NaN where there is no finite element. */
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
  readonly meanSquare: number;
  /** Row-major index of the first NaN or Inf; null if all are finite. */
  readonly firstNonFinite: number | null;
  /** SHA-256 (hex) over dtype, shape and the decoded values in row-major order. */
  readonly contentHash: string;
  /** fan_in·mean(W²) and its relative standard error assuming Gaussian entries (theory.md §0); null for what is no weight matrix. */
  readonly sigmaW2: { readonly value: number; readonly relativeStandardError: number; readonly fanIn: number } | null;
}

export interface DistributionResult {
  readonly finite: number;
  /** Bin edges (bins + 1) and counts. The outermost bins include everything up to min and max. */
  readonly edges: Float64Array<ArrayBuffer>;
  readonly counts: Float64Array<ArrayBuffer>;
  readonly mean: number;
  readonly std: number;
  readonly excessKurtosis: number;
  readonly skewness: number;
  /** Laws drawn over the histogram: the fitted normal, and the framework's default initialization for this shape where there is one. */
  readonly laws: readonly DistributionLaw[];
}

export type DistributionLaw =
  | {
      readonly kind: "normal";
      readonly mean: number;
      readonly std: number;
      readonly label: string;
      readonly source: string;
    }
  | {
      readonly kind: "uniform";
      readonly low: number;
      readonly high: number;
      readonly label: string;
      readonly source: string;
    }
  | {
      readonly kind: "truncated-normal";
      readonly mean: number;
      readonly std: number;
      readonly cut: number;
      readonly label: string;
      readonly source: string;
    };

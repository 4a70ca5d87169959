import type { RealArray } from "../../base/dtype.ts";

const MIN_BINS = 16;
const MAX_BINS = 256;

/**
 * Number of equal bins by Freedman & Diaconis (1981): width 2·IQR·n^(−1/3), clipped to 16 … 256. Where the middle half of the values is
 * one number (pruned weights), Scott's rule (1979), width 3.49·s·n^(−1/3), takes its place.
 */
export function automaticBins(range: number, interquartileRange: number, std: number, count: number): number {
  const spread = interquartileRange > 0 ? 2 * interquartileRange : 3.49 * std;
  const bins = Math.ceil((range * Math.cbrt(count)) / spread);
  return Number.isFinite(bins) ? Math.min(MAX_BINS, Math.max(MIN_BINS, bins)) : MIN_BINS;
}

/** Equal bins from min to max. A single value gets bins of its own magnitude about it, so that there is something to draw. */
export function equalEdges(min: number, max: number, bins: number): Float64Array<ArrayBuffer> {
  const half = min === max ? (min === 0 ? 0.5 : Math.abs(min) / 2) : 0;
  const low = min - half;
  const high = max + half;
  const edges = new Float64Array(bins + 1);
  const step = high / bins - low / bins;
  for (let edge = 0; edge < bins; edge++) edges[edge] = low + edge * step;
  edges[bins] = high;
  return edges;
}

/** Counts of a stream per bin, with the third and fourth central moments about a known mean. Bins are half open, the last one closed. */
export class HistogramPass {
  readonly counts: Float64Array<ArrayBuffer>;
  #cubes = 0;
  #fourths = 0;

  constructor(
    private readonly edges: Float64Array,
    private readonly mean: number,
    private readonly std: number,
  ) {
    this.counts = new Float64Array(edges.length - 1);
  }

  /** Population skewness and excess kurtosis over `count` values; NaN where the spread is zero. */
  shape(count: number): { readonly skewness: number; readonly excessKurtosis: number } {
    return this.std > 0
      ? { skewness: this.#cubes / count, excessKurtosis: this.#fourths / count - 3 }
      : { skewness: Number.NaN, excessKurtosis: Number.NaN };
  }

  add(values: RealArray): void {
    const { edges, counts, mean } = this;
    const bins = counts.length;
    const low = edges[0]!;
    const perUnit = bins / (edges[bins]! - low);
    const inverseStd = 1 / this.std;
    for (let start = 0; start < values.length; start += BLOCK) {
      const end = Math.min(values.length, start + BLOCK);
      let cubes = 0;
      let fourths = 0;
      for (let index = start; index < end; index++) {
        const x = values[index]!;
        if (x - x !== 0) continue;
        const z = (x - mean) * inverseStd;
        const square = z * z;
        cubes += square * z;
        fourths += square * square;
        let bin = Math.min(bins - 1, Math.max(0, Math.floor((x - low) * perUnit) || 0));
        // Rounding may put a value that lies on an edge one bin off: the edges themselves decide.
        while (bin > 0 && x < edges[bin]!) bin--;
        while (bin < bins - 1 && x >= edges[bin + 1]!) bin++;
        counts[bin] = counts[bin]! + 1;
      }
      this.#cubes += cubes;
      this.#fourths += fourths;
    }
  }
}

/** Partial sums per block keep the rounding error of a billion terms at that of a few thousand. */
const BLOCK = 4096;

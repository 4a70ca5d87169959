import type { RealArray } from "../../base/dtype.ts";

const SAMPLE = 1_000_000;
const ROBUST_QUANTILE = 0.999;
/** About 10 ms. */
const CELLS_PER_CHECK = 1 << 23;

export interface ColourScale {
  readonly limit: number;
  readonly robustLimit: number;
}

/**
 * Largest |finite value|, and the 99.9th percentile of |value| (nearest rank): of all finite cells up to a million, above that of one
 * cell from each of a million equal stretches, at places drawn by a fixed xorshift generator. Zero where nothing is finite. The robust
 * limit is never 0 while the limit is not: a matrix with few entries other than zero keeps its picture.
 */
export function colourScale(data: RealArray, throwIfCancelled: () => void): ColourScale {
  let limit = 0;
  for (let index = 0; index < data.length; index++) {
    if (index % CELLS_PER_CHECK === 0) throwIfCancelled();
    const size = Math.abs(data[index]!);
    if (size > limit && size < Number.POSITIVE_INFINITY) limit = size;
  }
  const sizes = sampleSizes(data);
  sizes.sort();
  const rank = Math.ceil(ROBUST_QUANTILE * sizes.length) - 1;
  return { limit, robustLimit: sizes[Math.max(0, rank)] || limit };
}

function sampleSizes(data: RealArray): Float64Array<ArrayBuffer> {
  const wanted = Math.min(SAMPLE, data.length);
  const stretch = data.length / Math.max(1, wanted);
  const sizes = new Float64Array(wanted);
  let kept = 0;
  let state = 0x2545f491;
  for (let index = 0; index < wanted; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const size = Math.abs(data[Math.floor((index + (state >>> 0) / 2 ** 32) * stretch)]!);
    if (size < Number.POSITIVE_INFINITY) sizes[kept++] = size;
  }
  return sizes.slice(0, kept);
}

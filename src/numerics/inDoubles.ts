import type { RealArray } from "../base/dtype.ts";

/** Small enough to stay in the first cache. */
export const BLOCK = 2048;

/**
 * Copies up to BLOCK values from `start` on into `block`, as float64, and says how many. A loop that sees one type of array runs several times as fast as one
 * that sees two; widening a block costs less. Such a loop must be a function of its own without captured variables: numbers that closures share are boxed.
 */
export function widenBlock(block: Float64Array, data: RealArray, start: number): number {
  const end = Math.min(data.length, start + BLOCK);
  block.set(data.subarray(start, end));
  return end - start;
}

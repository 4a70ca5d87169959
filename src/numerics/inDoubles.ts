import type { RealArray } from "../base/dtype.ts";

/** Small enough to stay in the first cache. */
const BLOCK = 2048;
const block = new Float64Array(BLOCK);

/**
 * The values block by block in float64, in order. `visit` gets `count` of them, of which the first is number `start`; the block is overwritten afterwards, and
 * `visit` must not start another such walk. A loop that sees one type of array runs several times as fast as one that sees two, and widening a block costs less.
 */
export function inDoubles(data: RealArray, visit: (block: Float64Array, count: number, start: number) => void): void {
  for (let start = 0; start < data.length; start += BLOCK) {
    const piece = data.subarray(start, start + BLOCK);
    block.set(piece);
    visit(block, piece.length, start);
  }
}

import type { RealArray } from "../../../base/dtype.ts";

/**
 * Field `index` of `bits` bits in words of 32, lowest bits first; a field may begin in one word and end in the next (three bits).
 * `stride` is the distance between consecutive words, `base` the first one.
 */
export function fieldOf(words: RealArray, base: number, stride: number, index: number, bits: number): number {
  const at = index * bits;
  const word = Math.floor(at / 32);
  const shift = at % 32;
  const low = (words[base + word * stride] ?? 0) >>> 0;
  const value = low >>> shift;
  const have = 32 - shift;
  const high = have < bits ? (((words[base + (word + 1) * stride] ?? 0) >>> 0) << have) >>> 0 : 0;
  return (value | high) & ((1 << bits) - 1);
}

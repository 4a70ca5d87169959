import { floatTable } from "../../_shared/decode.ts";

/**
 * Decodes one block at `at` of `bytes` into `out` from `to`. Arithmetic is float32 in the order of the reference, so that results are the
 * same to the last bit: a product of two float32 is exact in a double and rounded once when stored; where a second operation follows,
 * `Math.fround` rounds in between.
 */
export type DecodeBlock = (bytes: Uint8Array, at: number, out: Float32Array, to: number) => void;

let halves: Float32Array | undefined;

/** The float16 at `at`. */
export function half(bytes: Uint8Array, at: number): number {
  halves ??= floatTable("f16");
  return halves[bytes[at]! | (bytes[at + 1]! << 8)]!;
}

/** The four bytes at `at` as an unsigned integer. */
export function u32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

export const u16 = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8);
/** A byte as a signed integer. */
export const i8 = (byte: number): number => (byte << 24) >> 24;

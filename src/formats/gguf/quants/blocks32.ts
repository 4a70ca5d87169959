import { type DecodeBlock, half, i8, u32 } from "./types.ts";

/**
 * Blocks of 32 weights with one scale d, some with an offset m: w = d·q + m. Low nibbles are the first 16 weights, high nibbles the last.
 * Layouts: ggml (MIT), ggml-common.h, read as specification.
 */
const HALF_BLOCK = 16;

const nibbles =
  (value: (nibble: number) => number, data: number): DecodeBlock =>
  (bytes, at, out, to) => {
    const d = half(bytes, at);
    for (let i = 0; i < HALF_BLOCK; i++) {
      const pair = bytes[at + data + i]!;
      out[to + i] = d * value(pair & 15);
      out[to + HALF_BLOCK + i] = d * value(pair >> 4);
    }
  };

export const q4_0 = nibbles((nibble) => nibble - 8, 2);

export const q4_1: DecodeBlock = (bytes, at, out, to) => {
  const d = half(bytes, at);
  const m = half(bytes, at + 2);
  for (let i = 0; i < HALF_BLOCK; i++) {
    const pair = bytes[at + 4 + i]!;
    out[to + i] = Math.fround(d * (pair & 15)) + m;
    out[to + HALF_BLOCK + i] = Math.fround(d * (pair >> 4)) + m;
  }
};

/** The fifth bits of all 32 weights stand in one word. */
export const q5_0: DecodeBlock = (bytes, at, out, to) => {
  const d = half(bytes, at);
  const high = u32(bytes, at + 2);
  for (let i = 0; i < HALF_BLOCK; i++) {
    const pair = bytes[at + 6 + i]!;
    out[to + i] = d * (((pair & 15) | (((high >>> i) & 1) << 4)) - 16);
    out[to + HALF_BLOCK + i] = d * (((pair >> 4) | (((high >>> (i + HALF_BLOCK)) & 1) << 4)) - 16);
  }
};

export const q5_1: DecodeBlock = (bytes, at, out, to) => {
  const d = half(bytes, at);
  const m = half(bytes, at + 2);
  const high = u32(bytes, at + 4);
  for (let i = 0; i < HALF_BLOCK; i++) {
    const pair = bytes[at + 8 + i]!;
    out[to + i] = Math.fround(d * ((pair & 15) | (((high >>> i) & 1) << 4))) + m;
    out[to + HALF_BLOCK + i] = Math.fround(d * ((pair >> 4) | (((high >>> (i + HALF_BLOCK)) & 1) << 4))) + m;
  }
};

export const q8_0: DecodeBlock = (bytes, at, out, to) => {
  const d = half(bytes, at);
  for (let i = 0; i < 32; i++) out[to + i] = d * i8(bytes[at + 2 + i]!);
};

/** Non-linear levels, the best sixteen for a normal distribution. */
export const NON_LINEAR = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113] as const;
export const iq4_nl = nibbles((nibble) => NON_LINEAR[nibble]!, 2);

/** Levels of e2m1, doubled so that they are integers; the scale is halved for it. */
const E2M1_DOUBLED = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12] as const;

/** Microscaling (OCP MX 1.0): a shared power of two. */
export const mxfp4: DecodeBlock = (bytes, at, out, to) => {
  const d = 2 ** (bytes[at]! - 128);
  for (let i = 0; i < HALF_BLOCK; i++) {
    const pair = bytes[at + 1 + i]!;
    out[to + i] = d * E2M1_DOUBLED[pair & 15]!;
    out[to + HALF_BLOCK + i] = d * E2M1_DOUBLED[pair >> 4]!;
  }
};

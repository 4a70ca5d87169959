import { NON_LINEAR } from "./blocks32.ts";
import { type DecodeBlock, half, i8, u16 } from "./types.ts";

/**
 * Super-blocks of 256 weights: small blocks of 16 or 32 with their own scales (and minima), which are themselves quantized under one
 * float16 for all. Layouts: ggml (MIT), ggml-common.h and ggml-quants.c, read as specification.
 */
const SUPER = 256;

export const q2_k: DecodeBlock = (bytes, at, out, to) => {
  const quants = at + 16;
  const d = half(bytes, at + 80);
  const dmin = half(bytes, at + 82);
  for (let block = 0; block < 16; block++) {
    const scale = bytes[at + block]!;
    const dl = Math.fround(d * (scale & 15));
    const ml = Math.fround(dmin * (scale >> 4));
    // 128 weights share 32 bytes, two bits each: blocks of 16 alternate between the halves of the bytes' run.
    const from = quants + (block >> 3) * 32 + (block & 1) * 16;
    const shift = ((block >> 1) & 3) * 2;
    for (let i = 0; i < 16; i++) out[to + block * 16 + i] = Math.fround(dl * ((bytes[from + i]! >> shift) & 3)) - ml;
  }
};

export const q3_k: DecodeBlock = (bytes, at, out, to) => {
  const quants = at + 32;
  const scales = at + 96;
  const d = half(bytes, at + 108);
  for (let block = 0; block < 16; block++) {
    const low = (bytes[scales + (block & 7)]! >> (block < 8 ? 0 : 4)) & 15;
    const high = (bytes[scales + 8 + (block & 3)]! >> (2 * (block >> 2))) & 3;
    const dl = Math.fround(d * ((low | (high << 4)) - 32));
    const half16 = (block & 1) * 16;
    const from = quants + (block >> 3) * 32 + half16;
    const shift = ((block >> 1) & 3) * 2;
    const mask = 1 << (block >> 1);
    for (let i = 0; i < 16; i++) {
      const q = (bytes[from + i]! >> shift) & 3;
      // The third bit is stored inverted: set means that nothing is taken away.
      out[to + block * 16 + i] = dl * ((bytes[at + half16 + i]! & mask) !== 0 ? q : q - 4);
    }
  }
};

/** Six-bit scale and minimum of one of the eight blocks of Q4_K and Q5_K, from twelve bytes. */
function scaleOf(bytes: Uint8Array, at: number, block: number): number {
  return block < 4 ? bytes[at + block]! & 63 : (bytes[at + block + 4]! & 15) | ((bytes[at + block - 4]! >> 6) << 4);
}

function minimumOf(bytes: Uint8Array, at: number, block: number): number {
  return block < 4 ? bytes[at + block + 4]! & 63 : (bytes[at + block + 4]! >> 4) | ((bytes[at + block]! >> 6) << 4);
}

export const q4_k: DecodeBlock = (bytes, at, out, to) => {
  const d = half(bytes, at);
  const dmin = half(bytes, at + 2);
  for (let block = 0; block < 8; block++) {
    const scale = Math.fround(d * scaleOf(bytes, at + 4, block));
    const minimum = Math.fround(dmin * minimumOf(bytes, at + 4, block));
    const from = at + 16 + (block >> 1) * 32;
    const shift = (block & 1) * 4;
    for (let i = 0; i < 32; i++)
      out[to + block * 32 + i] = Math.fround(scale * ((bytes[from + i]! >> shift) & 15)) - minimum;
  }
};

export const q5_k: DecodeBlock = (bytes, at, out, to) => {
  const d = half(bytes, at);
  const dmin = half(bytes, at + 2);
  for (let block = 0; block < 8; block++) {
    const scale = Math.fround(d * scaleOf(bytes, at + 4, block));
    const minimum = Math.fround(dmin * minimumOf(bytes, at + 4, block));
    const from = at + 48 + (block >> 1) * 32;
    const shift = (block & 1) * 4;
    for (let i = 0; i < 32; i++) {
      const q = ((bytes[from + i]! >> shift) & 15) | (((bytes[at + 16 + i]! >> block) & 1) << 4);
      out[to + block * 32 + i] = Math.fround(scale * q) - minimum;
    }
  }
};

export const q6_k: DecodeBlock = (bytes, at, out, to) => {
  const d = half(bytes, at + 208);
  for (let block = 0; block < 16; block++) {
    const scale = Math.fround(d * i8(bytes[at + 192 + block]!));
    // Each half of 128 weights: 64 bytes of low nibbles (twice 32 weights low, twice 32 high), 32 bytes of upper bit pairs.
    const side = block >> 3;
    const quarter = (block >> 1) & 3;
    const within = (block & 1) * 16;
    const low = at + side * 64 + (quarter & 1) * 32 + within;
    const high = at + 128 + side * 32 + within;
    for (let i = 0; i < 16; i++) {
      const q = ((bytes[low + i]! >> (quarter < 2 ? 0 : 4)) & 15) | (((bytes[high + i]! >> (2 * quarter)) & 3) << 4);
      out[to + block * 16 + i] = scale * (q - 32);
    }
  }
};

const single = new DataView(new ArrayBuffer(4));

export const q8_k: DecodeBlock = (bytes, at, out, to) => {
  for (let i = 0; i < 4; i++) single.setUint8(i, bytes[at + i]!);
  const d = single.getFloat32(0, true);
  for (let i = 0; i < SUPER; i++) out[to + i] = d * i8(bytes[at + 4 + i]!);
};

export const iq4_xs: DecodeBlock = (bytes, at, out, to) => {
  const d = half(bytes, at);
  const high = u16(bytes, at + 2);
  for (let block = 0; block < 8; block++) {
    const low = (bytes[at + 4 + (block >> 1)]! >> (4 * (block & 1))) & 15;
    const scale = Math.fround(d * ((low | (((high >> (2 * block)) & 3) << 4)) - 32));
    for (let i = 0; i < 16; i++) {
      const pair = bytes[at + 8 + block * 16 + i]!;
      out[to + block * 32 + i] = scale * NON_LINEAR[pair & 15]!;
      out[to + block * 32 + 16 + i] = scale * NON_LINEAR[pair >> 4]!;
    }
  }
};

const POWERS_OF_THREE = [1, 3, 9, 27, 81] as const;

/** Ternary, five weights a byte: digits of a fixed-point fraction in base three. */
export const tq1_0: DecodeBlock = (bytes, at, out, to) => {
  const d = half(bytes, at + 52);
  let next = to;
  const run = (from: number, length: number, digits: number) => {
    for (let digit = 0; digit < digits; digit++) {
      for (let i = 0; i < length; i++) {
        const shifted = (bytes[at + from + i]! * POWERS_OF_THREE[digit]!) & 255;
        out[next++] = d * (((shifted * 3) >> 8) - 1);
      }
    }
  };
  run(0, 32, 5);
  run(32, 16, 5);
  run(48, 4, 4);
};

/** Ternary, two bits each. */
export const tq2_0: DecodeBlock = (bytes, at, out, to) => {
  const d = half(bytes, at + 64);
  for (let i = 0; i < SUPER; i++) {
    const byte = bytes[at + (i >> 7) * 32 + (i & 31)]!;
    out[to + i] = d * (((byte >> (2 * ((i >> 5) & 3))) & 3) - 1);
  }
};

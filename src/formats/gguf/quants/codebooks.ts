import { BOOKS } from "./grids.ts";
import { type DecodeBlock, half, u16, u32 } from "./types.ts";

/**
 * Super-blocks whose groups of four or eight weights are points of a code book, their signs apart. Layouts: ggml (MIT), ggml-common.h
 * and ggml-quants.c, read as specification; the books are data of the format.
 */
const unpacked = new Map<keyof typeof BOOKS, Int8Array>();

function book(name: keyof typeof BOOKS): Int8Array {
  const known = unpacked.get(name);
  if (known !== undefined) return known;
  const { levels, bits, codes } = BOOKS[name];
  const bytes = fromBase64(codes);
  const points = new Int8Array(Math.floor((bytes.length * 8) / bits));
  for (let i = 0; i < points.length; i++) {
    let code = 0;
    for (let bit = 0; bit < bits; bit++) {
      const position = i * bits + bit;
      code |= ((bytes[position >> 3]! >> (position & 7)) & 1) << bit;
    }
    points[i] = levels[code] ?? 0;
  }
  unpacked.set(name, points);
  return points;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The pure layers have no host's `atob`. */
function fromBase64(text: string): Uint8Array {
  const bytes: number[] = [];
  let held = 0;
  let bits = 0;
  for (const character of text.replaceAll("=", "")) {
    held = ((held << 6) | ALPHABET.indexOf(character)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 255);
  }
  return Uint8Array.from(bytes);
}

/** Seven stored signs; the eighth makes their number even. */
function eightSigns(seven: number): number {
  let parity = seven;
  parity ^= parity >> 4;
  parity ^= parity >> 2;
  parity ^= parity >> 1;
  return seven | ((parity & 1) << 7);
}

function put(
  out: Float32Array,
  to: number,
  scale: number,
  points: Int8Array,
  from: number,
  count: number,
  signs: number,
): void {
  for (let i = 0; i < count; i++) {
    const value = scale * points[from + i]!;
    out[to + i] = (signs >> i) & 1 ? -value : value;
  }
}

export const iq2_xxs: DecodeBlock = (bytes, at, out, to) => {
  const points = book("iq2_xxs");
  const d = half(bytes, at);
  for (let block = 0; block < 8; block++) {
    const from = at + 2 + block * 8;
    const packed = u32(bytes, from + 4);
    const scale = Math.fround(d * (0.5 + (packed >>> 28))) * 0.25;
    for (let i = 0; i < 4; i++) {
      put(out, to + block * 32 + i * 8, scale, points, bytes[from + i]! * 8, 8, eightSigns((packed >>> (7 * i)) & 127));
    }
  }
};

export const iq2_xs: DecodeBlock = (bytes, at, out, to) => {
  const points = book("iq2_xs");
  const d = half(bytes, at);
  for (let group = 0; group < 32; group++) {
    const packed = u16(bytes, at + 2 + group * 2);
    const scales = bytes[at + 66 + (group >> 2)]!;
    const scale = Math.fround(d * (0.5 + ((scales >> (group & 2 ? 4 : 0)) & 15))) * 0.25;
    put(out, to + group * 8, scale, points, (packed & 511) * 8, 8, eightSigns(packed >> 9));
  }
};

export const iq2_s: DecodeBlock = (bytes, at, out, to) => {
  const points = book("iq2_s");
  const d = half(bytes, at);
  for (let group = 0; group < 32; group++) {
    const high = (bytes[at + 66 + (group >> 2)]! >> (2 * (group & 3))) & 3;
    const scales = bytes[at + 74 + (group >> 2)]!;
    const scale = Math.fround(d * (0.5 + ((scales >> (group & 2 ? 4 : 0)) & 15))) * 0.25;
    put(out, to + group * 8, scale, points, (bytes[at + 2 + group]! | (high << 8)) * 8, 8, bytes[at + 34 + group]!);
  }
};

export const iq3_xxs: DecodeBlock = (bytes, at, out, to) => {
  const points = book("iq3_xxs");
  const d = half(bytes, at);
  for (let block = 0; block < 8; block++) {
    const packed = u32(bytes, at + 66 + block * 4);
    const scale = Math.fround(d * (0.5 + (packed >>> 28))) * 0.5;
    for (let i = 0; i < 8; i++) {
      const signs = eightSigns((packed >>> (7 * (i >> 1))) & 127) >> (4 * (i & 1));
      put(out, to + block * 32 + i * 4, scale, points, bytes[at + 2 + block * 8 + i]! * 4, 4, signs);
    }
  }
};

export const iq3_s: DecodeBlock = (bytes, at, out, to) => {
  const points = book("iq3_s");
  const d = half(bytes, at);
  for (let block = 0; block < 8; block++) {
    const scale = Math.fround(d * (1 + 2 * ((bytes[at + 106 + (block >> 1)]! >> (4 * (block & 1))) & 15)));
    const high = bytes[at + 66 + block]!;
    for (let i = 0; i < 8; i++) {
      const signs = bytes[at + 74 + block * 4 + (i >> 1)]! >> (4 * (i & 1));
      const point = bytes[at + 2 + block * 8 + i]! | (((high >> i) & 1) << 8);
      put(out, to + block * 32 + i * 4, scale, points, point * 4, 4, signs);
    }
  }
};

/** Ternary points, shifted up or down by an eighth. */
const DELTA = 0.125;

function putShifted(
  out: Float32Array,
  to: number,
  scale: number,
  points: Int8Array,
  from: number,
  delta: number,
): void {
  for (let i = 0; i < 8; i++) out[to + i] = scale * (points[from + i]! + delta);
}

export const iq1_s: DecodeBlock = (bytes, at, out, to) => {
  const points = book("iq1_s");
  const d = half(bytes, at);
  for (let block = 0; block < 8; block++) {
    const high = u16(bytes, at + 34 + block * 2);
    const scale = Math.fround(d * (2 * ((high >> 12) & 7) + 1));
    const delta = high & 0x8000 ? -DELTA : DELTA;
    for (let i = 0; i < 4; i++) {
      const point = bytes[at + 2 + block * 4 + i]! | (((high >> (3 * i)) & 7) << 8);
      putShifted(out, to + block * 32 + i * 8, scale, points, point * 8, delta);
    }
  }
};

const pair = new Uint8Array(2);

/** The block's float16 is spread over the top nibbles of the four words of scales. */
export const iq1_m: DecodeBlock = (bytes, at, out, to) => {
  const points = book("iq1_s");
  const words = [0, 1, 2, 3].map((word) => u16(bytes, at + 48 + word * 2));
  const bits = words.reduce((all, word, i) => all | ((word >> 12) << (4 * i)), 0);
  pair[0] = bits & 255;
  pair[1] = bits >> 8;
  const d = half(pair, 0);
  for (let group = 0; group < 32; group++) {
    const block = group >> 2;
    const step = (words[block >> 1]! >> (6 * (block & 1) + (group & 2 ? 3 : 0))) & 7;
    const high = (bytes[at + 32 + (group >> 1)]! >> (4 * (group & 1))) & 15;
    const point = bytes[at + group]! | ((high & 7) << 8);
    putShifted(out, to + group * 8, Math.fround(d * (2 * step + 1)), points, point * 8, high & 8 ? -DELTA : DELTA);
  }
};

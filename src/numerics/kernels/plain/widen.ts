import type { Affine, WidenedDtype } from "../types.ts";

/**
 * Exact conversions to float32 in plain TypeScript, by bits. A subnormal of the narrow format is normal in float32: its bits are placed under the
 * exponent of the narrow format's smallest normal number, and that number is subtracted, which is exact.
 */
const bits = new Uint32Array(1);
const value = new Float32Array(bits.buffer);

function fromBits(pattern: number): number {
  bits[0] = pattern;
  return value[0] as number;
}

/** 1 sign, 5 exponent, 10 fraction bits. */
function half(h: number): number {
  const sign = (h & 0x8000) << 16;
  const rest = h & 0x7fff;
  if (rest >= 0x7c00) return fromBits(sign | 0x7f800000 | (rest << 13));
  if (rest >= 0x0400) return fromBits(sign | ((rest << 13) + (112 << 23)));
  const size = fromBits((113 << 23) | (rest << 13)) - 2 ** -14;
  return sign === 0 ? size : -size;
}

/** The variant of Micikevicius et al. 2022: no infinities, and S.1111.111 is the only NaN. */
function e4m3(byte: number): number {
  const sign = (byte & 0x80) << 24;
  const rest = byte & 0x7f;
  if (rest === 0x7f) return Number.NaN;
  if (rest >= 8) return fromBits(sign | ((rest << 20) + (120 << 23)));
  const size = fromBits((121 << 23) | (rest << 20)) - 2 ** -6;
  return sign === 0 ? size : -size;
}

/** No infinities, no −0: its pattern is the only NaN; the bias is one more than of the kinds above. */
function fnuz(byte: number, shift: number, offset: number): number {
  if (byte === 0x80) return Number.NaN;
  const rest = byte & 0x7f;
  const sign = (byte & 0x80) << 24;
  if (rest >= 1 << (23 - shift)) return fromBits(sign | ((rest << shift) + (offset << 23)));
  const size = fromBits(((offset + 1) << 23) | (rest << shift)) - 2 ** (offset - 126);
  return sign === 0 ? size : -size;
}

const table = (convert: (byte: number) => number): Float32Array =>
  Float32Array.from({ length: 256 }, (_, i) => convert(i));

const BYTES: Record<Exclude<WidenedDtype, "f16" | "bf16">, Float32Array> = {
  f8_e4m3: table(e4m3),
  // Its layout is the upper byte of a float16.
  f8_e5m2: table((byte) => half(byte << 8)),
  f8_e4m3fnuz: table((byte) => fnuz(byte, 20, 119)),
  f8_e5m2fnuz: table((byte) => fnuz(byte, 21, 111)),
  i8: table((byte) => (byte << 24) >> 24),
  u8: table((byte) => byte),
};

export function widen(out: Float32Array, dtype: WidenedDtype, source: Uint8Array): void {
  const length = out.length;
  if (dtype === "bf16") {
    const patterns = new Uint32Array(out.buffer, out.byteOffset, length);
    for (let i = 0; i < length; i++) {
      patterns[i] = ((source[2 * i] as number) << 16) | ((source[2 * i + 1] as number) << 24);
    }
  } else if (dtype === "f16") {
    for (let i = 0; i < length; i++) out[i] = half((source[2 * i] as number) | ((source[2 * i + 1] as number) << 8));
  } else {
    const values = BYTES[dtype];
    for (let i = 0; i < length; i++) out[i] = values[source[i] as number] as number;
  }
}

export function widenAffine(
  out: Float32Array,
  dtype: "i8" | "u8",
  source: Uint8Array,
  { scale, offset }: Affine,
): void {
  const values = BYTES[dtype];
  for (let i = 0; i < out.length; i++) out[i] = (values[source[i] as number] as number) * scale + offset;
}

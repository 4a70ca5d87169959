import { describe, expect, test } from "vitest";
import { SETS } from "./kernels.testkit.ts";
import type { WidenedDtype } from "./types.ts";

/** The definition of a binary floating-point format with these field widths, in float64 arithmetic. */
function decode(pattern: number, exponentBits: number, fractionBits: number, infinities: boolean): number {
  const bias = 2 ** (exponentBits - 1) - 1;
  const fraction = pattern & (2 ** fractionBits - 1);
  const exponent = (pattern >> fractionBits) & (2 ** exponentBits - 1);
  const sign = (pattern >> (fractionBits + exponentBits)) & 1 ? -1 : 1;
  const top = exponent === 2 ** exponentBits - 1;
  if (top && infinities) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (top && fraction === 2 ** fractionBits - 1) return Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias - fractionBits);
  return sign * (1 + fraction / 2 ** fractionBits) * 2 ** (exponent - bias);
}

/** The kinds without infinities and negative zero: one more in the bias, and the pattern of −0 is NaN. */
function fnuz(pattern: number, exponentBits: number, fractionBits: number): number {
  if (pattern === 0x80) return Number.NaN;
  const fraction = pattern & (2 ** fractionBits - 1);
  const exponent = (pattern >> fractionBits) & (2 ** exponentBits - 1);
  const sign = pattern & 0x80 ? -1 : 1;
  const bias = 2 ** (exponentBits - 1);
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias - fractionBits);
  return sign * (1 + fraction / 2 ** fractionBits) * 2 ** (exponent - bias);
}

const DTYPES: readonly [dtype: WidenedDtype, bytes: 1 | 2, value: (pattern: number) => number][] = [
  ["bf16", 2, (pattern) => decode(pattern, 8, 7, true)],
  ["f16", 2, (pattern) => decode(pattern, 5, 10, true)],
  ["f8_e5m2", 1, (pattern) => decode(pattern, 5, 2, true)],
  ["f8_e4m3", 1, (pattern) => decode(pattern, 4, 3, false)],
  ["f8_e4m3fnuz", 1, (pattern) => fnuz(pattern, 4, 3)],
  ["f8_e5m2fnuz", 1, (pattern) => fnuz(pattern, 5, 2)],
  ["i8", 1, (pattern) => (pattern < 128 ? pattern : pattern - 256)],
  ["u8", 1, (pattern) => pattern],
];

describe.each(SETS.map((kernels) => [kernels.name, kernels] as const))("%s", (_name, kernels) => {
  test.each(DTYPES)("widen %s, every pattern", (dtype, bytes, value) => {
    const count = 256 ** bytes;
    kernels.memory.scope(count * (bytes + 4), () => {
      const source = kernels.memory.bytes(count * bytes);
      for (let i = 0; i < count; i++) {
        source[i * bytes] = i & 255;
        if (bytes === 2) source[i * 2 + 1] = i >> 8;
      }
      const out = kernels.memory.float32(count);
      kernels.widen(out, dtype, source);
      // Object.is tells −0 from 0 and equates NaNs.
      const wrong = Array.from(out.keys()).filter((i) => !Object.is(out[i], value(i)));
      expect(wrong).toEqual([]);
    });
  });

  test.each(DTYPES)("widen %s, every length up to 40", (dtype, bytes, value) => {
    for (let length = 0; length <= 40; length++) {
      kernels.memory.scope(1024, () => {
        const source = kernels.memory.bytes(length * bytes);
        for (let i = 0; i < length; i++) source[i * bytes + bytes - 1] = (i * 5) & 0x3f;
        const out = kernels.memory.float32(length + 1).fill(-7);
        kernels.widen(out.subarray(0, length), dtype, source);
        const expected = Array.from({ length }, (_, i) => value(((i * 5) & 0x3f) << (8 * (bytes - 1))));
        expect(Array.from(out)).toEqual([...expected, -7]);
      });
    }
  });

  test.each([
    ["i8", 1, 0],
    ["u8", 0.003921568859368563, -0.7],
    ["i8", 1 / 3, 128 / 3],
    ["u8", 1e-30, 1e30],
  ] as const)("widen %s times %d and %d: every code, every length, rounded once", (dtype, scale, offset) => {
    for (const length of [0, 1, 7, 8, 9, 256]) {
      kernels.memory.scope(4096, () => {
        const source = Uint8Array.from({ length }, (_, i) => i * 3);
        const codes = kernels.memory.bytes(length);
        codes.set(source);
        const out = kernels.memory.float32(length + 1).fill(-7);
        kernels.widenAffine(out.subarray(0, length), dtype, codes, { scale, offset });
        const q = dtype === "i8" ? new Int8Array(source.buffer) : source;
        expect(Array.from(out)).toEqual([...Array.from(q, (code) => Math.fround(code * scale + offset)), -7]);
      });
    }
  });
});

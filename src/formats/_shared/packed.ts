import type { DType } from "../../base/dtype.ts";
import { decodeElements } from "./decode.ts";
import type { Codec } from "./entryCheckpoint.ts";

/** Values of e2m1: sign, two exponent bits, one mantissa bit. */
const E2M1 = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0, -0.5, -1, -1.5, -2, -3, -4, -6] as const;

const TABLES: Partial<Readonly<Record<DType, readonly number[]>>> = {
  u4: Array.from({ length: 16 }, (_, code) => code),
  i4: Array.from({ length: 16 }, (_, code) => (code < 8 ? code : code - 16)),
  u2: [0, 1, 2, 3],
  i2: [0, 1, -2, -1],
  f4_e2m1: E2M1,
};

/** Elements as files store them without scales: whole bytes, or two or four in one byte, the first in the lowest bits. */
export function plainCodec(dtype: DType, bytes: number): Codec {
  const table = TABLES[dtype];
  if (table === undefined) return { elements: 1, bytes, decode: (stored) => decodeElements(stored, dtype) };
  const bits = table.length === 16 ? 4 : 2;
  const each = 8 / bits;
  return {
    elements: each,
    bytes: 1,
    decode(stored) {
      const out = new Float32Array(stored.length * each);
      for (let i = 0; i < out.length; i++)
        out[i] = table[(stored[Math.floor(i / each)]! >> ((i % each) * bits)) & (table.length - 1)]!;
      return out;
    },
  };
}

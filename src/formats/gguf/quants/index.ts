import { DTYPES, type DType } from "../../../base/dtype.ts";
import { decodeElements } from "../../_shared/decode.ts";
import type { Codec } from "../../_shared/entryCheckpoint.ts";
import { iq4_nl, mxfp4, q4_0, q4_1, q5_0, q5_1, q8_0 } from "./blocks32.ts";
import { iq1_m, iq1_s, iq2_s, iq2_xs, iq2_xxs, iq3_s, iq3_xxs } from "./codebooks.ts";
import { iq4_xs, q2_k, q3_k, q4_k, q5_k, q6_k, q8_k, tq1_0, tq2_0 } from "./superblocks.ts";
import type { DecodeBlock } from "./types.ts";

const DECODERS: Partial<Readonly<Record<DType, DecodeBlock>>> = {
  q4_0,
  q4_1,
  q5_0,
  q5_1,
  q8_0,
  q2_k,
  q3_k,
  q4_k,
  q5_k,
  q6_k,
  q8_k,
  iq1_s,
  iq1_m,
  iq2_xxs,
  iq2_xs,
  iq2_s,
  iq3_xxs,
  iq3_s,
  iq4_nl,
  iq4_xs,
  tq1_0,
  tq2_0,
  mxfp4,
};

/** Type numbers of ggml. Those that are missing were removed from it (4, 5, 31 to 33, 36 to 38). */
export const GGML_DTYPES: ReadonlyMap<number, DType> = new Map<number, DType>([
  [0, "f32"],
  [1, "f16"],
  [2, "q4_0"],
  [3, "q4_1"],
  [6, "q5_0"],
  [7, "q5_1"],
  [8, "q8_0"],
  [10, "q2_k"],
  [11, "q3_k"],
  [12, "q4_k"],
  [13, "q5_k"],
  [14, "q6_k"],
  [15, "q8_k"],
  [16, "iq2_xxs"],
  [17, "iq2_xs"],
  [18, "iq3_xxs"],
  [19, "iq1_s"],
  [20, "iq4_nl"],
  [21, "iq3_s"],
  [22, "iq2_s"],
  [23, "iq4_xs"],
  [24, "i8"],
  [25, "i16"],
  [26, "i32"],
  [27, "i64"],
  [28, "f64"],
  [29, "iq1_m"],
  [30, "bf16"],
  [34, "tq1_0"],
  [35, "tq2_0"],
  [39, "mxfp4"],
]);

/** How elements of a dtype are stored and decoded: blocks with their scales, or plain numbers. */
export function codecOf(dtype: DType): Codec {
  const block = DTYPES[dtype].block;
  const decode = DECODERS[dtype];
  if (block === undefined || decode === undefined) {
    return { elements: 1, bytes: DTYPES[dtype].bytes, decode: (bytes) => decodeElements(bytes, dtype) };
  }
  return {
    ...block,
    decode(bytes) {
      const blocks = Math.floor(bytes.length / block.bytes);
      const out = new Float32Array(blocks * block.elements);
      for (let i = 0; i < blocks; i++) decode(bytes, i * block.bytes, out, i * block.elements);
      return out;
    },
  };
}

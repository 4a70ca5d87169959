/** Element types as the frameworks name them, independent of the file format. */
export type DType =
  | "f64"
  | "f32"
  | "f16"
  | "bf16"
  | "f8_e4m3"
  | "f8_e5m2"
  | "f8_e4m3fnuz"
  | "f8_e5m2fnuz"
  | "f8_e8m0"
  | "i64"
  | "i32"
  | "i16"
  | "i8"
  | "u64"
  | "u32"
  | "u16"
  | "u8"
  | "bool"
  | "c64"
  | "c128"
  | "c32"
  | PackedDType
  | BlockDType;

/** Less than a byte each: two or four in one byte, the first in the lowest bits. */
type PackedDType = "i4" | "u4" | "i2" | "u2" | "f4_e2m1";

/** Quantized blocks that carry their own scales: values are the dequantized ones. `*_affine`: one scale and offset for the tensor. */
type BlockDType =
  | "u8_affine"
  | "u16_affine"
  | "q4_0"
  | "q4_1"
  | "q5_0"
  | "q5_1"
  | "q8_0"
  | "q2_k"
  | "q3_k"
  | "q4_k"
  | "q5_k"
  | "q6_k"
  | "q8_k"
  | "iq1_s"
  | "iq1_m"
  | "iq2_xxs"
  | "iq2_xs"
  | "iq2_s"
  | "iq3_xxs"
  | "iq3_s"
  | "iq4_nl"
  | "iq4_xs"
  | "tq1_0"
  | "tq2_0"
  | "mxfp4";

interface DTypeFacts {
  /** Bytes of one stored element; a fraction where elements are packed or share a block's scales. */
  readonly bytes: number;
  /** Where elements are stored in blocks only: how many, in how many bytes. */
  readonly block?: { readonly elements: number; readonly bytes: number };
  readonly kind: "float" | "integer" | "boolean" | "complex";
  /** Whether every value is exactly a float32 (so that decoding to Float32Array loses nothing). */
  readonly fitsFloat32: boolean;
}

/** Stored in blocks, decoded to numbers that are float32 by the reference's own arithmetic. */
const blocks = (elements: number, bytes: number): DTypeFacts => ({
  bytes: bytes / elements,
  block: { elements, bytes },
  kind: "float",
  fitsFloat32: true,
});

export const DTYPES: Readonly<Record<DType, DTypeFacts>> = {
  f64: { bytes: 8, kind: "float", fitsFloat32: false },
  f32: { bytes: 4, kind: "float", fitsFloat32: true },
  f16: { bytes: 2, kind: "float", fitsFloat32: true },
  bf16: { bytes: 2, kind: "float", fitsFloat32: true },
  f8_e4m3: { bytes: 1, kind: "float", fitsFloat32: true },
  f8_e5m2: { bytes: 1, kind: "float", fitsFloat32: true },
  f8_e4m3fnuz: { bytes: 1, kind: "float", fitsFloat32: true },
  f8_e5m2fnuz: { bytes: 1, kind: "float", fitsFloat32: true },
  f8_e8m0: { bytes: 1, kind: "float", fitsFloat32: true },
  i64: { bytes: 8, kind: "integer", fitsFloat32: false },
  i32: { bytes: 4, kind: "integer", fitsFloat32: false },
  i16: { bytes: 2, kind: "integer", fitsFloat32: true },
  i8: { bytes: 1, kind: "integer", fitsFloat32: true },
  u64: { bytes: 8, kind: "integer", fitsFloat32: false },
  u32: { bytes: 4, kind: "integer", fitsFloat32: false },
  u16: { bytes: 2, kind: "integer", fitsFloat32: true },
  u8: { bytes: 1, kind: "integer", fitsFloat32: true },
  bool: { bytes: 1, kind: "boolean", fitsFloat32: true },
  c32: { bytes: 4, kind: "complex", fitsFloat32: false },
  c64: { bytes: 8, kind: "complex", fitsFloat32: false },
  c128: { bytes: 16, kind: "complex", fitsFloat32: false },
  i4: { bytes: 0.5, block: { elements: 2, bytes: 1 }, kind: "integer", fitsFloat32: true },
  u4: { bytes: 0.5, block: { elements: 2, bytes: 1 }, kind: "integer", fitsFloat32: true },
  i2: { bytes: 0.25, block: { elements: 4, bytes: 1 }, kind: "integer", fitsFloat32: true },
  u2: { bytes: 0.25, block: { elements: 4, bytes: 1 }, kind: "integer", fitsFloat32: true },
  f4_e2m1: blocks(2, 1),
  u8_affine: { bytes: 1, kind: "float", fitsFloat32: true },
  u16_affine: { bytes: 2, kind: "float", fitsFloat32: true },
  q4_0: blocks(32, 18),
  q4_1: blocks(32, 20),
  q5_0: blocks(32, 22),
  q5_1: blocks(32, 24),
  q8_0: blocks(32, 34),
  q2_k: blocks(256, 84),
  q3_k: blocks(256, 110),
  q4_k: blocks(256, 144),
  q5_k: blocks(256, 176),
  q6_k: blocks(256, 210),
  q8_k: blocks(256, 292),
  iq1_s: blocks(256, 50),
  iq1_m: blocks(256, 56),
  iq2_xxs: blocks(256, 66),
  iq2_xs: blocks(256, 74),
  iq2_s: blocks(256, 82),
  iq3_xxs: blocks(256, 98),
  iq3_s: blocks(256, 110),
  iq4_nl: blocks(32, 18),
  iq4_xs: blocks(256, 136),
  tq1_0: blocks(256, 54),
  tq2_0: blocks(256, 66),
  mxfp4: blocks(32, 17),
};

/** Real values decoded from a file. Complex tensors are not decoded (their statistics are not asked for). */
export type RealArray = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

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
  | "c32";

interface DTypeFacts {
  readonly bytes: number;
  readonly kind: "float" | "integer" | "boolean" | "complex";
  /** Whether every value is exactly a float32 (so that decoding to Float32Array loses nothing). */
  readonly fitsFloat32: boolean;
}

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
};

/** Real values decoded from a file. Complex tensors are not decoded (their statistics are not asked for). */
export type RealArray = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

import type { DType } from "../../base/dtype.ts";

/** Element types by the names that NumPy, JAX and ml_dtypes give them. */
const NAMES: ReadonlyMap<string, DType> = new Map<string, DType>([
  ["float64", "f64"],
  ["float32", "f32"],
  ["float16", "f16"],
  ["bfloat16", "bf16"],
  ["float8_e4m3fn", "f8_e4m3"],
  ["float8_e5m2", "f8_e5m2"],
  ["float8_e4m3fnuz", "f8_e4m3fnuz"],
  ["float8_e5m2fnuz", "f8_e5m2fnuz"],
  ["float8_e8m0fnu", "f8_e8m0"],
  ["int64", "i64"],
  ["int32", "i32"],
  ["int16", "i16"],
  ["int8", "i8"],
  ["uint64", "u64"],
  ["uint32", "u32"],
  ["uint16", "u16"],
  ["uint8", "u8"],
  ["bool", "bool"],
  ["complex64", "c64"],
  ["complex128", "c128"],
]);

export const namedDtype = (name: string): DType | undefined => NAMES.get(name);

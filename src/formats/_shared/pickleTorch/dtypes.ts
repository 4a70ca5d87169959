import { DTYPES, type DType } from "../../../base/dtype.ts";
import { namedDtype } from "../namedDtype.ts";
import { PickleGlobal, PickleObject, type PickleValue } from "../pickle/values.ts";

/** Element types of PyTorch's typed storages. `null`: known, but quantised or otherwise not plain numbers. */
const STORAGE_DTYPES: ReadonlyMap<string, DType | null> = new Map<string, DType | null>([
  ["DoubleStorage", "f64"],
  ["FloatStorage", "f32"],
  ["HalfStorage", "f16"],
  ["BFloat16Storage", "bf16"],
  ["LongStorage", "i64"],
  ["IntStorage", "i32"],
  ["ShortStorage", "i16"],
  ["CharStorage", "i8"],
  ["ByteStorage", "u8"],
  ["BoolStorage", "bool"],
  ["ComplexFloatStorage", "c64"],
  ["ComplexDoubleStorage", "c128"],
  ["QInt8Storage", null],
  ["QUInt8Storage", null],
  ["QInt32Storage", null],
  ["QUInt4x2Storage", null],
  ["QUInt2x4Storage", null],
]);

/** PyTorch's own words beside those that all share. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["double", "float64"],
  ["float", "float32"],
  ["half", "float16"],
  ["long", "int64"],
  ["int", "int32"],
  ["short", "int16"],
]);

const torchDtype = (name: string): DType | undefined =>
  name === "complex32" ? "c32" : namedDtype(ALIASES.get(name) ?? name);

/** `undefined`: no storage class at all. "untyped": bytes whose type stands elsewhere. `null`: not plain numbers. */
export function dtypeOfStorage(storage: PickleValue | undefined): DType | "untyped" | null | undefined {
  if (!(storage instanceof PickleGlobal) || !storage.module.startsWith("torch")) return undefined;
  if (storage.name === "UntypedStorage" || storage.name === "_UntypedStorage") return "untyped";
  return STORAGE_DTYPES.get(storage.name);
}

/** Bytes of one element of a storage, quantised ones included. */
export function bytesOfStorageItem(storage: PickleValue | undefined): number | undefined {
  const dtype = dtypeOfStorage(storage);
  if (dtype === undefined) return undefined;
  if (dtype === "untyped") return 1;
  if (dtype !== null) return DTYPES[dtype].bytes;
  return storage instanceof PickleGlobal && storage.name === "QInt32Storage" ? 4 : 1;
}

export function dtypeOfTorch(value: PickleValue | undefined): DType | undefined {
  return value instanceof PickleGlobal && value.module === "torch" ? torchDtype(value.name) : undefined;
}

const NUMPY_DTYPES: ReadonlyMap<string, DType> = new Map<string, DType>([
  ["f8", "f64"],
  ["f4", "f32"],
  ["f2", "f16"],
  ["i8", "i64"],
  ["i4", "i32"],
  ["i2", "i16"],
  ["i1", "i8"],
  ["u8", "u64"],
  ["u4", "u32"],
  ["u2", "u16"],
  ["u1", "u8"],
  ["b1", "bool"],
  ["c8", "c64"],
  ["c16", "c128"],
]);

export interface NumpyDType {
  readonly dtype: DType;
  readonly bigEndian: boolean;
}

/** A pickled numpy.dtype: `dtype('f4', False, True)` whose state holds the byte order. A text answer is why it is not read. */
export function dtypeOfNumpy(value: PickleValue | undefined): NumpyDType | string {
  if (!(value instanceof PickleObject) || !/^numpy(\.\w+)*\.dtype$/.test(value.path))
    return "its NumPy dtype is not readable";
  const code = value.args[0];
  const state =
    value.state !== null && typeof value.state === "object" && "items" in value.state ? value.state.items : [];
  const order = Array.isArray(state) ? state[1] : undefined;
  const dtype = typeof code === "string" ? NUMPY_DTYPES.get(code.replace(/^[<>|=]/, "")) : undefined;
  if (dtype === undefined)
    return `NumPy dtype ${typeof code === "string" ? code.slice(0, 40) : "unknown"} does not hold plain numbers`;
  return { dtype, bigEndian: order === ">" || (typeof code === "string" && code.startsWith(">")) };
}

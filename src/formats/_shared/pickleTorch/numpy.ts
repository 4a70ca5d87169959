import { DTYPES, type DType } from "../../../base/dtype.ts";
import { MAX_RANK, MAX_TENSOR_ELEMENTS } from "../../../base/limits.ts";
import { latin1Bytes } from "../pickle/cursor.ts";
import { asCount, asSequence, type PickleObject, type PickleValue } from "../pickle/values.ts";
import { dtypeOfNumpy } from "./dtypes.ts";
import { rowMajorStrides } from "./layout.ts";

/** A NumPy array whose bytes stand in the pickle itself. Strides count elements. */
export interface InlineArray {
  readonly bytes: Uint8Array;
  readonly dtype: DType;
  readonly bigEndian: boolean;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly elements: number;
}

/** `undefined`: the object is no NumPy array. A text: why the array is not offered. */
export function numpyArrayOf(object: PickleObject): InlineArray | string | undefined {
  if (!/^numpy\./.test(object.path)) return undefined;
  if (/\._reconstruct$/.test(object.path)) {
    const state = asSequence(object.state);
    if (state === undefined || state.length < 5) return "a NumPy array without its data";
    return arrayOf(state[1], state[2], state[3] === true, state[4]);
  }
  if (/\._frombuffer$/.test(object.path)) {
    const [data, dtype, shape, order] = object.args;
    return arrayOf(shape, dtype, order === "F", data);
  }
  return undefined;
}

/** The one number of a NumPy scalar (`numpy.float64(0.1)` in a training log), or undefined. */
export function numpyScalarOf(object: PickleObject): number | boolean | undefined {
  if (!/^numpy\.(\w+\.)*scalar$/.test(object.path)) return undefined;
  const found = arrayOf({ shape: [] }, object.args[0], false, object.args[1]);
  if (typeof found === "string" || DTYPES[found.dtype].kind === "complex") return undefined;
  const view = new DataView(found.bytes.buffer, found.bytes.byteOffset, found.bytes.byteLength);
  const little = !found.bigEndian;
  switch (found.dtype) {
    case "f64":
      return view.getFloat64(0, little);
    case "f32":
      return view.getFloat32(0, little);
    case "i64":
      return Number(view.getBigInt64(0, little));
    case "u64":
      return Number(view.getBigUint64(0, little));
    case "i32":
      return view.getInt32(0, little);
    case "u32":
      return view.getUint32(0, little);
    case "i16":
      return view.getInt16(0, little);
    case "u16":
      return view.getUint16(0, little);
    case "i8":
      return view.getInt8(0);
    case "u8":
      return view.getUint8(0);
    case "bool":
      return view.getUint8(0) !== 0;
    default:
      return undefined;
  }
}

function arrayOf(
  shapeValue: PickleValue | undefined | { readonly shape: readonly number[] },
  dtypeValue: PickleValue | undefined,
  fortran: boolean,
  data: PickleValue | undefined,
): InlineArray | string {
  const found = dtypeOfNumpy(dtypeValue);
  if (typeof found === "string") return found;
  const isShape = shapeValue !== null && typeof shapeValue === "object" && "shape" in shapeValue;
  const sizes = isShape ? shapeValue.shape : asSequence(shapeValue)?.map((size) => asCount(size));
  if (sizes === undefined || sizes.length > MAX_RANK) return "a NumPy array without a shape";
  const shape: number[] = [];
  let elements = 1;
  for (const size of sizes) {
    if (size === undefined) return "a NumPy array without a shape";
    shape.push(size);
    elements *= size;
    if (elements > MAX_TENSOR_ELEMENTS) return `it claims more than ${MAX_TENSOR_ELEMENTS} elements`;
  }
  const bytes = data instanceof Uint8Array ? data : typeof data === "string" ? latin1Bytes(data) : undefined;
  if (bytes === undefined) return "a NumPy array without raw bytes (Python objects inside)";
  const needed = elements * DTYPES[found.dtype].bytes;
  if (bytes.byteLength !== needed)
    return `a NumPy array with ${bytes.byteLength} bytes where its shape needs ${needed}`;
  const strides = fortran ? rowMajorStrides([...shape].reverse()).reverse() : rowMajorStrides(shape);
  return { bytes, ...found, shape, strides, elements };
}

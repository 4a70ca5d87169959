import { DTYPES, type DType } from "../../../base/dtype.ts";
import { MAX_RANK, MAX_TENSOR_ELEMENTS } from "../../../base/limits.ts";
import { asCount, asSequence, PickleObject, PicklePersistent, type PickleValue } from "../pickle/values.ts";
import { dtypeOfStorage, dtypeOfTorch } from "./dtypes.ts";

/** A run of bytes that tensors look into: a zip record, a section of a legacy file. */
export interface StorageReference {
  readonly key: string;
  readonly bytes: number;
}

/** A tensor as a strided view of a storage. Offsets and strides count elements. */
export interface TensorLayout {
  readonly storage: StorageReference;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
  readonly elements: number;
}

/** Functions of torch that rebuild a tensor of a kind that is not a plain strided array, and how to say so. */
const OTHER_TENSORS: ReadonlyMap<string, string> = new Map([
  ["_rebuild_qtensor", "quantised tensor: its integers mean something only with their scale, which is not applied yet"],
  ["_rebuild_sparse_tensor", "sparse tensor: save it with .to_dense()"],
  ["_rebuild_sparse_csr_tensor", "sparse tensor: save it with .to_dense()"],
  ["_rebuild_nested_tensor", "nested tensor: save its parts one by one"],
  ["_rebuild_meta_tensor_no_storage", "tensor on the meta device: the file holds its shape, no values"],
  [
    "_rebuild_wrapper_subclass",
    "tensor subclass without plain storage (DTensor, torchao): save it with .full_tensor() or dequantised",
  ],
  ["_rebuild_device_tensor_from_numpy", "tensor of a device that saves through NumPy: save it after .cpu()"],
  ["_rebuild_device_tensor_from_cpu_tensor", "tensor of a device that saves through a CPU copy: save it after .cpu()"],
]);

const REBUILDERS = /^torch\.(_utils|_tensor)\.(_rebuild_\w+)$/;

/** A would-be tensor: its layout, or the reason why it is not offered. `undefined`: the object is no tensor. */
export function tensorOf(object: PickleObject, depth = 0): TensorLayout | string | undefined {
  const rebuilder = REBUILDERS.exec(object.path)?.[2];
  if (rebuilder === undefined) return undefined;
  const [first, , third] = object.args;
  switch (rebuilder) {
    case "_rebuild_parameter":
    case "_rebuild_parameter_with_state":
      // Parameter(Parameter(…)) could be nested without end by hand; torch nests once.
      if (!(first instanceof PickleObject) || depth > 4) return "a Parameter without a tensor inside";
      return tensorOf(first, depth + 1) ?? "a Parameter without a tensor inside";
    case "_rebuild_from_type":
    case "_rebuild_from_type_v2": {
      const args = asSequence(third);
      if (
        first === undefined ||
        first === null ||
        typeof first !== "object" ||
        !("path" in first) ||
        args === undefined ||
        depth > 4
      ) {
        return "a tensor subclass whose data is not readable";
      }
      return tensorOf(new PickleObject(first instanceof PickleObject ? first.callee : first, args, "call"), depth + 1);
    }
    case "_rebuild_tensor":
    case "_rebuild_tensor_v2":
      return strided(object.args);
    case "_rebuild_tensor_v3": {
      const dtype = dtypeOfTorch(object.args[6]);
      return dtype === undefined ? "its dtype is not known to this version" : strided(object.args, dtype);
    }
    default:
      return OTHER_TENSORS.get(rebuilder) ?? `${rebuilder} rebuilds a kind of tensor that is not read`;
  }
}

function strided(args: readonly PickleValue[], dtypeGiven?: DType): TensorLayout | string {
  const [storageValue, offsetValue, shapeValue, stridesValue] = args;
  const storage = storageOf(storageValue, dtypeGiven);
  if (typeof storage === "string") return storage;
  const shape = counts(shapeValue);
  const strides = counts(stridesValue);
  const offset = asCount(offsetValue);
  if (shape === undefined || shape.length > MAX_RANK) return "its shape is not a list of sizes";
  if (strides === undefined || strides.length !== shape.length)
    return "its strides are negative, too large or do not fit its shape";
  if (offset === undefined) return "its storage offset is negative or too large";
  if (metadataFlag(args, dtypeGiven === undefined ? 6 : 7))
    return "a lazily negated or conjugated view: save it after .resolve_neg().resolve_conj()";
  return bounded({ ...storage, shape, strides, offset });
}

/** Checks that every element lies in the storage, with products that cannot overflow. */
function bounded(view: Omit<TensorLayout, "elements">): TensorLayout | string {
  let elements = 1;
  for (const size of view.shape) {
    elements *= size;
    if (elements > MAX_TENSOR_ELEMENTS) return `it claims more than ${MAX_TENSOR_ELEMENTS} elements`;
  }
  if (elements > 0) {
    const available = Math.floor(view.storage.bytes / DTYPES[view.dtype].bytes);
    let last = view.offset;
    for (let axis = 0; axis < view.shape.length; axis++) last += (view.shape[axis]! - 1) * view.strides[axis]!;
    if (last >= available) return `it reaches element ${last} of a storage that has ${available}`;
  }
  return { ...view, elements };
}

function storageOf(
  value: PickleValue | undefined,
  dtypeGiven?: DType,
): { storage: StorageReference; dtype: DType } | string {
  if (!(value instanceof PicklePersistent)) return "it has no storage";
  const id = asSequence(value.id);
  if (id === undefined || id[0] !== "storage") return "its storage is not one that PyTorch writes";
  const type = dtypeOfStorage(id[1]);
  const key = typeof id[2] === "string" ? id[2] : typeof id[2] === "number" ? String(id[2]) : undefined;
  const count = asCount(id[4]);
  if (type === undefined || key === undefined || count === undefined)
    return "its storage is not one that PyTorch writes";
  if (type === null) return "quantised storage";
  if (id.length > 5 && id[5] !== null) return "its storage is a view of another storage (PyTorch before 0.4)";
  const dtype = type === "untyped" ? dtypeGiven : (dtypeGiven ?? type);
  if (dtype === undefined) return "its storage has no element type";
  const bytes = count * (type === "untyped" ? 1 : DTYPES[type].bytes);
  return Number.isSafeInteger(bytes) ? { storage: { key, bytes }, dtype } : "its storage is too large";
}

function counts(value: PickleValue | undefined): number[] | undefined {
  const items = asSequence(value);
  if (items === undefined || items.length > MAX_RANK) return undefined;
  const numbers: number[] = [];
  for (const item of items) {
    const count = asCount(item);
    if (count === undefined) return undefined;
    numbers.push(count);
  }
  return numbers;
}

function metadataFlag(args: readonly PickleValue[], index: number): boolean {
  const metadata = args[index];
  if (metadata === null || typeof metadata !== "object" || !("entries" in metadata) || metadata instanceof Uint8Array)
    return false;
  return metadata.entries.get("conj") === true || metadata.entries.get("neg") === true;
}

/** Row-major strides of a shape, in elements. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= Math.max(1, shape[axis]!);
  }
  return strides;
}

/** Whether the elements lie one after the other in row-major order (axes of size 1 may claim any stride). */
export function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  const expected = rowMajorStrides(shape);
  return (
    shape.some((size) => size === 0) || shape.every((size, axis) => size === 1 || strides[axis] === expected[axis])
  );
}

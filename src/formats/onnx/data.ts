import { DTYPES, type DType, type RealArray } from "../../base/dtype.ts";
import { FormatError } from "../../base/errors.ts";
import type { TensorInfo } from "../../base/tensor.ts";
import { decodeElements } from "../_shared/decode.ts";
import { storedEntry, type TensorEntry } from "../_shared/entryCheckpoint.ts";
import { plainCodec } from "../_shared/packed.ts";
import { packedVarints } from "../_shared/protobuf.ts";
import { elementsOf } from "../_shared/shape.ts";
import type { SparseRecord } from "./scan.ts";
import { type ByteRange, DATA_TYPES, FORMAT, type TensorRecord } from "./tensorProto.ts";

/** Typed fields are read whole, since numbers of varying length have no offsets. */
const MAX_TYPED_BYTES = 256 * 1024 * 1024;
/** Stored values of a sparse tensor, which are held while it is read. */
const MAX_SPARSE_VALUES = 2 ** 26;

/** Where a tensor's bytes lie: the model itself, or a file beside it. */
export interface Place extends ByteRange {
  readonly file: string;
}

/** Finds the bytes of external data, or says why it cannot. */
export type Locate = (record: TensorRecord, length: number) => Place | string;

/** A tensor with the way to its values, or the reason why it cannot be read. */
export function entryOf(record: TensorRecord, name: string, model: string, locate: Locate): TensorEntry | string {
  const type = DATA_TYPES.get(record.dataType);
  if (type === undefined) {
    return record.dataType === 8 ? "it holds texts" : `its data type, number ${record.dataType} of ONNX, is not read`;
  }
  const elements = elementsOf(record.dims);
  if (typeof elements === "string") return elements;
  const { dtype, bits } = type;
  const length = Math.ceil((elements * bits) / 8);
  const info = { name, shape: record.dims, dtype, elements, storedBytes: length };
  const codec = plainCodec(dtype, bits / 8);
  if (record.segmented) return "it is stored in segments, which no exporter writes";
  if (record.external || record.raw !== undefined || elements === 0) {
    const place = record.external
      ? locate(record, length)
      : { file: model, ...(record.raw ?? { offset: record.at, length: 0 }) };
    if (typeof place === "string") return place;
    if (place.length !== length)
      return `its shape [${record.dims.join(", ")}] in ${dtype} needs ${length} bytes, but it has ${place.length}`;
    return storedEntry({ ...info, byteRange: place }, [place], codec);
  }
  return typedEntry(record, info, bits, model);
}

function typedEntry(record: TensorRecord, info: TensorInfo, bits: number, model: string): TensorEntry | string {
  if (record.unpacked) return "its values are written one by one, each with a tag, which is not read";
  const [first] = record.typed;
  if (first === undefined) return "it has no values";
  if (record.typed.some(({ field }) => field !== first.field)) return "its values stand in two fields at once";
  const wanted = fieldOf(info.dtype);
  if (first.field !== wanted.field)
    return `its values stand in field ${first.field}, but ${info.dtype} belongs in ${wanted.field}`;
  const stored = record.typed.reduce((sum, { range }) => sum + range.length, 0);
  const pieces = record.typed.map(({ range }) => ({ file: model, ...range }));
  if (wanted.fixed !== undefined) {
    const length = info.elements * (bits / 8);
    if (stored !== length) return `its shape [${info.shape.join(", ")}] needs ${length} bytes, but it has ${stored}`;
    const only = pieces.length === 1 ? { byteRange: pieces[0]! } : {};
    return storedEntry({ ...info, ...only }, pieces, plainCodec(info.dtype, bits / 8));
  }
  // Packed small numbers: as many varints as bytes of the packed form, one to ten bytes each.
  const width = Math.max(1, bits / 8);
  const numbers = bits < 8 ? Math.ceil((info.elements * bits) / 8) : info.elements;
  if (stored < numbers || stored > numbers * 10)
    return `its ${info.elements} elements do not fit the ${stored} bytes that it has`;
  if (stored > MAX_TYPED_BYTES) return `its ${stored} bytes of numbers of varying length are more than is read`;
  return {
    info: { ...info, storedBytes: stored },
    async read(start, count, bytes) {
      const parts = await Promise.all(pieces.map((piece) => bytes(piece.file, piece.offset, piece.length)));
      const raw = packedVarints(join(parts), width, numbers);
      if (raw.length !== numbers * width) {
        throw new FormatError(`${info.name} has ${raw.length / width} numbers, but its shape needs ${numbers}.`, {
          format: FORMAT,
          field: "int32_data",
          tensor: info.name,
          offset: pieces[0]!.offset,
          remedy: "The file is damaged: export it again.",
        });
      }
      const values = plainCodec(info.dtype, width).decode(raw);
      return values.slice(start, start + count);
    },
  };
}

/** Which typed field a dtype belongs to, and whether it is of fixed width. */
function fieldOf(dtype: DType): { readonly field: number; readonly fixed?: true } {
  switch (dtype) {
    case "f32":
    case "c64":
      return { field: 4, fixed: true };
    case "f64":
    case "c128":
      return { field: 10, fixed: true };
    case "i64":
      return { field: 7 };
    case "u32":
    case "u64":
      return { field: 11 };
    default:
      return { field: 5 };
  }
}

function join(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  if (parts.length === 1) return parts[0]!;
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Values at linear indices (or at one index for each axis); zero elsewhere. */
export function sparseEntry(record: SparseRecord, name: string, model: string, locate: Locate): TensorEntry | string {
  const { values, indices, dims } = record;
  if (values === undefined || indices === undefined) return "a sparse tensor without values or indices";
  const elements = elementsOf(dims);
  if (typeof elements === "string") return elements;
  const value = entryOf(values, name, model, locate);
  if (typeof value === "string") return value;
  const index = entryOf(indices, name, model, locate);
  if (typeof index === "string") return `its indices: ${index}`;
  const stored = value.info.elements;
  const perValue = indices.dims.length === 2 ? dims.length : 1;
  if (values.dims.length !== 1 || index.info.dtype !== "i64" || index.info.elements !== stored * perValue)
    return `its ${stored} values do not fit its ${index.info.elements} indices`;
  if (stored > MAX_SPARSE_VALUES) return `its ${stored} stored values are more than is read`;
  const storedBytes = value.info.storedBytes + index.info.storedBytes;
  return {
    info: { name, shape: dims, dtype: value.info.dtype, elements, storedBytes },
    async read(start, count, bytes) {
      const [numbers, places] = [await value.read(0, stored, bytes), await index.read(0, stored * perValue, bytes)];
      const out = DTYPES[value.info.dtype].fitsFloat32 ? new Float32Array(count) : new Float64Array(count);
      for (let i = 0; i < stored; i++) {
        const at = linear(places, i * perValue, perValue === 1 && indices.dims.length !== 2 ? null : dims);
        if (!(at >= 0 && at < elements)) throw outside(name, at, values.at);
        if (at >= start && at < start + count) out[at - start] = numbers[i]!;
      }
      return out;
    },
  };
}

function linear(places: RealArray, from: number, dims: readonly number[] | null): number {
  if (dims === null) return places[from]!;
  let at = 0;
  for (const [axis, length] of dims.entries()) {
    const place = places[from + axis]!;
    if (!(place >= 0 && place < length)) return -1;
    at = at * length + place;
  }
  return at;
}

const outside = (name: string, at: number, offset: number) =>
  new FormatError(`A stored value of ${name} has the index ${at}, outside its shape.`, {
    format: FORMAT,
    field: "indices",
    tensor: name,
    offset,
    remedy: "The file is damaged: export it again.",
  });

/** Values of a small tensor, for the graph; null if they are not at hand. */
export function inlineValues(record: TensorRecord): number[] | null {
  const type = DATA_TYPES.get(record.dataType);
  const elements = elementsOf(record.dims);
  if (type === undefined || typeof elements !== "number" || elements > MAX_INLINE_VALUES) return null;
  if (type.bits < 8 || DTYPES[type.dtype].kind === "complex") return null;
  const [typed] = record.typed;
  const packed =
    typed?.inline === undefined ? undefined : inlineTyped(typed.inline, type.dtype, type.bits / 8, elements);
  const bytes = record.inline ?? packed;
  return bytes === undefined ? null : Array.from(decodeElements(bytes, type.dtype));
}

/** Enough for sizes, axes and indices. */
const MAX_INLINE_VALUES = 64;

function inlineTyped(
  bytes: Uint8Array<ArrayBuffer>,
  dtype: DType,
  width: number,
  elements: number,
): Uint8Array<ArrayBuffer> {
  return fieldOf(dtype).fixed === true ? bytes : packedVarints(bytes, width, elements);
}

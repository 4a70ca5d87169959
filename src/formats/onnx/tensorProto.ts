import type { DType } from "../../base/dtype.ts";
import { LENGTH, type ProtoReader, VARINT } from "../_shared/protobuf.ts";

export const FORMAT = "onnx";
/** Names and paths: longer ones are cut, and then find no data. */
export const MAX_TEXT = 4096;
/** Raw bytes of a tensor up to this many are kept at once: sizes, axes and single numbers, which the graph shows. */
const MAX_INLINE_BYTES = 512;
/** Location, offset, length, checksum, and what an exporter may add. */
const MAX_EXTERNAL_ENTRIES = 16;

/** TensorProto.DataType of onnx.proto, with the bits of one element. Texts (8) hold no numbers. */
export const DATA_TYPES: ReadonlyMap<number, { readonly dtype: DType; readonly bits: number }> = new Map(
  (
    [
      [1, "f32", 32],
      [2, "u8", 8],
      [3, "i8", 8],
      [4, "u16", 16],
      [5, "i16", 16],
      [6, "i32", 32],
      [7, "i64", 64],
      [9, "bool", 8],
      [10, "f16", 16],
      [11, "f64", 64],
      [12, "u32", 32],
      [13, "u64", 64],
      [14, "c64", 64],
      [15, "c128", 128],
      [16, "bf16", 16],
      [17, "f8_e4m3", 8],
      [18, "f8_e4m3fnuz", 8],
      [19, "f8_e5m2", 8],
      [20, "f8_e5m2fnuz", 8],
      [21, "u4", 4],
      [22, "i4", 4],
      [23, "f4_e2m1", 4],
      [24, "f8_e8m0", 8],
      [25, "u2", 2],
      [26, "i2", 2],
    ] as const
  ).map(([type, dtype, bits]) => [type, { dtype, bits }]),
);

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** A TensorProto as it stands: where its values lie, not the values. */
export interface TensorRecord {
  name: string;
  readonly dims: number[];
  dataType: number;
  /** `raw_data`. */
  raw?: ByteRange;
  /** `raw_data` of small tensors. */
  inline?: Uint8Array<ArrayBuffer>;
  /** float_data (4), int32_data (5), int64_data (7), double_data (10), uint64_data (11), packed; in pieces if a writer split them. */
  readonly typed: { readonly field: number; readonly range: ByteRange; readonly inline?: Uint8Array<ArrayBuffer> }[];
  /** A typed field that is not packed: one tag for each value. */
  unpacked: boolean;
  segmented: boolean;
  external: boolean;
  readonly externalData: Map<string, string>;
  /** Where the record stands. */
  readonly at: number;
}

const TYPED = new Set([4, 5, 7, 10, 11]);

/** Reads a TensorProto between the reader's position and `end`; its data are skipped. */
export async function scanTensor(reader: ProtoReader, end: number): Promise<TensorRecord> {
  const record: TensorRecord = {
    name: "",
    dims: [],
    dataType: 0,
    typed: [],
    unpacked: false,
    segmented: false,
    external: false,
    externalData: new Map(),
    at: reader.position,
  };
  while (reader.position < end) {
    const wait = reader.head(end);
    if (wait !== undefined) await wait;
    reader.tag(end);
    const { field, wire } = reader;
    if (field === 1) await readDims(reader, record.dims);
    else if (field === 2 && wire === VARINT) record.dataType = reader.value;
    else if (field === 3 && wire === LENGTH) record.segmented = true;
    else if (field === 8 && wire === LENGTH) record.name = await reader.text(MAX_TEXT);
    else if (field === 9 && wire === LENGTH) {
      record.raw = { offset: reader.position, length: reader.length };
      if (reader.length <= MAX_INLINE_BYTES) record.inline = (await reader.bytes(MAX_INLINE_BYTES)).slice();
    } else if (field === 13 && wire === LENGTH) {
      const bodyEnd = reader.end;
      await readEntry(reader, bodyEnd, record.externalData);
      reader.leave(bodyEnd);
      continue;
    } else if (field === 14 && wire === VARINT) record.external = reader.value === 1;
    else if (TYPED.has(field)) {
      if (wire !== LENGTH) record.unpacked = true;
      else if (reader.length > 0) {
        const range = { offset: reader.position, length: reader.length };
        const small = reader.length <= MAX_INLINE_BYTES;
        record.typed.push(
          small ? { field, range, inline: (await reader.bytes(MAX_INLINE_BYTES)).slice() } : { field, range },
        );
      }
    }
    reader.leave();
  }
  return record;
}

/** Dimensions are written one by one (proto2) or packed. */
export async function readDims(reader: ProtoReader, dims: number[]): Promise<void> {
  if (reader.wire === VARINT) {
    dims.push(reader.signed);
    return;
  }
  if (reader.wire !== LENGTH) return;
  const end = reader.end;
  for (const value of await packedNumbers(reader, 65)) dims.push(value);
  reader.end = end;
}

/** The first numbers of a packed field of varints. */
export async function packedNumbers(reader: ProtoReader, limit: number): Promise<number[]> {
  const bytes = await reader.bytes(limit * 10);
  const values: number[] = [];
  for (let at = 0; at < bytes.length && values.length < limit; ) {
    let value = 0n;
    let shift = 0n;
    for (; at < bytes.length; shift += 7n) {
      const byte = bytes[at++]!;
      if (shift < 64n) value |= BigInt(byte & 127) << shift;
      if (byte < 128) break;
    }
    values.push(Number(BigInt.asIntN(64, value)));
  }
  return values;
}

/** StringStringEntryProto: key 1, value 2. */
export async function readEntry(
  reader: ProtoReader,
  end: number,
  into: Map<string, string>,
  limit = MAX_TEXT,
): Promise<void> {
  let key = "";
  let value = "";
  while (reader.position < end) {
    const wait = reader.head(end);
    if (wait !== undefined) await wait;
    reader.tag(end);
    if (reader.wire === LENGTH && reader.field === 1) key = await reader.text(MAX_TEXT);
    else if (reader.wire === LENGTH && reader.field === 2) value = await reader.text(limit);
    reader.leave();
  }
  if (into.size < MAX_EXTERNAL_ENTRIES || limit !== MAX_TEXT) into.set(key, value);
}

import { memorySource } from "../../../base/byteSource.ts";
import type { DType } from "../../../base/dtype.ts";
import { LENGTH, ProtoReader, VARINT } from "../protobuf.ts";

/** tensorflow.DataType, as far as tensors of plain numbers go; texts are 7. */
const DTYPES_BY_NUMBER: ReadonlyMap<number, DType> = new Map<number, DType>([
  [1, "f32"],
  [2, "f64"],
  [3, "i32"],
  [4, "u8"],
  [5, "i16"],
  [6, "i8"],
  [8, "c64"],
  [9, "i64"],
  [10, "bool"],
  [14, "bf16"],
  [17, "u16"],
  [18, "c128"],
  [19, "f16"],
  [22, "u32"],
  [23, "u64"],
  [24, "f8_e5m2"],
  [25, "f8_e4m3"],
  [26, "f8_e4m3fnuz"],
  [28, "f8_e5m2fnuz"],
]);
export const TEXT_TYPE = 7;

export const dtypeOf = (type: number): DType | undefined => DTYPES_BY_NUMBER.get(type);

/** BundleHeaderProto: the value of the empty key. */
export interface BundleHeader {
  readonly shards: number;
  readonly bigEndian: boolean;
}

/** BundleEntryProto: where one tensor lies. */
export interface BundleEntry {
  readonly key: string;
  readonly type: number;
  readonly shape: readonly number[];
  readonly shard: number;
  readonly offset: number;
  readonly size: number;
  readonly crc: number;
  /** Partitioned variables: their parts have keys of their own. */
  readonly slices: number;
}

type Take = (reader: ProtoReader) => Promise<void> | void;

/** Walks a small message in memory, field by field. */
export async function eachField(bytes: Uint8Array<ArrayBuffer>, format: string, take: Take): Promise<void> {
  const reader = new ProtoReader(memorySource(bytes), format);
  while (reader.position < bytes.length) {
    const wait = reader.head(bytes.length);
    if (wait !== undefined) await wait;
    reader.tag(bytes.length);
    const { end } = reader;
    await take(reader);
    reader.leave(end);
  }
}

/** The body of a length-delimited field, on its own. */
export const body = (reader: ProtoReader) => reader.bytes(reader.length);

export async function readHeader(bytes: Uint8Array<ArrayBuffer>, format: string): Promise<BundleHeader> {
  let shards = 0;
  let bigEndian = false;
  await eachField(bytes, format, (reader) => {
    if (reader.wire !== VARINT) return;
    if (reader.field === 1) shards = reader.value;
    else if (reader.field === 2) bigEndian = reader.value === 1;
  });
  return { shards, bigEndian };
}

export async function readBundleEntry(
  key: string,
  bytes: Uint8Array<ArrayBuffer>,
  format: string,
): Promise<BundleEntry> {
  const numbers = [0, 0, 0, 0, 0, 0];
  const shape: number[] = [];
  let crc = 0;
  let slices = 0;
  await eachField(bytes, format, async (reader) => {
    const { field, wire } = reader;
    if (wire === VARINT && field < 6) numbers[field] = reader.signed;
    else if (field === 6 && wire !== VARINT && wire !== LENGTH) crc = await fixed32(reader);
    else if (field === 7) slices += 1;
    else if (field === 2 && wire === LENGTH) await readShape(await body(reader), shape, format);
  });
  const [, type = 0, , shard = 0, offset = 0, size = 0] = numbers;
  return { key, type, shape, shard, offset, size, crc, slices };
}

async function fixed32(reader: ProtoReader): Promise<number> {
  const bytes = await reader.bytes(4);
  return bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
}

/** TensorShapeProto: dim 2, each with its size 1; a scalar has none. */
async function readShape(bytes: Uint8Array<ArrayBuffer>, shape: number[], format: string): Promise<void> {
  await eachField(bytes.slice(), format, async (reader) => {
    if (reader.field !== 2 || reader.wire !== LENGTH) return;
    let size = 0;
    await eachField((await body(reader)).slice(), format, (inner) => {
      if (inner.field === 1 && inner.wire === VARINT) size = inner.signed;
    });
    shape.push(size);
  });
}

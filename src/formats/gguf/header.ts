import type { ByteSource } from "../../base/byteSource.ts";
import { FormatError, LimitError, UnsupportedError } from "../../base/errors.ts";
import { MAX_RANK, MAX_TENSORS } from "../../base/limits.ts";
import { FileCursor } from "../_shared/fileCursor.ts";
import type { MetadataValue } from "../types.ts";
import { FORMAT, readKey, readValue, type TextList } from "./values.ts";

/** Published models have below 100 keys; splitting tools add a few. */
const MAX_KEYS = 100_000;
const DEFAULT_ALIGNMENT = 32;
/** Smallest record of a tensor: empty name, no axes, type, offset. */
const MIN_RECORD_BYTES = 8 + 4 + 4 + 8;
const MIN_KEY_BYTES = 8 + 4 + 1;

export interface TensorRecord {
  readonly name: string;
  /** Slowest axis first; the file counts from the fastest. */
  readonly shape: readonly number[];
  readonly type: number;
  /** From the start of the data. */
  readonly offset: bigint;
  /** Where the record stands. */
  readonly at: number;
}

export interface GgufHeader {
  readonly version: number;
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  readonly texts: ReadonlyMap<string, TextList>;
  readonly records: readonly TensorRecord[];
  readonly dataStart: number;
  readonly alignment: number;
  readonly bytesRead: number;
}

const damaged = (message: string, field: string, offset: number) =>
  new FormatError(message, { format: FORMAT, field, offset, remedy: "The file is damaged: download it again." });

/** Metadata and tensor records, forward, in growing windows; the data behind them are not read. */
export async function readGgufHeader(source: ByteSource, signal?: AbortSignal): Promise<GgufHeader> {
  const cursor = new FileCursor(source, FORMAT, signal);
  await cursor.need(24, "header");
  cursor.skip(4, "magic");
  const version = readVersion(cursor.u32());
  const tensors = count(cursor.u64(), "tensor_count", 8, MAX_TENSORS, MIN_RECORD_BYTES, source.size);
  const keys = count(cursor.u64(), "metadata_kv_count", 16, MAX_KEYS, MIN_KEY_BYTES, source.size);
  const metadata = new Map<string, MetadataValue>();
  const texts = new Map<string, TextList>();
  for (let i = 0; i < keys; i++) {
    const key = await readKey(cursor, "metadata key");
    const wait = cursor.need(4, key);
    if (wait !== undefined) await wait;
    const read = await readValue(cursor, cursor.u32(), key);
    metadata.set(key, read.value);
    if (read.texts !== undefined) texts.set(key, read.texts);
  }
  const records: TensorRecord[] = [];
  for (let i = 0; i < tensors; i++) records.push(await readRecord(cursor));
  const alignment = readAlignment(metadata.get("general.alignment"), cursor.position);
  const dataStart = Math.ceil(cursor.position / alignment) * alignment;
  return { version, metadata, texts, records, dataStart, alignment, bytesRead: cursor.bytesRead };
}

function readVersion(version: number): number {
  if (version === 2 || version === 3) return version;
  const details = { format: FORMAT, field: "version", offset: 4 };
  if (version === 0x02000000 || version === 0x03000000) {
    throw new UnsupportedError("This GGUF file is of a big-endian machine, which is not read.", {
      ...details,
      remedy: "Convert it on a little-endian machine (gguf_convert_endian.py little).",
    });
  }
  if (version === 1) {
    throw new UnsupportedError("This is GGUF version 1, which is not read.", {
      ...details,
      remedy: "Convert the model again with a current llama.cpp.",
    });
  }
  throw new FormatError(`The header claims GGUF version ${version}; 2 and 3 are read.`, {
    ...details,
    remedy: "The file is damaged or newer than this version.",
  });
}

function count(value: bigint, field: string, offset: number, limit: number, bytes: number, size: number): number {
  if (value * BigInt(bytes) > BigInt(size))
    throw damaged(`The header claims ${value} in ${field}, more than ${size} bytes can hold.`, field, offset);
  if (value > BigInt(limit))
    throw new LimitError(`The file has ${value} entries (${field}); at most ${limit} are read.`, {
      format: FORMAT,
      field,
      offset,
    });
  return Number(value);
}

async function readRecord(cursor: FileCursor): Promise<TensorRecord> {
  const at = cursor.position;
  const name = await readKey(cursor, "tensor name");
  const head = cursor.need(4, "tensor record");
  if (head !== undefined) await head;
  const rank = cursor.u32();
  if (rank > MAX_RANK) throw damaged(`The tensor ${name.slice(0, 80)} claims ${rank} axes.`, "n_dimensions", at);
  const body = cursor.need(rank * 8 + 12, "tensor record");
  if (body !== undefined) await body;
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) shape.unshift(Number(cursor.u64()));
  return { name, shape, type: cursor.u32(), offset: cursor.u64(), at };
}

function readAlignment(value: MetadataValue | undefined, offset: number): number {
  if (value === undefined) return DEFAULT_ALIGNMENT;
  // The format asks for a multiple of 8; a power of two is what writers make of it.
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 2 ** 20) return value;
  throw damaged(`The alignment ${String(value).slice(0, 40)} is no number of bytes.`, "general.alignment", offset);
}

import { FormatError, LimitError } from "../../base/errors.ts";
import type { FileCursor } from "../_shared/fileCursor.ts";
import type { MetadataValue } from "../types.ts";

export const FORMAT = "gguf";
/** Keys and tensor names: the format's own bound is 65,535 bytes for keys and 64 for names. */
const MAX_KEY_BYTES = 65_535;
/** Chat templates have some tens of KiB; what is longer is cut in the metadata and walked past. */
const MAX_TEXT_BYTES = 64 * 1024;
/** Longer lists (vocabularies, scores, merges) are described, not copied. */
const MAX_LISTED = 64;
/** The format allows lists of lists without naming a bound; writers make none. */
const MAX_LIST_DEPTH = 4;

const STRING = 8;
const ARRAY = 9;
/** Bytes of one value by type number; strings and arrays have at least a length. */
const SIZES: readonly (number | undefined)[] = [1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8];
const NAMES = ["u8", "i8", "u16", "i16", "u32", "i32", "f32", "bool", "string", "array", "u64", "i64", "f64"] as const;

const text = new TextDecoder();

/** A length of the file: at most what is left of it, so that it is a safe number. */
async function readLength(cursor: FileCursor, field: string): Promise<number> {
  const wait = cursor.need(8, field);
  if (wait !== undefined) await wait;
  const offset = cursor.position;
  const length = cursor.u64();
  if (length > BigInt(cursor.size - cursor.position)) {
    throw new FormatError(`${field} claims ${length} bytes or items, more than the file has.`, {
      format: FORMAT,
      field,
      offset,
      remedy: "The file is cut off or damaged: download it again.",
    });
  }
  return Number(length);
}

export async function readKey(cursor: FileCursor, field: string): Promise<string> {
  const length = await readLength(cursor, field);
  if (length > MAX_KEY_BYTES) {
    throw new LimitError(`A ${field} of ${length} bytes: at most ${MAX_KEY_BYTES} are read.`, {
      format: FORMAT,
      field,
      offset: cursor.position,
    });
  }
  const wait = cursor.need(length, field);
  if (wait !== undefined) await wait;
  return text.decode(cursor.bytes(length));
}

/** Where a long list of texts lies: the vocabulary is read from there when someone asks for it. */
export interface TextList {
  readonly length: number;
  readonly offset: number;
}

export interface ReadValue {
  readonly value: MetadataValue;
  readonly texts?: TextList;
}

export async function readValue(cursor: FileCursor, type: number, field: string, depth = 0): Promise<ReadValue> {
  if (type === STRING) return { value: await readText(cursor, field) };
  if (type === ARRAY) return readList(cursor, field, depth);
  const size = SIZES[type];
  if (size === undefined) {
    throw new FormatError(`${field} has the value type ${type}, which GGUF does not define.`, {
      format: FORMAT,
      field,
      offset: cursor.position,
      remedy: "The file is damaged or newer than this version: download it again.",
    });
  }
  const wait = cursor.need(size, field);
  if (wait !== undefined) await wait;
  return { value: scalar(cursor.view(size), type) };
}

async function readText(cursor: FileCursor, field: string): Promise<string> {
  const length = await readLength(cursor, field);
  const kept = Math.min(length, MAX_TEXT_BYTES);
  const wait = cursor.need(kept, field);
  if (wait !== undefined) await wait;
  const value = text.decode(cursor.bytes(kept));
  cursor.skip(length - kept, field);
  return kept === length ? value : `${value}… (${length} bytes)`;
}

async function readList(cursor: FileCursor, field: string, depth: number): Promise<ReadValue> {
  const wait = cursor.need(4, field);
  if (wait !== undefined) await wait;
  const offset = cursor.position;
  const type = cursor.u32();
  const length = await readLength(cursor, field);
  const size = SIZES[type];
  if (
    size === undefined ||
    (type === ARRAY && depth >= MAX_LIST_DEPTH) ||
    length * size > cursor.size - cursor.position
  ) {
    throw new FormatError(`${field} is a list of ${length} items of type ${type}, which the file cannot hold.`, {
      format: FORMAT,
      field,
      offset,
      remedy: "The file is damaged: download it again.",
    });
  }
  const start = cursor.position;
  if (length > MAX_LISTED) {
    if (type === STRING) await skipTexts(cursor, length, field);
    else if (type === ARRAY) for (let i = 0; i < length; i++) await readList(cursor, field, depth + 1);
    else cursor.skip(length * size, field);
    return { value: `${length} × ${NAMES[type]}`, ...(type === STRING ? { texts: { length, offset: start } } : {}) };
  }
  const items: MetadataValue[] = [];
  for (let i = 0; i < length; i++) items.push((await readValue(cursor, type, field, depth + 1)).value);
  return { value: items, ...(type === STRING ? { texts: { length, offset: start } } : {}) };
}

async function skipTexts(cursor: FileCursor, count: number, field: string): Promise<void> {
  for (let i = 0; i < count; i++) cursor.skip(await readLength(cursor, field), field);
}

function scalar(view: DataView, type: number): MetadataValue {
  switch (type) {
    case 0:
      return view.getUint8(0);
    case 1:
      return view.getInt8(0);
    case 2:
      return view.getUint16(0, true);
    case 3:
      return view.getInt16(0, true);
    case 4:
      return view.getUint32(0, true);
    case 5:
      return view.getInt32(0, true);
    case 6:
      return finite(view.getFloat32(0, true));
    case 7:
      return view.getUint8(0) !== 0;
    case 10:
      return whole(view.getBigUint64(0, true));
    case 11:
      return whole(view.getBigInt64(0, true));
    default:
      return finite(view.getFloat64(0, true));
  }
}

/** Metadata travel as JSON, which has no infinities. */
const finite = (value: number): number | string => (Number.isFinite(value) ? value : String(value));
const whole = (value: bigint): number | string =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : String(value);

import { Inflate } from "fflate";
import type { ByteSource } from "../../base/byteSource.ts";
import { FormatError, INCOMPLETE_REMEDY, LimitError, ModeScopeError, UnsupportedError } from "../../base/errors.ts";
import { MAX_INFLATE_RATIO, MAX_INFLATED_BYTES, MAX_NAME_LENGTH, MAX_ZIP_ENTRIES } from "../../base/limits.ts";

/** One entry of an archive. Its data begin behind the local header, whose padding may differ from the central directory's. */
export interface ZipEntry {
  readonly name: string;
  readonly method: "stored" | "deflated" | "unsupported";
  readonly compressedSize: number;
  readonly size: number;
  /** Absolute offset of the entry's first data byte: reads the local header once. */
  dataOffset(signal?: AbortSignal): Promise<number>;
}

const END = 0x06054b50;
const END64_LOCATOR = 0x07064b50;
const END64 = 0x06064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
/** The comment behind the end record is at most this long (APPNOTE 4.3.16). */
const MAX_COMMENT = 65_535;
const MAX_DIRECTORY_BYTES = 512 * 1024 * 1024;

function bad(message: string, offset: number, field: string): FormatError {
  return new FormatError(message, {
    format: "zip",
    offset,
    field,
    remedy: "The archive is damaged or incomplete: copy or download it again.",
  });
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function big(view: DataView, at: number, offset: number, field: string): number {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw bad(`The archive claims ${value} bytes.`, offset, field);
  return Number(value);
}

/** The central directory: names, sizes and places of all entries. Reads the end of the file and the directory, nothing else. */
export async function readZipIndex(source: ByteSource, signal?: AbortSignal): Promise<ZipEntry[]> {
  const directory = await findDirectory(source, signal);
  if (directory.entries > MAX_ZIP_ENTRIES)
    throw new LimitError(`The archive claims ${directory.entries} entries; at most ${MAX_ZIP_ENTRIES} are read.`);
  if (directory.offset + directory.size > source.size || directory.size > MAX_DIRECTORY_BYTES) {
    throw bad("The directory of the archive lies outside the file.", directory.offset, "central directory");
  }
  const bytes = await source.read(directory.offset, directory.size, signal);
  const view = viewOf(bytes);
  const entries: (ZipEntry & { readonly headerOffset: number })[] = [];
  let at = 0;
  for (let i = 0; i < directory.entries; i++) {
    const here = directory.offset + at;
    if (at + 46 > bytes.length || view.getUint32(at, true) !== CENTRAL)
      throw bad("An entry of the archive's directory is broken.", here, "central directory");
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > bytes.length || nameLength > MAX_NAME_LENGTH)
      throw bad("An entry of the archive's directory is broken.", here, "central directory");
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const wide = zip64Values(view, at + 46 + nameLength, extraLength, here, {
      size: view.getUint32(at + 24, true),
      compressedSize: view.getUint32(at + 20, true),
      headerOffset: view.getUint32(at + 42, true),
    });
    const code = view.getUint16(at + 10, true);
    const encrypted = (view.getUint16(at + 8, true) & 1) !== 0;
    const method = encrypted ? "unsupported" : code === 0 ? "stored" : code === 8 ? "deflated" : "unsupported";
    if (wide.headerOffset + 30 > source.size || wide.headerOffset + 30 + wide.compressedSize > source.size) {
      throw bad(`The entry ${name} lies outside the file.`, here, "local header offset");
    }
    if (method === "stored" && wide.size !== wide.compressedSize)
      throw bad(`The entry ${name} has two different sizes.`, here, "size");
    entries.push(entryOf(source, name, method, wide));
    at = next;
  }
  refuseOverlaps(entries);
  return entries;
}

/** A whole entry, inflated if need be, never more than `maxBytes`. */
export async function readEntry(
  source: ByteSource,
  entry: ZipEntry,
  options: { readonly maxBytes: number },
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const limit = Math.min(options.maxBytes, MAX_INFLATED_BYTES);
  if (entry.size > limit)
    throw new LimitError(`The entry ${entry.name} has ${entry.size} bytes; at most ${limit} are read.`, {
      field: entry.name,
    });
  const offset = await entry.dataOffset(signal);
  if (entry.method === "stored") return source.read(offset, entry.size, signal);
  if (entry.method !== "deflated")
    throw new UnsupportedError(`The entry ${entry.name} is encrypted or compressed by a method that is not read.`, {
      field: entry.name,
    });
  if (entry.size > (entry.compressedSize + 64) * MAX_INFLATE_RATIO)
    throw new LimitError(`The entry ${entry.name} claims an impossible compression.`, { field: entry.name, offset });
  return inflateEntry(await source.read(offset, entry.compressedSize, signal), entry, offset);
}

/** The first `wanted` bytes of an entry (fewer if it is shorter), inflating no more than that needs: enough for a header. */
export async function readEntryStart(
  source: ByteSource,
  entry: ZipEntry,
  wanted: number,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const length = Math.min(wanted, entry.size);
  const offset = await entry.dataOffset(signal);
  if (entry.method === "stored") return source.read(offset, length, signal);
  if (entry.method !== "deflated")
    throw new UnsupportedError(`The entry ${entry.name} is encrypted or compressed by a method that is not read.`, {
      field: entry.name,
    });
  const out = new Uint8Array(length);
  let filled = 0;
  const inflate = new Inflate((chunk) => {
    const part = chunk.subarray(0, length - filled);
    out.set(part, filled);
    filled += part.length;
  });
  try {
    for (let at = 0; filled < length && at < entry.compressedSize; at += START_STEP) {
      const step = Math.min(START_STEP, entry.compressedSize - at);
      inflate.push(await source.read(offset + at, step, signal), at + step === entry.compressedSize);
    }
  } catch (cause) {
    if (cause instanceof ModeScopeError) throw cause;
    throw bad(`The compressed data of ${entry.name} are damaged.`, offset, entry.name);
  }
  return out.slice(0, filled);
}

/** Compressed bytes taken at a time while only the start of an entry is wanted; deflate makes at most a thousandfold of it. */
const START_STEP = 4096;

function inflateEntry(packed: Uint8Array<ArrayBuffer>, entry: ZipEntry, offset: number): Uint8Array<ArrayBuffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const inflate = new Inflate((chunk) => {
    length += chunk.byteLength;
    if (length > entry.size)
      throw bad(`The entry ${entry.name} inflates to more than it declares.`, offset, entry.name);
    chunks.push(chunk.slice());
  });
  const STEP = 1 << 16;
  try {
    for (let at = 0; at < packed.length || at === 0; at += STEP)
      inflate.push(packed.subarray(at, at + STEP), at + STEP >= packed.length);
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    throw bad(`The compressed data of ${entry.name} are damaged.`, offset, entry.name);
  }
  if (length !== entry.size)
    throw bad(`The entry ${entry.name} inflates to ${length} bytes instead of ${entry.size}.`, offset, entry.name);
  const out = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.byteLength;
  }
  return out;
}

interface Places {
  readonly size: number;
  readonly compressedSize: number;
  readonly headerOffset: number;
}

function entryOf(source: ByteSource, name: string, method: ZipEntry["method"], places: Places) {
  let known: Promise<number> | undefined;
  const locate = async (signal?: AbortSignal) => {
    const view = viewOf(await source.read(places.headerOffset, 30, signal));
    if (view.getUint32(0, true) !== LOCAL)
      throw bad(`The local header of ${name} is broken.`, places.headerOffset, "local header");
    const offset = places.headerOffset + 30 + view.getUint16(26, true) + view.getUint16(28, true);
    if (offset + places.compressedSize > source.size)
      throw bad(`The data of ${name} lie outside the file.`, offset, "local header");
    return offset;
  };
  return {
    name,
    method,
    ...places,
    dataOffset(signal?: AbortSignal) {
      known ??= locate(signal).catch((error) => {
        known = undefined;
        throw error;
      });
      return known;
    },
  };
}

/** Entries that share bytes are how small archives claim to be huge (Fifield 2019). */
function refuseOverlaps(entries: readonly (ZipEntry & { readonly headerOffset: number })[]): void {
  const sorted = [...entries].sort((a, b) => a.headerOffset - b.headerOffset);
  for (let i = 1; i < sorted.length; i++) {
    const before = sorted[i - 1];
    const entry = sorted[i];
    if (
      before !== undefined &&
      entry !== undefined &&
      before.headerOffset + 30 + before.compressedSize > entry.headerOffset
    ) {
      throw bad(`The entries ${before.name} and ${entry.name} overlap.`, entry.headerOffset, "local header offset");
    }
  }
}

function zip64Values(view: DataView, start: number, length: number, offset: number, narrow: Places): Places {
  const FULL = 0xffffffff;
  if (narrow.size !== FULL && narrow.compressedSize !== FULL && narrow.headerOffset !== FULL) return narrow;
  for (let at = start; at + 4 <= start + length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    const end = Math.min(at + 4 + view.getUint16(at + 2, true), start + length);
    let cursor = at + 4;
    const take = (value: number) => {
      if (value !== FULL) return value;
      if (cursor + 8 > end) throw bad("The 64-bit sizes of an entry are missing.", offset, "zip64 extra field");
      cursor += 8;
      return big(view, cursor - 8, offset, "zip64 extra field");
    };
    return {
      size: take(narrow.size),
      compressedSize: take(narrow.compressedSize),
      headerOffset: take(narrow.headerOffset),
    };
  }
  throw bad("The 64-bit sizes of an entry are missing.", offset, "zip64 extra field");
}

async function findDirectory(
  source: ByteSource,
  signal?: AbortSignal,
): Promise<{ offset: number; size: number; entries: number }> {
  const near = Math.min(source.size, 4096);
  const found =
    (await searchEnd(source, near, signal)) ??
    (await searchEnd(source, Math.min(source.size, END_BYTES + MAX_COMMENT), signal));
  if (found === null)
    throw new FormatError("The archive has no directory at its end: it is cut off, or not written to its end yet.", {
      format: "zip",
      offset: Math.max(0, source.size - END_BYTES),
      field: "end of central directory",
      remedy: INCOMPLETE_REMEDY,
    });
  const { view, at, base } = found;
  const narrow = {
    entries: view.getUint16(at + 10, true),
    size: view.getUint32(at + 12, true),
    offset: view.getUint32(at + 16, true),
  };
  if (narrow.entries !== 0xffff && narrow.size !== 0xffffffff && narrow.offset !== 0xffffffff) return narrow;
  const locatorAt = base + at - 20;
  if (locatorAt < 0) throw bad("The 64-bit end record is missing.", base + at, "zip64 locator");
  const locator = viewOf(await source.read(locatorAt, 20, signal));
  if (locator.getUint32(0, true) !== END64_LOCATOR) return narrow;
  const recordAt = big(locator, 8, locatorAt, "zip64 locator");
  if (recordAt + 56 > source.size)
    throw bad("The 64-bit end record lies outside the file.", locatorAt, "zip64 locator");
  const record = viewOf(await source.read(recordAt, 56, signal));
  if (record.getUint32(0, true) !== END64) throw bad("The 64-bit end record is broken.", recordAt, "zip64 end record");
  return {
    entries: big(record, 32, recordAt, "entries"),
    size: big(record, 40, recordAt, "size"),
    offset: big(record, 48, recordAt, "offset"),
  };
}

async function searchEnd(
  source: ByteSource,
  length: number,
  signal?: AbortSignal,
): Promise<{ view: DataView; at: number; base: number } | null> {
  const base = source.size - length;
  const view = viewOf(await source.read(base, length, signal));
  for (let at = length - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) === END && at + END_BYTES + view.getUint16(at + 20, true) === length)
      return { view, at, base };
  }
  return null;
}

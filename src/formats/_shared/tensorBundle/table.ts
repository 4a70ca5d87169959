import type { ByteSource } from "../../../base/byteSource.ts";
import { FormatError, LimitError } from "../../../base/errors.ts";
import { MAX_STRUCTURE_BYTES, MAX_TENSORS } from "../../../base/limits.ts";
import { maskedCrc32c } from "../crc32c.ts";
import { unsnappy } from "../snappy.ts";

/**
 * LevelDB's sorted table, the container of a bundle's index: data blocks, an index block that points to them, a footer. Keys share
 * prefixes with the key before. Format: google/leveldb, doc/table_format.md.
 */
const FOOTER_BYTES = 48;
const MAGIC = 0xdb4775248b80fb57n;
/** Behind each block: how it is compressed, and its checksum. */
const TRAILER_BYTES = 5;
const SNAPPY = 1;

export interface TableEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array<ArrayBuffer>;
}

export interface Table {
  readonly entries: readonly TableEntry[];
  /** Offsets of blocks whose checksum does not fit their bytes. */
  readonly damagedBlocks: readonly number[];
}

/** Reads the whole table: it holds names and places, no tensor data. */
export async function readTable(source: ByteSource, format: string, signal?: AbortSignal): Promise<Table> {
  const damaged = (message: string, offset: number) =>
    new FormatError(message, {
      format,
      field: "index",
      offset,
      remedy: "The index file is damaged or cut off: copy or save the checkpoint again.",
    });
  if (source.size > MAX_STRUCTURE_BYTES)
    throw new LimitError(`The index has ${source.size} bytes; at most ${MAX_STRUCTURE_BYTES} are read.`, {
      format,
      field: "index",
    });
  if (source.size < FOOTER_BYTES) throw damaged(`The index has ${source.size} bytes, fewer than its footer.`, 0);
  const file = await source.read(0, source.size, signal);
  const footerAt = file.length - FOOTER_BYTES;
  if (new DataView(file.buffer, file.byteOffset).getBigUint64(file.length - 8, true) !== MAGIC)
    throw damaged("The index does not end with the mark of a table.", file.length - 8);
  const footer = new Varints(file.subarray(footerAt));
  footer.next();
  footer.next();
  const [indexAt, indexLength] = [footer.next(), footer.next()];
  const damagedBlocks: number[] = [];
  let inflated = 0;
  const block = (offset: number, length: number): Uint8Array<ArrayBuffer> => {
    if (!(offset + length + TRAILER_BYTES <= footerAt))
      throw damaged(`A block claims the bytes ${offset} to ${offset + length}, outside the table.`, footerAt);
    const stored = file.subarray(offset, offset + length);
    const checksum = new DataView(file.buffer, file.byteOffset + offset + length + 1).getUint32(0, true);
    if (maskedCrc32c(file.subarray(offset, offset + length + 1)) !== checksum) damagedBlocks.push(offset);
    const compression = file[offset + length];
    if (compression === 0) return stored;
    const plain = compression === SNAPPY ? unsnappy(stored, MAX_STRUCTURE_BYTES - inflated) : null;
    if (plain === null) throw damaged(`The block at ${offset} cannot be decompressed (method ${compression}).`, offset);
    inflated += plain.length;
    return plain;
  };
  const entries: TableEntry[] = [];
  let keyBytes = 0;
  for (const { value } of entriesOf(block(indexAt, indexLength), damaged, indexAt)) {
    const handle = new Varints(value);
    const [offset, length] = [handle.next(), handle.next()];
    for (const entry of entriesOf(block(offset, length), damaged, offset)) {
      entries.push(entry);
      keyBytes += entry.key.length;
      // Shared prefixes let a few bytes stand for a long key.
      if (entries.length > MAX_TENSORS || keyBytes > MAX_STRUCTURE_BYTES)
        throw new LimitError("The index has more entries than are read.", { format, field: "index", offset });
    }
  }
  return { entries, damagedBlocks };
}

function* entriesOf(
  block: Uint8Array<ArrayBuffer>,
  damaged: (message: string, offset: number) => FormatError,
  offset: number,
): Generator<TableEntry> {
  if (block.length < 4) throw damaged("A block is shorter than its own end.", offset);
  const restarts = new DataView(block.buffer, block.byteOffset).getUint32(block.length - 4, true);
  const end = block.length - 4 - restarts * 4;
  if (end < 0) throw damaged(`A block claims ${restarts} restarts, more than it has room for.`, offset);
  const reader = new Varints(block.subarray(0, end));
  let key = new Uint8Array();
  while (reader.at < end) {
    const [shared, own, length] = [reader.next(), reader.next(), reader.next()];
    if (!(shared <= key.length) || !(reader.at + own + length <= end))
      throw damaged("An entry reaches beyond its block.", offset);
    const next = new Uint8Array(shared + own);
    next.set(key.subarray(0, shared));
    next.set(block.subarray(reader.at, reader.at + own), shared);
    key = next;
    reader.at += own;
    yield { key, value: block.subarray(reader.at, reader.at + length) };
    reader.at += length;
  }
}

/** Varints one after the other; NaN where the bytes end or a number is too long to be a length. */
class Varints {
  at = 0;
  constructor(private readonly bytes: Uint8Array) {}

  next(): number {
    let value = 0;
    for (let shift = 0; shift < 56; shift += 7) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) return Number.NaN;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    return Number.NaN;
  }
}

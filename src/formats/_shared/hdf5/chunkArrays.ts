import type { Cursor } from "./cursor.ts";
import type { Hdf5File } from "./file.ts";

export interface StoredChunk {
  readonly address: number;
  /** Bytes in the file, behind the filters. */
  readonly length: number;
  /** Bit i: filter i was not applied. */
  readonly mask: number;
}

/** The two indexes that keep chunks by number: for arrays of fixed size, and for those that grow along one axis. */
type Add = (index: number, chunk: StoredChunk) => void;

const SUM = 4;
/** Elements of such an index that are looked at, present or not. */
const MAX_ENTRIES = 20_000_000;

function takeEntry(cursor: Cursor, entryBytes: number, filtered: boolean, whole: number): StoredChunk | null {
  const start = cursor.at;
  const address = cursor.addressOrNull();
  const length = filtered ? cursor.uint(entryBytes - cursor.widths.offset - 4) : whole;
  const mask = filtered ? cursor.u32() : 0;
  cursor.at = start + entryBytes;
  return address === null ? null : { address, length, mask };
}

function checkEntry(head: Cursor, client: number, entryBytes: number, filtered: boolean): void {
  const { offset } = head.widths;
  const fits = filtered ? entryBytes > offset + 4 && entryBytes <= offset + 12 : entryBytes === offset;
  if (client !== (filtered ? 1 : 0) || !fits) throw head.fail("The chunk index does not fit the array's filters.");
}

const pageSet = (bitmap: Uint8Array, page: number) => ((bitmap[page >> 3] ?? 0) & (0x80 >> (page & 7))) !== 0;

export async function readFixedArray(
  file: Hdf5File,
  address: number,
  filtered: boolean,
  whole: number,
  add: Add,
): Promise<void> {
  const { offset, length } = file.widths;
  const head = await file.checked(address, 8 + length + offset + SUM, "fixed array");
  head.signature("FAHD");
  head.skip(1);
  const client = head.u8();
  const entryBytes = head.u8();
  const pageBits = head.u8();
  const count = head.length();
  const block = head.addressOrNull();
  checkEntry(head, client, entryBytes, filtered);
  if (block === null) return;
  if (count > MAX_ENTRIES || pageBits > 31) throw head.fail(`A chunk index of ${count} entries.`);
  const prefix = 6 + offset;
  const perPage = 2 ** pageBits;
  const takeAll = (cursor: Cursor, from: number, entries: number) => {
    for (let i = 0; i < entries; i++) {
      const chunk = takeEntry(cursor, entryBytes, filtered, whole);
      if (chunk !== null) add(from + i, chunk);
    }
  };
  if (count <= perPage) {
    const data = await file.checked(block, prefix + count * entryBytes + SUM, "fixed array block");
    data.signature("FADB");
    data.at = prefix;
    takeAll(data, 0, count);
    return;
  }
  const pages = Math.ceil(count / perPage);
  const bitmapBytes = Math.ceil(pages / 8);
  const data = await file.checked(block, prefix + bitmapBytes + SUM, "fixed array block");
  data.signature("FADB");
  data.at = prefix;
  const bitmap = data.take(bitmapBytes);
  let at = block + prefix + bitmapBytes + SUM;
  for (let page = 0; page < pages; page++) {
    const entries = Math.min(perPage, count - page * perPage);
    const bytes = entries * entryBytes + SUM;
    if (pageSet(bitmap, page)) takeAll(await file.checked(at, bytes, "fixed array page"), page * perPage, entries);
    at += bytes;
  }
}

export async function readExtensibleArray(
  file: Hdf5File,
  address: number,
  filtered: boolean,
  whole: number,
  add: Add,
): Promise<void> {
  const { offset, length } = file.widths;
  const head = await file.checked(address, 12 + 6 * length + offset + SUM, "extensible array");
  head.signature("EAHD");
  head.skip(1);
  const client = head.u8();
  const entryBytes = head.u8();
  const maxBits = head.u8();
  const inIndex = head.u8();
  const minEntries = head.u8();
  const minPointers = head.u8();
  const pageBits = head.u8();
  head.skip(4 * length);
  const used = head.length();
  head.skip(length);
  const indexBlock = head.addressOrNull();
  checkEntry(head, client, entryBytes, filtered);
  const powers = [minEntries, minPointers].every((value) => value > 0 && (value & (value - 1)) === 0);
  if (!powers || maxBits > 64 || pageBits > 31 || used > MAX_ENTRIES)
    throw head.fail("The sizes of an extensible array make no sense.");
  if (indexBlock === null) return;
  const numberBytes = Math.ceil(maxBits / 8);
  const perPage = 2 ** pageBits;
  const takeAll = (cursor: Cursor, from: number, entries: number) => {
    for (let i = 0; i < entries && from + i < used; i++) {
      const chunk = takeEntry(cursor, entryBytes, filtered, whole);
      if (chunk !== null) add(from + i, chunk);
    }
  };
  const readBlock = async (at: number, from: number, entries: number, isSet: (page: number) => boolean) => {
    const prefix = 6 + offset + numberBytes;
    if (entries <= perPage) {
      const block = await file.checked(at, prefix + entries * entryBytes + SUM, "extensible array block");
      block.signature("EADB");
      block.at = prefix;
      takeAll(block, from, entries);
      return;
    }
    const pageBytes = perPage * entryBytes + SUM;
    for (let page = 0; page * perPage < entries && from + page * perPage < used; page++)
      if (isSet(page))
        takeAll(
          await file.checked(at + prefix + SUM + page * pageBytes, pageBytes, "extensible array page"),
          from + page * perPage,
          perPage,
        );
  };
  // Super block u has 2^⌊u/2⌋ blocks of 2^⌈u/2⌉ times the smallest size; the index block itself stands for the first ones.
  const superBlocks = 1 + (maxBits - Math.log2(minEntries));
  const inlineBlocks = 2 * Math.log2(minPointers);
  const inlinePointers = 2 * (minPointers - 1);
  const farPointers = Math.max(0, superBlocks - inlineBlocks);
  const prefix = 6 + offset;
  const index = await file.checked(
    indexBlock,
    prefix + inIndex * entryBytes + (inlinePointers + farPointers) * offset + SUM,
    "extensible array index",
  );
  index.signature("EAIB");
  index.at = prefix;
  takeAll(index, 0, inIndex);
  index.at = prefix + inIndex * entryBytes;
  let from = inIndex;
  for (let u = 0; u < superBlocks && from < used; u++) {
    const blocks = 2 ** Math.floor(u / 2);
    const entries = 2 ** Math.ceil(u / 2) * minEntries;
    if (u < inlineBlocks) {
      for (let i = 0; i < blocks; i++, from += entries) {
        const at = index.addressOrNull();
        if (at !== null) await readBlock(at, from, entries, () => true);
      }
      continue;
    }
    const at = index.addressOrNull();
    const pages = entries > perPage ? entries / perPage : 0;
    const bitmapBytes = Math.ceil(pages / 8);
    if (at === null) {
      from += blocks * entries;
      continue;
    }
    const far = await file.checked(
      at,
      6 + offset + numberBytes + blocks * (bitmapBytes + offset) + SUM,
      "extensible array super block",
    );
    far.signature("EASB");
    far.at = 6 + offset + numberBytes;
    const bitmaps = far.take(blocks * bitmapBytes);
    for (let i = 0; i < blocks; i++, from += entries) {
      const block = far.addressOrNull();
      const bitmap = bitmaps.subarray(i * bitmapBytes, (i + 1) * bitmapBytes);
      if (block !== null && from < used) await readBlock(block, from, entries, (page) => pageSet(bitmap, page));
    }
  }
}

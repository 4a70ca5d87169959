import { UnsupportedError } from "../../../base/errors.ts";
import { inflateAtMost } from "../inflate.ts";
import { unshuffle } from "../shuffle.ts";
import { fletcher32 } from "./checksum.ts";
import { hdf5Error } from "./cursor.ts";
import type { Filter } from "./properties.ts";

const DEFLATE = 1;
const SHUFFLE = 2;
const FLETCHER32 = 3;
const LZF = 32_000;

/** Filters that files are met with, for the words of a refusal. */
const NAMES: Readonly<Record<number, string>> = {
  4: "szip",
  5: "nbit",
  6: "scale-offset",
  307: "bzip2",
  32001: "Blosc",
  32004: "LZ4",
  32008: "bitshuffle",
  32015: "Zstandard",
  32026: "Blosc2",
};

/** Null if every filter of a pipeline can be undone; else the reason, in words. */
export function refusedFilter(filters: readonly Filter[]): string | null {
  const odd = filters.find(({ id }) => ![DEFLATE, SHUFFLE, FLETCHER32, LZF].includes(id));
  if (odd === undefined) return null;
  const name = NAMES[odd.id] ?? (odd.name === "" ? `number ${odd.id}` : odd.name);
  return `it is compressed with the filter ${name}, which is not read (gzip, shuffle, Fletcher32 and LZF are)`;
}

/** Undoes the filters of a chunk, the last one first. The result has exactly `wanted` bytes. */
export function unfilter(
  packed: Uint8Array<ArrayBuffer>,
  filters: readonly Filter[],
  mask: number,
  wanted: number,
  itemBytes: number,
  offset: number,
): Uint8Array<ArrayBuffer> {
  let bytes = packed;
  for (let i = filters.length - 1; i >= 0; i--) {
    const filter = filters[i];
    if (filter === undefined || (mask & (1 << i)) !== 0) continue;
    bytes = undo(bytes, filter, wanted, itemBytes, offset);
  }
  if (bytes.length !== wanted)
    throw hdf5Error(`A chunk has ${bytes.length} bytes where ${wanted} belong.`, "chunk", offset);
  return bytes;
}

function undo(
  bytes: Uint8Array<ArrayBuffer>,
  filter: Filter,
  wanted: number,
  itemBytes: number,
  offset: number,
): Uint8Array<ArrayBuffer> {
  switch (filter.id) {
    case DEFLATE: {
      // A checksum of a later filter may still stand behind the data: four bytes each.
      const plain = inflateAtMost(bytes, "zlib", wanted + 64);
      if (plain === null) throw hdf5Error("The compressed data of a chunk are damaged.", "chunk", offset);
      return plain;
    }
    case SHUFFLE:
      return unshuffle(bytes, filter.values[0] ?? itemBytes);
    case FLETCHER32:
      return verified(bytes, offset);
    case LZF: {
      const plain = lzf(bytes, filter.values[2] ?? wanted, wanted + 64);
      if (plain === null) throw hdf5Error("The compressed data of a chunk are damaged.", "chunk", offset);
      return plain;
    }
    default:
      throw new UnsupportedError(refusedFilter([filter]) ?? "", { format: "hdf5", field: "filter", offset });
  }
}

function verified(bytes: Uint8Array<ArrayBuffer>, offset: number): Uint8Array<ArrayBuffer> {
  if (bytes.length < 4) throw hdf5Error("A chunk is cut off before its checksum.", "chunk", offset);
  const body = bytes.subarray(0, bytes.length - 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset + body.length, 4);
  const sum = fletcher32(body);
  const exchanged = ((sum & 0x00ff00ff) << 8) | ((sum >>> 8) & 0x00ff00ff);
  const kept = view.getUint32(0, true);
  if (kept !== sum && kept !== exchanged >>> 0) throw hdf5Error("The checksum of a chunk is wrong.", "chunk", offset);
  return body;
}

/** LZF of h5py: literal runs, and copies of what was written up to 8 KiB before. Null if damaged. */
function lzf(packed: Uint8Array, length: number, most: number): Uint8Array<ArrayBuffer> | null {
  if (length > most) return null;
  const out = new Uint8Array(length);
  let at = 0;
  let to = 0;
  while (at < packed.length) {
    const control = packed[at++] ?? 0;
    if (control < 32) {
      const run = control + 1;
      if (at + run > packed.length || to + run > length) return null;
      out.set(packed.subarray(at, at + run), to);
      at += run;
      to += run;
      continue;
    }
    let run = control >> 5;
    if (run === 7) run += packed[at++] ?? 0;
    const from = to - ((control & 31) << 8) - (packed[at++] ?? 0) - 1;
    run += 2;
    if (from < 0 || to + run > length) return null;
    for (let i = 0; i < run; i++) out[to + i] = out[from + i] ?? 0;
    to += run;
  }
  return to === length ? out : null;
}

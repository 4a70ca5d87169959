import { inflateAtMost } from "./inflate.ts";
import { unlz4 } from "./lz4.ts";
import { unbitshuffle, unshuffle } from "./shuffle.ts";
import { unzstdAtMost } from "./zstd.ts";

const HEADER_BYTES = 16;
const CODECS = ["BloscLZ", "LZ4", "Snappy", "zlib", "Zstandard"] as const;
/** Below this many elements a block is not split into its bytes. */
const MIN_SPLIT = 128;

/**
 * Unpacks a buffer of Blosc 1 (16 bytes of header, then blocks, each shuffled and compressed by itself) of at most `most` bytes.
 * A text is the reason why not. BloscLZ and Snappy are not read.
 */
export function unblosc(packed: Uint8Array<ArrayBuffer>, most: number): Uint8Array<ArrayBuffer> | string {
  if (packed.length < HEADER_BYTES) return "its Blosc header is cut off";
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const flags = view.getUint8(2);
  const itemBytes = view.getUint8(3);
  const total = view.getUint32(4, true);
  const blockBytes = view.getUint32(8, true);
  const codec = CODECS[flags >> 5];
  if (total > most) return `it claims ${total} bytes where ${most} belong`;
  if ((flags & 2) !== 0)
    return HEADER_BYTES + total > packed.length
      ? "its data are cut off"
      : packed.slice(HEADER_BYTES, HEADER_BYTES + total);
  if (codec === undefined || codec === "BloscLZ" || codec === "Snappy")
    return `it is compressed with ${codec ?? "an unknown codec"} inside Blosc, which is not read`;
  if (total === 0) return new Uint8Array(0);
  if (itemBytes === 0 || blockBytes === 0) return "its Blosc header is damaged";
  const blocks = Math.ceil(total / blockBytes);
  if (HEADER_BYTES + 4 * blocks > packed.length) return "its Blosc header is damaged";
  const out = new Uint8Array(total);
  for (let i = 0; i < blocks; i++) {
    const size = Math.min(blockBytes, total - i * blockBytes);
    const splits =
      (flags & 16) === 0 && itemBytes <= 16 && blockBytes / itemBytes >= MIN_SPLIT && size === blockBytes
        ? itemBytes
        : 1;
    const block = unpackBlock(packed, view, view.getUint32(HEADER_BYTES + 4 * i, true), size, splits, codec);
    if (block === null) return "its compressed data are damaged";
    const plain = unfiltered(block, flags, itemBytes);
    out.set(plain, i * blockBytes);
  }
  return out;
}

/** Blosc 1 shuffles bits only where the elements of a block are a multiple of eight. */
function unfiltered(block: Uint8Array<ArrayBuffer>, flags: number, itemBytes: number): Uint8Array<ArrayBuffer> {
  if ((flags & 1) !== 0) return unshuffle(block, itemBytes);
  const bits = (flags & 4) !== 0 && Math.floor(block.length / itemBytes) % 8 === 0;
  return bits ? unbitshuffle(block, itemBytes) : block;
}

function unpackBlock(
  packed: Uint8Array<ArrayBuffer>,
  view: DataView,
  start: number,
  size: number,
  splits: number,
  codec: "LZ4" | "zlib" | "Zstandard",
): Uint8Array<ArrayBuffer> | null {
  const block = new Uint8Array(size);
  const each = size / splits;
  if (!Number.isInteger(each)) return null;
  let at = start;
  for (let k = 0; k < splits; k++) {
    if (at + 4 > packed.length) return null;
    const length = view.getUint32(at, true);
    at += 4;
    if (at + length > packed.length) return null;
    const bytes = packed.subarray(at, at + length);
    at += length;
    // What did not shrink is stored plain.
    const part = length === each ? bytes : unpack(bytes, each, codec);
    if (part === null || part.length !== each) return null;
    block.set(part, k * each);
  }
  return block;
}

function unpack(bytes: Uint8Array, length: number, codec: "LZ4" | "zlib" | "Zstandard"): Uint8Array | null {
  if (codec === "LZ4") return unlz4(bytes, length);
  return codec === "zlib" ? inflateAtMost(bytes, "zlib", length) : unzstdAtMost(bytes, length);
}

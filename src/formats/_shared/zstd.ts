import { decompress } from "fzstd";

/** Windows beyond 128 MiB need an option in the reference program, too. */
const MAX_WINDOW = 128 * 2 ** 20;

interface Frame {
  /** Bytes of the frame in the stream. */
  readonly length: number;
  /** What it unpacks to, where it says so. */
  readonly size: number | null;
}

/**
 * Unpacks one Zstandard frame (RFC 8878) of at most `most` bytes; null if it is damaged, wants to be more, or needs a dictionary.
 * The header is checked before the library sees it: what it claims is what would be allocated.
 */
export function unzstdAtMost(packed: Uint8Array, most: number): Uint8Array<ArrayBuffer> | null {
  const frame = measure(packed, most);
  if (frame === null) return null;
  try {
    const plain = decompress(packed.subarray(0, frame.length), new Uint8Array(frame.size ?? most));
    return plain.length > most || (frame.size !== null && plain.length !== frame.size) ? null : new Uint8Array(plain);
  } catch {
    return null;
  }
}

function measure(bytes: Uint8Array, most: number): Frame | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 9 || view.getUint32(0, true) !== 0xfd2fb528) return null;
  const descriptor = view.getUint8(4);
  const single = (descriptor & 0x20) !== 0;
  const checksum = (descriptor & 4) !== 0;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  if ((descriptor & 3) !== 0 || (descriptor & 8) !== 0) return null;
  let at = 5;
  let window = 0;
  if (!single) {
    const code = view.getUint8(at++);
    const base = 2 ** (10 + (code >> 3));
    window = base + (base / 8) * (code & 7);
  }
  if (at + sizeBytes > bytes.length) return null;
  let size: number | null = null;
  if (sizeBytes > 0) {
    size = 0;
    for (let i = sizeBytes - 1; i >= 0; i--) size = size * 256 + (bytes[at + i] ?? 0);
    if (sizeBytes === 2) size += 256;
  }
  at += sizeBytes;
  if (window > MAX_WINDOW || (size !== null && size > most)) return null;
  for (;;) {
    if (at + 3 > bytes.length) return null;
    const block = view.getUint16(at, true) + view.getUint8(at + 2) * 65536;
    const kind = (block >> 1) & 3;
    // A block of one repeated byte is stored as that byte.
    at += 3 + (kind === 1 ? 1 : block >> 3);
    if (kind === 3 || at > bytes.length) return null;
    if ((block & 1) !== 0) break;
  }
  const length = at + (checksum ? 4 : 0);
  return length > bytes.length ? null : { length, size };
}

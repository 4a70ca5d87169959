import { Gunzip, Inflate, Unzlib } from "fflate";
import { MAX_INFLATED_BYTES } from "../../base/limits.ts";

/** Bytes given to the inflater at a time: one step makes at most a thousandfold of it. */
const STEP = 1 << 14;

type Make = (take: (chunk: Uint8Array) => void) => { push(chunk: Uint8Array, final?: boolean): void };

const KINDS = {
  zlib: (take) => new Unzlib(take),
  gzip: (take) => new Gunzip(take),
  deflate: (take) => new Inflate(take),
} satisfies Record<string, Make>;

/**
 * Inflates at most `most` bytes; null if the data are damaged or want to be more. What is longer than it may be is never held.
 * The sum of a zlib stream (Adler-32) is not looked at: the formats have sums of their own, or none.
 */
export function inflateAtMost(
  packed: Uint8Array,
  kind: keyof typeof KINDS,
  most: number,
): Uint8Array<ArrayBuffer> | null {
  if (most > MAX_INFLATED_BYTES) return null;
  const parts: Uint8Array[] = [];
  let length = 0;
  let whole = true;
  const inflater = KINDS[kind]((chunk) => {
    length += chunk.length;
    if (length > most) whole = false;
    else parts.push(chunk.slice());
  });
  try {
    for (let at = 0; whole && (at < packed.length || at === 0); at += STEP)
      inflater.push(packed.subarray(at, at + STEP), at + STEP >= packed.length);
  } catch {
    return null;
  }
  if (!whole) return null;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** What the start of a zlib stream inflates to, at most `most` bytes of it; null if it is damaged. The stream may end before its end. */
export function inflateStart(packed: Uint8Array, most: number): Uint8Array<ArrayBuffer> | null {
  const out = new Uint8Array(most);
  let length = 0;
  const inflater = new Unzlib((chunk) => {
    const part = chunk.subarray(0, most - length);
    out.set(part, length);
    length += part.length;
  });
  try {
    for (let at = 0; length < most && at < packed.length; at += 1024)
      inflater.push(packed.subarray(at, at + 1024), false);
  } catch {
    return null;
  }
  return out.slice(0, length);
}

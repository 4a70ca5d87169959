/**
 * Raw Snappy, as tables of LevelDB use it for a block: the length of the result, then literals and copies from what is written already.
 * Format: google/snappy, format_description.txt. Null if the bytes are no such stream or would give more than `limit`.
 */
export function unsnappy(bytes: Uint8Array, limit: number): Uint8Array<ArrayBuffer> | null {
  let at = 0;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    if (byte === undefined || shift > 28) return null;
    length += (byte & 127) * 2 ** shift;
    if (byte < 128) break;
  }
  if (length > limit) return null;
  const out = new Uint8Array(length);
  let to = 0;
  const little = (count: number) => {
    let value = 0;
    for (let i = 0; i < count; i++) value += (bytes[at++] ?? 0) * 2 ** (8 * i);
    return value;
  };
  while (at < bytes.length) {
    const tag = bytes[at++]!;
    if ((tag & 3) === 0) {
      const short = tag >> 2;
      const count = (short < 60 ? short : little(short - 59)) + 1;
      if (at + count > bytes.length || to + count > length) return null;
      out.set(bytes.subarray(at, at + count), to);
      at += count;
      to += count;
      continue;
    }
    const kind = tag & 3;
    const count = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const offset = kind === 1 ? ((tag >> 5) << 8) + little(1) : little(kind === 2 ? 2 : 4);
    if (offset === 0 || offset > to || to + count > length || at > bytes.length) return null;
    // A copy may overlap what it writes: byte by byte.
    for (let i = 0; i < count; i++, to++) out[to] = out[to - offset]!;
  }
  return to === length ? out : null;
}

/** Byte k of every element stands together; what is left over at the end was not moved. */
export function unshuffle(bytes: Uint8Array<ArrayBuffer>, itemBytes: number): Uint8Array<ArrayBuffer> {
  if (itemBytes <= 1 || itemBytes > bytes.length) return bytes;
  const count = Math.floor(bytes.length / itemBytes);
  const out = new Uint8Array(bytes.length);
  for (let byte = 0; byte < itemBytes; byte++) {
    const from = byte * count;
    for (let i = 0, to = byte; i < count; i++, to += itemBytes) out[to] = bytes[from + i] ?? 0;
  }
  out.set(bytes.subarray(count * itemBytes), count * itemBytes);
  return out;
}

/** Bit k of every element stands together, eight elements a byte; what does not fill eight elements was not moved. */
export function unbitshuffle(bytes: Uint8Array<ArrayBuffer>, itemBytes: number): Uint8Array<ArrayBuffer> {
  const count = Math.floor(bytes.length / itemBytes / 8) * 8;
  const out = new Uint8Array(bytes.length);
  const row = count / 8;
  for (let bit = 0; bit < itemBytes * 8; bit++)
    for (let i = 0; i < row; i++) {
      const packed = bytes[bit * row + i] ?? 0;
      if (packed === 0) continue;
      for (let k = 0; k < 8; k++)
        if ((packed >> k) & 1) {
          const to = (i * 8 + k) * itemBytes + (bit >> 3);
          out[to] = (out[to] ?? 0) | (1 << (bit & 7));
        }
    }
  out.set(bytes.subarray(count * itemBytes), count * itemBytes);
  return out;
}

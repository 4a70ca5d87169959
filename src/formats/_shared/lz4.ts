/** Unpacks one LZ4 block into exactly `length` bytes; null if it is damaged. */
export function unlz4(packed: Uint8Array, length: number): Uint8Array<ArrayBuffer> | null {
  const out = new Uint8Array(length);
  let at = 0;
  let to = 0;
  const extended = (nibble: number) => {
    let run = nibble;
    if (nibble < 15) return run;
    for (let byte = 255; byte === 255; run += byte) {
      byte = packed[at++] ?? 0;
      if (at > packed.length) return Number.POSITIVE_INFINITY;
    }
    return run;
  };
  while (at < packed.length) {
    const token = packed[at++] ?? 0;
    const literals = extended(token >> 4);
    if (at + literals > packed.length || to + literals > length) return null;
    out.set(packed.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    // The last sequence has literals only.
    if (at === packed.length) break;
    const from = to - ((packed[at] ?? 0) | ((packed[at + 1] ?? 0) << 8));
    at += 2;
    const run = extended(token & 15) + 4;
    if (at > packed.length || from < 0 || from === to || to + run > length) return null;
    for (let i = 0; i < run; i++) out[to + i] = out[from + i] ?? 0;
    to += run;
  }
  return to === length ? out : null;
}

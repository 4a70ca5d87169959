/** Name of the first entry of a zip archive, from its first bytes; null if they are no zip. Never throws. */
export function firstZipName(head: Uint8Array): string | null {
  if (head.length < 30 || head[0] !== 0x50 || head[1] !== 0x4b || head[2] !== 0x03 || head[3] !== 0x04) return null;
  const length = (head[26] ?? 0) | ((head[27] ?? 0) << 8);
  return new TextDecoder().decode(head.subarray(30, Math.min(head.length, 30 + length)));
}

/** One token of MessagePack: its kind, what it holds or announces, and its own length in bytes. */
export type Token =
  | { readonly kind: "plain"; readonly value: null | boolean | number | string; readonly bytes: number }
  | { readonly kind: "text" | "binary"; readonly length: number; readonly bytes: number }
  | { readonly kind: "list" | "map"; readonly count: number; readonly bytes: number }
  | { readonly kind: "extension"; readonly type: number; readonly length: number; readonly bytes: number };

/** The longest token without what it announces. */
export const MAX_TOKEN_BYTES = 9;

/** The token at a position, or null if it is cut off or is none (0xc1 is never used). Announced bytes are not part of it. */
export function readToken(bytes: Uint8Array, at: number): Token | null {
  const first = bytes[at];
  if (first === undefined) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const has = (length: number) => at + 1 + length <= bytes.length;
  const plain = (value: null | boolean | number | string, length = 1): Token => ({
    kind: "plain",
    value,
    bytes: length,
  });
  if (first <= 0x7f) return plain(first);
  if (first >= 0xe0) return plain(first - 256);
  if (first <= 0x8f) return { kind: "map", count: first & 15, bytes: 1 };
  if (first <= 0x9f) return { kind: "list", count: first & 15, bytes: 1 };
  if (first <= 0xbf) return { kind: "text", length: first & 31, bytes: 1 };
  switch (first) {
    case 0xc0:
      return plain(null);
    case 0xc2:
      return plain(false);
    case 0xc3:
      return plain(true);
    case 0xca:
      return has(4) ? plain(view.getFloat32(at + 1), 5) : null;
    case 0xcb:
      return has(8) ? plain(view.getFloat64(at + 1), 9) : null;
    case 0xcf:
      return has(8) ? plain(whole(view.getBigUint64(at + 1)), 9) : null;
    case 0xd0:
      return has(1) ? plain(view.getInt8(at + 1), 2) : null;
    case 0xd1:
      return has(2) ? plain(view.getInt16(at + 1), 3) : null;
    case 0xd2:
      return has(4) ? plain(view.getInt32(at + 1), 5) : null;
    case 0xd3:
      return has(8) ? plain(whole(view.getBigInt64(at + 1)), 9) : null;
  }
  if (first >= 0xd4 && first <= 0xd8)
    return has(1) ? { kind: "extension", type: view.getInt8(at + 1), length: 2 ** (first - 0xd4), bytes: 2 } : null;
  const width = WIDTHS[first];
  if (width === undefined || !has(width)) return null;
  const number = width === 1 ? view.getUint8(at + 1) : width === 2 ? view.getUint16(at + 1) : view.getUint32(at + 1);
  if (first >= 0xcc && first <= 0xce) return plain(number, 1 + width);
  if (first >= 0xc7 && first <= 0xc9)
    return has(width + 1)
      ? { kind: "extension", type: view.getInt8(at + 1 + width), length: number, bytes: 2 + width }
      : null;
  if (first >= 0xc4 && first <= 0xc6) return { kind: "binary", length: number, bytes: 1 + width };
  if (first >= 0xd9 && first <= 0xdb) return { kind: "text", length: number, bytes: 1 + width };
  return { kind: first <= 0xdd ? "list" : "map", count: number, bytes: 1 + width };
}

/** Bytes of the number that follows the first byte. */
const WIDTHS: Readonly<Record<number, number>> = {
  196: 1,
  197: 2,
  198: 4,
  199: 1,
  200: 2,
  201: 4,
  204: 1,
  205: 2,
  206: 4,
  217: 1,
  218: 2,
  219: 4,
  220: 2,
  221: 4,
  222: 2,
  223: 4,
};

/** Numbers beyond 2^53 keep their digits as text. */
const whole = (value: bigint): number | string =>
  value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value.toString();

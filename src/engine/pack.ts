import { isRecord } from "../protocol/guards.ts";

/**
 * Results as bytes for the cache: a JSON tree whose typed arrays stand apart, behind it, each 8-byte aligned.
 * Layout: "MSC1" · u32 JSON length · u32 sum of all other bytes (mod 2^32) · JSON · padding · arrays.
 * `unpackResult` gives null for anything that is not exactly that: a damaged entry is a miss, never an error.
 */
const MAGIC = 0x3143534d;
const HEADER_BYTES = 12;

const ARRAYS = { Float64Array, Float32Array, Uint32Array, Int32Array, Uint8Array } as const;
type ArrayName = keyof typeof ARRAYS;
type PackedArray = InstanceType<(typeof ARRAYS)[ArrayName]>;

export function packResult(result: unknown): Uint8Array<ArrayBuffer> {
  const arrays: PackedArray[] = [];
  let offset = 0;
  const encode = (value: unknown): unknown => {
    if (typeof value === "number" && !Number.isFinite(value)) return { $n: String(value) };
    if (Array.isArray(value)) return value.map(encode);
    if (ArrayBuffer.isView(value)) {
      const array = value as PackedArray;
      const name = array.constructor.name as ArrayName;
      if (!(name in ARRAYS)) throw new TypeError(`A result holds a ${name}, which the cache cannot keep.`);
      const at = offset;
      offset = align8(offset + array.byteLength);
      arrays.push(array);
      return { $a: name, at, length: array.length };
    }
    if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encode(item)]));
    return value;
  };
  const json = new TextEncoder().encode(JSON.stringify(encode(result) ?? null));
  const start = align8(HEADER_BYTES + json.byteLength);
  const bytes = new Uint8Array(start + offset);
  bytes.set(json, HEADER_BYTES);
  let at = start;
  for (const array of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at = align8(at + array.byteLength);
  }
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, json.byteLength, true);
  view.setUint32(8, checksum(bytes), true);
  return bytes;
}

export function unpackResult(bytes: Uint8Array<ArrayBuffer>): { readonly result: unknown } | null {
  if (bytes.byteLength < HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const jsonLength = view.getUint32(4, true);
  if (view.getUint32(0, true) !== MAGIC || HEADER_BYTES + jsonLength > bytes.byteLength) return null;
  if (view.getUint32(8, true) !== checksum(bytes)) return null;
  const start = align8(HEADER_BYTES + jsonLength);
  const decode = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(decode);
    if (!isRecord(value)) return value;
    if (typeof value.$n === "string") return Number(value.$n);
    if (typeof value.$a === "string" && value.$a in ARRAYS) {
      const Kind = ARRAYS[value.$a as ArrayName];
      const length = Number(value.length);
      const from = bytes.byteOffset + start + Number(value.at);
      return new Kind(bytes.buffer.slice(from, from + length * Kind.BYTES_PER_ELEMENT));
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decode(item)]));
  };
  try {
    return {
      result: decode(JSON.parse(new TextDecoder().decode(bytes.subarray(HEADER_BYTES, HEADER_BYTES + jsonLength)))),
    };
  } catch {
    return null;
  }
}

/** FNV-1a over everything behind the header: it is against damage, not against malice. */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = HEADER_BYTES; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  return hash >>> 0;
}

function align8(n: number): number {
  return Math.ceil(n / 8) * 8;
}

import { DTYPES, type DType, type RealArray } from "../../base/dtype.ts";
import { UnsupportedError } from "../../base/errors.ts";
import { widened } from "../../base/widening.ts";

/**
 * Stored elements as real numbers: float32 where every value of the dtype is exactly one, else float64
 * (64-bit integers round to the nearest double). Narrow dtypes are widened by what the thread was offered (`base/widening.ts`), or by loops: one-byte and
 * two-byte floats go through tables made on first use.
 */
export function decodeElements(bytes: Uint8Array<ArrayBuffer>, dtype: DType, littleEndian = true): RealArray {
  const facts = DTYPES[dtype];
  if (facts.kind === "complex") throw new UnsupportedError(`Complex values (${dtype}) are listed, but not analysed.`);
  const count = Math.floor(bytes.byteLength / facts.bytes);
  const aligned = alignedBytes(bytes, facts.bytes, count, littleEndian);
  const quick = widened(aligned, dtype, null);
  if (quick !== null) return quick;
  const { buffer, byteOffset } = aligned;
  switch (dtype) {
    case "f64":
      return new Float64Array(buffer, byteOffset, count);
    case "f32":
      return new Float32Array(buffer, byteOffset, count);
    case "i64":
      return fromBig(new BigInt64Array(buffer, byteOffset, count));
    case "u64":
      return fromBig(new BigUint64Array(buffer, byteOffset, count));
    case "i32":
      return Float64Array.from(new Int32Array(buffer, byteOffset, count));
    case "u32":
      return Float64Array.from(new Uint32Array(buffer, byteOffset, count));
    case "i16":
      return Float32Array.from(new Int16Array(buffer, byteOffset, count));
    case "u16":
      return Float32Array.from(new Uint16Array(buffer, byteOffset, count));
    case "i8":
      return Float32Array.from(new Int8Array(buffer, byteOffset, count));
    case "u8":
      return Float32Array.from(aligned);
    case "bool":
      return Float32Array.from(aligned, (byte) => (byte === 0 ? 0 : 1));
    case "bf16":
      return fromBfloat16(new Uint16Array(buffer, byteOffset, count));
    default:
      return lookUp(facts.bytes === 2 ? new Uint16Array(buffer, byteOffset, count) : aligned, floatTable(dtype));
  }
}

/** Bytes that stand for scale·q + offset, rounded once to float32. */
export function decodeAffine(
  bytes: Uint8Array<ArrayBuffer>,
  dtype: "i8" | "u8",
  scale: number,
  offset: number,
): Float32Array<ArrayBuffer> {
  const quick = widened(bytes, dtype, { scale, offset });
  if (quick !== null) return quick;
  const codes = dtype === "i8" ? new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length) : bytes;
  const out = new Float32Array(codes.length);
  for (let i = 0; i < out.length; i++) out[i] = (codes[i] ?? 0) * scale + offset;
  return out;
}

/** Typed arrays need aligned, little-endian bytes: copied only when they are not. */
function alignedBytes(
  bytes: Uint8Array<ArrayBuffer>,
  width: number,
  count: number,
  littleEndian: boolean,
): Uint8Array<ArrayBuffer> {
  const used = bytes.subarray(0, count * width);
  if (littleEndian) return used.byteOffset % width === 0 ? used : used.slice();
  const swapped = new Uint8Array(used.byteLength);
  for (let i = 0; i < count; i++)
    for (let b = 0; b < width; b++) swapped[i * width + b] = used[i * width + width - 1 - b] ?? 0;
  return swapped;
}

function fromBig(values: BigInt64Array | BigUint64Array): Float64Array<ArrayBuffer> {
  const out = new Float64Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = Number(values[i]);
  return out;
}

function fromBfloat16(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const wide = new Uint32Array(bits.length);
  for (let i = 0; i < wide.length; i++) wide[i] = (bits[i] ?? 0) << 16;
  return new Float32Array(wide.buffer);
}

function lookUp(codes: Uint16Array | Uint8Array, table: Float32Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(codes.length);
  for (let i = 0; i < out.length; i++) out[i] = table[codes[i] ?? 0] ?? 0;
  return out;
}

const tables = new Map<DType, Float32Array>();

/** Value of every bit pattern of a float of one or two bytes. */
export function floatTable(dtype: DType): Float32Array {
  const known = tables.get(dtype);
  if (known !== undefined) return known;
  const table = Float32Array.from({ length: dtype === "f16" ? 65_536 : 256 }, (_, code) => numberOf(dtype, code));
  tables.set(dtype, table);
  return table;
}

/** Exponent and mantissa bits, bias, and how the format spells NaN and infinity (Micikevicius et al. 2022; OCP MX 1.0 for e8m0). */
function numberOf(dtype: DType, code: number): number {
  switch (dtype) {
    case "f16":
      return small(code, 5, 10, 15, "ieee");
    case "f8_e5m2":
      return small(code, 5, 2, 15, "ieee");
    case "f8_e4m3":
      return small(code, 4, 3, 7, "fn");
    case "f8_e4m3fnuz":
      return small(code, 4, 3, 8, "fnuz");
    case "f8_e5m2fnuz":
      return small(code, 5, 2, 16, "fnuz");
    default:
      return code === 255 ? Number.NaN : 2 ** (code - 127);
  }
}

function small(
  code: number,
  exponentBits: number,
  mantissaBits: number,
  bias: number,
  kind: "ieee" | "fn" | "fnuz",
): number {
  const magnitude = code & ((1 << (exponentBits + mantissaBits)) - 1);
  const negative = code >> (exponentBits + mantissaBits) === 1;
  const exponent = magnitude >> mantissaBits;
  const mantissa = magnitude & ((1 << mantissaBits) - 1);
  const top = (1 << exponentBits) - 1;
  if (kind === "fnuz" && negative && magnitude === 0) return Number.NaN;
  if (kind === "fn" && exponent === top && mantissa === (1 << mantissaBits) - 1) return Number.NaN;
  if (kind === "ieee" && exponent === top) return mantissa !== 0 ? Number.NaN : negative ? -Infinity : Infinity;
  const scale = 2 ** -mantissaBits;
  const value = exponent === 0 ? mantissa * scale * 2 ** (1 - bias) : (1 + mantissa * scale) * 2 ** (exponent - bias);
  return negative ? -value : value;
}

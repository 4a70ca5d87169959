import type { DType } from "../../../base/dtype.ts";
import type { Cursor } from "./cursor.ts";

/** What the elements of an array or attribute are. `bytes` is the size of one element in the file. */
export type Datatype =
  | { readonly kind: "number"; readonly bytes: number; readonly dtype: DType; readonly littleEndian: boolean }
  | { readonly kind: "text"; readonly bytes: number }
  | { readonly kind: "vlen-text"; readonly bytes: number }
  | { readonly kind: "array"; readonly bytes: number; readonly shape: readonly number[]; readonly of: Datatype }
  | { readonly kind: "opaque"; readonly bytes: number; readonly tag: string }
  | { readonly kind: "reference"; readonly bytes: number }
  | { readonly kind: "other"; readonly bytes: number; readonly what: string };

const MAX_DEPTH = 32;
const FLOATS: Readonly<Record<string, DType>> = {
  // Bytes, exponent bits, mantissa bits, exponent bias.
  "8 11 52 1023": "f64",
  "4 8 23 127": "f32",
  "2 5 10 15": "f16",
  "2 8 7 127": "bf16",
  "1 4 3 7": "f8_e4m3",
  "1 5 2 15": "f8_e5m2",
};
const INTEGERS: Readonly<Record<number, readonly [signed: DType, unsigned: DType]>> = {
  1: ["i8", "u8"],
  2: ["i16", "u16"],
  4: ["i32", "u32"],
  8: ["i64", "u64"],
};

/** The datatype message (class in the low half of the first byte, version in the high half). */
export function readDatatype(cursor: Cursor, depth = 0): Datatype {
  if (depth > MAX_DEPTH) throw cursor.fail("Datatypes are nested too deeply.");
  const first = cursor.u8();
  const version = first >> 4;
  const bits = cursor.uint(3);
  const bytes = cursor.u32();
  if (version < 1 || version > 5) throw cursor.fail(`Version ${version} of datatypes is not known.`);
  if (bytes === 0) throw cursor.fail("Elements of no bytes.");
  switch (first & 15) {
    case 0:
      return readInteger(cursor, bits, bytes);
    case 1:
      return readFloat(cursor, bits, bytes);
    case 3:
      return { kind: "text", bytes };
    case 4:
      cursor.skip(4);
      return { kind: "other", bytes, what: "bit fields" };
    case 5:
      return { kind: "opaque", bytes, tag: cursor.text(Math.min(cursor.left, bits & 0xff)) };
    case 6:
      return readCompound(cursor, bits & 0xffff, bytes, version, depth);
    case 7:
      return { kind: "reference", bytes };
    case 8:
      return readEnumeration(cursor, bits & 0xffff, bytes, version, depth);
    case 9: {
      const of = readDatatype(cursor, depth + 1);
      if ((bits & 15) === 1) return { kind: "vlen-text", bytes };
      return {
        kind: "other",
        bytes,
        what: `lists of different lengths (of ${of.kind === "number" ? of.dtype : of.kind})`,
      };
    }
    case 10:
      return readArray(cursor, bytes, version, depth);
    case 11: {
      const part = readDatatype(cursor, depth + 1);
      return complexOf(part, bytes) ?? { kind: "other", bytes, what: "complex numbers of an unknown kind" };
    }
    default:
      return { kind: "other", bytes, what: (first & 15) === 2 ? "times" : `datatype class ${first & 15}` };
  }
}

function readInteger(cursor: Cursor, bits: number, bytes: number): Datatype {
  const shift = cursor.u16();
  const precision = cursor.u16();
  const pair = INTEGERS[bytes];
  if (pair === undefined || shift !== 0 || precision !== bytes * 8)
    return { kind: "other", bytes, what: `integers of ${precision} bits in ${bytes} bytes` };
  return { kind: "number", bytes, dtype: (bits & 8) !== 0 ? pair[0] : pair[1], littleEndian: (bits & 1) === 0 };
}

function readFloat(cursor: Cursor, bits: number, bytes: number): Datatype {
  const shift = cursor.u16();
  const precision = cursor.u16();
  const exponentAt = cursor.u8();
  const exponentBits = cursor.u8();
  const mantissaAt = cursor.u8();
  const mantissaBits = cursor.u8();
  const bias = cursor.u32();
  const dtype = FLOATS[`${bytes} ${exponentBits} ${mantissaBits} ${bias}`];
  const usual = shift === 0 && precision === bytes * 8 && mantissaAt === 0 && exponentAt === mantissaBits;
  if (dtype === undefined || !usual || (bits & 0x40) !== 0)
    return { kind: "other", bytes, what: `floats of ${exponentBits} exponent and ${mantissaBits} mantissa bits` };
  return { kind: "number", bytes, dtype, littleEndian: (bits & 1) === 0 };
}

function readCompound(cursor: Cursor, count: number, bytes: number, version: number, depth: number): Datatype {
  const members: { name: string; offset: number; type: Datatype }[] = [];
  for (let i = 0; i < count; i++) {
    const name = cursor.zeroText(version < 3);
    const offset = version < 3 ? cursor.u32() : cursor.uint(Math.floor(Math.log2(bytes) / 8) + 1);
    let shape: number[] = [];
    if (version === 1) {
      const rank = cursor.u8();
      cursor.skip(11);
      shape = [cursor.u32(), cursor.u32(), cursor.u32(), cursor.u32()].slice(0, rank);
    }
    const type = readDatatype(cursor, depth + 1);
    members.push({
      name,
      offset,
      type: shape.length === 0 ? type : { kind: "other", bytes, what: "fields of arrays" },
    });
  }
  const [real, imaginary] = members;
  const paired =
    members.length === 2 && /^r(eal)?$/i.test(real?.name ?? "") && /^i(m|mag|maginary)?$/i.test(imaginary?.name ?? "");
  const complex =
    paired && real !== undefined && real.offset === 0 && imaginary?.offset === real.type.bytes
      ? complexOf(real.type, bytes)
      : undefined;
  const names = members.slice(0, 8).map(({ name }) => name);
  return complex ?? { kind: "other", bytes, what: `records (${names.join(", ")}${members.length > 8 ? ", …" : ""})` };
}

function complexOf(part: Datatype, bytes: number): Datatype | undefined {
  if (part.kind !== "number" || part.bytes * 2 !== bytes) return undefined;
  const dtype = ({ f16: "c32", f32: "c64", f64: "c128" } as const)[part.dtype as "f16" | "f32" | "f64"];
  return dtype === undefined ? undefined : { kind: "number", bytes, dtype, littleEndian: part.littleEndian };
}

/** h5py keeps booleans as an enumeration of FALSE and TRUE; of every other one the numbers count. */
function readEnumeration(cursor: Cursor, count: number, bytes: number, version: number, depth: number): Datatype {
  const of = readDatatype(cursor, depth + 1);
  const names: string[] = [];
  for (let i = 0; i < count; i++) names.push(cursor.zeroText(version < 3));
  cursor.skip(count * of.bytes);
  const boolean = count === 2 && names[0] === "FALSE" && names[1] === "TRUE";
  if (of.kind !== "number") return { kind: "other", bytes, what: "enumerations" };
  return boolean && bytes === 1 ? { ...of, dtype: "bool" } : of;
}

function readArray(cursor: Cursor, bytes: number, version: number, depth: number): Datatype {
  const rank = cursor.u8();
  if (version < 3) cursor.skip(3);
  const shape: number[] = [];
  for (let i = 0; i < rank; i++) shape.push(cursor.u32());
  if (version < 3) cursor.skip(4 * rank);
  const of = readDatatype(cursor, depth + 1);
  const elements = shape.reduce((product, size) => product * size, 1);
  if (elements * of.bytes !== bytes) throw cursor.fail("The size of an array datatype does not fit its shape.");
  return { kind: "array", bytes, shape, of };
}

/** Number type and extra axes of one element, or in words what it is instead. */
export function numberOf(
  type: Datatype,
): { readonly dtype: DType; readonly littleEndian: boolean; readonly axes: readonly number[] } | string {
  const axes: number[] = [];
  let of = type;
  while (of.kind === "array") {
    axes.push(...of.shape);
    of = of.of;
  }
  switch (of.kind) {
    case "number":
      return { dtype: of.dtype, littleEndian: of.littleEndian, axes };
    case "opaque":
      return `opaque elements of ${of.bytes} bytes${of.tag === "" ? "" : ` (${of.tag})`}`;
    case "text":
    case "vlen-text":
      return "text";
    case "reference":
      return "references to other objects";
    default:
      return of.kind === "other" ? of.what : "nested arrays";
  }
}

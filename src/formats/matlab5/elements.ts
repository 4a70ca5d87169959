import type { ByteSource } from "../../base/byteSource.ts";
import type { DType } from "../../base/dtype.ts";
import { FormatError } from "../../base/errors.ts";

/** Bytes that elements are read from: the file, or one compressed element of it, inflated. */
export type Region = Pick<ByteSource, "read" | "size">;

/** Types of data elements (MATLAB's MAT-File Format, table 1-1). */
export const TYPE = {
  int8: 1,
  uint16: 4,
  int32: 5,
  uint32: 6,
  matrix: 14,
  compressed: 15,
  utf8: 16,
  utf16: 17,
} as const;

export const STORED: Readonly<Record<number, DType>> = {
  1: "i8",
  2: "u8",
  3: "i16",
  4: "u16",
  5: "i32",
  6: "u32",
  7: "f32",
  9: "f64",
  12: "i64",
  13: "u64",
};

export function mat5Error(message: string, field: string, offset?: number): FormatError {
  return new FormatError(message, {
    format: "matlab5",
    field,
    ...(offset === undefined ? {} : { offset }),
    remedy: "The file is damaged or incomplete: copy it, or save it, again.",
  });
}

/** Type, length and place of one element; `next` is where the following one begins. */
export interface Tag {
  readonly type: number;
  readonly bytes: number;
  readonly at: number;
  readonly next: number;
}

/** Reads the tag at an offset. Up to four bytes of data may stand inside the tag itself. */
export async function readTag(region: Region, at: number, littleEndian: boolean, end: number): Promise<Tag> {
  if (at + 8 > Math.min(end, region.size)) throw mat5Error("An element is cut off.", "tag", at);
  const bytes = await region.read(at, 8);
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const first = view.getUint32(0, littleEndian);
  const small = first >>> 16;
  if (small !== 0) {
    if (small > 4) throw mat5Error(`A small element claims ${small} bytes.`, "tag", at);
    return { type: first & 0xffff, bytes: small, at: at + 4, next: at + 8 };
  }
  const length = view.getUint32(4, littleEndian);
  const padded = first === TYPE.compressed ? length : Math.ceil(length / 8) * 8;
  return { type: first, bytes: length, at: at + 8, next: at + 8 + padded };
}

/** The bytes of an element; more than `most` are an error. */
export async function readData(
  region: Region,
  tag: Tag,
  most: number,
  field: string,
): Promise<Uint8Array<ArrayBuffer>> {
  if (tag.bytes > most) throw mat5Error(`The ${field} claims ${tag.bytes} bytes.`, field, tag.at);
  if (tag.at + tag.bytes > region.size) throw mat5Error(`The ${field} is cut off.`, field, tag.at);
  return region.read(tag.at, tag.bytes);
}

import type { ByteSource } from "../../base/byteSource.ts";
import { DTYPES, type DType } from "../../base/dtype.ts";
import { FormatError, LimitError, UnsupportedError } from "../../base/errors.ts";
import { MAX_RANK, MAX_TENSOR_ELEMENTS } from "../../base/limits.ts";

/** Header of one `.npy` array (NumPy enhancement proposal 1, versions 1 to 3). */
export interface NpyHeader {
  readonly dtype: DType;
  readonly littleEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  readonly elements: number;
  readonly dataOffset: number;
}

/** Headers are padded to 64 bytes and hold one small dictionary; structured dtypes may take some kilobytes. */
const MAX_HEADER = 1 << 20;

const KINDS: Readonly<Record<string, DType>> = {
  f2: "f16",
  f4: "f32",
  f8: "f64",
  i1: "i8",
  i2: "i16",
  i4: "i32",
  i8: "i64",
  u1: "u8",
  u2: "u16",
  u4: "u32",
  u8: "u64",
  b1: "bool",
  c8: "c64",
  c16: "c128",
};

function bad(message: string, field: string, offset: number): FormatError {
  return new FormatError(message, {
    format: "npy",
    field,
    offset,
    remedy: "The file is damaged or incomplete: copy or save it again.",
  });
}

export function isNpy(head: Uint8Array): boolean {
  return (
    head.length >= 8 &&
    head[0] === 0x93 &&
    head[1] === 0x4e &&
    head[2] === 0x55 &&
    head[3] === 0x4d &&
    head[4] === 0x50 &&
    head[5] === 0x59
  );
}

export async function readNpyHeader(
  source: Pick<ByteSource, "read" | "size">,
  signal?: AbortSignal,
): Promise<NpyHeader> {
  if (source.size < 12) throw bad("The array is cut off in its header.", "magic", 0);
  const head = await source.read(0, 12, signal);
  if (!isNpy(head)) throw bad("The array does not begin with NumPy's mark.", "magic", 0);
  const view = new DataView(head.buffer, head.byteOffset, 12);
  const version = head[6] ?? 0;
  if (version < 1 || version > 3)
    throw new UnsupportedError(`Version ${version} of the .npy format is not known.`, { format: "npy", offset: 6 });
  const prefix = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER || prefix + length > source.size)
    throw bad(`The header claims ${length} bytes.`, "header length", 8);
  const text = new TextDecoder(version === 3 ? "utf-8" : "latin1").decode(await source.read(prefix, length, signal));
  return { ...readDictionary(text, prefix), dataOffset: prefix + length };
}

function readDictionary(text: string, offset: number): Omit<NpyHeader, "dataOffset"> {
  const field = (name: string, pattern: string) => new RegExp(`['"]${name}['"]\\s*:\\s*${pattern}`).exec(text)?.[1];
  const descr = field("descr", "(['\"][^'\"]*['\"]|\\[)");
  const order = field("fortran_order", "(True|False)");
  const shapeText = field("shape", "\\(([0-9,\\sL]*)\\)");
  if (descr === undefined || order === undefined || shapeText === undefined)
    throw bad("The header is not the dictionary of descr, fortran_order and shape.", "header", offset);
  if (descr === "[")
    throw new UnsupportedError("Structured arrays (records) are not read: save each field as an array of its own.", {
      format: "npy",
      field: "descr",
    });
  const word = descr.slice(1, -1);
  const kind = word.replace(/^[<>|=]/, "");
  if (kind.startsWith("O"))
    throw new UnsupportedError(
      "An array of Python objects is not read: its elements are pickles, and nothing is ever executed.",
      { format: "npy", field: "descr" },
    );
  if (/^[SUVaMm]/.test(kind))
    throw new UnsupportedError(`Arrays of text, dates or raw bytes (${word}) hold no weights.`, {
      format: "npy",
      field: "descr",
    });
  const dtype = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (dtype === undefined)
    throw new UnsupportedError(`The dtype ${word} is not read.`, { format: "npy", field: "descr" });
  const shape = shapeText
    .split(",")
    .map((part) => part.trim().replace(/L$/, ""))
    .filter((part) => part !== "")
    .map(Number);
  if (shape.length > MAX_RANK || !shape.every((n) => Number.isSafeInteger(n)))
    throw bad("The shape is no list of sizes.", "shape", offset);
  const elements = shape.reduce((product, n) => product * n, 1);
  if (elements > MAX_TENSOR_ELEMENTS)
    throw new LimitError(`The array claims ${elements} elements.`, { format: "npy", field: "shape" });
  return {
    dtype,
    littleEndian: !word.startsWith(">"),
    fortranOrder: order === "True" && shape.length > 1,
    shape,
    elements,
  };
}

export function npyDataBytes(header: NpyHeader): number {
  return header.elements * DTYPES[header.dtype].bytes;
}

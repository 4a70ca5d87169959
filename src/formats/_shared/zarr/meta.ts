import { DTYPES, type DType } from "../../../base/dtype.ts";
import { MAX_RANK, MAX_TENSOR_ELEMENTS } from "../../../base/limits.ts";
import { namedDtype } from "../namedDtype.ts";

/** What a `.zarray` says (Zarr storage specification, version 2). */
export interface ZarrMeta {
  readonly shape: readonly number[];
  readonly chunk: readonly number[];
  readonly elements: number;
  readonly dtype: DType;
  readonly littleEndian: boolean;
  readonly columnMajor: boolean;
  readonly separator: "." | "/";
  readonly codec: Codec;
  /** What elements of chunks that are not there have. */
  readonly fill: number;
}

export type Codec = "plain" | "zlib" | "gzip" | "zstd" | "blosc" | "lz4";
const CODECS: readonly string[] = ["zlib", "gzip", "zstd", "blosc", "lz4"];
/** One chunk is decoded whole. */
const MAX_CHUNK_BYTES = 1024 ** 3;

const KINDS: ReadonlyMap<string, DType> = new Map<string, DType>([
  ["f2", "f16"],
  ["f4", "f32"],
  ["f8", "f64"],
  ["i1", "i8"],
  ["i2", "i16"],
  ["i4", "i32"],
  ["i8", "i64"],
  ["u1", "u8"],
  ["u2", "u16"],
  ["u4", "u32"],
  ["u8", "u64"],
  ["b1", "bool"],
  ["c8", "c64"],
  ["c16", "c128"],
]);
const WORDS: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity, "-Infinity": -Infinity };

/** A text is the reason why the array cannot be shown. */
export function readZarrMeta(value: unknown, itemBytes: (dtype: DType) => number): ZarrMeta | string {
  if (typeof value !== "object" || value === null) return "its description is no JSON object";
  const field = (name: string): unknown => Reflect.get(value, name);
  if (field("zarr_format") !== 2) return `it is of Zarr's version ${String(field("zarr_format"))}; version 2 is read`;
  const shape = sizesOf(field("shape"));
  const chunk = sizesOf(field("chunks"));
  if (shape === null || chunk === null || chunk.length !== shape.length || chunk.some((size) => size === 0))
    return "its shape or its chunks are damaged";
  const named = dtypeOf(field("dtype"));
  if (named === undefined)
    return `its elements are of the kind ${JSON.stringify(field("dtype"))?.slice(0, 80)}, which is not read`;
  const elements = shape.reduce((product, size) => product * size, 1);
  if (elements > MAX_TENSOR_ELEMENTS) return `it claims ${elements} elements; at most ${MAX_TENSOR_ELEMENTS} are read`;
  const bytes = chunk.reduce((product, size) => product * size, itemBytes(named.dtype));
  if (bytes > MAX_CHUNK_BYTES) return `its chunks have ${bytes} bytes; at most ${MAX_CHUNK_BYTES} are read`;
  const filters = field("filters");
  if (Array.isArray(filters) && filters.length > 0) return "it is stored with filters, which are not undone";
  const codec = codecOf(field("compressor"));
  if (codec === null) return `it is compressed with ${idOf(field("compressor"))}, which is not read`;
  const fill = fillOf(field("fill_value"));
  if (DTYPES[named.dtype].kind !== "float" && DTYPES[named.dtype].kind !== "complex" && !Number.isFinite(fill))
    return `its fill value, ${fill}, is none of its elements' kind, ${named.dtype}`;
  return {
    shape,
    chunk,
    elements,
    ...named,
    columnMajor: field("order") === "F",
    separator: field("dimension_separator") === "/" ? "/" : ".",
    codec,
    fill,
  };
}

/** JSON writes 1e400 for infinity as readily as the word. */
function fillOf(value: unknown): number {
  return typeof value === "number" ? value : typeof value === "boolean" ? Number(value) : (WORDS[String(value)] ?? 0);
}

function sizesOf(value: unknown): number[] | null {
  if (!Array.isArray(value) || value.length > MAX_RANK) return null;
  const sizes = value.map((size: unknown) =>
    typeof size === "number" && Number.isSafeInteger(size) && size >= 0 ? size : -1,
  );
  return sizes.includes(-1) ? null : sizes;
}

/** NumPy's short names with a byte order, or, as TensorStore writes types that NumPy lacks, the long name. */
function dtypeOf(value: unknown): { dtype: DType; littleEndian: boolean } | undefined {
  if (typeof value !== "string") return undefined;
  const dtype = /^[<>|=]/.test(value) ? KINDS.get(value.slice(1)) : namedDtype(value);
  return dtype === undefined ? undefined : { dtype, littleEndian: !value.startsWith(">") };
}

function codecOf(value: unknown): Codec | null {
  if (value === null || value === undefined) return "plain";
  const id = idOf(value);
  return isCodec(id) ? id : null;
}

const isCodec = (id: string): id is Codec => CODECS.includes(id);

function idOf(value: unknown): string {
  const id: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "id") : undefined;
  return typeof id === "string" ? id.slice(0, 40) : "something unknown";
}

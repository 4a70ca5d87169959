import { DTYPES, type DType, type RealArray } from "../../../base/dtype.ts";
import { LimitError, UnsupportedError } from "../../../base/errors.ts";
import type { ChunkCache } from "../chunkCache.ts";
import { readChunked } from "../chunkedArray.ts";
import { decodeElements } from "../decode.ts";
import { type ReadData, readNpyValues } from "../npyValues.ts";
import { sharedDatatype } from "./attributes.ts";
import { type Chunks, gridOf, numberIn, readChunkIndex } from "./chunkIndex.ts";
import { Cursor } from "./cursor.ts";
import { numberOf, readDatatype } from "./datatype.ts";
import type { Hdf5File } from "./file.ts";
import { refusedFilter, unfilter } from "./filters.ts";
import { MESSAGE, type Message } from "./objectHeader.ts";
import {
  type Dataspace,
  type Filter,
  type Layout,
  readDataspace,
  readFill,
  readFilters,
  readLayout,
} from "./properties.ts";

/** An array of numbers in an HDF5 file: what its header says, and how to get elements. */
export interface Hdf5Array {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly elements: number;
  /** Address and length, where it is one piece without filters. */
  readonly range?: { readonly address: number; readonly length: number };
  read(start: number, count: number, signal?: AbortSignal): Promise<RealArray>;
}

/** One chunk is decoded whole: h5py's own are at most 1 MiB unless someone chose otherwise. */
const MAX_CHUNK_BYTES = 512 * 2 ** 20;

export const isDataset = (messages: readonly Message[]) =>
  messages.some(({ type }) => type === MESSAGE.layout) && messages.some(({ type }) => type === MESSAGE.dataspace);

/** What the kind of file decides about its arrays. */
export interface Habits {
  /** Axes are listed fastest first (MATLAB): the shape is told, and elements are given, the other way round. */
  readonly reversed: boolean;
  /** Two opaque bytes are one bfloat16 (Keras). */
  readonly opaqueBfloat16: boolean;
}

interface Parts {
  readonly space: Dataspace;
  readonly layout: Layout;
  readonly filters: readonly Filter[];
  readonly fill: Uint8Array<ArrayBuffer> | undefined;
  readonly dtype: DType;
  readonly littleEndian: boolean;
  readonly axes: readonly number[];
  readonly reversed: boolean;
}

/** A dataset of references to other objects (a cell array of MATLAB): the addresses in the file's order, 0 for none. */
export async function readReferences(file: Hdf5File, messages: readonly Message[]): Promise<References | null> {
  let space: Dataspace | undefined;
  let layout: Layout | undefined;
  let refers = false;
  for (const { type, body, shared } of messages) {
    if (shared) continue;
    const start = body.at;
    if (type === MESSAGE.dataspace) space = readDataspace(body);
    else if (type === MESSAGE.datatype) refers = readDatatype(body).kind === "reference";
    else if (type === MESSAGE.layout) layout = readLayout(body);
    body.at = start;
  }
  if (!refers || space === undefined || layout === undefined || space.elements > MAX_REFERENCES) return null;
  const width = file.widths.offset;
  let bytes: Uint8Array<ArrayBuffer> | null = null;
  if (layout.kind === "compact") bytes = layout.bytes;
  if (layout.kind === "contiguous" && layout.address !== null)
    bytes = await file.data(layout.address, space.elements * width, "references");
  if (bytes === null || bytes.length < space.elements * width) return null;
  const cursor = new Cursor(bytes, file.widths, "references", 0);
  const addresses = Array.from({ length: space.elements }, () => cursor.addressOrNull() ?? 0);
  return { shape: space.shape, addresses };
}

export interface References {
  readonly shape: readonly number[];
  readonly addresses: readonly number[];
}

/** Cells of one array whose contents are listed. */
const MAX_REFERENCES = 100_000;

/** Reads a dataset's header; a text is the reason why it is no array of numbers that can be shown. */
export async function readDataset(
  file: Hdf5File,
  messages: readonly Message[],
  cache: ChunkCache,
  habits: Habits,
): Promise<Hdf5Array | string> {
  const parts = await readParts(file, messages, habits);
  if (typeof parts === "string") return parts;
  const { space, layout, dtype, axes } = parts;
  const stored = [...space.shape, ...axes];
  const shape = parts.reversed ? [...stored].reverse() : stored;
  const elements = axes.reduce((product, size) => product * size, space.elements);
  const bytes = elements * DTYPES[dtype].bytes;
  const decode = (raw: Uint8Array<ArrayBuffer>) => decodeElements(raw, dtype, parts.littleEndian);
  const base = { shape, dtype, elements };
  if (layout.kind === "refused") return layout.why;
  if (layout.kind === "compact") {
    if (layout.bytes.length < bytes) return `it needs ${bytes} bytes, but its header holds ${layout.bytes.length}`;
    const within = async (offset: number, length: number) => layout.bytes.slice(offset, offset + length);
    return { ...base, read: (start, count) => readPiece(parts, base, within, start, count) };
  }
  if (layout.kind === "contiguous") return contiguous(file, parts, layout, { ...base, bytes, decode });
  const why = refusedFilter(parts.filters);
  return why ?? chunked(file, parts, layout, { ...base, decode }, cache);
}

async function readParts(file: Hdf5File, messages: readonly Message[], habits: Habits): Promise<Parts | string> {
  let space: Dataspace | undefined;
  let layout: Layout | undefined;
  let filters: readonly Filter[] = [];
  let fill: Uint8Array<ArrayBuffer> | undefined;
  let number: ReturnType<typeof numberOf> | undefined;
  for (const { type, body, shared } of messages) {
    if (type === MESSAGE.external) return "its data lie in other files, which are not opened";
    if (shared && type !== MESSAGE.datatype) {
      if (type === MESSAGE.dataspace || type === MESSAGE.filters || type === MESSAGE.fill)
        return "its description is shared with other arrays in a way that is not read";
      continue;
    }
    if (type === MESSAGE.dataspace) space = readDataspace(body);
    else if (type === MESSAGE.datatype) {
      const read = shared ? await sharedDatatype(file, body) : readDatatype(body);
      const bfloat = habits.opaqueBfloat16 && read.kind === "opaque" && read.bytes === 2;
      number = bfloat ? { dtype: "bf16", littleEndian: true, axes: [] } : numberOf(read);
    } else if (type === MESSAGE.layout) layout = readLayout(body);
    else if (type === MESSAGE.filters) filters = readFilters(body);
    else if (type === MESSAGE.fill || (type === MESSAGE.oldFill && fill === undefined))
      fill = readFill(body, type === MESSAGE.oldFill);
  }
  if (space === undefined || layout === undefined || number === undefined) return "its description is not complete";
  if (typeof number === "string") return `it holds ${number}, no numbers`;
  if (space.empty) return "it holds nothing at all (a null dataspace)";
  return { space, layout, filters, fill, reversed: habits.reversed, ...number };
}

type Base = Pick<Hdf5Array, "shape" | "dtype" | "elements"> & { decode(raw: Uint8Array<ArrayBuffer>): RealArray };

/** Elements that were never written have the fill value. */
function filled(count: number, item: number, fill: Uint8Array<ArrayBuffer> | undefined): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(count * item);
  if (fill?.some((byte) => byte !== 0) !== true || out.length % fill.length !== 0) return out;
  for (let at = 0; at < out.length; at += fill.length) out.set(fill, at);
  return out;
}

/** Elements of what lies in one piece, turned round where the file counts the axes the other way. */
function readPiece(
  { dtype, littleEndian, reversed }: Parts,
  { shape, elements }: Pick<Hdf5Array, "shape" | "elements">,
  read: ReadData,
  start: number,
  count: number,
): Promise<RealArray> {
  const header = { dtype, littleEndian, shape, elements, fortranOrder: reversed && shape.length > 1, dataOffset: 0 };
  return readNpyValues(header, read, start, count);
}

function contiguous(
  file: Hdf5File,
  parts: Parts,
  layout: Layout & { kind: "contiguous" },
  { decode, bytes, ...base }: Base & { bytes: number },
): Hdf5Array | string {
  const { address } = layout;
  const { fill, reversed } = parts;
  const item = DTYPES[base.dtype].bytes;
  if (address === null || bytes === 0)
    return { ...base, read: async (_start, count) => decode(filled(count, item, fill)) };
  if (layout.length !== null && layout.length < bytes) return `it needs ${bytes} bytes, but has ${layout.length}`;
  if (!file.contains(address, bytes))
    return `its ${bytes} bytes from offset ${file.base + address} lie outside the file, which is cut off or damaged`;
  return {
    ...base,
    ...(reversed && base.shape.length > 1 ? {} : { range: { address: file.base + address, length: bytes } }),
    read: (start, count, signal) =>
      readPiece(
        parts,
        base,
        (offset, length) => file.data(address + offset, length, "array data", signal),
        start,
        count,
      ),
  };
}

function chunked(
  file: Hdf5File,
  parts: Parts,
  layout: Layout & { kind: "chunked" },
  { decode, ...base }: Base,
  cache: ChunkCache,
): Hdf5Array | string {
  const { space, axes, filters, fill, reversed } = parts;
  const item = DTYPES[base.dtype].bytes;
  const perElement = axes.reduce((product, size) => product * size, item);
  if (layout.chunk.length !== space.shape.length) return "its chunks have another number of axes than the array";
  if (layout.itemBytes !== perElement) return "its chunks have elements of another size than the array";
  const grid = gridOf(space, layout);
  if (grid.chunkBytes > MAX_CHUNK_BYTES)
    throw new LimitError(`Its chunks have ${grid.chunkBytes} bytes; at most ${MAX_CHUNK_BYTES} are read.`, {
      format: "hdf5",
      field: "chunk size",
    });
  let index: Promise<Chunks> | undefined;
  const chunks = () => {
    index ??= readChunkIndex(file, space, layout, filters.length > 0).catch((error: unknown) => {
      index = undefined;
      throw error;
    });
    return index;
  };
  const load = async (number: number, signal?: AbortSignal) => {
    const chunk = (await chunks()).get(number);
    if (chunk === undefined) return null;
    const key = `${chunk.address} ${grid.chunkBytes}`;
    return cache.get(key, async () => {
      if (chunk.length > 2 * MAX_CHUNK_BYTES)
        throw new LimitError(`A chunk claims ${chunk.length} bytes.`, { format: "hdf5", field: "chunk size" });
      const packed = await file.data(chunk.address, chunk.length, "chunk", signal);
      return unfilter(packed, filters, chunk.mask, grid.chunkBytes, layout.itemBytes, file.base + chunk.address);
    });
  };
  return {
    ...base,
    async read(start, count, signal) {
      if (DTYPES[base.dtype].kind === "complex")
        throw new UnsupportedError(`Complex values (${base.dtype}) are listed, but not analysed.`);
      const out = filled(count, item, fill);
      const array = {
        shape: base.shape,
        chunk: reversed ? [...layout.chunk, ...axes].reverse() : [...layout.chunk, ...axes],
        itemBytes: item,
        columnMajor: reversed,
        async fetch(coordinates: readonly number[]) {
          signal?.throwIfAborted();
          const place = reversed ? [...coordinates].reverse() : coordinates;
          const number = numberIn(grid.counts, place.slice(0, grid.counts.length));
          return number === null ? null : load(number, signal);
        },
      };
      await readChunked(array, start, count, out);
      return decode(out);
    },
  };
}

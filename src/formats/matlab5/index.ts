import type { ByteSource } from "../../base/byteSource.ts";
import { DTYPES, type RealArray } from "../../base/dtype.ts";
import { LimitError, ModeScopeError, serializeError } from "../../base/errors.ts";
import { MAX_INFLATE_RATIO, MAX_TENSORS } from "../../base/limits.ts";
import { ChunkCache } from "../_shared/chunkCache.ts";
import { inflateAtMost, inflateStart } from "../_shared/inflate.ts";
import { isMatlab5 } from "../_shared/matlabHead.ts";
import { readNpyValues } from "../_shared/npyValues.ts";
import { PagedBytes } from "../_shared/pagedBytes.ts";
import { requireRange } from "../_shared/requireRange.ts";
import type { Checkpoint, Format, MetadataValue, SkippedTensor } from "../types.ts";
import { mat5Error, type Region, readTag, type Tag, TYPE } from "./elements.ts";
import { type Found, type FoundMatrix, MatrixWalk } from "./matrix.ts";

const HEADER_BYTES = 128;
/** Of a compressed variable this much is unpacked to see what it is. */
const START_BYTES = 1 << 14;
/** A compressed variable is unpacked whole when its values are read. */
const MAX_PACKED_BYTES = 1024 ** 3;

/** Where a variable lies: plain in the file, or in one compressed element. */
interface Packed {
  readonly at: number;
  readonly bytes: number;
  readonly size: number;
}
type Placed = FoundMatrix & { readonly packed: Packed | null };

/** MATLAB's `save` of versions 5 to 7. */
export const matlab5Format: Format = {
  manifest: { id: "matlab5", title: "MATLAB 5 to 7", extensions: [".mat"], lazy: "parts" },
  sniff: ({ head }) => isMatlab5(head),
  open: openMatlab5,
};

async function openMatlab5(source: ByteSource, { signal }: { signal?: AbortSignal }): Promise<Checkpoint> {
  const paged = new PagedBytes(source);
  const region: Region = { size: source.size, read: (offset, length) => paged.read(offset, length, signal) };
  const head = await region.read(0, HEADER_BYTES);
  const littleEndian = head[126] === 0x49;
  const arrays = new Map<string, Placed>();
  const skipped: SkippedTensor[] = [];
  const texts: [string, MetadataValue][] = [];
  const take = (found: Found, packed: Packed | null) => {
    for (const one of found.matrices)
      if (arrays.has(one.name))
        skipped.push({ name: one.name, reason: "the file has this name twice; the first one is shown" });
      else arrays.set(one.name, { ...one, packed });
    skipped.push(...found.skipped);
    texts.push(...found.texts);
  };
  let at = HEADER_BYTES;
  for (let i = 1; at + 8 <= source.size; i++) {
    signal?.throwIfAborted();
    if (i > MAX_TENSORS)
      throw new LimitError(`The file has more than ${MAX_TENSORS} variables.`, { format: "matlab5" });
    const tag = await readTag(region, at, littleEndian, source.size);
    try {
      if (tag.type === TYPE.compressed) {
        const { found, packed } = await openPacked(source, tag, littleEndian, signal);
        take(found, packed);
      } else if (tag.type === TYPE.matrix) {
        const walk = new MatrixWalk(region, littleEndian);
        await walk.walk(tag, null);
        take(walk.found, null);
      } else throw mat5Error(`There is no variable, but an element of type ${tag.type}.`, "tag", at);
    } catch (error) {
      signal?.throwIfAborted();
      const { code, message, details } = serializeError(error);
      if (code === "stale-source" || code === "source-missing") throw error;
      const offset = details.offset === undefined ? "" : ` (${details.field ?? "byte"}, offset ${details.offset})`;
      skipped.push({ name: `variable ${i}`, reason: `${message}${offset}` });
    }
    at = tag.next;
  }
  const cache = new ChunkCache();
  let dataBytes = 0;
  return {
    format: "matlab5",
    framework: "unknown",
    tensors: [...arrays.values()].map(({ name, shape, dtype, elements, at: offset, bytes, packed }) => ({
      name,
      shape,
      dtype,
      elements,
      storedBytes: bytes,
      ...(packed === null && isLine(shape) ? { byteRange: { file: source.uri, offset, length: bytes } } : {}),
    })),
    metadata: Object.fromEntries([
      ["description", new TextDecoder("latin1").decode(head.subarray(0, 116)).replace(/[\0 ]+$/, "")],
      ["byte order", littleEndian ? "little-endian" : "big-endian"],
      ...texts,
    ]),
    findings: at > source.size ? [{ kind: "warning", message: "The file is cut off inside its last variable." }] : [],
    skipped,
    version: source.version,
    bytesRead: () => paged.bytesRead + dataBytes,
    async read(name, start, count, readSignal) {
      const array = arrays.get(name);
      if (array === undefined)
        throw new ModeScopeError("unknown-tensor", `There is no tensor ${name} in this file.`, { tensor: name });
      requireRange(name, array.elements, start, count);
      const { packed } = array;
      const whole =
        packed === null
          ? source
          : await cache.get(String(packed.at), () => {
              dataBytes += packed.bytes;
              return unpack(source, packed, readSignal);
            });
      return readValues(array, littleEndian, start, count, (offset, length) => {
        if (!(whole instanceof Uint8Array)) {
          dataBytes += length;
          return whole.read(offset, length, readSignal);
        }
        if (offset + length > whole.length)
          throw mat5Error("The compressed variable is shorter than it says.", "data", packed?.at);
        return Promise.resolve(whole.slice(offset, offset + length));
      });
    },
    close: () => source.close(),
  };
}

/** Column by column is row by row where only one axis is longer than one. */
const isLine = (shape: readonly number[]) => shape.filter((size) => size !== 1).length <= 1;

async function readValues(
  { shape, elements, stored, dtype, at }: Placed,
  littleEndian: boolean,
  start: number,
  count: number,
  read: (offset: number, length: number) => Promise<Uint8Array<ArrayBuffer>>,
): Promise<RealArray> {
  const header = { shape, elements, dtype: stored, littleEndian, fortranOrder: !isLine(shape), dataOffset: at };
  const values = await readNpyValues(header, (offset, length) => read(at + offset, length), start, count);
  if (dtype === "bool") return Float32Array.from(values, (value) => (value === 0 ? 0 : 1));
  const narrow = DTYPES[dtype].fitsFloat32;
  if (narrow === values instanceof Float32Array) return values;
  return narrow ? Float32Array.from(values) : Float64Array.from(values);
}

/** Looks into a compressed variable: at its start where that tells everything, else at the whole. */
async function openPacked(
  source: ByteSource,
  tag: Tag,
  littleEndian: boolean,
  signal?: AbortSignal,
): Promise<{ found: Found; packed: Packed }> {
  if (tag.at + tag.bytes > source.size) throw mat5Error("A compressed variable is cut off.", "compressed data", tag.at);
  const start = inflateStart(await source.read(tag.at, Math.min(START_BYTES, tag.bytes), signal), 1 << 18);
  if (start === null) throw mat5Error("The compressed data are damaged.", "compressed data", tag.at);
  const inner = await readTag(memory(start), 0, littleEndian, start.length);
  if (inner.type !== TYPE.matrix) throw mat5Error("A compressed element holds no variable.", "compressed data", tag.at);
  const packed = { at: tag.at, bytes: tag.bytes, size: inner.at + inner.bytes };
  // The header may be seen whole while the values are not there yet.
  const seen = new MatrixWalk({ ...memory(start), size: packed.size }, littleEndian);
  try {
    await seen.walk(inner, null);
    return { found: seen.found, packed };
  } catch (error) {
    if (start.length >= packed.size) throw error;
  }
  const whole = new MatrixWalk(memory(await unpack(source, packed, signal)), littleEndian);
  await whole.walk(inner, null);
  return { found: whole.found, packed };
}

function memory(bytes: Uint8Array<ArrayBuffer>): Region {
  return {
    size: bytes.length,
    async read(offset, length) {
      if (offset + length > bytes.length) throw mat5Error("An element is cut off.", "data", offset);
      return bytes.subarray(offset, offset + length);
    },
  };
}

async function unpack(source: ByteSource, packed: Packed, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  if (packed.size > MAX_PACKED_BYTES || packed.size > (packed.bytes + 64) * MAX_INFLATE_RATIO)
    throw new LimitError(
      `A compressed variable claims ${packed.size} bytes; at most ${MAX_PACKED_BYTES} are unpacked.`,
      {
        format: "matlab5",
        field: "compressed data",
        offset: packed.at,
        remedy: "Save the variable with -v7.3 or -v6.",
      },
    );
  // Padding may stand behind the variable.
  const bytes = inflateAtMost(await source.read(packed.at, packed.bytes, signal), "zlib", packed.size + 8);
  if (bytes === null) throw mat5Error("The compressed data are damaged.", "compressed data", packed.at);
  return bytes;
}

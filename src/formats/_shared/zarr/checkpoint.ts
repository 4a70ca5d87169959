import { DTYPES, type DType } from "../../../base/dtype.ts";
import { LimitError, ModeScopeError, UnsupportedError } from "../../../base/errors.ts";
import { MAX_NAME_LENGTH } from "../../../base/limits.ts";
import type { TensorInfo } from "../../../base/tensor.ts";
import type { Checkpoint } from "../../types.ts";
import { ChunkCache } from "../chunkCache.ts";
import { readChunked } from "../chunkedArray.ts";
import { decodeElements } from "../decode.ts";
import { requireRange } from "../requireRange.ts";
import { unpackChunk } from "./chunk.ts";
import type { ZarrMeta } from "./meta.ts";

/** Where chunks come from: files of a folder, or values of a key-value store. Null: there is no such key. */
export type ReadKey = (key: string, most: number, signal?: AbortSignal) => Promise<Uint8Array<ArrayBuffer> | null>;

export interface ZarrArray {
  readonly name: string;
  /** What stands before the chunks' own names: "" or a path that ends in "/". */
  readonly prefix: string;
  readonly meta: ZarrMeta;
}

/** A compressed chunk may be a little larger than a plain one. */
const PACKED_ROOM = 1.1;

/** A checkpoint whose tensors are Zarr arrays. Chunks are read, unpacked and kept as they are asked for. */
export function zarrCheckpoint(
  facts: Omit<Checkpoint, "read" | "tensors">,
  found: readonly ZarrArray[],
  readKey: ReadKey,
): Checkpoint {
  const byName = new Map<string, ZarrArray>();
  const skipped = [...facts.skipped];
  for (const array of found) {
    const name = array.name.slice(0, MAX_NAME_LENGTH);
    // A damaged description may give one name twice, and a name must lead to one tensor.
    if (byName.has(name)) skipped.push({ name, reason: "another array has the same name" });
    else byName.set(name, { ...array, name });
  }
  const cache = new ChunkCache();
  return {
    ...facts,
    skipped,
    tensors: [...byName.values()].map(
      ({ name, meta }): TensorInfo => ({
        name,
        shape: meta.shape,
        dtype: meta.dtype,
        elements: meta.elements,
        storedBytes: meta.elements * DTYPES[meta.dtype].bytes,
      }),
    ),
    async read(name, start, count, signal) {
      const array = byName.get(name);
      if (array === undefined)
        throw new ModeScopeError("unknown-tensor", `There is no tensor ${name} in this checkpoint.`, { tensor: name });
      const { meta, prefix } = array;
      requireRange(name, meta.elements, start, count);
      if (DTYPES[meta.dtype].kind === "complex")
        throw new UnsupportedError(`Complex values (${meta.dtype}) are listed, but not analysed.`, { tensor: name });
      const itemBytes = DTYPES[meta.dtype].bytes;
      const wanted = meta.chunk.reduce((product, size) => product * size, itemBytes);
      const fill = filledItem(meta);
      const out = new Uint8Array(count * itemBytes);
      if (fill.some((byte) => byte !== 0)) for (let at = 0; at < out.length; at += itemBytes) out.set(fill, at);
      const load = async (place: readonly number[]) => {
        const key = prefix + (place.length === 0 ? "0" : place.join(meta.separator));
        const packed = await readKey(key, Math.ceil(wanted * PACKED_ROOM) + 65_536, signal);
        if (packed === null) return null;
        return unpackChunk(packed, meta.codec, wanted, { format: facts.format, field: key });
      };
      const absent = new Uint8Array(0);
      const fetch = async (place: readonly number[]) => {
        signal?.throwIfAborted();
        const bytes = await cache.get(`${prefix} ${place.join(".")}`, async () => (await load(place)) ?? absent);
        return bytes.length === 0 && wanted > 0 ? null : bytes;
      };
      try {
        await readChunked(
          { shape: meta.shape, chunk: meta.chunk, itemBytes, columnMajor: meta.columnMajor, fetch },
          start,
          count,
          out,
        );
      } catch (error) {
        if (error instanceof ModeScopeError && error.details.tensor === undefined)
          throw new ModeScopeError(error.code, error.message, { ...error.details, tensor: name }, { cause: error });
        throw error;
      }
      return decodeElements(out, meta.dtype, meta.littleEndian);
    },
  };
}

/** The fill value as the file would store it. */
function filledItem({ fill, dtype, littleEndian }: ZarrMeta): Uint8Array {
  const bytes = new Uint8Array(DTYPES[dtype].bytes);
  if (fill === 0) return bytes;
  const view = new DataView(bytes.buffer);
  const write: Partial<Record<DType, () => void>> = {
    f64: () => view.setFloat64(0, fill, littleEndian),
    f32: () => view.setFloat32(0, fill, littleEndian),
    // The upper half of a float32.
    bf16: () => {
      const wide = new DataView(new ArrayBuffer(4));
      wide.setFloat32(0, fill);
      view.setUint16(0, wide.getUint16(0), littleEndian);
    },
    i64: () => view.setBigInt64(0, BigInt(Math.trunc(fill)), littleEndian),
    u64: () => view.setBigUint64(0, BigInt(Math.trunc(fill)), littleEndian),
    i32: () => view.setInt32(0, fill, littleEndian),
    u32: () => view.setUint32(0, fill, littleEndian),
    i16: () => view.setInt16(0, fill, littleEndian),
    u16: () => view.setUint16(0, fill, littleEndian),
    i8: () => view.setInt8(0, fill),
    u8: () => view.setUint8(0, fill),
    bool: () => view.setUint8(0, fill),
  };
  const writer = write[dtype];
  if (writer === undefined)
    throw new LimitError(`Chunks are missing, and the fill value ${fill} of ${dtype} is not known here.`, {
      field: "fill_value",
    });
  writer();
  return bytes;
}

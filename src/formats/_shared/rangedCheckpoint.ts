import type { ByteSource } from "../../base/byteSource.ts";
import { DTYPES, type RealArray } from "../../base/dtype.ts";
import { ModeScopeError } from "../../base/errors.ts";
import type { TensorInfo } from "../../base/tensor.ts";
import type { Checkpoint } from "../types.ts";
import { plainCodec } from "./packed.ts";
import { requireRange } from "./requireRange.ts";

/** A checkpoint whose every tensor is one contiguous, little-endian, row-major range of one of its files. */
export function rangedCheckpoint(
  facts: Omit<Checkpoint, "read" | "close" | "version" | "bytesRead">,
  files: ReadonlyMap<string, ByteSource>,
  headerBytes: number,
): Checkpoint {
  const byName = new Map<string, TensorInfo>(facts.tensors.map((tensor) => [tensor.name, tensor]));
  let bytesRead = headerBytes;
  return {
    ...facts,
    version: [...files.values()].map((source) => source.version).join(" "),
    bytesRead: () => bytesRead,
    async read(name, start, count, signal): Promise<RealArray> {
      const tensor = byName.get(name);
      const source = tensor?.byteRange === undefined ? undefined : files.get(tensor.byteRange.file);
      if (tensor?.byteRange === undefined || source === undefined)
        throw new ModeScopeError("unknown-tensor", `There is no tensor ${name} in this checkpoint.`, { tensor: name });
      requireRange(name, tensor.elements, start, count);
      if (count === 0) return new Float32Array(0);
      // Elements of less than a byte share one: the range is widened to whole bytes and cut afterwards.
      const codec = plainCodec(tensor.dtype, DTYPES[tensor.dtype].bytes);
      const first = Math.floor(start / codec.elements);
      const last = Math.ceil((start + count) / codec.elements);
      const at = tensor.byteRange.offset + first * codec.bytes;
      const bytes = await source.read(at, (last - first) * codec.bytes, signal);
      bytesRead += bytes.byteLength;
      const values = codec.decode(bytes);
      const from = start - first * codec.elements;
      return values.length === count ? values : values.subarray(from, from + count);
    },
    async close() {
      await Promise.all([...files.values()].map((source) => source.close()));
    },
  };
}

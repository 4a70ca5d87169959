import type { ByteSource } from "../../base/byteSource.ts";
import type { RealArray } from "../../base/dtype.ts";
import { ModeScopeError } from "../../base/errors.ts";
import type { TensorInfo } from "../../base/tensor.ts";
import type { Checkpoint } from "../types.ts";
import { requireRange } from "./requireRange.ts";

/** A tensor whose values are put together from elsewhere: parts of several files, factors, codes and their scales. */
export interface AssembledTensor {
  readonly info: TensorInfo;
  /** Logical elements [start, start + count), which lie inside the tensor. */
  read(start: number, count: number, signal?: AbortSignal): Promise<RealArray>;
}

/** A checkpoint of tensors that each know how to read themselves. */
export function assembledCheckpoint(
  facts: Omit<Checkpoint, "tensors" | "read">,
  tensors: readonly AssembledTensor[],
): Checkpoint {
  const byName = new Map(tensors.map((tensor) => [tensor.info.name, tensor]));
  return {
    ...facts,
    tensors: tensors.map(({ info }) => info),
    async read(name, start, count, signal) {
      const tensor = byName.get(name);
      if (tensor === undefined)
        throw new ModeScopeError("unknown-tensor", `There is no tensor ${name} in this checkpoint.`, {
          tensor: name,
          format: facts.format,
        });
      requireRange(name, tensor.info.elements, start, count);
      return tensor.read(start, count, signal);
    },
  };
}

/** The tensors of an opened checkpoint, to be built into another one. */
export function tensorsOf(checkpoint: Checkpoint): Map<string, AssembledTensor> {
  return new Map(
    checkpoint.tensors.map((info) => [
      info.name,
      { info, read: (start, count, signal) => checkpoint.read(info.name, start, count, signal) },
    ]),
  );
}

/** A range of a file as a file of its own. */
export function sliceSource(source: ByteSource, offset: number, size: number): ByteSource {
  return {
    uri: source.uri,
    size,
    version: source.version,
    read: (at, length, signal) => {
      if (at < 0 || length < 0 || at + length > size)
        throw new ModeScopeError("short-read", `${length} bytes from ${at} were asked of a part that has ${size}.`, {
          uri: source.uri,
          offset: offset + at,
          remedy: "The file may be truncated or damaged: copy it again.",
        });
      return source.read(offset + at, length, signal);
    },
    async close() {},
  };
}

import type { ByteSource } from "../../base/byteSource.ts";
import { serializeError } from "../../base/errors.ts";
import { MAX_SHARDS } from "../../base/limits.ts";
import type { OpenContext } from "../types.ts";
import type { Locate, Place } from "./data.ts";
import type { TensorRecord } from "./tensorProto.ts";

/** Opens the files that external tensors name, each once; a file that is missing or refused costs its tensors. */
export async function openExternal(
  records: Iterable<TensorRecord>,
  context: OpenContext,
): Promise<{ readonly files: ReadonlyMap<string, ByteSource>; readonly locate: Locate }> {
  const files = new Map<string, ByteSource>();
  const failed = new Map<string, string>();
  try {
    for (const { external, externalData } of records) {
      const location = external ? externalData.get("location") : undefined;
      if (location === undefined || files.has(location) || failed.has(location)) continue;
      if (files.size + failed.size >= MAX_SHARDS) {
        failed.set(location, `the model names more than ${MAX_SHARDS} files`);
        continue;
      }
      try {
        files.set(location, await context.sibling(location));
      } catch (error) {
        context.signal?.throwIfAborted();
        failed.set(location, serializeError(error).message);
      }
    }
  } catch (error) {
    for (const file of files.values()) await file.close();
    throw error;
  }
  const locate: Locate = ({ externalData }, length) => {
    const location = externalData.get("location");
    if (location === undefined) return "its data are in another file, but the model does not say in which";
    const file = files.get(location);
    if (file === undefined)
      return `its data are in ${location}, which cannot be read: ${failed.get(location) ?? "it is not there"}`;
    return rangeIn(location, file.size, externalData, length);
  };
  return { files, locate };
}

function rangeIn(file: string, size: number, entries: ReadonlyMap<string, string>, length: number): Place | string {
  const offset = numberOf(entries.get("offset") ?? "0");
  // Without a length the tensor takes what its shape needs.
  const stored = entries.has("length") ? numberOf(entries.get("length") ?? "") : length;
  if (offset === undefined || stored === undefined) return `its place in ${file} is not given in whole numbers`;
  if (offset + stored > size) return `it needs the bytes ${offset} to ${offset + stored} of ${file}, which has ${size}`;
  return { file, offset, length: stored };
}

function numberOf(text: string): number | undefined {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

import { LimitError, UnsupportedError } from "../../base/errors.ts";
import { MAX_TENSORS } from "../../base/limits.ts";
import { plainJson } from "../_shared/plainJson.ts";
import type { ZarrArray } from "../_shared/zarr/checkpoint.ts";
import { readFolderKey } from "../_shared/zarr/folder.ts";
import { MAX_ZARRAY_BYTES, zarrMetaOf } from "../_shared/zarr/json.ts";
import type { MetadataValue, OpenContext, SkippedTensor } from "../types.ts";

/** What an entry file describes: arrays by path, settings, and what could not be read. */
export interface Described {
  readonly arrays: readonly ZarrArray[];
  readonly skipped: readonly SkippedTensor[];
  readonly metadata: Readonly<Record<string, MetadataValue>>;
}

/** Groups in groups. */
const MAX_DEPTH = 32;
const MAX_FOLDERS = 100_000;

/** A group without a common description: its folders are walked, and those that hold a `.zarray` are arrays. */
export async function listArrays(context: OpenContext): Promise<Described> {
  const { list, signal } = context;
  if (list === undefined)
    throw new UnsupportedError("Folders cannot be listed here, and the group has no common description.", {
      format: "zarr",
      remedy: "Write one (zarr.consolidate_metadata) and open .zmetadata, or open the .zarray of one array.",
    });
  const arrays: ZarrArray[] = [];
  const skipped: SkippedTensor[] = [];
  const metadata = new Map<string, MetadataValue>();
  let folders = 0;
  const visit = async (path: string, depth: number): Promise<void> => {
    signal?.throwIfAborted();
    if (++folders > MAX_FOLDERS || arrays.length > MAX_TENSORS)
      throw new LimitError(`The group has more than ${MAX_FOLDERS} folders.`, { format: "zarr" });
    if (depth > MAX_DEPTH) {
      skipped.push({ name: path, reason: "groups are nested too deeply" });
      return;
    }
    const { entries, complete } = await list(path);
    if (!complete)
      skipped.push({ name: path === "" ? "(the folder)" : path, reason: "it holds too many files to be listed" });
    const files = new Set(entries.filter(({ kind }) => kind === "file").map(({ name }) => name));
    const below = path === "" ? "" : `${path}/`;
    if (files.has(".zattrs")) {
      const bytes = await readFolderKey(context, `${below}.zattrs`, MAX_ZARRAY_BYTES, signal);
      if (bytes !== null)
        metadata.set(
          path === "" ? "attributes" : `${path}@attributes`,
          plainJson(new TextDecoder().decode(bytes)) ?? null,
        );
    }
    if (files.has(".zarray")) {
      const bytes = await readFolderKey(context, `${below}.zarray`, MAX_ZARRAY_BYTES, signal);
      const meta = bytes === null ? "its .zarray cannot be read" : zarrMetaOf(bytes);
      if (typeof meta === "string") skipped.push({ name: path, reason: meta });
      else arrays.push({ name: path, prefix: below, meta });
      // What is below an array are its chunks.
      return;
    }
    for (const { name, kind } of entries) if (kind === "folder") await visit(below + name, depth + 1);
  };
  await visit("", 0);
  return { arrays, skipped, metadata: Object.fromEntries(metadata) };
}

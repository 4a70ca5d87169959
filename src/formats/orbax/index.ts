import type { ByteSource } from "../../base/byteSource.ts";
import { FormatError, serializeError } from "../../base/errors.ts";
import { plainJson } from "../_shared/plainJson.ts";
import { type ZarrArray, zarrCheckpoint } from "../_shared/zarr/checkpoint.ts";
import { readFolderKey } from "../_shared/zarr/folder.ts";
import { MAX_ZARRAY_BYTES, zarrMetaOf } from "../_shared/zarr/json.ts";
import type { Checkpoint, Finding, Format, MetadataValue, OpenContext, SkippedTensor } from "../types.ts";
import { MANIFEST } from "./body.ts";
import { DataFiles, keyText, readDatabase, type Value } from "./database.ts";

const MAX_METADATA_BYTES = 256 * 2 ** 20;
const ZARRAY = "/.zarray";

/** Orbax, JAX' checkpoints: a folder with Zarr arrays, mostly inside an OCDBT database. */
export const orbaxFormat: Format = {
  manifest: {
    id: "orbax",
    title: "Orbax (JAX)",
    extensions: [".ocdbt"],
    folder: [
      { name: "manifest.ocdbt", wholeTree: true },
      { name: "_METADATA", wholeTree: true },
      // A step of CheckpointManager keeps its items in folders of their own.
      { name: "default/manifest.ocdbt", wholeTree: true },
      { name: "default/_METADATA", wholeTree: true },
    ],
    lazy: "parts",
  },
  sniff: ({ head }) => isManifest(head) || isTree(head),
  async open(source, context): Promise<Checkpoint> {
    const head = await source.read(0, Math.min(4, source.size), context.signal);
    if (isManifest(head)) return openDatabase(source, await readTree(null, context), context);
    const tree = await readTree(source, context);
    const settings = settingsOf(tree);
    if (tree === null || Object.keys(settings).length === 0)
      throw new FormatError("_METADATA is no JSON.", {
        format: "orbax",
        field: "_METADATA",
        offset: 0,
        remedy: "Copy the checkpoint again.",
      });
    if (settings.use_ocdbt === false) return openFolders(source, tree, context);
    const manifest = await context.sibling("manifest.ocdbt");
    return openDatabase(manifest, tree, context, source);
  },
};

function isManifest(head: Uint8Array): boolean {
  return head.length >= 4 && new DataView(head.buffer, head.byteOffset, 4).getUint32(0) === MANIFEST;
}

const isTree = (head: Uint8Array) =>
  head[0] === 0x7b && new TextDecoder().decode(head.subarray(0, 256)).includes('"tree_metadata"');

/** What Orbax says of the tree: its own file, or the one beside the manifest if it is there. */
async function readTree(source: ByteSource | null, { sibling, signal }: OpenContext): Promise<string | null> {
  const file = source ?? (await sibling("_METADATA").catch(() => null));
  if (file === null) return null;
  try {
    return file.size > MAX_METADATA_BYTES ? null : new TextDecoder().decode(await file.read(0, file.size, signal));
  } finally {
    if (source === null) await file.close();
  }
}

/** The tree lists every array again: the rest of it is worth keeping. */
function settingsOf(tree: string | null): Readonly<Record<string, MetadataValue>> {
  const value = tree === null ? undefined : plainJson(tree);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).filter(([key, one]) => key !== "tree_metadata" && one !== null));
}

async function openDatabase(
  manifest: ByteSource,
  tree: string | null,
  context: OpenContext,
  entry?: ByteSource,
): Promise<Checkpoint> {
  const files = new DataFiles(context.sibling);
  try {
    const values = await readDatabase(manifest, files, context.signal);
    const { arrays, skipped, findings } = await arraysOf(values, files, context.signal);
    return zarrCheckpoint(
      {
        format: "orbax",
        framework: "flax",
        metadata: { ...settingsOf(tree), storage: "OCDBT", keys: values.size },
        findings,
        skipped,
        version: manifest.version,
        bytesRead: () => manifest.size + files.bytesRead,
        async close() {
          await Promise.all([files.close(), manifest.close(), entry?.close()]);
        },
      },
      arrays,
      async (key, most, signal) => {
        const value = values.get(key);
        if (value === undefined) return null;
        return bytesOf(value, key, most, files, signal);
      },
    );
  } catch (error) {
    await files.close();
    throw error;
  }
}

async function bytesOf(
  value: Value,
  key: string,
  most: number,
  files: DataFiles,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  if ("bytes" in value) return value.bytes;
  if (value.length > most)
    throw new FormatError(`The value of ${keyText(key)} has ${value.length} bytes; at most ${most} belong.`, {
      format: "orbax",
      field: keyText(key),
      offset: value.offset,
      remedy: "The checkpoint is damaged: copy it, or save it, again.",
    });
  return files.read(value, signal);
}

async function arraysOf(
  values: ReadonlyMap<string, Value>,
  files: DataFiles,
  signal?: AbortSignal,
): Promise<{ arrays: ZarrArray[]; skipped: SkippedTensor[]; findings: Finding[] }> {
  const arrays: ZarrArray[] = [];
  const skipped: SkippedTensor[] = [];
  let newer = 0;
  for (const [key, value] of values) {
    if (key.endsWith("/zarr.json")) newer += 1;
    if (!key.endsWith(ZARRAY)) continue;
    const path = key.slice(0, -ZARRAY.length);
    const name = keyText(path);
    try {
      const meta = zarrMetaOf(await bytesOf(value, key, MAX_ZARRAY_BYTES, files, signal));
      if (typeof meta === "string") skipped.push({ name, reason: meta });
      else arrays.push({ name, prefix: `${path}/`, meta });
    } catch (error) {
      signal?.throwIfAborted();
      skipped.push({ name, reason: serializeError(error).message });
    }
  }
  if (newer > 0)
    skipped.push({ name: `${newer} arrays`, reason: "they are of Zarr's version 3 (use_zarr3); version 2 is read" });
  return { arrays, skipped, findings: [] };
}

/** Orbax without OCDBT: a folder for each array, called after its keys. */
async function openFolders(source: ByteSource, tree: string, context: OpenContext): Promise<Checkpoint> {
  const arrays: ZarrArray[] = [];
  const skipped: SkippedTensor[] = [];
  for (const name of namesOf(tree)) {
    const bytes = await readFolderKey(context, `${name}${ZARRAY}`, MAX_ZARRAY_BYTES, context.signal);
    const meta = bytes === null ? "its folder has no .zarray" : zarrMetaOf(bytes);
    if (typeof meta === "string") skipped.push({ name, reason: meta });
    else arrays.push({ name, prefix: `${name}/`, meta });
  }
  return zarrCheckpoint(
    {
      format: "orbax",
      framework: "flax",
      metadata: { ...settingsOf(tree), storage: "Zarr in folders" },
      findings: [],
      skipped,
      version: source.version,
      bytesRead: () => source.size,
      close: () => source.close(),
    },
    arrays,
    (key, most, signal) => readFolderKey(context, key, most, signal),
  );
}

/** Names of the arrays' folders: the keys of each leaf, joined. */
function namesOf(tree: string): string[] {
  const value: unknown = JSON.parse(tree);
  const entries = field(value, "tree_metadata");
  if (typeof entries !== "object" || entries === null) return [];
  return Object.values(entries).flatMap((entry: unknown) => {
    const keys = field(entry, "key_metadata");
    if (!Array.isArray(keys)) return [];
    const parts = keys.map((key: unknown) => field(key, "key"));
    return parts.every((part) => typeof part === "string" || typeof part === "number") ? [parts.join(".")] : [];
  });
}

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;

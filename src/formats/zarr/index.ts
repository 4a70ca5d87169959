import type { ByteSource } from "../../base/byteSource.ts";
import { FormatError, LimitError } from "../../base/errors.ts";
import { MAX_JSON_HEADER_BYTES, MAX_TENSORS } from "../../base/limits.ts";
import { plainJson } from "../_shared/plainJson.ts";
import { type ZarrArray, zarrCheckpoint } from "../_shared/zarr/checkpoint.ts";
import { readFolderKey } from "../_shared/zarr/folder.ts";
import { zarrMetaOf } from "../_shared/zarr/json.ts";
import type { Checkpoint, Format, MetadataValue, OpenContext, SkippedTensor } from "../types.ts";
import { type Described, listArrays } from "./list.ts";

/** Zarr, version 2: a folder in which each array is a folder of chunks. Opened by its `.zmetadata`, `.zgroup` or `.zarray`. */
export const zarrFormat: Format = {
  manifest: {
    id: "zarr",
    title: "Zarr",
    extensions: [".zmetadata", ".zgroup", ".zarray"],
    folder: [
      { name: ".zmetadata", wholeTree: true },
      { name: ".zgroup", wholeTree: true },
      { name: ".zarray", wholeTree: true },
    ],
    lazy: "parts",
  },
  sniff: ({ head }) => head[0] === 0x7b && kindOf(new TextDecoder().decode(head)) !== null,
  async open(source, context): Promise<Checkpoint> {
    const text = await readText(source, context.signal);
    const kind = kindOf(text.slice(0, 4096));
    const described =
      kind === "consolidated"
        ? fromConsolidated(text)
        : kind === "array"
          ? fromArray(text, source.uri)
          : await listArrays(context);
    return zarrCheckpoint(
      {
        format: "zarr",
        framework: "unknown",
        metadata: described.metadata,
        findings: [],
        skipped: described.skipped,
        version: source.version,
        bytesRead: () => source.size,
        close: () => source.close(),
      },
      described.arrays,
      (key, most, signal) => readFolderKey(context, key, most, signal),
    );
  },
};

function kindOf(text: string): "consolidated" | "array" | "group" | null {
  if (text.includes('"zarr_consolidated_format"')) return "consolidated";
  if (/"metadata":\s*\{\s*"[^"]*\.z(attrs|group|array)":/.test(text)) return "consolidated";
  if (!/"zarr_format":\s*2/.test(text)) return null;
  return text.includes('"chunks"') ? "array" : "group";
}

async function readText(source: ByteSource, signal: OpenContext["signal"]): Promise<string> {
  if (source.size > MAX_JSON_HEADER_BYTES)
    throw new LimitError(`The description has ${source.size} bytes; at most ${MAX_JSON_HEADER_BYTES} are read.`, {
      format: "zarr",
    });
  return new TextDecoder().decode(await source.read(0, source.size, signal));
}

/** All descriptions of a group in one file. */
function fromConsolidated(text: string): Described {
  const arrays: ZarrArray[] = [];
  const skipped: SkippedTensor[] = [];
  const metadata = new Map<string, MetadataValue>();
  const entries = Object.entries(recordOf(recordOf(parse(text)).metadata));
  if (entries.length > MAX_TENSORS)
    throw new LimitError(`The group has more than ${MAX_TENSORS} entries.`, { format: "zarr" });
  for (const [key, value] of entries) {
    const path = key.includes("/") ? key.slice(0, key.lastIndexOf("/")) : "";
    const text = JSON.stringify(value);
    if (key.endsWith(".zarray")) {
      const meta = zarrMetaOf(new TextEncoder().encode(text));
      const name = path === "" ? "array" : path;
      if (typeof meta === "string") skipped.push({ name, reason: meta });
      else arrays.push({ name, prefix: path === "" ? "" : `${path}/`, meta });
    } else if (key.endsWith(".zattrs"))
      metadata.set(path === "" ? "attributes" : `${path}@attributes`, plainJson(text) ?? null);
  }
  return { arrays, skipped, metadata: Object.fromEntries(metadata) };
}

function fromArray(text: string, uri: string): Described {
  const meta = zarrMetaOf(new TextEncoder().encode(text));
  const name = folderName(uri);
  return typeof meta === "string"
    ? { arrays: [], skipped: [{ name, reason: meta }], metadata: {} }
    : { arrays: [{ name, prefix: "", meta }], skipped: [], metadata: {} };
}

/** An array has no name of its own: its folder's, without the suffix. */
function folderName(uri: string): string {
  const folder = uri.split("/").at(-2) ?? "";
  let name = folder;
  try {
    name = decodeURIComponent(folder);
  } catch {
    // A name that is no valid encoding stays as it is.
  }
  return name.replace(/\.zarr$/, "") || "array";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FormatError(
      "The description is no JSON.",
      { format: "zarr", field: ".zmetadata", offset: 0, remedy: "Copy the folder again." },
      { cause },
    );
  }
}

function recordOf(value: unknown): { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}

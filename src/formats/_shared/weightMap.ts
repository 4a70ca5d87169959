import type { ByteSource } from "../../base/byteSource.ts";
import { FormatError, LimitError } from "../../base/errors.ts";
import { MAX_JSON_HEADER_BYTES, MAX_SHARDS } from "../../base/limits.ts";
import { isRecord } from "./json.ts";

/** Whether the first bytes are an index, and of which kind of shards: the first file that it names tells. */
export function indexKind(head: Uint8Array): "safetensors" | "torch" | null {
  if (head[0] !== 0x7b) return null;
  const text = new TextDecoder().decode(head);
  if (!text.includes('"weight_map"')) return null;
  const first = /"weight_map"\s*:\s*\{\s*"(?:[^"\\]|\\.)*"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
  return first !== undefined && /\.(bin|pt|pth|ckpt)$/.test(first) ? "torch" : "safetensors";
}

/** Names of tensors by the file that an index says they are in. */
export async function readWeightMap(
  source: ByteSource,
  format: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const index = await readIndex(source, format, signal);
  const map = isRecord(index) ? index.weight_map : null;
  const entries = isRecord(map) ? Object.entries(map) : [];
  const shards = new Map<string, string[]>();
  for (const [name, file] of entries) {
    if (typeof file !== "string") return refuse(format);
    const names = shards.get(file);
    if (names === undefined) shards.set(file, [name]);
    else names.push(name);
  }
  if (shards.size === 0) return refuse(format);
  if (shards.size > MAX_SHARDS)
    throw new LimitError(`The index names ${shards.size} shards; at most ${MAX_SHARDS} are read.`, { format });
  return shards;
}

function refuse(format: string): never {
  throw new FormatError("weight_map must give a file name for every tensor.", {
    format,
    field: "weight_map",
    remedy: "Download or save the index again.",
  });
}

async function readIndex(source: ByteSource, format: string, signal?: AbortSignal): Promise<unknown> {
  if (source.size > MAX_JSON_HEADER_BYTES)
    throw new LimitError(`The index has ${source.size} bytes; at most ${MAX_JSON_HEADER_BYTES} are read.`, { format });
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await source.read(0, source.size, signal)));
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && !(cause instanceof TypeError)) throw cause;
    throw new FormatError(
      "The index is no valid JSON.",
      { format, field: "index", offset: 0, remedy: "Download or save it again." },
      { cause },
    );
  }
}

import type { ByteSource } from "../../base/byteSource.ts";
import { FormatError, LimitError, serializeError } from "../../base/errors.ts";
import { MAX_JSON_HEADER_BYTES } from "../../base/limits.ts";
import { rangedCheckpoint } from "../_shared/rangedCheckpoint.ts";
import { readSafetensorsHeader, type SafetensorsHeader } from "../_shared/safetensorsHeader.ts";
import type { Checkpoint, Format, SkippedTensor } from "../types.ts";

/** Shards of one checkpoint: the largest published ones have a few hundred. */
const MAX_SHARDS = 10_000;

export const safetensorsIndexFormat: Format = {
  manifest: { id: "safetensors-index", title: "safetensors, sharded", extensions: [".safetensors.index.json"] },
  sniff({ head }) {
    return head[0] === 0x7b && new TextDecoder().decode(head).includes('"weight_map"');
  },
  async open(source: ByteSource, context): Promise<Checkpoint> {
    const weightMap = readWeightMap(await readIndex(source, context.signal));
    const files = new Map<string, ByteSource>();
    const tensors: SafetensorsHeader["tensors"][number][] = [];
    const skipped: SkippedTensor[] = [];
    let bytesRead = source.size;
    const byShard = new Map<string, string[]>();
    for (const [name, shard] of weightMap) {
      const names = byShard.get(shard);
      if (names === undefined) byShard.set(shard, [name]);
      else names.push(name);
    }
    const shards = [...byShard.keys()];
    if (shards.length > MAX_SHARDS)
      throw new LimitError(`The index names ${shards.length} shards; at most ${MAX_SHARDS} are read.`, {
        format: "safetensors-index",
      });
    try {
      for (const [shard, wanted] of byShard) {
        try {
          const file = await context.sibling(shard);
          files.set(shard, file);
          const header = await readSafetensorsHeader(file, shard, context.signal);
          bytesRead += header.bytesRead;
          const there = new Map(header.tensors.map((tensor) => [tensor.name, tensor]));
          const refused = new Map(header.skipped.map(({ name, reason }) => [name, reason]));
          for (const name of wanted) {
            const tensor = there.get(name);
            if (tensor !== undefined) tensors.push(tensor);
            else
              skipped.push({
                name,
                reason: refused.get(name) ?? `The index says that it is in ${shard}, but it is not.`,
              });
          }
        } catch (error) {
          context.signal?.throwIfAborted();
          const { message } = serializeError(error);
          skipped.push(...wanted.map((name) => ({ name, reason: `Its shard ${shard} cannot be read: ${message}` })));
        }
      }
    } catch (error) {
      for (const file of files.values()) await file.close();
      throw error;
    }
    // The one name that no shard can have: a sibling without a name is refused.
    files.set("", source);
    return rangedCheckpoint(
      {
        format: "safetensors-index",
        framework: "pytorch",
        tensors,
        metadata: { shards: shards.length },
        findings: [],
        skipped,
      },
      files,
      bytesRead,
    );
  },
};

async function readIndex(source: ByteSource, signal?: AbortSignal): Promise<unknown> {
  if (source.size > MAX_JSON_HEADER_BYTES)
    throw new LimitError(`The index has ${source.size} bytes; at most ${MAX_JSON_HEADER_BYTES} are read.`, {
      format: "safetensors-index",
    });
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(await source.read(0, source.size, signal)));
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && !(cause instanceof TypeError)) throw cause;
    throw new FormatError(
      "The index is no valid JSON.",
      { format: "safetensors-index", field: "index", offset: 0, remedy: "Download or save it again." },
      { cause },
    );
  }
}

function readWeightMap(index: unknown): Map<string, string> {
  const map = (index as { weight_map?: unknown } | null)?.weight_map;
  const entries = typeof map === "object" && map !== null && !Array.isArray(map) ? Object.entries(map) : [];
  if (entries.length === 0 || !entries.every((entry): entry is [string, string] => typeof entry[1] === "string")) {
    throw new FormatError("weight_map must give a file name for every tensor.", {
      format: "safetensors-index",
      field: "weight_map",
      remedy: "Download or save the index again.",
    });
  }
  return new Map(entries as [string, string][]);
}

import type { ByteSource } from "../../base/byteSource.ts";
import { serializeError } from "../../base/errors.ts";
import { rangedCheckpoint } from "../_shared/rangedCheckpoint.ts";
import { readSafetensorsHeader, type SafetensorsHeader } from "../_shared/safetensorsHeader.ts";
import { indexKind, readWeightMap } from "../_shared/weightMap.ts";
import type { Checkpoint, Format, SkippedTensor } from "../types.ts";

export const safetensorsIndexFormat: Format = {
  manifest: {
    id: "safetensors-index",
    title: "safetensors, sharded",
    extensions: [".safetensors.index.json"],
    folder: [{ name: "*.safetensors.index.json" }],
  },
  sniff: ({ head }) => indexKind(head) === "safetensors",
  async open(source: ByteSource, context): Promise<Checkpoint> {
    const shards = await readWeightMap(source, "safetensors-index", context.signal);
    const files = new Map<string, ByteSource>();
    const tensors: SafetensorsHeader["tensors"][number][] = [];
    const skipped: SkippedTensor[] = [];
    let bytesRead = source.size;
    try {
      for (const [shard, wanted] of shards) {
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
        metadata: { shards: shards.size },
        findings: [],
        skipped,
      },
      files,
      bytesRead,
    );
  },
};

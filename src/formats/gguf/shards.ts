import { LimitError } from "../../base/errors.ts";
import { MAX_SHARDS } from "../../base/limits.ts";
import type { MetadataValue } from "../types.ts";
import { FORMAT } from "./values.ts";

/** Names of the other files of a split model: `model-00001-of-00003.gguf`, as its splitting tool writes them. */
export function shardNames(uri: string, metadata: ReadonlyMap<string, MetadataValue>): string[] {
  const count = metadata.get("split.count");
  if (typeof count !== "number" || count < 2) return [];
  const name = decodeURIComponent(uri.slice(uri.lastIndexOf("/") + 1));
  const match = /^(.*)-(\d{5})-of-(\d{5})(\.gguf)$/i.exec(name);
  if (match === null || Number(match[3]) !== count) return [];
  if (count > MAX_SHARDS)
    throw new LimitError(`The model is split into ${count} files; at most ${MAX_SHARDS} are read.`, {
      format: FORMAT,
      field: "split.count",
    });
  const [, stem, own, of, suffix] = match;
  return Array.from({ length: count }, (_, i) => String(i + 1).padStart(5, "0"))
    .filter((number) => number !== own)
    .map((number) => `${stem}-${number}-of-${of}${suffix}`);
}

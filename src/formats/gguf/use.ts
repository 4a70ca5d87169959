import type { TensorPart, TensorUse } from "../../base/tensor.ts";
import type { MetadataValue } from "../types.ts";

type Metadata = ReadonlyMap<string, MetadataValue>;

/** What llama.cpp's names and the model's own metadata say about a tensor, where names and shapes alone would mislead. */
export function ggufUse(name: string, shape: readonly number[], metadata: Metadata): TensorUse | undefined {
  if (/^token_embd\.weight$/.test(name)) return { role: "embedding", evidence: "the token embedding of GGUF" };
  if (/^token_types\.weight$/.test(name)) return { role: "embedding", evidence: "the token type embedding of GGUF" };
  if (/(^|\.)position_embd\.weight$/.test(name))
    return { role: "position", evidence: "the position embedding of GGUF" };
  if (/(^|\.)rope_(freqs|factors_(long|short))\.weight$/.test(name))
    return { role: "buffer", evidence: "frequencies of the rotary positions, not learned" };
  if (/_exps\.(weight|bias)$/.test(name) && shape.length === 3)
    return { role: "weight", noMatrix: "one matrix for each expert", evidence: "experts of a mixture, stacked" };
  if (/\.lora_[ab]$/.test(name))
    return {
      role: "weight",
      noMatrix: "a factor of a low-rank update: only the product B·A is a change of a weight",
      evidence: "a LoRA adapter's factor",
    };
  const fused = fusedParts(name, shape[0] ?? 0, metadata);
  return fused === undefined ? undefined : fused;
}

function fusedParts(name: string, rows: number, metadata: Metadata): TensorUse | undefined {
  const match = /^(?:.*\.)?blk\.(\d+)\.(attn_qkv|ffn_up|ssm_in)\.(weight|bias)$/.exec(name);
  if (match === null) return undefined;
  const layer = Number(match[1]);
  const architecture = String(metadata.get("general.architecture") ?? "");
  const number = (key: string) => layerNumber(metadata.get(`${architecture}.${key}`), layer);
  if (match[2] === "attn_qkv") {
    const heads = number("attention.head_count") ?? Number.NaN;
    const groups = number("attention.head_count_kv") ?? heads;
    const width = number("attention.key_length") ?? (number("embedding_length") ?? Number.NaN) / heads;
    const values = number("attention.value_length") ?? width;
    return split(
      ["q", "k", "v"],
      [heads * width, groups * width, groups * values],
      rows,
      "query, key and value in one",
    );
  }
  if (match[2] === "ffn_up") {
    const width = number("feed_forward_length") ?? Number.NaN;
    return split(["gate", "up"], [width, width], rows, "gate and up in one");
  }
  const inner = number("ssm.inner_size") ?? Number.NaN;
  return split(["x", "z"], [inner, inner], rows, "signal and gate of a state-space mixer in one");
}

/** Blocks one after the other, if the metadata's sizes add up to what the tensor has. */
function split(
  labels: readonly string[],
  lengths: readonly number[],
  rows: number,
  evidence: string,
): TensorUse | undefined {
  if (!lengths.every((length) => Number.isInteger(length) && length > 0)) return undefined;
  if (lengths.reduce((sum, length) => sum + length, 0) !== rows) return undefined;
  let start = 0;
  const parts = labels.map((label, i): TensorPart => {
    const part = { label, axis: 0, start, length: lengths[i]! };
    start += part.length;
    return part;
  });
  return { parts, evidence: `${evidence}, sizes from the metadata` };
}

/** Some models give a number for each layer. */
function layerNumber(value: MetadataValue | undefined, layer: number): number | undefined {
  const own = Array.isArray(value) ? value[layer] : value;
  return typeof own === "number" ? own : undefined;
}

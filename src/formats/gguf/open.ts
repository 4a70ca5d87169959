import type { ByteSource } from "../../base/byteSource.ts";
import { DTYPES } from "../../base/dtype.ts";
import { serializeError } from "../../base/errors.ts";
import { MAX_NAME_LENGTH } from "../../base/limits.ts";
import { entryCheckpoint, storedEntry, type TensorEntry } from "../_shared/entryCheckpoint.ts";
import { elementsOf } from "../_shared/shape.ts";
import type { Checkpoint, Finding, MetadataValue, OpenContext, SkippedTensor } from "../types.ts";
import { type GgufHeader, readGgufHeader, type TensorRecord } from "./header.ts";
import { codecOf, GGML_DTYPES } from "./quants/index.ts";
import { shardNames } from "./shards.ts";
import { ggufUse } from "./use.ts";
import { FORMAT } from "./values.ts";
import { vocabularyOf } from "./vocabulary.ts";

/** Opens one file, or all files of a split model from any of them. */
export async function openGguf(source: ByteSource, context: OpenContext): Promise<Checkpoint> {
  const header = await readGgufHeader(source, context.signal);
  const files = new Map([[source.uri, source]]);
  const entries = new Map<string, TensorEntry>();
  const skipped: SkippedTensor[] = [];
  const findings: Finding[] = [];
  const metadata = new Map(header.metadata);
  let bytesRead = header.bytesRead;
  const take = (one: GgufHeader, file: ByteSource) => {
    for (const record of one.records) {
      const entry = entries.has(record.name)
        ? "another tensor has the same name"
        : entryOf(record, one, file, metadata);
      if (typeof entry === "string") skipped.push({ name: record.name.slice(0, MAX_NAME_LENGTH), reason: entry });
      else entries.set(record.name, entry);
    }
  };
  // The first file of a split model has the metadata that tell how fused tensors come apart.
  const others: { header: GgufHeader; file: ByteSource }[] = [];
  try {
    for (const name of shardNames(source.uri, header.metadata)) {
      try {
        const file = await context.sibling(name);
        files.set(file.uri, file);
        const other = await readGgufHeader(file, context.signal);
        bytesRead += other.bytesRead;
        for (const [key, value] of other.metadata) if (!metadata.has(key)) metadata.set(key, value);
        others.push({ header: other, file });
      } catch (error) {
        context.signal?.throwIfAborted();
        findings.push({
          kind: "warning",
          message: `${name}, a part of this model, cannot be read: ${serializeError(error).message}`,
        });
      }
    }
  } catch (error) {
    for (const file of files.values()) if (file !== source) await file.close();
    throw error;
  }
  take(header, source);
  for (const other of others) take(other.header, other.file);
  const list = [...entries.values()];
  const holder = [{ header, file: source }, ...others].find((one) => one.header.texts.has("tokenizer.ggml.tokens"));
  const labels = vocabularyOf(holder?.header, holder?.file, [...entries.keys()]);
  return entryCheckpoint(
    {
      format: FORMAT,
      framework: "ggml",
      metadata: facts(metadata, header),
      findings: [...findings, ...quantizedFinding(list), ...overlaps(list)],
      skipped,
      ...(labels.length === 0 ? {} : { labels }),
    },
    list,
    files,
    bytesRead,
  );
}

function entryOf(
  record: TensorRecord,
  header: GgufHeader,
  file: ByteSource,
  metadata: ReadonlyMap<string, MetadataValue>,
): TensorEntry | string {
  const { name, shape } = record;
  if (name.length > MAX_NAME_LENGTH)
    return `its name has ${name.length} characters; at most ${MAX_NAME_LENGTH} are read`;
  const dtype = GGML_DTYPES.get(record.type);
  if (dtype === undefined) return `its element type, number ${record.type} of ggml, is not read`;
  const elements = elementsOf(shape);
  if (typeof elements === "string") return elements;
  const block = DTYPES[dtype].block ?? { elements: 1, bytes: DTYPES[dtype].bytes };
  if ((shape.at(-1) ?? 1) % block.elements !== 0)
    return `its rows of ${shape.at(-1)} elements do not divide into ${dtype} blocks of ${block.elements}`;
  const length = (elements / block.elements) * block.bytes;
  if (record.offset % BigInt(header.alignment) !== 0n)
    return `its offset ${record.offset} is not aligned to ${header.alignment} bytes`;
  const available = BigInt(Math.max(0, file.size - header.dataStart));
  if (record.offset + BigInt(length) > available)
    return `it needs ${length} bytes at offset ${BigInt(header.dataStart) + record.offset}, but the file has ${file.size}: cut off or still being written`;
  const range = { file: file.uri, offset: header.dataStart + Number(record.offset), length };
  const use = ggufUse(name, shape, metadata);
  return storedEntry(
    { name, shape, dtype, elements, storedBytes: length, byteRange: range, ...(use === undefined ? {} : { use }) },
    [range],
    codecOf(dtype),
  );
}

function facts(metadata: ReadonlyMap<string, MetadataValue>, header: GgufHeader): Record<string, MetadataValue> {
  return Object.fromEntries([["gguf.version", header.version], ...metadata]);
}

function quantizedFinding(entries: readonly TensorEntry[]): Finding[] {
  const kinds = new Set<string>();
  let count = 0;
  for (const { info } of entries) {
    if ((DTYPES[info.dtype].block?.elements ?? 1) < 32) continue;
    kinds.add(info.dtype);
    count++;
  }
  return count === 0
    ? []
    : [
        {
          kind: "warning",
          message: `${count} of ${entries.length} tensors are quantized (${[...kinds].join(", ")}): their values are the dequantized ones, and rounding noise fills their smallest singular values.`,
        },
      ];
}

/** Tensors may not share bytes in this format: one of them is not what its name says. */
function overlaps(entries: readonly TensorEntry[]): Finding[] {
  const ranges = entries.flatMap(({ info }) =>
    info.byteRange === undefined ? [] : [{ name: info.name, ...info.byteRange }],
  );
  ranges.sort((a, b) => (a.file === b.file ? a.offset - b.offset : a.file < b.file ? -1 : 1));
  const bad = ranges.find((range, i) => {
    const last = ranges[i - 1];
    return (
      last !== undefined && last.file === range.file && last.offset + last.length > range.offset && range.length > 0
    );
  });
  return bad === undefined
    ? []
    : [
        {
          kind: "warning",
          message: `The data of ${bad.name} overlap another tensor's.`,
          field: "offset",
          offset: bad.offset,
        },
      ];
}

import type { ByteSource } from "../../../base/byteSource.ts";
import { DTYPES } from "../../../base/dtype.ts";
import { FormatError, serializeError } from "../../../base/errors.ts";
import { MAX_NAME_LENGTH, MAX_SHARDS, MAX_STRUCTURE_BYTES } from "../../../base/limits.ts";
import type { Checkpoint, Finding, MetadataValue, OpenContext, SkippedTensor } from "../../types.ts";
import { maskedCrc32c } from "../crc32c.ts";
import { decodeElements } from "../decode.ts";
import { entryCheckpoint, storedEntry, type TensorEntry } from "../entryCheckpoint.ts";
import { elementsOf } from "../shape.ts";
import { type BundleEntry, type BundleHeader, dtypeOf, readBundleEntry, readHeader, TEXT_TYPE } from "./entries.ts";
import { bookkeeping, identityOf, namesOf, optimizerUse } from "./names.ts";
import { OBJECT_GRAPH, onlyText, readFullNames } from "./objectGraph.ts";
import { readTable } from "./table.ts";

/** Checksums of tensors are compared while opening only if all data together are this small: opening reads structure, not data. */
const MAX_CHECKED_BYTES = 1024 * 1024;

export interface BundleFacts {
  readonly format: string;
  /** Path of the bundle without ".index", relative to the file that was opened. */
  readonly prefix: string;
  readonly metadata?: Readonly<Record<string, MetadataValue>>;
  readonly findings?: readonly Finding[];
  /** Further files to keep open, read already. */
  readonly files?: ReadonlyMap<string, ByteSource>;
  readonly bytesRead?: number;
}

/** TensorFlow's checkpoint of version 2: an index (a sorted table of names and places) and data shards beside it. */
export async function openBundle(index: ByteSource, facts: BundleFacts, context: OpenContext): Promise<Checkpoint> {
  const { format } = facts;
  const table = await readTable(index, format, context.signal);
  const [first, ...rest] = table.entries;
  if (first === undefined || first.key.length > 0)
    throw new FormatError("The index has no header.", {
      format,
      field: "header",
      offset: 0,
      remedy: "Save the checkpoint again.",
    });
  const header = await readHeader(first.value, format);
  const entries: BundleEntry[] = [];
  // Keys that begin with a zero byte are the parts of partitioned variables, which are listed whole.
  for (const { key, value } of rest)
    if (key[0] !== 0) entries.push(await readBundleEntry(text.decode(key), value, format));
  const shards = await openShards(header, facts, context);
  const files = new Map([[index.uri, index], ...(facts.files ?? []), ...shards.files]);
  try {
    const fullNames = await objectNames(entries, header, facts, shards, context);
    const builder = new Builder(header, shards, fullNames.names);
    builder.add(entries);
    const checked = await checkSums(builder.list, shards, context);
    const findings: Finding[] = [...(facts.findings ?? []), ...blockFindings(table.damagedBlocks), ...checked.findings];
    const keras =
      entries.some(({ key }) => /layer_with_weights|keras_api|_operations\/\d/.test(key)) || builder.usesKeras;
    return entryCheckpoint(
      {
        format,
        framework: keras ? "keras" : "tensorflow",
        metadata: { ...facts.metadata, shards: header.shards, checksums: checked.what },
        findings,
        skipped: builder.skipped,
      },
      builder.list.map(({ entry }) => entry),
      files,
      index.size + (facts.bytesRead ?? 0) + fullNames.bytesRead + checked.bytesRead,
    );
  } catch (error) {
    for (const file of shards.files.values()) await file.close();
    throw error;
  }
}

const text = new TextDecoder();

interface Shards {
  readonly files: ReadonlyMap<string, ByteSource>;
  /** The shard's file, or why it cannot be read. */
  of(shard: number): { readonly name: string; readonly file: ByteSource } | string;
}

const shardName = (prefix: string, shard: number, of: number) =>
  `${prefix}.data-${String(shard).padStart(5, "0")}-of-${String(of).padStart(5, "0")}`;

async function openShards(
  header: BundleHeader,
  { format, prefix }: BundleFacts,
  context: OpenContext,
): Promise<Shards> {
  if (!(header.shards >= 1 && header.shards <= MAX_SHARDS))
    throw new FormatError(`The index names ${header.shards} data shards; 1 to ${MAX_SHARDS} are read.`, {
      format,
      field: "num_shards",
      offset: 0,
    });
  const files = new Map<string, ByteSource>();
  const problems = new Map<string, string>();
  try {
    for (let shard = 0; shard < header.shards; shard++) {
      const name = shardName(prefix, shard, header.shards);
      try {
        files.set(name, await context.sibling(name));
      } catch (error) {
        context.signal?.throwIfAborted();
        problems.set(name, serializeError(error).message);
      }
    }
  } catch (error) {
    for (const file of files.values()) await file.close();
    throw error;
  }
  return {
    files,
    of(shard) {
      const name = shardName(prefix, shard, header.shards);
      const file = files.get(name);
      return file === undefined
        ? `its data shard ${name} cannot be read: ${problems.get(name) ?? "the index does not have it"}`
        : { name, file };
    },
  };
}

async function objectNames(
  entries: readonly BundleEntry[],
  header: BundleHeader,
  { format }: BundleFacts,
  shards: Shards,
  context: OpenContext,
): Promise<{ readonly names: ReadonlyMap<string, string>; readonly bytesRead: number }> {
  const nothing = { names: new Map<string, string>(), bytesRead: 0 };
  const entry = entries.find(({ key }) => key === OBJECT_GRAPH);
  if (entry === undefined || entry.type !== TEXT_TYPE || header.bigEndian) return nothing;
  const shard = shards.of(entry.shard);
  if (
    typeof shard === "string" ||
    !(entry.offset >= 0 && entry.size >= 0 && entry.offset + entry.size <= shard.file.size)
  )
    return nothing;
  if (entry.size > MAX_STRUCTURE_BYTES) return nothing;
  try {
    const graph = onlyText(await shard.file.read(entry.offset, entry.size, context.signal));
    return { names: graph === null ? nothing.names : await readFullNames(graph, format), bytesRead: entry.size };
  } catch (error) {
    // The graph only gives better names: a damaged one costs those.
    if (error instanceof FormatError) return { ...nothing, bytesRead: entry.size };
    throw error;
  }
}

interface Listed {
  readonly entry: TensorEntry;
  readonly stored: BundleEntry;
}

class Builder {
  readonly list: Listed[] = [];
  readonly skipped: SkippedTensor[] = [];
  readonly #seen = new Map<string, string>();
  readonly #keys = new Set<string>();
  readonly #names = new Set<string>();
  usesKeras = false;

  constructor(
    private readonly header: BundleHeader,
    private readonly shards: Shards,
    private readonly fullNames: ReadonlyMap<string, string>,
  ) {}

  add(entries: readonly BundleEntry[]): void {
    const kept: BundleEntry[] = [];
    for (const entry of entries) {
      const reason = this.#leaveOut(entry);
      if (reason === undefined) kept.push(entry);
      else this.skipped.push({ name: entry.key.slice(0, MAX_NAME_LENGTH), reason });
    }
    const names = namesOf(
      kept.map(({ key }) => key),
      this.fullNames,
    );
    for (const stored of kept) {
      const name = names.get(stored.key) ?? stored.key;
      if (this.#names.has(name)) {
        this.skipped.push({ name: stored.key, reason: `another tensor has the name ${name}` });
        continue;
      }
      this.#names.add(name);
      const entry = this.#entryOf(stored, name);
      if (typeof entry === "string") this.skipped.push({ name, reason: entry });
      else this.list.push({ entry, stored });
    }
  }

  #leaveOut(entry: BundleEntry): string | undefined {
    if (entry.key.length > MAX_NAME_LENGTH)
      return `its key has ${entry.key.length} characters; at most ${MAX_NAME_LENGTH} are read`;
    if (this.#keys.has(entry.key)) return "another entry has the same key";
    this.#keys.add(entry.key);
    if (entry.key === OBJECT_GRAPH) return "the graph of objects, used for names";
    const kept = bookkeeping(entry.key);
    if (kept !== undefined) return kept;
    const fullName = this.fullNames.get(entry.key);
    if (fullName === undefined) return undefined;
    // A variable named by Keras has its layer before it.
    if (/\/(kernel|gamma|moving_mean|embeddings)$/.test(fullName)) this.usesKeras = true;
    const identity = identityOf(entry, fullName);
    const before = this.#seen.get(identity);
    if (before !== undefined) return `the same variable as ${before} (${fullName}), stored twice`;
    this.#seen.set(identity, entry.key);
    return undefined;
  }

  #entryOf(stored: BundleEntry, name: string): TensorEntry | string {
    if (stored.slices > 0) return `it is partitioned into ${stored.slices} slices, which are not put together`;
    const dtype = dtypeOf(stored.type);
    if (dtype === undefined)
      return stored.type === TEXT_TYPE
        ? "it holds texts"
        : `its data type, number ${stored.type} of TensorFlow, is not read`;
    const elements = elementsOf(stored.shape);
    if (typeof elements === "string") return elements;
    const width = DTYPES[dtype].bytes;
    if (stored.size !== elements * width)
      return `its shape [${stored.shape.join(", ")}] in ${dtype} needs ${elements * width} bytes, but it has ${stored.size}`;
    const shard = this.shards.of(stored.shard);
    if (typeof shard === "string") return shard;
    if (!(stored.offset >= 0 && stored.offset + stored.size <= shard.file.size))
      return `it needs the bytes ${stored.offset} to ${stored.offset + stored.size} of ${shard.name}, which has ${shard.file.size}`;
    const range = { file: shard.name, offset: stored.offset, length: stored.size };
    const use = optimizerUse(stored.key);
    const info = { name, shape: stored.shape, dtype, elements, storedBytes: stored.size };
    const littleEndian = !this.header.bigEndian;
    return storedEntry(
      { ...info, ...(littleEndian ? { byteRange: range } : {}), ...(use === undefined ? {} : { use }) },
      [range],
      { elements: 1, bytes: width, decode: (bytes) => decodeElements(bytes, dtype, littleEndian) },
    );
  }
}

async function checkSums(
  list: readonly Listed[],
  shards: Shards,
  context: OpenContext,
): Promise<{ readonly what: string; readonly findings: readonly Finding[]; readonly bytesRead: number }> {
  const total = list.reduce((sum, { stored }) => sum + stored.size, 0);
  if (total > MAX_CHECKED_BYTES)
    return { what: "not compared: the data are larger than 1 MiB", findings: [], bytesRead: 0 };
  const findings: Finding[] = [];
  for (const { entry, stored } of list) {
    const shard = shards.of(stored.shard);
    if (typeof shard === "string") continue;
    const bytes = await shard.file.read(stored.offset, stored.size, context.signal);
    if (maskedCrc32c(bytes) === stored.crc) continue;
    findings.push({
      kind: "warning",
      message: `The values of ${entry.info.name} do not fit their checksum: they were changed or damaged after they were saved.`,
      field: "crc32c",
      offset: stored.offset,
    });
  }
  return { what: findings.length === 0 ? "all fit" : `${findings.length} do not fit`, findings, bytesRead: total };
}

function blockFindings(offsets: readonly number[]): Finding[] {
  return offsets.slice(0, 8).map((offset) => ({
    kind: "warning",
    message: "A part of the index does not fit its checksum: names and places of tensors may be wrong.",
    field: "index",
    offset,
  }));
}

import { type ByteSource, memorySource } from "../../base/byteSource.ts";
import { FormatError, LimitError, serializeError } from "../../base/errors.ts";
import { hdf5Checkpoint } from "../_shared/hdf5/checkpoint.ts";
import { readKeras } from "../_shared/hdf5/keras.ts";
import { partSource } from "../_shared/partSource.ts";
import { plainJson } from "../_shared/plainJson.ts";
import { readEntry, readZipIndex, type ZipEntry } from "../_shared/zip.ts";
import { firstZipName } from "../_shared/zipHead.ts";
import type { Checkpoint, Finding, Format, MetadataValue } from "../types.ts";

const WEIGHTS = "model.weights.h5";
const MEMBERS = ["metadata.json", "config.json", WEIGHTS];
const MAX_JSON_BYTES = 64 * 1024 * 1024;
/** A deflated member has no random access and is held in memory whole; Keras itself stores it plain. */
const MAX_HELD_BYTES = 1024 ** 3;

/** Keras 3's own archive: the configuration as JSON beside the weights as HDF5. */
export const kerasFormat: Format = {
  manifest: { id: "keras", title: "Keras archive", extensions: [".keras"], lazy: "parts" },
  sniff({ head, name }) {
    const first = firstZipName(head);
    if (first === null || !MEMBERS.includes(first)) return false;
    return name.toLowerCase().endsWith(".keras") || new TextDecoder("latin1").decode(head).includes('"keras_version"');
  },
  async open(plain, context): Promise<Checkpoint> {
    let bytesRead = 0;
    const source: ByteSource = {
      uri: plain.uri,
      size: plain.size,
      version: plain.version,
      read(offset, length, signal) {
        bytesRead += length;
        return plain.read(offset, length, signal);
      },
      close: () => plain.close(),
    };
    const entries = new Map((await readZipIndex(source, context.signal)).map((entry) => [entry.name, entry]));
    const weights = entries.get(WEIGHTS);
    if (weights === undefined)
      throw new FormatError(`The archive has no ${WEIGHTS}.`, {
        format: "keras",
        field: WEIGHTS,
        remedy: "Save the model again with model.save().",
      });
    const findings: Finding[] = [];
    const config = await readJson(source, entries.get("config.json"), findings, context.signal);
    const about = await readJson(source, entries.get("metadata.json"), findings, context.signal);
    const inner = await weightsSource(source, weights, context.signal);
    const checkpoint = await hdf5Checkpoint(
      inner.source,
      { format: "keras", interpret: (content) => readKeras(content, config) },
      context.signal,
    );
    return {
      ...checkpoint,
      tensors: checkpoint.tensors.map(({ byteRange, ...tensor }) =>
        byteRange === undefined || inner.start === null
          ? tensor
          : { ...tensor, byteRange: { ...byteRange, offset: inner.start + byteRange.offset } },
      ),
      metadata: {
        ...checkpoint.metadata,
        ...(about === undefined ? {} : { metadata: about }),
        ...(config === undefined ? {} : { config }),
      },
      findings: [...findings, ...checkpoint.findings],
      bytesRead: () => bytesRead,
      close: () => source.close(),
    };
  },
};

/** The configuration is worth having, but no reason to refuse the weights. */
async function readJson(
  source: ByteSource,
  entry: ZipEntry | undefined,
  findings: Finding[],
  signal?: AbortSignal,
): Promise<MetadataValue | undefined> {
  if (entry === undefined) return undefined;
  try {
    const bytes = await readEntry(source, entry, { maxBytes: MAX_JSON_BYTES }, signal);
    const value = plainJson(new TextDecoder().decode(bytes));
    if (value === undefined)
      findings.push({ kind: "warning", message: `${entry.name} is no JSON.`, field: entry.name });
    return value;
  } catch (error) {
    signal?.throwIfAborted();
    const { message } = serializeError(error);
    findings.push({ kind: "warning", message: `${entry.name} cannot be read: ${message}`, field: entry.name });
    return undefined;
  }
}

async function weightsSource(
  source: ByteSource,
  entry: ZipEntry,
  signal?: AbortSignal,
): Promise<{ source: ByteSource; start: number | null }> {
  if (entry.method === "stored") {
    const start = await entry.dataOffset(signal);
    return { source: partSource(source, start, entry.size), start };
  }
  if (entry.size > MAX_HELD_BYTES)
    throw new LimitError(`${WEIGHTS} is compressed and has ${entry.size} bytes; at most ${MAX_HELD_BYTES} are held.`, {
      format: "keras",
      field: WEIGHTS,
      remedy: `Unpack the archive and open ${WEIGHTS} itself.`,
    });
  const bytes = await readEntry(source, entry, { maxBytes: MAX_HELD_BYTES }, signal);
  return { source: memorySource(bytes, source.uri, source.version), start: null };
}

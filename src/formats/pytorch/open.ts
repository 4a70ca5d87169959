import type { ByteSource } from "../../base/byteSource.ts";
import { FormatError, isCancelled, ModeScopeError, StaleSourceError, UnsupportedError } from "../../base/errors.ts";
import { MAX_PICKLE_BYTES } from "../../base/limits.ts";
import { unpickle } from "../_shared/pickle/unpickle.ts";
import { type StorageRange, torchCheckpoint } from "../_shared/pickleTorch/checkpoint.ts";
import { readEntry, readZipIndex, type ZipEntry } from "../_shared/zip.ts";
import type { Checkpoint, Finding } from "../types.ts";

const FORMAT = "pytorch";

/** Opens a zip checkpoint: central directory, data.pkl and the local headers of the storages; no storage. */
export async function openTorchArchive(
  source: ByteSource,
  bytesRead: () => number,
  signal?: AbortSignal,
): Promise<Checkpoint> {
  const records = recordsByName(await readZipIndex(source, signal));
  const root = rootOf(records);
  const orderRecord = records.get(`${root}byteorder`);
  const order = orderRecord === undefined ? "little" : await byteOrder(source, orderRecord, signal);
  const pickle = await readEntry(source, records.get(`${root}data.pkl`)!, { maxBytes: MAX_PICKLE_BYTES }, signal);
  const { value, report } = unpickle(pickle, { format: FORMAT });
  const findings: Finding[] = [];
  if (order !== "little" && order !== "big") {
    findings.push({
      kind: "warning",
      message: `The record byteorder says "${order}"; little-endian is assumed.`,
      field: "byteorder",
    });
  }
  const ranges = new Map<string, Promise<StorageRange | string>>();
  const locate = (key: string): Promise<StorageRange | string> => {
    let range = ranges.get(key);
    if (range === undefined) {
      range = storageRange(records.get(`${root}data/${key}`), key, signal);
      ranges.set(key, range);
    }
    return range;
  };
  return torchCheckpoint({
    format: FORMAT,
    source,
    value,
    report,
    bigEndian: order === "big",
    findings,
    metadata: {},
    locate,
    bytesRead,
  });
}

/** Two records of one name could show a person one thing and PyTorch another. */
function recordsByName(entries: readonly ZipEntry[]): Map<string, ZipEntry> {
  const records = new Map<string, ZipEntry>();
  for (const entry of entries) {
    if (records.has(entry.name)) {
      throw new FormatError(`The archive lists ${entry.name} twice.`, {
        format: FORMAT,
        field: entry.name,
        remedy: "Save the checkpoint again.",
      });
    }
    records.set(entry.name, entry);
  }
  return records;
}

/** The folder that all records share, with its slash. TorchScript archives and zips that are no checkpoint are told apart here. */
function rootOf(records: ReadonlyMap<string, ZipEntry>): string {
  const roots: string[] = [];
  for (const name of records.keys()) {
    if (/^[^/]+\/(constants\.pkl$|code\/|model\.json$)/.test(name)) {
      throw new UnsupportedError(
        "This is a TorchScript archive (a compiled program with its weights), which is not read yet.",
        {
          format: FORMAT,
          remedy: "Load it with torch.jit.load, save its state_dict() with torch.save, and open that file.",
        },
      );
    }
    if (/^[^/]+\/data\.pkl$/.test(name)) roots.push(name.slice(0, -"data.pkl".length));
  }
  const [root] = roots;
  if (root === undefined) {
    throw new FormatError("The zip archive has no data.pkl, so it is not a PyTorch checkpoint.", {
      format: FORMAT,
      field: "data.pkl",
      remedy: "Check that this is a file that torch.save wrote.",
    });
  }
  if (roots.length > 1) {
    throw new FormatError("The archive holds several data.pkl, so it is not clear which one is the checkpoint.", {
      format: FORMAT,
      field: "data.pkl",
      remedy: "Save the checkpoint again with torch.save.",
    });
  }
  return root;
}

/** Where a storage lies, or why it cannot be read: one broken storage leaves the others usable. */
async function storageRange(
  record: ZipEntry | undefined,
  key: string,
  signal?: AbortSignal,
): Promise<StorageRange | string> {
  if (record === undefined) return `its storage data/${key.slice(0, 100)} is not in the archive`;
  if (record.method !== "stored")
    return "its storage is compressed, which PyTorch itself never does: save it again with torch.save";
  try {
    return { offset: await record.dataOffset(signal), length: record.size };
  } catch (error) {
    if (!(error instanceof ModeScopeError) || isCancelled(error) || error instanceof StaleSourceError) throw error;
    return error.message;
  }
}

async function byteOrder(source: ByteSource, record: ZipEntry, signal?: AbortSignal): Promise<string> {
  return new TextDecoder()
    .decode(await readEntry(source, record, { maxBytes: 64 }, signal))
    .trim()
    .slice(0, 20);
}

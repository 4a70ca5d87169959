import type { ByteSource } from "../../../base/byteSource.ts";
import { FormatError, isCancelled, ModeScopeError, StaleSourceError, UnsupportedError } from "../../../base/errors.ts";
import { MAX_PICKLE_BYTES } from "../../../base/limits.ts";
import type { Checkpoint, Finding, MetadataValue } from "../../types.ts";
import { countedSource } from "../countedSource.ts";
import { type Unpickled, unpickle } from "../pickle/unpickle.ts";
import { asSequence, PicklePersistent, PickleTuple, type PickleValue } from "../pickle/values.ts";
import { readEntry, readZipIndex, type ZipEntry } from "../zip.ts";
import { type StorageRange, torchCheckpoint } from "./checkpoint.ts";
import { SCRIPTED, type WalkRoot } from "./walk.ts";

/** Keys of the constants' storages: those of the module's own storages are numbered from 0 as well. */
const CONSTANTS = "constants/";

/** A zip archive of torch: its records by name, and the folder that they share. */
export interface TorchArchive {
  readonly source: ByteSource;
  readonly bytesRead: () => number;
  readonly format: string;
  readonly root: string;
  readonly records: ReadonlyMap<string, ZipEntry>;
  readonly object: Unpickled;
}

/** Central directory and data.pkl; no storage. */
export async function readTorchArchive(file: ByteSource, format: string, signal?: AbortSignal): Promise<TorchArchive> {
  const { source, bytesRead } = countedSource(file);
  const records = recordsByName(await readZipIndex(source, signal), format);
  const root = rootOf(records, format);
  const pickle = await readEntry(source, records.get(`${root}data.pkl`)!, { maxBytes: MAX_PICKLE_BYTES }, signal);
  return { source, bytesRead, format, root, records, object: unpickle(pickle, { format }) };
}

/** Opens a zip checkpoint of torch.save, or a TorchScript archive: headers of the storages, no storage. */
export async function openTorchArchive(file: ByteSource, format: string, signal?: AbortSignal): Promise<Checkpoint> {
  return archiveCheckpoint(await readTorchArchive(file, format, signal), signal);
}

export async function archiveCheckpoint(archive: TorchArchive, signal?: AbortSignal): Promise<Checkpoint> {
  const { source, records, root, format, object } = archive;
  const orderRecord = records.get(`${root}byteorder`);
  const order = orderRecord === undefined ? "little" : await byteOrder(source, orderRecord, signal);
  const findings: Finding[] = [];
  if (order !== "little" && order !== "big") {
    findings.push({
      kind: "warning",
      message: `The record byteorder says "${order}"; little-endian is assumed.`,
      field: "byteorder",
    });
  }
  const roots: WalkRoot[] = [{ path: "", value: object.value }];
  const constants = await constantsOf(archive, signal);
  if (constants !== null) roots.push({ path: "constants", value: constants.value });
  const ranges = new Map<string, Promise<StorageRange | string>>();
  const locate = (key: string): Promise<StorageRange | string> => {
    const place = key.startsWith(CONSTANTS) ? key : `data/${key}`;
    const range = ranges.get(key) ?? storageRange(records.get(root + place), place, signal);
    ranges.set(key, range);
    return range;
  };
  // Classes of the compiled program stand in the archive itself; what lies outside it is what a person must know.
  const classes = [...object.report.classes].filter((name) => !SCRIPTED.test(name));
  return torchCheckpoint({
    format,
    source,
    roots,
    report: {
      code: new Set([...object.report.code, ...(constants?.report.code ?? [])]),
      classes: new Set([...classes, ...(constants?.report.classes ?? [])]),
    },
    bigEndian: order === "big",
    findings,
    metadata: programOf(archive),
    locate,
    bytesRead: archive.bytesRead,
  });
}

/** Constants of a compiled program: a frozen module keeps its weights there. */
async function constantsOf(archive: TorchArchive, signal?: AbortSignal): Promise<Unpickled | null> {
  const record = archive.records.get(`${archive.root}constants.pkl`);
  if (record === undefined) return null;
  const bytes = await readEntry(archive.source, record, { maxBytes: MAX_PICKLE_BYTES }, signal);
  return unpickle(bytes, { format: archive.format, persistent: constantPointer });
}

function constantPointer(id: PickleValue): PickleValue {
  const items = asSequence(id);
  const key = items?.[2];
  if (items === undefined || (typeof key !== "string" && typeof key !== "number")) return new PicklePersistent(id);
  return new PicklePersistent(new PickleTuple([...items.slice(0, 2), CONSTANTS + String(key), ...items.slice(3)]));
}

function programOf({ records, root }: TorchArchive): Readonly<Record<string, MetadataValue>> {
  const code = [...records.keys()].filter((name) => name.startsWith(`${root}code/`) && name.endsWith(".py")).length;
  return code === 0 ? {} : { program: `TorchScript, ${code} source files in the archive, never run` };
}

/** Two records of one name could show a person one thing and PyTorch another. */
function recordsByName(entries: readonly ZipEntry[], format: string): Map<string, ZipEntry> {
  const records = new Map<string, ZipEntry>();
  for (const entry of entries) {
    if (records.has(entry.name)) {
      throw new FormatError(`The archive lists ${entry.name} twice.`, {
        format,
        field: entry.name,
        remedy: "Save the checkpoint again.",
      });
    }
    records.set(entry.name, entry);
  }
  return records;
}

/** The folder that all records share, with its slash. */
function rootOf(records: ReadonlyMap<string, ZipEntry>, format: string): string {
  const names = [...records.keys()];
  const roots = names
    .filter((name) => /^[^/]+\/data\.pkl$/.test(name))
    .map((name) => name.slice(0, -"data.pkl".length));
  const [root] = roots;
  if (root === undefined && names.some((name) => /^[^/]+\/model\.json$/.test(name))) {
    throw new UnsupportedError("This is a TorchScript archive of PyTorch 1.0 to 1.3, which is not read.", {
      format,
      field: "model.json",
      remedy: "Load it with torch.jit.load and save it again with a later PyTorch.",
    });
  }
  if (root === undefined) {
    throw new FormatError("The zip archive has no data.pkl, so it is not a PyTorch checkpoint.", {
      format,
      field: "data.pkl",
      remedy: "Check that this is a file that torch.save or torch.jit.save wrote.",
    });
  }
  if (roots.length > 1) {
    throw new FormatError("The archive holds several data.pkl, so it is not clear which one is the checkpoint.", {
      format,
      field: "data.pkl",
      remedy: "Save the checkpoint again with torch.save.",
    });
  }
  return root;
}

/** Where a storage lies, or why it cannot be read: one broken storage leaves the others usable. */
async function storageRange(
  record: ZipEntry | undefined,
  place: string,
  signal?: AbortSignal,
): Promise<StorageRange | string> {
  if (record === undefined) return `its storage ${place.slice(0, 100)} is not in the archive`;
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

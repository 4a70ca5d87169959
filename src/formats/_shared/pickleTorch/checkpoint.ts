import type { ByteSource } from "../../../base/byteSource.ts";
import { DTYPES, type RealArray } from "../../../base/dtype.ts";
import { ModeScopeError, UnsupportedError } from "../../../base/errors.ts";
import type { TensorInfo } from "../../../base/tensor.ts";
import type { Checkpoint, Finding, MetadataValue, SkippedTensor } from "../../types.ts";
import { decodeElements } from "../decode.ts";
import type { UnpickleReport } from "../pickle/machine.ts";
import { requireRange } from "../requireRange.ts";
import { pickleFindings } from "./findings.ts";
import { gatherBytes, type StridedBytes } from "./gather.ts";
import { isContiguous, type TensorLayout } from "./layout.ts";
import { type NamedTensor, type WalkRoot, walkTensors } from "./walk.ts";

const READS_AT_ONCE = 64;

/** Where the bytes of a storage lie in the file. */
export interface StorageRange {
  readonly offset: number;
  readonly length: number;
}

export interface TorchFile {
  readonly format: string;
  readonly source: ByteSource;
  readonly roots: readonly WalkRoot[];
  readonly report: Pick<UnpickleReport, "code" | "classes">;
  readonly bigEndian: boolean;
  readonly findings: readonly Finding[];
  readonly metadata: Readonly<Record<string, MetadataValue>>;
  /** Range of a storage, or a text: why it cannot be read. */
  locate(key: string): Promise<StorageRange | string>;
  bytesRead(): number;
}

interface Entry {
  readonly info: TensorInfo;
  readonly view: StridedBytes;
  readonly source: Pick<ByteSource, "read">;
  readonly bigEndian: boolean;
}

/** Turns an unpickled object and its storages into a checkpoint. No storage is read until a tensor's values are asked for. */
export async function torchCheckpoint(file: TorchFile): Promise<Checkpoint> {
  const walk = walkTensors(file.roots, file.format);
  const skipped: SkippedTensor[] = [...walk.skipped];
  const entries = new Map<string, Entry>();
  const owners = new Map<string, string>();
  await locateAll(file, walk.tensors);
  for (const tensor of walk.tensors) {
    const entry = "storage" in tensor.data ? await stored(file, tensor.name, tensor.data, owners) : inline(tensor);
    if (typeof entry === "string") skipped.push({ name: tensor.name, reason: entry });
    else entries.set(tensor.name, entry);
  }
  return {
    format: file.format,
    framework: "pytorch",
    tensors: [...entries.values()].map((entry) => entry.info),
    metadata: Object.fromEntries([...Object.entries(walk.metadata), ...Object.entries(file.metadata)]),
    findings: [...pickleFindings(file.report), ...file.findings, ...droppedFinding(walk.metadataDropped)],
    skipped,
    version: file.source.version,
    bytesRead: () => file.bytesRead(),
    read: (name, start, count, signal) => readValues(file.format, entries.get(name), name, start, count, signal),
    close: () => file.source.close(),
  };
}

/** Asks for all storages some at a time: one after the other, ten thousand small reads are slow. */
async function locateAll(file: TorchFile, tensors: readonly NamedTensor[]): Promise<void> {
  const keys = new Set<string>();
  for (const { data } of tensors) if ("storage" in data) keys.add(data.storage.key);
  const list = [...keys];
  for (let at = 0; at < list.length; at += READS_AT_ONCE) {
    await Promise.all(list.slice(at, at + READS_AT_ONCE).map((key) => file.locate(key)));
  }
}

async function stored(
  file: TorchFile,
  name: string,
  layout: TensorLayout,
  owners: Map<string, string>,
): Promise<Entry | string> {
  const { dtype, shape, strides, offset, elements } = layout;
  const itemBytes = DTYPES[dtype].bytes;
  const range = await file.locate(layout.storage.key);
  if (typeof range === "string") return range;
  const contiguous = isContiguous(shape, strides);
  const span = contiguous ? elements : spanOf(layout);
  if (elements > 0 && (offset + span) * itemBytes > range.length) {
    return `it needs ${(offset + span) * itemBytes} bytes of a storage that has ${range.length}`;
  }
  const place = `${layout.storage.key}\n${dtype}\n${offset}\n${shape.join(",")}\n${strides.join(",")}`;
  const owner = elements === 0 ? undefined : owners.get(place);
  if (owner === undefined) owners.set(place, name);
  const info: TensorInfo = {
    name,
    shape,
    dtype,
    elements,
    storedBytes: owner === undefined ? Math.min(elements, span) * itemBytes : 0,
    ...(contiguous
      ? {
          byteRange: { file: file.source.uri, offset: range.offset + offset * itemBytes, length: elements * itemBytes },
        }
      : {}),
    ...(owner === undefined ? {} : { sharesStorageWith: owner }),
  };
  return {
    info,
    view: { base: range.offset, itemBytes, offset, shape, strides },
    source: file.source,
    bigEndian: file.bigEndian,
  };
}

/** Elements from the first to the last that a view touches. */
function spanOf(layout: TensorLayout): number {
  return layout.shape.reduce((last, size, axis) => last + (size - 1) * layout.strides[axis]!, 0) + 1;
}

function inline({ name, data }: NamedTensor): Entry | string {
  if (!("bytes" in data)) return "it has no bytes";
  const { bytes, dtype, shape, strides, elements, bigEndian } = data;
  const itemBytes = DTYPES[dtype].bytes;
  return {
    info: { name, shape, dtype, elements, storedBytes: bytes.byteLength },
    view: { base: 0, itemBytes, offset: 0, shape, strides },
    source: { read: async (offset, length) => bytes.slice(offset, offset + length) },
    bigEndian,
  };
}

async function readValues(
  format: string,
  entry: Entry | undefined,
  name: string,
  start: number,
  count: number,
  signal: AbortSignal | undefined,
): Promise<RealArray> {
  if (entry === undefined)
    throw new ModeScopeError("unknown-tensor", `The checkpoint has no tensor named ${name}.`, { tensor: name, format });
  const { dtype, elements } = entry.info;
  requireRange(name, elements, start, count);
  if (DTYPES[dtype].kind === "complex") {
    throw new UnsupportedError(
      `The values of ${name} are complex numbers (${dtype}), which are listed but not analysed.`,
      {
        tensor: name,
        format,
      },
    );
  }
  return decodeElements(await gatherBytes(entry.source, entry.view, start, count, signal), dtype, !entry.bigEndian);
}

function droppedFinding(dropped: number): Finding[] {
  return dropped === 0
    ? []
    : [{ kind: "warning", message: `${dropped} further plain values of the checkpoint are not listed.` }];
}

import { ModeScopeError, serializeError } from "../base/errors.ts";
import type { DescribedTensor, TensorReading } from "../base/tensor.ts";
import { opensFolder } from "../formats/folders.ts";
import { describeTensors } from "../formats/interpret/index.ts";
import { withReadings } from "../formats/interpret/readings.ts";
import { openCheckpoint } from "../formats/sniff.ts";
import type { Checkpoint } from "../formats/types.ts";
import type { CheckpointSummary, Totals } from "../protocol/contract.ts";
import type { Sources } from "./ports.ts";

/** An opened and interpreted checkpoint. */
export interface Opened {
  readonly checkpoint: Checkpoint;
  readonly formatTitle: string;
  /** The file's name, and its folder's before it where the folder is the model. */
  readonly name: string;
  readonly fileBytes: number;
  readonly tensors: readonly DescribedTensor[];
  readonly byName: ReadonlyMap<string, DescribedTensor>;
}

/** A file that is being replaced is another one a moment later; one that a job keeps writing is for the watcher. */
const OPENINGS = 3;

/**
 * Opens by content: headers only. The same in the engine (for the table) and in each worker (for the values). A file that changes
 * meanwhile is opened anew, so that never half of one version and half of another are shown.
 */
export async function openByUri(
  sources: Sources,
  uri: string,
  readings: readonly TensorReading[],
  signal?: AbortSignal,
): Promise<Opened> {
  for (let opening = 1; ; opening++) {
    try {
      return await openOnce(sources, uri, readings, signal);
    } catch (error) {
      if (opening >= OPENINGS || serializeError(error).code !== "stale-source") throw error;
      signal?.throwIfAborted();
    }
  }
}

async function openOnce(
  sources: Sources,
  uri: string,
  readings: readonly TensorReading[],
  signal?: AbortSignal,
): Promise<Opened> {
  const source = await sources.open(uri, signal);
  try {
    const { checkpoint: stored, format } = await openCheckpoint(source, nameOf(uri), {
      sibling: async (name) => sources.open(await sources.sibling(uri, name), signal),
      list: (folder = "") => sources.list(uri, folder),
      ...(signal === undefined ? {} : { signal }),
    });
    const checkpoint = withReadings(stored, readings);
    const tensors = describeTensors(checkpoint);
    return {
      checkpoint,
      formatTitle: format.manifest.title,
      name: opensFolder(format.manifest, nameOf(uri)) ? [nameOf(uri, 1), nameOf(uri)].join("/") : nameOf(uri),
      fileBytes: source.size,
      tensors,
      byName: new Map(tensors.map((tensor) => [tensor.name, tensor])),
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

export function summarize(handle: string, uri: string, opened: Opened, openMilliseconds: number): CheckpointSummary {
  const { checkpoint } = opened;
  return {
    checkpoint: handle,
    uri,
    name: opened.name,
    format: checkpoint.format,
    formatTitle: opened.formatTitle,
    framework: checkpoint.framework,
    version: checkpoint.version,
    fileBytes: opened.fileBytes,
    bytesRead: checkpoint.bytesRead(),
    openMilliseconds,
    totals: totalsOf(opened.tensors),
    findings: checkpoint.findings,
    skipped: checkpoint.skipped,
    metadata: checkpoint.metadata,
  };
}

/** Parameters are counted once: tied tensors, optimizer state, moving copies and buffers are not parameters. */
function totalsOf(tensors: readonly DescribedTensor[]): Totals {
  const dtypes = new Map<string, { dtype: string; tensors: number; elements: number; bytes: number }>();
  let parameters = 0;
  let storedBytes = 0;
  for (const tensor of tensors) {
    const row = dtypes.get(tensor.dtype) ?? { dtype: tensor.dtype, tensors: 0, elements: 0, bytes: 0 };
    row.tensors += 1;
    row.elements += tensor.elements;
    row.bytes += tensor.storedBytes;
    dtypes.set(tensor.dtype, row);
    storedBytes += tensor.storedBytes;
    // A product of factors is no parameter of its own: the factors are.
    if (tensor.derivedFrom?.how === "product") continue;
    const counts = tensor.role !== "optimizer-state" && tensor.role !== "ema" && tensor.role !== "buffer";
    if (counts && tensor.sharesStorageWith === undefined) parameters += tensor.elements;
  }
  return {
    tensors: tensors.length,
    parameters,
    storedBytes,
    dtypes: [...dtypes.values()].sort((a, b) => b.bytes - a.bytes),
  };
}

/** The last segment of a path, or one further up. */
function nameOf(uri: string, up = 0): string {
  const last = (uri.split(/[?#]/, 1)[0] ?? uri).split("/").at(-1 - up) ?? "";
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

export function tensorOf(opened: Opened, name: string): DescribedTensor {
  const tensor = opened.byName.get(name);
  if (tensor === undefined)
    throw new ModeScopeError("unknown-tensor", `There is no tensor ${name} in this checkpoint.`, { tensor: name });
  return tensor;
}

export async function labelWords(
  checkpoint: Checkpoint,
  id: string,
  from: number,
  count: number,
  signal: AbortSignal,
): Promise<{ words: readonly string[]; total: number }> {
  const source = (checkpoint.labels ?? []).find((one) => one.id === id);
  if (source === undefined || !Number.isSafeInteger(from) || !Number.isSafeInteger(count) || from < 0)
    throw new ModeScopeError("bad-request", `This checkpoint offers no labels ${String(id)} from there.`, {
      field: "source",
    });
  const words = await source.load(signal);
  return { words: words.slice(from, from + Math.max(0, count)), total: words.length };
}

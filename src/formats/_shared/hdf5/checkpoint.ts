import type { ByteSource } from "../../../base/byteSource.ts";
import { DTYPES } from "../../../base/dtype.ts";
import { ModeScopeError } from "../../../base/errors.ts";
import type { TensorInfo } from "../../../base/tensor.ts";
import type { Checkpoint, Finding, MetadataValue, SkippedTensor } from "../../types.ts";
import { ChunkCache } from "../chunkCache.ts";
import { requireRange } from "../requireRange.ts";
import type { Hdf5Array } from "./dataset.ts";
import { openHdf5 } from "./superblock.ts";
import { type FoundArray, type Hdf5Content, walkHdf5 } from "./walk.ts";

/** How a kind of HDF5 file (Keras, MATLAB, any) wants its content told. */
export interface Reading {
  readonly framework: Checkpoint["framework"];
  readonly arrays: readonly FoundArray[];
  readonly skipped: readonly SkippedTensor[];
  readonly metadata: Readonly<Record<string, MetadataValue>>;
  readonly findings: readonly Finding[];
}

export interface Kind {
  readonly format: string;
  /** MATLAB's: axes the other way round, references to the contents of cells. */
  readonly matlab?: boolean;
  /** Names the arrays and picks the metadata. */
  interpret(content: Hdf5Content): Reading | Promise<Reading>;
}

/** Opens an HDF5 file: all headers, no data. */
export async function hdf5Checkpoint(
  source: ByteSource,
  { format, matlab = false, interpret }: Kind,
  signal?: AbortSignal,
): Promise<Checkpoint> {
  const { file, root, warnings } = await openHdf5(source, signal);
  const content = await walkHdf5(file, root, new ChunkCache(), { reversed: matlab, references: matlab });
  const reading = await interpret(content);
  file.signal = undefined;
  const arrays = new Map<string, Hdf5Array>();
  const skipped = [...reading.skipped];
  const named = reading.arrays.filter(({ name, array }) => {
    // A damaged file may give one name twice, and a name must lead to one tensor.
    const first = !arrays.has(name);
    if (first) arrays.set(name, array);
    else skipped.push({ name, reason: "another dataset has the same name" });
    return first;
  });
  const owners = new Map<Hdf5Array, string>();
  const tensors = named.map(({ name, array }): TensorInfo => {
    const owner = owners.get(array);
    owners.set(array, owner ?? name);
    const bytes = array.elements * DTYPES[array.dtype].bytes;
    return {
      name,
      shape: array.shape,
      dtype: array.dtype,
      elements: array.elements,
      storedBytes: owner === undefined ? bytes : 0,
      ...(array.range === undefined
        ? {}
        : { byteRange: { file: source.uri, offset: array.range.address, length: array.range.length } }),
      ...(owner === undefined ? {} : { sharesStorageWith: owner }),
    };
  });
  const findings = [...warnings.map((message): Finding => ({ kind: "warning", message })), ...reading.findings];
  if (content.attributesDropped)
    findings.push({ kind: "warning", message: "The file has too many attributes: not all of them are listed." });
  return {
    format,
    framework: reading.framework,
    tensors,
    metadata: reading.metadata,
    findings,
    skipped,
    version: source.version,
    bytesRead: () => file.bytesRead,
    async read(name, start, count, readSignal) {
      const array = arrays.get(name);
      if (array === undefined)
        throw new ModeScopeError("unknown-tensor", `There is no tensor ${name} in this file.`, { tensor: name });
      requireRange(name, array.elements, start, count);
      try {
        return await array.read(start, count, readSignal);
      } catch (error) {
        if (error instanceof ModeScopeError && error.details.tensor === undefined)
          throw new ModeScopeError(error.code, error.message, { ...error.details, tensor: name }, { cause: error });
        throw error;
      }
    },
    close: () => source.close(),
  };
}

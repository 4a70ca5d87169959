import type { ByteSource } from "../../base/byteSource.ts";
import { FormatError, ModeScopeError, serializeError } from "../../base/errors.ts";
import { MAX_INFLATED_BYTES } from "../../base/limits.ts";
import type { TensorInfo } from "../../base/tensor.ts";
import { type NpyHeader, npyDataBytes, readNpyHeader } from "../_shared/npyHeader.ts";
import { readNpyValues } from "../_shared/npyValues.ts";
import { readEntry, readEntryStart, readZipIndex, type ZipEntry } from "../_shared/zip.ts";
import { firstZipName } from "../_shared/zipHead.ts";
import type { Checkpoint, Format, SkippedTensor } from "../types.ts";

interface Member {
  readonly entry: ZipEntry;
  readonly header: NpyHeader;
  /** Bytes of the member: ranges of the file if stored; a deflated one is inflated whole when values are read. */
  readonly bytes: Pick<ByteSource, "read" | "size">;
}

/** Of a deflated member only this much is inflated when the archive is opened: NumPy's headers have a few hundred bytes. */
const HEADER_BYTES = 1 << 16;

/**
 * NumPy archives: a zip of `.npy` members. Stored members are read by ranges. Deflate has no random access: a deflated member is inflated whole when
 * its values are read, and the last one stays in memory, since analyses read a tensor chunk by chunk.
 */
export const npzFormat: Format = {
  manifest: { id: "npz", title: "NumPy archive", extensions: [".npz"], lazy: "parts" },
  sniff: ({ head, name }) => {
    const first = firstZipName(head);
    return first !== null && (first.endsWith(".npy") || (name.toLowerCase().endsWith(".npz") && !first.includes("/")));
  },
  async open(source, context): Promise<Checkpoint> {
    const members = new Map<string, Member>();
    const skipped: SkippedTensor[] = [];
    let bytesRead = 0;
    const inflated = lastInflated(source, (count) => {
      bytesRead += count;
    });
    for (const entry of await readZipIndex(source, context.signal)) {
      const name = entry.name.replace(/\.npy$/, "");
      try {
        const bytes = await memberBytes(source, entry, inflated, context.signal);
        const header = await readNpyHeader(bytes, context.signal);
        if (header.dataOffset + npyDataBytes(header) > entry.size)
          throw new FormatError("Its data are cut off.", { format: "npz", tensor: name });
        members.set(name, { entry, header, bytes });
        bytesRead += Math.min(HEADER_BYTES, entry.method === "stored" ? header.dataOffset : entry.compressedSize);
      } catch (error) {
        context.signal?.throwIfAborted();
        skipped.push({ name, reason: serializeError(error).message });
      }
    }
    return {
      format: "npz",
      framework: "numpy",
      tensors: [...members].map(
        ([name, { header, entry }]): TensorInfo => ({
          name,
          shape: header.shape,
          dtype: header.dtype,
          elements: header.elements,
          storedBytes: entry.compressedSize,
        }),
      ),
      metadata: { members: members.size },
      findings: [],
      skipped,
      version: source.version,
      bytesRead: () => bytesRead,
      async read(tensor, start, count, signal) {
        const member = members.get(tensor);
        if (member === undefined)
          throw new ModeScopeError("unknown-tensor", `There is no tensor ${tensor} in this archive.`, { tensor });
        const { header, bytes } = member;
        if (start < 0 || count < 0 || start + count > header.elements)
          throw new ModeScopeError("bad-request", `${tensor} has ${header.elements} elements.`, { tensor });
        return readNpyValues(
          header,
          async (offset, length) => {
            if (member.entry.method === "stored") bytesRead += length;
            return bytes.read(header.dataOffset + offset, length, signal);
          },
          start,
          count,
        );
      },
      close: () => source.close(),
    };
  },
};

type Inflated = (entry: ZipEntry, signal?: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>;

/** Inflates whole members, one in memory at a time. */
function lastInflated(source: ByteSource, count: (bytes: number) => void): Inflated {
  let last: { readonly entry: ZipEntry; readonly bytes: Promise<Uint8Array<ArrayBuffer>> } | undefined;
  return (entry, signal) => {
    if (last?.entry === entry) return last.bytes;
    const bytes = readEntry(source, entry, { maxBytes: MAX_INFLATED_BYTES }, signal);
    const mine = { entry, bytes };
    last = mine;
    bytes.then(
      () => count(entry.compressedSize),
      () => {
        if (last === mine) last = undefined;
      },
    );
    return bytes;
  };
}

async function memberBytes(
  source: ByteSource,
  entry: ZipEntry,
  inflated: Inflated,
  signal?: AbortSignal,
): Promise<Pick<ByteSource, "read" | "size">> {
  const within = (offset: number, length: number) => {
    if (offset + length > entry.size)
      throw new FormatError("A member of the archive is cut off.", { format: "npz", field: entry.name });
  };
  if (entry.method === "stored") {
    const start = await entry.dataOffset(signal);
    return {
      size: entry.size,
      async read(offset, length, readSignal) {
        within(offset, length);
        return source.read(start + offset, length, readSignal);
      },
    };
  }
  const head = await readEntryStart(source, entry, HEADER_BYTES, signal);
  return {
    size: entry.size,
    async read(offset, length, readSignal) {
      within(offset, length);
      const bytes = offset + length <= head.length ? head : await inflated(entry, readSignal);
      return bytes.slice(offset, offset + length);
    },
  };
}

import { type ByteSource, memorySource } from "../../base/byteSource.ts";
import { FormatError, ModeScopeError, serializeError } from "../../base/errors.ts";
import { MAX_INFLATED_BYTES } from "../../base/limits.ts";
import type { TensorInfo } from "../../base/tensor.ts";
import { type NpyHeader, npyDataBytes, readNpyHeader } from "../_shared/npyHeader.ts";
import { readNpyValues } from "../_shared/npyValues.ts";
import { readEntry, readZipIndex, type ZipEntry } from "../_shared/zip.ts";
import { firstZipName } from "../_shared/zipHead.ts";
import type { Checkpoint, Format, SkippedTensor } from "../types.ts";

interface Member {
  readonly entry: ZipEntry;
  readonly header: NpyHeader;
  /** Bytes of the member: ranges of the file if stored, inflated once if deflated. */
  readonly bytes: Pick<ByteSource, "read" | "size">;
}

/** NumPy archives: a zip of `.npy` members. Stored members are read by ranges; a deflated one is inflated whole, when its header is wanted. */
export const npzFormat: Format = {
  manifest: { id: "npz", title: "NumPy archive", extensions: [".npz"] },
  sniff: ({ head, name }) => {
    const first = firstZipName(head);
    return first !== null && (first.endsWith(".npy") || (name.toLowerCase().endsWith(".npz") && !first.includes("/")));
  },
  async open(source, context): Promise<Checkpoint> {
    const members = new Map<string, Member>();
    const skipped: SkippedTensor[] = [];
    let bytesRead = 0;
    for (const entry of await readZipIndex(source, context.signal)) {
      const name = entry.name.replace(/\.npy$/, "");
      try {
        const bytes = await memberBytes(source, entry);
        const header = await readNpyHeader(bytes, context.signal);
        if (header.dataOffset + npyDataBytes(header) > entry.size)
          throw new FormatError("Its data are cut off.", { format: "npz", tensor: name });
        members.set(name, { entry, header, bytes });
        bytesRead += entry.method === "stored" ? header.dataOffset : entry.compressedSize;
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
      async read(tensor, start, count) {
        const member = members.get(tensor);
        if (member === undefined)
          throw new ModeScopeError("unknown-tensor", `There is no tensor ${tensor} in this archive.`, { tensor });
        const { header, bytes } = member;
        if (start < 0 || count < 0 || start + count > header.elements)
          throw new ModeScopeError("bad-request", `${tensor} has ${header.elements} elements.`, { tensor });
        return readNpyValues(
          header,
          async (offset, length) => {
            bytesRead += length;
            return bytes.read(header.dataOffset + offset, length);
          },
          start,
          count,
        );
      },
      close: () => source.close(),
    };
  },
};

async function memberBytes(source: ByteSource, entry: ZipEntry): Promise<Pick<ByteSource, "read" | "size">> {
  if (entry.method !== "stored") return memorySource(await readEntry(source, entry, { maxBytes: MAX_INFLATED_BYTES }));
  const start = await entry.dataOffset();
  return {
    size: entry.size,
    read: async (offset, length, signal) => {
      if (offset + length > entry.size)
        throw new FormatError("A member of the archive is cut off.", {
          format: "npz",
          field: entry.name,
          offset: start + entry.size,
        });
      return source.read(start + offset, length, signal);
    },
  };
}

import type { ByteSource } from "../../../base/byteSource.ts";
import { UnsupportedError } from "../../../base/errors.ts";
import type { Checkpoint } from "../../types.ts";
import { countedSource } from "../countedSource.ts";
import { torchCheckpoint } from "./checkpoint.ts";
import { readPickles } from "./legacyPickles.ts";
import { locateStorages } from "./legacyStorages.ts";

/** LONG1 of 10 bytes: the magic number 0x1950a86a20f9469cfc6c. */
const MAGIC = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/** Protocol byte, from protocol 4 on a frame of 9 bytes, then the magic number. */
export function isLegacyTorch(head: Uint8Array): boolean {
  return head[0] === 0x80 && (head[1] ?? 9) <= 5 && (magicAt(head, 2) || (head[2] === 0x95 && magicAt(head, 11)));
}

/** PyTorch's own files before 1.6, and of `_use_new_zipfile_serialization=False`: pickles one after the other, then the storages. */
export async function openLegacyTorch(file: ByteSource, format: string, signal?: AbortSignal): Promise<Checkpoint> {
  const { source, bytesRead } = countedSource(file);
  const found = await readPickles(source, format, signal);
  if (!found.littleEndian) {
    throw new UnsupportedError(
      "The checkpoint was written by a big-endian machine in PyTorch's old format, which is not read.",
      { format, remedy: "Load it with PyTorch and save it again: today's format says its byte order." },
    );
  }
  const storages = await locateStorages(source, found, format, signal);
  return torchCheckpoint({
    format,
    source,
    roots: [{ path: "", value: found.value }],
    report: found.report,
    bigEndian: false,
    findings: [],
    metadata: {},
    locate: async (key) => storages.get(key) ?? "its storage is not in the file",
    bytesRead,
  });
}

function magicAt(head: Uint8Array, at: number): boolean {
  return MAGIC.every((byte, i) => head[at + i] === byte);
}

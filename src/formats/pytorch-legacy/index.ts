import type { ByteSource } from "../../base/byteSource.ts";
import { UnsupportedError } from "../../base/errors.ts";
import { torchCheckpoint } from "../_shared/pickleTorch/checkpoint.ts";
import type { Format, SniffInput } from "../types.ts";
import { readPickles } from "./pickles.ts";
import { locateStorages } from "./storages.ts";

const ID = "pytorch-legacy";

/** LONG1 of 10 bytes: the magic number 0x1950a86a20f9469cfc6c. */
const MAGIC = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/** PyTorch's own files before 1.6, and of `_use_new_zipfile_serialization=False`: pickles one after the other, then the storages. */
export const pytorchLegacyFormat: Format = {
  manifest: { id: ID, title: "PyTorch checkpoint (before 1.6)", extensions: [".ckpt", ".pth", ".bin", ".pt"] },

  /** Protocol byte, from protocol 4 on a frame of 9 bytes, then the magic number. */
  sniff({ head }: SniffInput): boolean {
    return head[0] === 0x80 && (head[1] ?? 9) <= 5 && (magicAt(head, 2) || (head[2] === 0x95 && magicAt(head, 11)));
  },

  async open(source, context) {
    let bytesRead = 0;
    const counted: ByteSource = {
      uri: source.uri,
      size: source.size,
      version: source.version,
      async read(offset, length, signal) {
        const bytes = await source.read(offset, length, signal);
        bytesRead += length;
        return bytes;
      },
      close: () => source.close(),
    };
    const found = await readPickles(counted, ID, context.signal);
    if (!found.littleEndian) {
      throw new UnsupportedError(
        "The checkpoint was written by a big-endian machine in PyTorch's old format, which is not read.",
        {
          format: ID,
          remedy: "Load it with PyTorch and save it again: today's format says its byte order.",
        },
      );
    }
    const storages = await locateStorages(counted, found, ID, context.signal);
    return torchCheckpoint({
      format: ID,
      source: counted,
      value: found.value,
      report: found.report,
      bigEndian: false,
      findings: [],
      metadata: {},
      locate: async (key) => storages.get(key) ?? "its storage is not in the file",
      bytesRead: () => bytesRead,
    });
  },
};

function magicAt(head: Uint8Array, at: number): boolean {
  return MAGIC.every((byte, i) => head[at + i] === byte);
}

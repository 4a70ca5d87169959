import type { ByteSource } from "../../base/byteSource.ts";
import type { Format, SniffInput } from "../types.ts";
import { openTorchArchive } from "./open.ts";

/** "PK\x03\x04": a local file header of a zip archive. */
const ZIP = [0x50, 0x4b, 0x03, 0x04];
/** First records of a torch archive; torch itself writes data.pkl first, TorchScript its code or constants. */
const TORCH_RECORD =
  /^[^/]+\/(data\.pkl|version|byteorder|constants\.pkl|attributes\.pkl|model\.json|\.format_version|\.storage_alignment|\.data\/|data\/|code\/|extra\/|tensors\/)/;

/** Zip checkpoints of torch.save (PyTorch 1.6 and later). */
export const pytorchFormat: Format = {
  manifest: { id: "pytorch", title: "PyTorch checkpoint (zip)", extensions: [".ckpt", ".pth", ".bin", ".pt"] },

  /** A zip archive whose first record is one that torch writes. */
  sniff({ head }: SniffInput): boolean {
    if (!ZIP.every((byte, i) => head[i] === byte) || head.byteLength < 30) return false;
    const length = head[26]! | (head[27]! << 8);
    let name = "";
    for (let i = 30; i < Math.min(head.byteLength, 30 + length); i++) name += String.fromCharCode(head[i]!);
    return TORCH_RECORD.test(name) && !name.endsWith(".npy");
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
    return openTorchArchive(counted, () => bytesRead, context.signal);
  },
};

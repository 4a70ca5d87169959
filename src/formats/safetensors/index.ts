import type { ByteSource } from "../../base/byteSource.ts";
import { rangedCheckpoint } from "../_shared/rangedCheckpoint.ts";
import { readSafetensorsHeader } from "../_shared/safetensorsHeader.ts";
import type { Checkpoint, Format } from "../types.ts";

export const safetensorsFormat: Format = {
  manifest: {
    id: "safetensors",
    title: "safetensors",
    extensions: [".safetensors"],
    folder: [
      { name: "adapter_model.safetensors", beside: ["adapter_config.json"] },
      { name: "model.safetensors", beside: ["config.json"] },
      { name: "diffusion_pytorch_model.safetensors", beside: ["config.json"] },
    ],
  },
  sniff({ head, size }) {
    if (size < 10 || head.length < 10 || head[8] !== 0x7b) return false;
    const length = new DataView(head.buffer, head.byteOffset, head.byteLength).getBigUint64(0, true);
    // A header that claims more than the file has is still this format, damaged: the reader says so.
    return (
      length >= 2n &&
      length <= 2n ** 40n &&
      (head[9] === 0x22 || head[9] === 0x7d || head[9] === 0x20 || head[9] === 0x0a)
    );
  },
  async open(source: ByteSource, context): Promise<Checkpoint> {
    const header = await readSafetensorsHeader(source, source.uri, context.signal);
    return rangedCheckpoint(
      {
        format: "safetensors",
        framework: header.metadata.format === "pt" ? "pytorch" : header.metadata.format === "flax" ? "flax" : "unknown",
        tensors: header.tensors,
        metadata: header.metadata,
        findings: [],
        skipped: header.skipped,
      },
      new Map([[source.uri, source]]),
      header.bytesRead,
    );
  },
};

import type { ByteSource } from "../../base/byteSource.ts";
import type { Checkpoint, Format } from "../types.ts";
import { openGguf } from "./open.ts";

const MAGIC = [0x47, 0x47, 0x55, 0x46] as const;

/** Models of llama.cpp: metadata and tensor records in front, aligned data behind, mostly in quantized blocks. */
export const ggufFormat: Format = {
  manifest: { id: "gguf", title: "GGUF", extensions: [".gguf"] },
  sniff: ({ head }) => MAGIC.every((byte, i) => head[i] === byte),
  open: (source: ByteSource, context): Promise<Checkpoint> => openGguf(source, context),
};

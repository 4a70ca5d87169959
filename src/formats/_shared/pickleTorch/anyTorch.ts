import type { ByteSource } from "../../../base/byteSource.ts";
import { FormatError } from "../../../base/errors.ts";
import { type Checkpoint, SNIFF_BYTES } from "../../types.ts";
import { openTorchArchive } from "./archive.ts";
import { isLegacyTorch, openLegacyTorch } from "./legacy.ts";
import { torchArchiveKind } from "./sniff.ts";

/** A file that torch.save wrote, new or old: for formats that are made of such files. `what` names it in errors. */
export async function openAnyTorch(
  source: ByteSource,
  format: string,
  what: string,
  signal?: AbortSignal,
): Promise<Checkpoint> {
  const head = await source.read(0, Math.min(SNIFF_BYTES, source.size), signal);
  if (torchArchiveKind(head) !== null) return openTorchArchive(source, format, signal);
  if (isLegacyTorch(head)) return openLegacyTorch(source, format, signal);
  throw new FormatError(`${what} is no file that torch.save wrote.`, {
    format,
    uri: source.uri,
    offset: 0,
    remedy: "Copy or download it again; a Git LFS pointer has to be pulled first.",
  });
}

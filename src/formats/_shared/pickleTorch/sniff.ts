import { firstZipName } from "../zipHead.ts";

/** First records of a torch archive. */
const TORCH_RECORD =
  /^[^/]+\/(data\.pkl|version|byteorder|constants\.pkl|attributes\.pkl|model\.json|\.format_version|\.storage_alignment|\.data\/|data\/|code\/|extra\/|tensors\/|constants\/)/;
/** torch.save writes data.pkl first; TorchScript writes tensors, constants, code or extra files before it. */
const SCRIPT_RECORD =
  /^[^/]+\/(data\/|code\/|extra\/|constants\/|constants\.pkl|attributes\.pkl|model\.json|tensors\/)/;
/** PROTO 2, GLOBAL "__torch__…": the root object of a compiled program. */
const SCRIPT_PICKLE = [0x80, 0x02, 0x63, 0x5f, 0x5f, 0x74, 0x6f, 0x72, 0x63, 0x68, 0x5f, 0x5f];

/** Which writer made a zip archive of torch, by its first record; null where it is none. Never throws. */
export function torchArchiveKind(head: Uint8Array): "checkpoint" | "script" | null {
  const name = firstZipName(head);
  if (name === null || !TORCH_RECORD.test(name) || name.endsWith(".npy")) return null;
  if (SCRIPT_RECORD.test(name)) return "script";
  const data = 30 + ((head[26] ?? 0) | ((head[27] ?? 0) << 8)) + ((head[28] ?? 0) | ((head[29] ?? 0) << 8));
  return SCRIPT_PICKLE.every((byte, i) => head[data + i] === byte) ? "script" : "checkpoint";
}

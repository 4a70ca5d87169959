import { openTorchArchive } from "../_shared/pickleTorch/archive.ts";
import { torchArchiveKind } from "../_shared/pickleTorch/sniff.ts";
import type { Format } from "../types.ts";

/** Archives of torch.jit.save: a compiled program (never run) with the tensors of all its modules, and its constants. */
export const torchscriptFormat: Format = {
  manifest: { id: "torchscript", title: "TorchScript archive", extensions: [".torchscript", ".jit", ".pt"] },
  sniff: ({ head }) => torchArchiveKind(head) === "script",
  open: (source, context) => openTorchArchive(source, "torchscript", context.signal),
};

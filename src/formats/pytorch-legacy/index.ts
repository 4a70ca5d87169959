import { isLegacyTorch, openLegacyTorch } from "../_shared/pickleTorch/legacy.ts";
import type { Format } from "../types.ts";

const ID = "pytorch-legacy";

export const pytorchLegacyFormat: Format = {
  manifest: { id: ID, title: "PyTorch checkpoint (before 1.6)", extensions: [".ckpt", ".pth", ".bin", ".pt"] },
  sniff: ({ head }) => isLegacyTorch(head),
  open: (source, context) => openLegacyTorch(source, ID, context.signal),
};

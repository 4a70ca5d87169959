import { archiveCheckpoint, readTorchArchive } from "../_shared/pickleTorch/archive.ts";
import { torchArchiveKind } from "../_shared/pickleTorch/sniff.ts";
import { withZeroPartitions, zeroFacts } from "../_shared/pickleTorch/zero.ts";
import type { Format } from "../types.ts";

/** Zip checkpoints of torch.save (PyTorch 1.6 and later). DeepSpeed's model states are such files, told by what is in them. */
export const pytorchFormat: Format = {
  manifest: {
    id: "pytorch",
    title: "PyTorch checkpoint (zip)",
    extensions: [".ckpt", ".pth", ".bin", ".pt"],
    folder: [
      { name: "mp_rank_00_model_states.pt", beside: ["*_optim_states.pt"] },
      { name: "zero_pp_rank_0_mp_rank_00_model_states.pt", beside: ["*_optim_states.pt"] },
      { name: "pytorch_model.bin", beside: ["config.json"] },
      { name: "diffusion_pytorch_model.bin", beside: ["config.json"] },
      { name: "adapter_model.bin", beside: ["adapter_config.json"] },
    ],
  },
  sniff: ({ head }) => torchArchiveKind(head) === "checkpoint",
  async open(source, context) {
    const archive = await readTorchArchive(source, "pytorch", context.signal);
    const checkpoint = await archiveCheckpoint(archive, context.signal);
    const zero = zeroFacts(archive.object.value);
    return zero === null ? checkpoint : withZeroPartitions(checkpoint, zero, source.uri, context);
  },
};

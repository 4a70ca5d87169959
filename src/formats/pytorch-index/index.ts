import { serializeError } from "../../base/errors.ts";
import { type AssembledTensor, assembledCheckpoint, tensorsOf } from "../_shared/assembled.ts";
import { openAnyTorch } from "../_shared/pickleTorch/anyTorch.ts";
import { indexKind, readWeightMap } from "../_shared/weightMap.ts";
import type { Checkpoint, Finding, Format, SkippedTensor } from "../types.ts";

const ID = "pytorch-index";

/** `pytorch_model.bin.index.json` and the files of torch.save that it names, as one checkpoint. */
export const pytorchIndexFormat: Format = {
  manifest: {
    id: ID,
    title: "PyTorch checkpoint, sharded",
    extensions: [".bin.index.json"],
    folder: [{ name: "*.bin.index.json" }],
  },
  sniff: ({ head }) => indexKind(head) === "torch",
  async open(source, context) {
    const shards = await readWeightMap(source, ID, context.signal);
    const opened: Checkpoint[] = [];
    const tensors: AssembledTensor[] = [];
    const skipped: SkippedTensor[] = [];
    const findings = new Map<string, Finding>();
    const close = async () => {
      for (const shard of opened) await shard.close();
    };
    try {
      for (const [file, names] of shards) {
        try {
          const shard = await openAnyTorch(await context.sibling(file), ID, file, context.signal);
          opened.push(shard);
          for (const finding of shard.findings) findings.set(finding.message, finding);
          const there = tensorsOf(shard);
          for (const name of names) {
            const tensor = there.get(name);
            if (tensor !== undefined) tensors.push(tensor);
            else
              skipped.push({
                name,
                reason:
                  shard.skipped.find((one) => one.name === name)?.reason ??
                  `The index says that it is in ${file}, but it is not.`,
              });
          }
        } catch (error) {
          context.signal?.throwIfAborted();
          const { message } = serializeError(error);
          skipped.push(...names.map((name) => ({ name, reason: `Its shard ${file} cannot be read: ${message}` })));
        }
      }
    } catch (error) {
      await close();
      throw error;
    }
    return assembledCheckpoint(
      {
        format: ID,
        framework: "pytorch",
        metadata: { shards: shards.size },
        findings: [...findings.values()],
        skipped,
        version: [source.version, ...opened.map((shard) => shard.version)].join(" "),
        bytesRead: () => source.size + opened.reduce((sum, shard) => sum + shard.bytesRead(), 0),
        async close() {
          await close();
          await source.close();
        },
      },
      tensors,
    );
  },
};

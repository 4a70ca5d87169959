import type { DescribedTensor } from "../../../base/tensor.ts";
import type { Checkpoint, NetworkGraph } from "../../../formats/types.ts";
import type { Obstacle } from "./types.ts";

const SKIP_NAME =
  /(^|[._/])(downsample|shortcut|skip(_?connection)?|resid(ual)?\w*|res_?block\w*|resnet\w*)([._/\d]|$)/i;
const ATTENTION_NAME = /(^|[._/])(attn|attention|self_attn|mha|(q|k|v)_proj|qkv|in_proj_weight|c_attn)([._/]|$)/i;
const RECURRENT_NAME = /weight_(hh|ih)|recurrent_kernel/;

/** What the theory of plain chains has no place for. That nothing is found does not prove that there is nothing: weights alone show no skip connection. */
export function obstaclesOf(checkpoint: Checkpoint, tensors: readonly DescribedTensor[]): readonly Obstacle[] {
  const found = new Map<Obstacle["kind"], string>();
  const add = (kind: Obstacle["kind"], evidence: string) => {
    if (!found.has(kind)) found.set(kind, evidence);
  };
  const running = tensors.find(({ name }) => /running_mean|moving_mean/.test(name));
  if (checkpoint.graph !== undefined) {
    const sum = joiningSum(checkpoint.graph);
    if (sum !== null) add("residual", `node ${sum} adds two computed values`);
  }
  for (const { name, role } of tensors) {
    if (role === "optimizer-state" || role === "ema") continue;
    if (SKIP_NAME.test(name)) add("residual", `named ${name}`);
    if (ATTENTION_NAME.test(name)) add("attention", `named ${name}`);
    if (RECURRENT_NAME.test(name)) add("recurrent", `named ${name}`);
    if (role === "embedding") add("embedding", `${name} is a table of embeddings`);
    if (role === "norm")
      running === undefined
        ? add("layer-norm", `${name} scales or shifts`)
        : add("batch-norm", `${running.name} is there`);
  }
  // Blocks of transformers write to a stream that runs past them.
  if (found.has("attention")) add("residual", "attention blocks add to a stream");
  return [...found].map(([kind, evidence]) => ({ kind, evidence }));
}

/** A sum of two values that both come from nodes with weights or activations behind them: not the bias of a layer. */
function joiningSum({ nodes, tensors, constants }: NetworkGraph): string | null {
  const stored = (value: string) => tensors.has(value) || constants.has(value);
  const sum = nodes.find(({ op, inputs }) => op === "Add" && inputs.length === 2 && !inputs.some(stored));
  return sum === undefined ? null : sum.name === "" ? sum.op : sum.name;
}

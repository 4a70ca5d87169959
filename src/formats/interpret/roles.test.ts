import { expect, test } from "vitest";
import { describeShapes, type Shapes } from "./interpret.testkit.ts";

/** Real names of published models with the role that each has; shapes shortened where their size does not matter. */
const MODELS: Record<string, Record<string, readonly [Shapes[string], string]>> = {
  bert: {
    "bert.embeddings.word_embeddings.weight": [[30522, 768], "embedding"],
    "bert.embeddings.position_embeddings.weight": [[512, 768], "position"],
    "bert.embeddings.token_type_embeddings.weight": [[2, 768], "embedding"],
    "bert.embeddings.LayerNorm.weight": [[768], "norm"],
    "bert.embeddings.LayerNorm.bias": [[768], "norm"],
    "bert.embeddings.position_ids": [[[1, 512], "i64"], "buffer"],
    "bert.encoder.layer.0.attention.self.query.weight": [[768, 768], "weight"],
    "bert.encoder.layer.0.attention.self.query.bias": [[768], "bias"],
    "bert.encoder.layer.0.output.LayerNorm.gamma": [[768], "norm"],
    "cls.predictions.bias": [[30522], "bias"],
  },
  gpt2: {
    "wte.weight": [[50257, 768], "embedding"],
    "wpe.weight": [[1024, 768], "position"],
    "h.0.ln_1.weight": [[768], "norm"],
    "h.0.ln_1.bias": [[768], "norm"],
    "h.0.attn.bias": [[1, 1, 1024, 1024], "buffer"],
    "h.0.attn.masked_bias": [[], "buffer"],
    "h.0.attn.c_attn.weight": [[768, 2304], "weight"],
    "h.0.attn.c_attn.bias": [[2304], "bias"],
    "ln_f.weight": [[768], "norm"],
  },
  vit: {
    cls_token: [[1, 1, 192], "embedding"],
    pos_embed: [[1, 197, 192], "position"],
    "patch_embed.proj.weight": [[192, 3, 16, 16], "weight"],
    "patch_embed.proj.bias": [[192], "bias"],
    "blocks.0.norm1.weight": [[192], "norm"],
    "blocks.0.attn.qkv.weight": [[576, 192], "weight"],
    "blocks.0.ls1.gamma": [[192], "norm"],
    "norm.weight": [[192], "norm"],
    "head.weight": [[1000, 192], "weight"],
  },
  swin: {
    "layers.0.blocks.0.attn.relative_position_bias_table": [[169, 3], "position"],
    "layers.0.blocks.0.attn.relative_position_index": [[[49, 49], "i64"], "buffer"],
    "layers.0.downsample.reduction.weight": [[192, 384], "weight"],
  },
  resnet: {
    "conv1.weight": [[64, 3, 7, 7], "weight"],
    "bn1.weight": [[64], "norm"],
    "bn1.running_mean": [[64], "buffer"],
    "bn1.num_batches_tracked": [[[], "i64"], "buffer"],
    "layer2.0.downsample.0.weight": [[128, 64, 1, 1], "weight"],
    "layer2.0.downsample.1.weight": [[128], "norm"],
    "layer2.0.downsample.1.bias": [[128], "norm"],
    "layer2.0.downsample.1.running_mean": [[128], "buffer"],
    "fc.weight": [[1000, 512], "weight"],
    "fc.bias": [[1000], "bias"],
  },
  llama: {
    "model.embed_tokens.weight": [[[32000, 4096], "bf16"], "embedding"],
    "model.layers.0.self_attn.q_proj.weight": [[[4096, 4096], "bf16"], "weight"],
    "model.layers.0.self_attn.rotary_emb.inv_freq": [[64], "buffer"],
    "model.layers.0.mlp.gate_proj.weight": [[11008, 4096], "weight"],
    "model.layers.0.input_layernorm.weight": [[4096], "norm"],
    "model.norm.weight": [[4096], "norm"],
    "lm_head.weight": [[32000, 4096], "weight"],
  },
  mixtral: {
    "model.layers.0.block_sparse_moe.gate.weight": [[8, 4096], "weight"],
    "model.layers.0.block_sparse_moe.experts.7.w2.weight": [[4096, 14336], "weight"],
    "model.layers.0.post_attention_layernorm.weight": [[4096], "norm"],
  },
  clip: {
    logit_scale: [[], "scalar"],
    text_projection: [[512, 256], "weight"],
    positional_embedding: [[77, 512], "position"],
    "visual.class_embedding": [[768], "embedding"],
    "token_embedding.weight": [[49408, 512], "embedding"],
    "vision_model.embeddings.patch_embedding.weight": [[768, 3, 16, 16], "weight"],
  },
  training: {
    "model/fc.weight": [[10, 4], "weight"],
    "optimizer/state/0/exp_avg": [[10, 4], "optimizer-state"],
    "optimizer/state/0/step": [[], "optimizer-state"],
    "optimizer_states/0/state/3/momentum_buffer": [[10, 4], "optimizer-state"],
    "optimizer_state_dict/base_optimizer_state/0/state/0/exp_avg_sq": [[40], "optimizer-state"],
    "optimizer_state_dict/single_partition_of_fp32_groups/0": [[40], "optimizer-state"],
    "optim.layers.0.exp_avg": [[10, 4], "optimizer-state"],
    "ema/fc.weight": [[10, 4], "ema"],
    "model_ema.decay": [[], "scalar"],
    "model_ema.conv.weight": [[8, 3, 3, 3], "ema"],
    rng_state: [[[5056], "u8"], "other"],
  },
};

for (const [model, tensors] of Object.entries(MODELS)) {
  test(`roles of ${model}`, () => {
    const shapes = Object.fromEntries(Object.entries(tensors).map(([name, [shape]]) => [name, shape]));
    const tensor = describeShapes(shapes);
    const read = Object.fromEntries(Object.keys(tensors).map((name) => [name, tensor(name).role]));
    expect(read).toEqual(Object.fromEntries(Object.entries(tensors).map(([name, [, role]]) => [name, role])));
  });
}

test("Flax and Keras names", () => {
  const flax = describeShapes(
    {
      "params/Embed_0/embedding": [100, 16],
      "params/LayerNorm_0/scale": [16],
      "params/Dense_0/kernel": [16, 32],
      "batch_stats/BatchNorm_0/mean": [32],
      "opt_state/0/mu/Dense_0/kernel": [16, 32],
    },
    "flax",
  );
  expect(flax("params/Embed_0/embedding").role).toBe("embedding");
  expect(flax("params/LayerNorm_0/scale").role).toBe("norm");
  expect(flax("params/Dense_0/kernel").role).toBe("weight");
  expect(flax("batch_stats/BatchNorm_0/mean").role).toBe("buffer");
  expect(flax("opt_state/0/mu/Dense_0/kernel").role).toBe("optimizer-state");
  const keras = describeShapes(
    {
      "embedding/embeddings:0": [100, 16],
      "batch_normalization/moving_variance:0": [16],
      "dense/kernel:0": [16, 8],
      "dense/bias:0": [8],
      "training/Adam/m/dense/kernel:0": [16, 8],
    },
    "keras",
  );
  expect(keras("embedding/embeddings:0").role).toBe("embedding");
  expect(keras("batch_normalization/moving_variance:0").role).toBe("buffer");
  expect(keras("dense/kernel:0").role).toBe("weight");
  expect(keras("dense/bias:0").role).toBe("bias");
  expect(keras("training/Adam/m/dense/kernel:0").role).toBe("optimizer-state");
});

test("a linear layer that is called an embedding has a bias, and a conditional norm has a matrix", () => {
  const tensor = describeShapes({
    "embed.weight": [64, 10],
    "embed.bias": [64],
    "norm.weight": [128, 64],
    "norm.bias": [128],
  });
  expect(tensor("embed.weight").role).toBe("weight");
  expect(tensor("norm.weight").role).toBe("weight");
  expect(tensor("norm.bias").role).toBe("bias");
});

test("arrays without words stay without a role, but a matrix can still be looked at", () => {
  const tensor = describeShapes({ arr_0: [5, 7], W1: [16, 4], b1: [16], arr_1: [3] }, "numpy");
  expect(tensor("arr_0")).toMatchObject({ role: "other", layout: "none", matrix: { rows: 5, columns: 7 } });
  expect(tensor("W1")).toMatchObject({ role: "weight", layout: "out-in" });
  expect(tensor("b1").role).toBe("bias");
  expect(tensor("arr_1").matrix).toBeUndefined();
});

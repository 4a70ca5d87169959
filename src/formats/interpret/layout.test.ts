import { expect, test } from "vitest";
import { describeShapes, matrixOf } from "./interpret.testkit.ts";

test("PyTorch linear and convolution are (out, in, *kernel)", () => {
  const tensor = describeShapes({
    "fc.weight": [10, 64],
    "conv.weight": [16, 3, 5, 5],
    "conv.bias": [16],
    "pointwise.weight": [32, 16, 1, 1],
    "stft_conv.weight": [258, 1, 256],
  });
  expect(tensor("fc.weight").layout).toBe("out-in");
  expect(matrixOf(tensor("fc.weight"))).toBe("linear [0]x[1] 10x64");
  expect(matrixOf(tensor("conv.weight"))).toBe("conv-reshaped [0]x[1,2,3] 16x75");
  expect(tensor("conv.weight").evidence).not.toContain("transposed");
  expect(matrixOf(tensor("pointwise.weight"))).toBe("conv-reshaped [0]x[1,2,3] 32x16");
  expect(tensor("pointwise.weight").evidence).toContain("a transposed convolution would look the same");
  expect(matrixOf(tensor("stft_conv.weight"))).toBe("conv-reshaped [0]x[1,2] 258x256");
});

test("kernels of Keras and Flax are (*kernel, in, out)", () => {
  const tensor = describeShapes(
    { "dense/kernel:0": [64, 10], "conv/kernel:0": [3, 3, 8, 16], "sep/depthwise_kernel:0": [3, 3, 8, 2] },
    "keras",
  );
  expect(tensor("dense/kernel:0").layout).toBe("in-out");
  expect(matrixOf(tensor("dense/kernel:0"))).toBe("linear [1]x[0] 10x64");
  expect(matrixOf(tensor("conv/kernel:0"))).toBe("conv-reshaped [3]x[0,1,2] 16x72");
  expect(matrixOf(tensor("sep/depthwise_kernel:0"))).toBe("conv-reshaped [2,3]x[0,1] 16x9");
});

test("the bias tells a transposed convolution of either framework", () => {
  const torch = describeShapes({ "up.weight": [64, 32, 4, 4], "up.bias": [32] });
  expect(matrixOf(torch("up.weight"))).toBe("conv-reshaped [1]x[0,2,3] 32x1024");
  expect(torch("up.weight").evidence).toContain("transposed convolution");
  const keras = describeShapes({ "up/kernel": [4, 4, 32, 64], "up/bias": [32] }, "keras");
  expect(matrixOf(keras("up/kernel"))).toBe("conv-reshaped [2]x[0,1,3] 32x1024");
});

test("GPT-2 of Hugging Face is (in, out), its square matrices too", () => {
  const tensor = describeShapes({
    "h.0.attn.c_attn.weight": [768, 2304],
    "h.0.attn.c_attn.bias": [2304],
    "h.0.attn.c_proj.weight": [768, 768],
    "h.0.attn.c_proj.bias": [768],
    "h.0.mlp.c_fc.weight": [768, 3072],
    "h.0.mlp.c_fc.bias": [3072],
    "lm_head.weight": [50257, 768],
  });
  for (const name of ["attn.c_attn", "attn.c_proj", "mlp.c_fc"]) {
    expect(tensor(`h.0.${name}.weight`).layout).toBe("in-out");
  }
  expect(matrixOf(tensor("h.0.mlp.c_fc.weight"))).toBe("linear [1]x[0] 3072x768");
  expect(tensor("lm_head.weight").layout).toBe("out-in");
});

test("the same names over nn.Linear, without biases, are (out, in)", () => {
  const tensor = describeShapes({
    "transformer.h.0.attn.c_attn.weight": [2304, 768],
    "transformer.h.0.attn.c_proj.weight": [768, 768],
  });
  expect(tensor("transformer.h.0.attn.c_attn.weight").layout).toBe("out-in");
  expect(tensor("transformer.h.0.attn.c_proj.weight").layout).toBe("out-in");
});

test("heads of Flax attention are joined", () => {
  const tensor = describeShapes(
    {
      "attn/query/kernel": [64, 4, 16],
      "attn/query/bias": [4, 16],
      "attn/out/kernel": [4, 16, 64],
      "attn/out/bias": [64],
    },
    "flax",
  );
  expect(matrixOf(tensor("attn/query/kernel"))).toBe("linear [1,2]x[0] 64x64");
  expect(matrixOf(tensor("attn/out/kernel"))).toBe("linear [2]x[0,1] 64x64");
});

test("tables: rows are the vocabulary, leading axes of length one are held", () => {
  const tensor = describeShapes({
    "tok_embeddings.weight": [100, 16],
    pos_embed: [1, 197, 192],
    cls_token: [1, 1, 192],
  });
  expect(matrixOf(tensor("tok_embeddings.weight"))).toBe("embedding [0]x[1] 100x16");
  expect(matrixOf(tensor("pos_embed"))).toBe("embedding [1]x[2] 197x192");
  expect(tensor("pos_embed").matrix?.fixed).toEqual([{ axis: 0, index: 0 }]);
});

test("no matrix where its numbers would not be those of the weight in use", () => {
  const tensor = describeShapes({
    "a.weight": [[64, 64], "i8"],
    "b.weight": [[64, 64], "f8_e4m3"],
    "b.weight_scale_inv": [1, 1],
    "c.weight_g": [64, 1],
    "c.weight_v": [64, 32],
    "d.parametrizations.weight.original1": [64, 32],
    "e.weight": [[64, 64], "c64"],
    "experts.gate_up_proj": [8, 64, 256],
    "empty.weight": [0, 64],
  });
  for (const name of ["a.weight", "b.weight", "c.weight_v", "e.weight", "experts.gate_up_proj", "empty.weight"]) {
    expect(matrixOf(tensor(name)), name).toBe("none");
    expect(tensor(name).role, name).toBe("weight");
  }
  expect(tensor("a.weight").evidence).toContain("quantised");
  expect(tensor("d.parametrizations.weight.original1").evidence).toContain("parametrised");
  expect(tensor("experts.gate_up_proj").evidence).toContain("a stack of matrices");
});

test("an average of weights is read as the weights are, an optimizer's state is not", () => {
  const tensor = describeShapes({
    "ema/conv.weight": [16, 3, 3, 3],
    "ema/bn.weight": [16],
    "optimizer/state/0/exp_avg": [16, 27],
  });
  expect(matrixOf(tensor("ema/conv.weight"))).toBe("conv-reshaped [0]x[1,2,3] 16x27");
  expect(tensor("ema/bn.weight")).toMatchObject({ role: "ema", layout: "none" });
  expect(matrixOf(tensor("optimizer/state/0/exp_avg"))).toBe("none");
});

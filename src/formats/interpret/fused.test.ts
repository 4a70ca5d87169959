import { expect, test } from "vitest";
import { describeShapes, matrixOf, partsOf } from "./interpret.testkit.ts";

test("gates of PyTorch's recurrent layers are told by the recurrent weight", () => {
  const lstm = describeShapes({
    "rnn.weight_ih_l0": [128, 10],
    "rnn.weight_hh_l0": [128, 32],
    "rnn.bias_ih_l0": [128],
    "rnn.weight_ih_l0_reverse": [128, 10],
    "rnn.weight_hh_l0_reverse": [128, 32],
  });
  const gates = "i 0+32@0, f 32+32@0, g 64+32@0, o 96+32@0";
  for (const leaf of ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "weight_ih_l0_reverse"]) {
    expect(partsOf(lstm(`rnn.${leaf}`)), leaf).toBe(gates);
  }
  expect(lstm("rnn.bias_ih_l0").role).toBe("bias");
  expect(matrixOf(lstm("rnn.weight_ih_l0"))).toBe("linear [0]x[1] 128x10");
  const gru = describeShapes({ weight_ih_l1: [96, 64], weight_hh_l1: [96, 32], bias_hh_l1: [96] });
  expect(partsOf(gru("weight_ih_l1"))).toBe("r 0+32@0, z 32+32@0, n 64+32@0");
  expect(partsOf(gru("bias_hh_l1"))).toBe("r 0+32@0, z 32+32@0, n 64+32@0");
  const plain = describeShapes({ "rnn.weight_ih_l0": [32, 2], "rnn.weight_hh_l0": [32, 32] });
  expect(plain("rnn.weight_ih_l0").parts).toEqual([]);
  expect(matrixOf(plain("rnn.weight_hh_l0"))).toBe("linear [0]x[1] 32x32");
  const cell = describeShapes({ "cell.weight_ih": [128, 5], "cell.weight_hh": [128, 32] });
  expect(partsOf(cell("cell.weight_ih"))).toContain("o 96+32@0");
});

test("a projected LSTM has its hidden size in the projection", () => {
  const tensor = describeShapes({
    weight_ih_l0: [128, 10],
    weight_hh_l0: [128, 8],
    weight_hr_l0: [8, 32],
    bias_ih_l0: [128],
  });
  expect(partsOf(tensor("weight_hh_l0"))).toContain("f 32+32@0");
  expect(tensor("weight_hr_l0").parts).toEqual([]);
  expect(matrixOf(tensor("weight_hr_l0"))).toBe("linear [0]x[1] 8x32");
});

test("gates that cannot be counted leave no matrix", () => {
  const tensor = describeShapes({
    "x.weight_ih_l0": [120, 10],
    "y.weight_ih_l0": [120, 10],
    "y.weight_hh_l0": [120, 24],
  });
  expect(matrixOf(tensor("x.weight_ih_l0"))).toBe("none");
  expect(tensor("y.weight_ih_l0")).toMatchObject({ parts: [] });
  expect(tensor("y.weight_ih_l0").evidence).toContain("split unknown");
});

test("Keras stacks gates along the last axis", () => {
  const lstm = describeShapes(
    { "lstm/kernel": [10, 128], "lstm/recurrent_kernel": [32, 128], "lstm/bias": [128] },
    "keras",
  );
  expect(partsOf(lstm("lstm/kernel"))).toBe("i 0+32@1, f 32+32@1, c 64+32@1, o 96+32@1");
  expect(partsOf(lstm("lstm/bias"))).toBe("i 0+32@0, f 32+32@0, c 64+32@0, o 96+32@0");
  expect(matrixOf(lstm("lstm/recurrent_kernel"))).toBe("linear [1]x[0] 128x32");
  const gru = describeShapes(
    { "g/kernel:0": [10, 96], "g/recurrent_kernel:0": [32, 96], "g/bias:0": [2, 96] },
    "keras",
  );
  expect(partsOf(gru("g/kernel:0"))).toBe("z 0+32@1, r 32+32@1, h 64+32@1");
  expect(partsOf(gru("g/bias:0"))).toBe("z 0+32@1, r 32+32@1, h 64+32@1");
  const simple = describeShapes({ "s/kernel": [10, 32], "s/recurrent_kernel": [32, 32] }, "keras");
  expect(simple("s/kernel").parts).toEqual([]);
});

test("query, key and value come apart where the shape shows them", () => {
  const tensor = describeShapes({
    "attn.in_proj_weight": [96, 32],
    "attn.in_proj_bias": [96],
    "blocks.0.attn.qkv.weight": [576, 192],
    "blocks.0.attn.qkv.bias": [576],
    "net.to_qkv.weight": [384, 96],
  });
  expect(partsOf(tensor("attn.in_proj_weight"))).toBe("q 0+32@0, k 32+32@0, v 64+32@0");
  expect(partsOf(tensor("attn.in_proj_bias"))).toBe("q 0+32@0, k 32+32@0, v 64+32@0");
  expect(partsOf(tensor("blocks.0.attn.qkv.weight"))).toBe("q 0+192@0, k 192+192@0, v 384+192@0");
  expect(partsOf(tensor("blocks.0.attn.qkv.bias"))).toBe("q 0+192@0, k 192+192@0, v 384+192@0");
  expect(partsOf(tensor("net.to_qkv.weight"))).toBe("q 0+128@0, k 128+128@0, v 256+128@0");
});

test("GPT-2's c_attn comes apart along axis 1", () => {
  const tensor = describeShapes({ "h.0.attn.c_attn.weight": [768, 2304], "h.0.attn.c_attn.bias": [2304] });
  expect(partsOf(tensor("h.0.attn.c_attn.weight"))).toBe("q 0+768@1, k 768+768@1, v 1536+768@1");
  expect(partsOf(tensor("h.0.attn.c_attn.bias"))).toBe("q 0+768@0, k 768+768@0, v 1536+768@0");
});

test("grouped or interleaved queries, keys and values stay whole and get no matrix", () => {
  const tensor = describeShapes({
    "layers.0.qkv_proj.weight": [6144, 4096],
    "gpt_neox.layers.0.attention.query_key_value.weight": [1536, 512],
    "unet.attention.qkv.weight": [384, 128, 1],
  });
  for (const name of ["layers.0.qkv_proj", "gpt_neox.layers.0.attention.query_key_value", "unet.attention.qkv"]) {
    expect(matrixOf(tensor(`${name}.weight`)), name).toBe("none");
    expect(tensor(`${name}.weight`).evidence).toContain("split unknown");
  }
});

test("halves of gated layers", () => {
  const tensor = describeShapes({
    "mlp.gate_up_proj.weight": [512, 64],
    "mixer.in_proj.weight": [256, 64],
    "mixer.A_log": [128, 16],
    "two.mixer.in_proj.weight": [600, 64],
    "two.mixer.A_log": [8],
  });
  expect(partsOf(tensor("mlp.gate_up_proj.weight"))).toBe("gate 0+256@0, up 256+256@0");
  expect(partsOf(tensor("mixer.in_proj.weight"))).toBe("x 0+128@0, z 128+128@0");
  expect(matrixOf(tensor("two.mixer.in_proj.weight"))).toBe("none");
});

// Kernels of more than two axes in Keras and Flax: what MF006 says of them, and what it leaves alone.
import { describe, expect, test } from "vitest";
import { reference } from "../../numerics/meanField/fixture.testkit.ts";
import { SourceReader } from "../python/roots.ts";
import { PythonDocument } from "../python/syntax/document.ts";
import { knownNumber, times } from "../python/values/quantity.ts";
import type { Law } from "../python/values/types.ts";
import { SourceLint } from "../source/sourceLint.ts";
import { figure } from "../theory/words.ts";
import { DEFAULT_SETTINGS } from "../types.ts";

const KERAS = "import keras\nfrom keras import layers, initializers\n";
const functional = (layer: string, shape = "(20, 512)", call = "(i, i)", rest = "") =>
  `${KERAS}i = keras.Input(shape=${shape})\nx = ${layer}${call}\n${rest}m = keras.Model(i, x)\n`;
/** σ_w² of each kernel by the fans that Keras counted, and by its own, at the width that flows in. */
function kernelsOf(text: string) {
  const document = new PythonDocument();
  document.update(text);
  const [layer] = new SourceReader().read(document.statements, text).models[0]?.network.layers ?? [];
  const inputs = layer?.node.inputs[0]?.features ?? null;
  return (layer?.module.miscounted ?? []).map(({ name, draw, counted, real }) => {
    const { fanIn } = real(inputs);
    const value = (law: Law) => knownNumber(times(law.variance, fanIn));
    return { name, counted: value(draw(counted(inputs))), real: value(draw(real(inputs))) };
  });
}
const einsum = (layer: string, shape = "(20, 512)", rest = "") => functional(layer, shape, "(i)", rest);
const found = (text: string) =>
  new SourceLint().lint(text, DEFAULT_SETTINGS).findings.filter(({ rule }) => rule === "MF006");
/** "σ_w² = a instead of b in the …" of the message, with the kernels' names. */
const numbers = (text: string) =>
  found(text).flatMap(({ message }) =>
    [...message.matchAll(/σ_w² = (\S+) instead of (\S+) in the ((?:\w+, )*\w+(?: and \w+)?)(?=, σ| of )/g)].map(
      ([, weight, own, names]) => [Number(weight), Number(own), names],
    ),
  );

const flax = (body: string) =>
  `import flax.linen as nn\nfrom jax import numpy as jnp\nclass N(nn.Module):\n    @nn.compact\n    def __call__(self, x):\n        x = nn.Dense(512)(x)\n        ${body}\n        return nn.Dense(3)(x)\n`;
const NNX = (layer: string) =>
  `from flax import nnx\nclass N(nnx.Module):\n    def __init__(self, rngs):\n        self.e = ${layer}\n    def __call__(self, x):\n        return self.e(x)\n`;

describe("a wrong fan", () => {
  test("attention's projections at their default, to the last digit and in the message", () => {
    const known = reference("keras_mha_fan_trap/d=512,h=8,k=64");
    const text = functional("layers.MultiHeadAttention(num_heads=8, key_dim=64)");
    const exact = kernelsOf(text);
    const qkv = known.qkv_effective_sigma_w2 ?? Number.NaN;
    const out = known.out_kernel_effective_sigma_w2 ?? Number.NaN;
    const meant = known.intended_glorot ?? Number.NaN;
    expect(exact.map(({ name }) => name)).toEqual(["query", "key", "value", "output"]);
    exact.forEach(({ counted, real }, index) => {
      expect(counted).toBeCloseTo(index < 3 ? qkv : out, 12);
      expect(real).toBeCloseTo(meant, 12);
    });
    expect(numbers(text)).toEqual([
      [Number(figure(qkv)), meant, "query, key and value"],
      [Number(figure(out)), meant, "output"],
    ]);
  });

  const class_ = (layer: string) =>
    `${KERAS}class Block(keras.Model):\n    def __init__(self, d, h=8):\n        super().__init__()\n        self.l = ${layer}\n        self.out = layers.Dense(d)\n    def call(self, x):\n        return self.out(self.l(x, x))\n`;

  test.each([
    // The inputs' width cancels in the first three and not in the output.
    [
      "inputs that nobody tells",
      class_("layers.MultiHeadAttention(h, key_dim=64)"),
      [[2 / 72, 1, "query, key and value"]],
    ],
    [
      "another width of values",
      functional("layers.MultiHeadAttention(8, 64, value_dim=8)"),
      [
        [2 / 72, 1, "query and key"],
        [2 / 16, (2 * 512) / (512 + 64), "value"],
        [(2 * 8) / (8 + 512), (2 * 64) / (64 + 512), "output"],
      ],
    ],
    [
      "He's law",
      functional("layers.MultiHeadAttention(8, 64, kernel_initializer='he_normal')"),
      [[2 / 8, 2, "query, key and value"]],
    ],
    [
      "grouped queries",
      functional("layers.GroupQueryAttention(head_dim=64, num_query_heads=8, num_key_value_heads=2)"),
      [
        [2 / 72, 1, "query"],
        [2 / 66, (2 * 512) / (512 + 128), "key and value"],
        [(2 * 64) / (64 + 512), 1, "output"],
      ],
    ],
    [
      "a projection by an equation",
      einsum("layers.EinsumDense('abc,cde->abde', output_shape=(None, 8, 64))"),
      [[2 / 72, 1, "kernel"]],
    ],
    [
      "with dots and an initializer",
      einsum("layers.EinsumDense('...c,cde->...de', (8, 64), kernel_initializer=initializers.LecunNormal())"),
      [[1 / 8, 1, "kernel"]],
    ],
    // Stored (out, in): fan_in counts the outputs.
    [
      "a kernel the other way round",
      einsum("layers.EinsumDense('abc,dc->abd', output_shape=(None, 64), kernel_initializer='he_normal')"),
      [[16, 2, "kernel"]],
    ],
    // A kernel for each position b: its axis is no receptive field.
    [
      "a kernel for each position",
      einsum("layers.EinsumDense('abc,bcd->abd', output_shape=(20, 512), kernel_initializer='he_normal')"),
      [[0.1, 2, "kernel"]],
    ],
    [
      "tf.keras",
      "import tensorflow as tf\ni = tf.keras.Input(shape=(20, 512))\nx = tf.keras.layers.MultiHeadAttention(num_heads=8, key_dim=64)(i, i)\nm = tf.keras.Model(i, x)\n",
      [
        [2 / 72, 1, "query, key and value"],
        [128 / 576, 1, "output"],
      ],
    ],
  ] as const)("%s", (_what, text, expected) => {
    const got = numbers(text);
    expect(got.map(([, , names]) => names)).toEqual(expected.map(([, , names]) => names));
    expected.forEach(([weight, own], index) => {
      expect(got[index]?.[0]).toBe(Number(figure(weight)));
      expect(got[index]?.[1]).toBe(Number(figure(own)));
    });
  });

  test.each([
    ["its default", flax("x = nn.Einsum((512, 8, 64), 'abc,cde->abde')(x)"), [[1 / 8, 1, "kernel"]]],
    [
      "He's",
      flax("x = nn.Einsum((512, 8, 64), 'abc,cde->abde', kernel_init=nn.initializers.he_normal())(x)"),
      [[1 / 4, 2, "kernel"]],
    ],
    ["nnx", NNX("nnx.Einsum('nta,hab->nthb', (8, 512, 64), (8, 64), rngs=rngs)"), [[1 / 8, 1, "kernel"]]],
  ])("Flax' Einsum, %s: a warning, for every version does so", (_what, text, expected) => {
    expect(numbers(text)).toEqual(expected);
    expect(found(text)[0]?.severity).toBe("warning");
    expect(found(text)[0]?.message).toContain("JAX's initializers");
  });

  test("at the layer where the law is its default, at the initializer where one is given, as information", () => {
    const marked = (text: string) => found(text).map(({ from, to, severity }) => [severity, text.slice(from, to)]);
    const layer = "layers.MultiHeadAttention(8, 64)";
    expect(marked(functional(layer))).toEqual([["information", layer]]);
    expect(marked(functional("layers.MultiHeadAttention(8, 64, kernel_initializer='he_normal')"))).toEqual([
      ["information", "kernel_initializer='he_normal'"],
    ]);
    expect(found(functional(layer))[0]?.message).toMatch(/^Keras before 3\.15: the layer's default, glorot_uniform/);
  });
});

describe("what it leaves alone", () => {
  test.each([
    // Flax draws the flattened kernel: its fans are those of the layer.
    ["Flax' attention", flax("x = nn.MultiHeadDotProductAttention(num_heads=8)(x, x)")],
    ["Flax' DenseGeneral", flax("x = nn.DenseGeneral((8, 64))(x)")],
    [
      "its DenseGeneral with He's law",
      flax("x = nn.DenseGeneral((8, 64), kernel_init=nn.initializers.he_normal())(x)"),
    ],
    ["Flax' Einsum that is Dense", flax("x = nn.Einsum((512, 64), 'abc,cd->abd')(x)")],
    [
      "its Einsum with axes that are told",
      flax(
        "x = nn.Einsum((512, 8, 64), 'abc,cde->abde', kernel_init=nn.initializers.lecun_normal(in_axis=0, out_axis=(1, 2)))(x)",
      ),
    ],
    // Heads and their entries are both summed over: field and last but one.
    ["its Einsum of the output", flax("x = nn.Einsum((8, 64, 512), 'abcd,cde->abe')(x)")],
    ["its Einsum of another shape", flax("x = nn.Einsum((8, 512), 'abc,cde->abde')(x)")],
    ["an equation that is Dense", einsum("layers.EinsumDense('abc,cd->abd', output_shape=(None, 64))")],
    ["an equation that nobody tells", einsum("layers.EinsumDense(equation(), output_shape=(None, 8, 64))")],
    ["one that is none", einsum("layers.EinsumDense('abc,->', output_shape=(None, 8, 64))")],
    ["sizes that nobody tells", einsum("layers.EinsumDense('abc,cde->abde', output_shape=shape())")],
    ["heads that nobody tells", functional("layers.MultiHeadAttention(heads(), 64)", "(20, 512)")],
    [
      "a law without fans",
      functional("layers.MultiHeadAttention(8, 64, kernel_initializer=initializers.RandomNormal(stddev=0.02))"),
    ],
    ["an orthogonal one", functional("layers.MultiHeadAttention(8, 64, kernel_initializer='orthogonal')")],
    [
      "axes that are told",
      einsum(
        "layers.EinsumDense('abc,cde->abde', (None, 8, 64), kernel_initializer=initializers.GlorotUniform(input_axes=[0], output_axes=[1, 2]))",
      ),
    ],
    [
      "a norm directly behind",
      functional("layers.MultiHeadAttention(8, 64)", "(20, 512)", "(i, i)", "x = layers.LayerNormalization()(x)\n"),
    ],
    ["attention without kernels", functional("layers.Attention()")],
    [
      "PyTorch's",
      "import torch\nfrom torch import nn\nclass N(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.MultiheadAttention(512, 8)\n    def forward(self, x):\n        return self.a(x, x, x)[0]\n",
    ],
  ])("%s", (_what, text) => {
    expect(found(text)).toEqual([]);
  });
});

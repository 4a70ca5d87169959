// What each initializer really draws (the tables of the theory, and torch's own sources), read from code.
import { describe, expect, test } from "vitest";
import { FIXTURE } from "../../numerics/meanField/fixture.testkit.ts";
import { SourceReader } from "./roots.ts";
import { PythonDocument } from "./syntax/document.ts";
import { knownNumber, nameOf } from "./values/quantity.ts";

function layersOf(text: string) {
  const document = new PythonDocument();
  document.update(text);
  const { models } = new SourceReader().read(document.statements, text);
  return models[0]?.network.layers ?? [];
}
const TORCH = "import math\nimport torch\nfrom torch import nn\n";
const numbers = (text: string) => {
  const [layer] = layersOf(text);
  return [layer?.sigmaW2, layer?.sigmaB2].map((quantity) =>
    quantity === undefined || quantity === null ? null : knownNumber(quantity),
  );
};
const of = (layer: string, init = "pass", input = "x") =>
  `${TORCH}class N(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.l = ${layer}\n        ${init}\n    def forward(self, x):\n        return self.l(${input})\n`;

describe("PyTorch", () => {
  test.each([
    ["Linear's default", "nn.Linear(48, 512)", "pass", 1 / 3, 1 / 144],
    ["Conv2d's default", "nn.Conv2d(16, 32, 3)", "pass", 1 / 3, 1 / (3 * 144)],
    ["grouped Conv2d's default", "nn.Conv2d(16, 32, 3, groups=4)", "pass", 1 / 3, 1 / (3 * 36)],
    // (1/3)(C_in/C_out)/stride²: 64→128, k 4, s 2.
    [
      "ConvTranspose2d's default",
      "nn.ConvTranspose2d(64, 128, 4, stride=2)",
      "pass",
      1 / 3 / 2 / 4,
      1 / (3 * 128 * 16),
    ],
    ["no bias", "nn.Linear(10, 10, bias=False)", "pass", 1 / 3, 0],
    ["kaiming", "nn.Linear(100, 50)", "nn.init.kaiming_normal_(self.l.weight)", 2, 1 / 300],
    [
      "kaiming of fan_out",
      "nn.Linear(100, 50)",
      "nn.init.kaiming_uniform_(self.l.weight, mode='fan_out', nonlinearity='relu')",
      4,
      1 / 300,
    ],
    ["kaiming with a slope", "nn.Linear(100, 50)", "nn.init.kaiming_normal_(self.l.weight, a=0.2)", 2 / 1.04, 1 / 300],
    [
      "kaiming for linear",
      "nn.Linear(100, 50)",
      "nn.init.kaiming_normal_(self.l.weight, nonlinearity='linear')",
      1,
      1 / 300,
    ],
    ["xavier", "nn.Linear(100, 300)", "nn.init.xavier_uniform_(self.l.weight)", 0.5, 1 / 300],
    [
      "xavier with a gain",
      "nn.Linear(100, 100)",
      "nn.init.xavier_normal_(self.l.weight, gain=nn.init.calculate_gain('tanh'))",
      25 / 9,
      1 / 300,
    ],
    [
      "selu's gain",
      "nn.Linear(100, 100)",
      "nn.init.kaiming_normal_(self.l.weight, nonlinearity='selu')",
      9 / 16,
      1 / 300,
    ],
    ["orthogonal, widening 1024×256", "nn.Linear(256, 1024)", "nn.init.orthogonal_(self.l.weight)", 0.25, 1 / 768],
    ["orthogonal, narrowing", "nn.Linear(1024, 256)", "nn.init.orthogonal_(self.l.weight, gain=2)", 4, 1 / 3072],
    ["normal", "nn.Linear(400, 10)", "nn.init.normal_(self.l.weight, std=0.05)", 1, 1 / 1200],
    [
      "normal with arithmetic",
      "nn.Conv2d(16, 16, 3)",
      "self.l.weight.data.normal_(0, math.sqrt(2. / (3 * 3 * 16)))",
      2,
      1 / (3 * 144),
    ],
    ["uniform", "nn.Linear(300, 10)", "nn.init.uniform_(self.l.weight, -0.1, 0.1)", 1, 1 / 900],
    ["truncated at ±100 σ", "nn.Linear(768, 10)", "nn.init.trunc_normal_(self.l.weight, std=.02)", 0.3072, 1 / 2304],
    // .8796256610342398² of what is asked for.
    [
      "truncated at ±2 σ",
      "nn.Linear(100, 10)",
      "nn.init.trunc_normal_(self.l.weight, std=.1, a=-.2, b=.2)",
      0.7737413035,
      1 / 300,
    ],
    ["sparse", "nn.Linear(100, 10)", "nn.init.sparse_(self.l.weight, 0.9, std=1.0)", 10, 1 / 300],
    ["a tensor that is scaled", "nn.Linear(100, 10)", "self.l.weight.data = torch.randn(10, 100) * 0.1", 1, 1 / 300],
    ["a bias", "nn.Linear(100, 10)", "nn.init.normal_(self.l.bias, std=0.2)", 1 / 3, 0.04],
    ["deprecated names", "nn.Linear(100, 50)", "nn.init.kaiming_normal(self.l.weight)", 2, 1 / 300],
  ])("%s", (_what, layer, init, weight, bias) => {
    const found = numbers(of(layer, init));
    expect(found[0]).toBeCloseTo(weight, 9);
    expect(found[1]).toBeCloseTo(bias, 12);
  });

  test("symbols keep their ratios, and what has none stays unknown", () => {
    const symbolic = (law: string) =>
      `${TORCH}class N(nn.Module):\n    def __init__(self, d):\n        super().__init__()\n        self.l = nn.Linear(d, 4 * d)\n        ${law}\n    def forward(self, x):\n        return self.l(x)\n`;
    expect(numbers(symbolic("nn.init.xavier_uniform_(self.l.weight)"))[0]).toBeCloseTo(0.4, 12);
    expect(numbers(symbolic("nn.init.normal_(self.l.weight, std=d ** -0.5)"))[0]).toBeCloseTo(1, 12);
    expect(numbers(symbolic("nn.init.normal_(self.l.weight, std=0.02)"))[0]).toBeNull();
    const [layer] = layersOf(symbolic("nn.init.normal_(self.l.weight, std=0.02)"));
    expect(layer?.sigmaW2 === null || layer === undefined ? "" : nameOf(layer.sigmaW2).replace(/#\d+/, "")).toBe(
      "0.0004·d",
    );
  });

  test("an unknown condition or an unknown function takes what was known", () => {
    expect(
      numbers(
        of("nn.Linear(8, 8)", "nn.init.kaiming_normal_(self.l.weight) if flag() else nn.init.zeros_(self.l.weight)"),
      )[0],
    ).toBeNull();
    expect(numbers(of("nn.Linear(8, 8)", "fill(self.l.weight)"))[0]).toBeNull();
    expect(numbers(of("nn.Linear(8, 8)", "reset_all(self.l)"))[0]).toBeNull();
    expect(numbers(of("nn.Linear(8, 8)", "summary(self.l)"))[0]).toBeCloseTo(1 / 3, 12);
    expect(numbers(of("nn.utils.spectral_norm(nn.Linear(8, 8))"))[0]).toBeNull();
    expect(numbers(of("nn.utils.weight_norm(nn.Linear(8, 8))"))[0]).toBeCloseTo(1 / 3, 12);
  });

  test.each([
    [
      "a loop over modules",
      "for m in self.modules():\n            if isinstance(m, nn.Linear): nn.init.kaiming_normal_(m.weight)",
    ],
    ["apply", "self.apply(lambda m: nn.init.kaiming_normal_(m.weight) if isinstance(m, nn.Linear) else None)"],
    [
      "the class's name",
      "for m in self.modules():\n            if m.__class__.__name__.find('Linear') != -1: nn.init.kaiming_normal_(m.weight)",
    ],
    ["type", "for m in self.modules():\n            if type(m) == nn.Linear: nn.init.kaiming_normal_(m.weight)"],
    [
      "named parameters",
      "for name, p in self.named_parameters():\n            if name.endswith('weight'): nn.init.kaiming_normal_(p)",
    ],
    ["dimensions", "for p in self.parameters():\n            if p.dim() > 1: nn.init.kaiming_normal_(p)"],
    [
      "hasattr",
      "for m in self.modules():\n            if hasattr(m, 'weight') and m.weight is not None: nn.init.kaiming_normal_(m.weight)",
    ],
    ["getattr", "nn.init.kaiming_normal_(getattr(self, 'l').weight)"],
  ])("initialized by %s", (_what, init) => {
    expect(numbers(of("nn.Linear(100, 50)", init))[0]).toBeCloseTo(2, 12);
  });
});

/** Products of a fan and a variance that PyTorch 2 itself drew (the theory's reference values, `sim_torch`): samples of 10⁴ to 4·10⁶ entries. */
describe("what PyTorch really draws", () => {
  const parameter = (layer: string, name: string, input = "x", init = "pass") => {
    const [use] = layersOf(of(layer, init, input));
    return use?.parameters.get(name)?.law;
  };
  const variance = (law: ReturnType<typeof parameter>) => knownNumber(law?.variance ?? null) ?? Number.NaN;
  test.each([
    ["nn.Linear(2048, 2048)", "weight", "x", 2048, 0.33350610733032227, 0.01],
    ["nn.Linear(2048, 2048)", "bias", "x", 2048, 0.32936304807662964, 0.03],
    ["nn.Conv2d(64, 128, 3)", "weight", "x", 64 * 9, 0.33345869556069374, 0.01],
    ["nn.ConvTranspose2d(64, 128, 4, stride=2)", "weight", "x", 128 * 16, 0.33328723907470703, 0.01],
    ["nn.MultiheadAttention(512, 8)", "in_proj_weight", "x, x, x", 512, 0.49979597330093384, 0.01],
    ["nn.LSTM(256, 512)", "weight_hh_l0", "x", 512, 0.3333101272583008, 0.01],
    ["nn.LSTM(256, 512)", "weight_ih_l0", "x", 256, 0.1668849140405655, 0.01],
    ["nn.Embedding(1000, 64)", "weight", "x", 1, 0.9926087856292725, 0.02],
  ])("%s: %s", (layer, name, input, fan, drawn, error) => {
    expect(Math.abs((fan * variance(parameter(layer, name, input))) / drawn - 1)).toBeLessThan(error);
  });

  test("a transposed convolution sums over a quarter of its taps, orthogonal rows are short, and truncation cuts nothing off", () => {
    expect(numbers(of("nn.ConvTranspose2d(64, 128, 4, stride=2)"))[0]).toBeCloseTo(0.04166090488433838, 3);
    expect(numbers(of("nn.Linear(256, 1024)", "nn.init.orthogonal_(self.l.weight)"))[0]).toBeCloseTo(0.25, 9);
    const law = parameter("nn.Linear(400, 4000)", "weight", "x", "nn.init.trunc_normal_(self.l.weight, std=0.02)");
    expect(Math.sqrt(variance(law))).toBeCloseTo(0.020007945597171783, 4);
  });
});

describe("Keras and Flax", () => {
  const keras = (layer: string) =>
    `import keras\nfrom keras import layers, initializers\ni = keras.Input(shape=(100,))\nm = keras.Model(i, ${layer}(i))\n`;
  test.each([
    ["Dense's default", "layers.Dense(300)", 0.5],
    ["by name", "layers.Dense(50, kernel_initializer='he_normal')", 2],
    [
      "an object",
      "layers.Dense(50, kernel_initializer=initializers.VarianceScaling(3.0, mode='fan_out', distribution='uniform'))",
      6,
    ],
    ["a class", "layers.Dense(50, kernel_initializer=initializers.LecunNormal)", 1],
    ["RandomNormal's default", "layers.Dense(50, kernel_initializer='random_normal')", 0.25],
    [
      "TruncatedNormal is not made up for",
      "layers.Dense(50, kernel_initializer=initializers.TruncatedNormal(stddev=0.1))",
      0.7737413035,
    ],
    ["he_normal is", "layers.Dense(50, kernel_initializer=initializers.HeNormal())", 2],
    ["RandomUniform", "layers.Dense(50, kernel_initializer=initializers.RandomUniform(-0.3, 0.3))", 3],
    ["orthogonal", "layers.Dense(400, kernel_initializer='orthogonal')", 0.25],
    // 2/(filters·16)·inputs·16/4: compute_fans takes (…, out, in) for (…, in, out), and a stride of 2 lets a quarter of the taps reach an output.
    ["a transposed convolution", "layers.Conv2DTranspose(50, 4, strides=2, kernel_initializer='he_normal')", 1],
    ["Glorot of one", "layers.Conv2DTranspose(300, 3, kernel_initializer='glorot_uniform')", 0.5],
  ])("%s", (_what, layer, weight) => {
    const [found] = numbers(keras(layer));
    expect(found).toBeCloseTo(weight, 8);
  });

  test("each gate of a recurrent kernel, drawn as one orthogonal matrix", () => {
    const gate = (layer: string, size: number) => {
      const law = layersOf(keras(layer))[0]?.parameters.get("recurrent_kernel")?.law;
      return (knownNumber(law?.variance ?? null) ?? Number.NaN) * size;
    };
    expect(gate("layers.LSTM(64)", 64)).toBeCloseTo(
      Number(FIXTURE.reference.keras_lstm_recurrent_orthogonal_sigma_w2_per_gate),
      14,
    );
    expect(gate("layers.GRU(60)", 60)).toBeCloseTo(1 / 3, 14);
    expect(gate("layers.SimpleRNN(60)", 60)).toBe(1);
  });

  test.each([
    ["Dense's default", "nn.Dense(50)", 1],
    ["He's", "nn.Dense(50, kernel_init=nn.initializers.he_normal())", 2],
    [
      "variance_scaling",
      "nn.Dense(50, kernel_init=nn.initializers.variance_scaling(2.0, 'fan_in', 'truncated_normal'))",
      2,
    ],
    ["xavier of 50 to 50", "nn.Dense(50, kernel_init=nn.initializers.xavier_uniform())", 1],
    // Stored (…, in, out) unless transpose_kernel says otherwise.
    [
      "a transposed convolution",
      "nn.ConvTranspose(25, (4, 4), strides=(2, 2), kernel_init=nn.initializers.he_normal())",
      0.5,
    ],
    [
      "one stored the other way round",
      "nn.ConvTranspose(25, (4, 4), strides=(2, 2), transpose_kernel=True, kernel_init=nn.initializers.he_normal())",
      1,
    ],
  ])("Flax: %s", (_what, layer, weight) => {
    const text = `import flax.linen as nn\nclass N(nn.Module):\n    @nn.compact\n    def __call__(self, x):\n        x = nn.Dense(50)(x)\n        return ${layer}(nn.relu(x))\n`;
    const second = layersOf(text)[1]?.sigmaW2 ?? null;
    expect(second === null ? null : knownNumber(second)).toBeCloseTo(weight, 9);
  });
});

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { SourceLint } from "../source/sourceLint.ts";
import { DEFAULT_SETTINGS, type LintSettings } from "../types.ts";
import { RULES } from "./registry.ts";

const lint = (text: string, settings: Partial<LintSettings> = {}) =>
  new SourceLint().lint(text, { ...DEFAULT_SETTINGS, ...settings });
const rulesOf = (text: string, settings: Partial<LintSettings> = {}) =>
  lint(text, settings).findings.map(({ rule }) => rule);

const HEAD = "import torch\nimport torch.nn.functional as F\nfrom torch import nn\n";
const module = (init: readonly string[], forward: readonly string[]) =>
  `${HEAD}class Net(nn.Module):\n    def __init__(self, n=512, depth=20):\n        super().__init__()\n${init.map((line) => `        ${line}\n`).join("")}\n    def forward(self, x):\n${forward.map((line) => `        ${line}\n`).join("")}`;
const stack = (law: readonly string[], activation: string, extra = "") =>
  module(
    [
      "self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(depth)])",
      ...(extra === "" ? [] : [`self.norms = nn.ModuleList([${extra} for _ in range(depth)])`]),
      "for m in self.layers:",
      ...law.map((line) => `    ${line}`),
    ],
    [
      "for i, layer in enumerate(self.layers):",
      `    x = ${activation}(${extra === "" ? "layer(x)" : "self.norms[i](layer(x))"})`,
      "return x",
    ],
  );

describe("what each rule leaves alone", () => {
  test.each([
    ["MF001", "critical ReLU", stack(["nn.init.kaiming_normal_(m.weight)", "nn.init.zeros_(m.bias)"], "torch.relu")],
    [
      "MF001",
      "critical tanh with its bias",
      stack(
        ["nn.init.normal_(m.weight, std=(1.760954640 / n) ** 0.5)", "nn.init.normal_(m.bias, std=0.05 ** 0.5)"],
        "torch.tanh",
      ),
    ],
    [
      "MF001",
      "three default layers",
      module(
        ["self.a = nn.Linear(8, 8)", "self.b = nn.Linear(8, 8)", "self.c = nn.Linear(8, 2)"],
        ["return self.c(torch.relu(self.b(torch.relu(self.a(x)))))"],
      ),
    ],
    [
      "MF001",
      "depth that nobody tells",
      module(
        ["self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(unknown())])"],
        ["for l in self.layers: x = torch.relu(l(x))", "return x"],
      ),
    ],
    [
      "MF001",
      "a skip connection",
      module(
        ["self.layers = nn.ModuleList([nn.Linear(n, n) for _ in range(depth)])"],
        ["for l in self.layers: x = x + torch.relu(l(x))", "return x"],
      ),
    ],
    [
      "MF001",
      "weights from a checkpoint",
      `${stack(["pass"], "torch.relu")}\nnet = Net()\nnet.load_state_dict(torch.load("a.pt"))\n`,
    ],
    [
      "MF001",
      "an initializer of another file",
      `from lib import init_all\n${stack(["pass"], "torch.relu")}\nnet = Net()\ninit_all(net)\n`,
    ],
    ["MF002", "orthogonal tanh", stack(["nn.init.orthogonal_(m.weight)", "nn.init.zeros_(m.bias)"], "torch.tanh")],
    [
      "MF003",
      "the gain that fits",
      stack(
        ["nn.init.kaiming_normal_(m.weight, a=0.2, nonlinearity='leaky_relu')", "nn.init.zeros_(m.bias)"],
        "(lambda v: F.leaky_relu(v, 0.2))",
      ),
    ],
    ["MF003", "a norm in between", stack(["nn.init.kaiming_normal_(m.weight)"], "F.gelu", "nn.LayerNorm(n)")],
    [
      "MF004",
      "a gate",
      module(
        ["self.a = nn.Linear(n, n)", "self.b = nn.Linear(n, n)", "self.c = nn.Linear(n, n)"],
        ["x = self.a(x) * torch.sigmoid(self.b(x))", "return torch.sigmoid(self.c(x))"],
      ),
    ],
    [
      "MF004",
      "an output",
      module(
        ["self.a = nn.Linear(n, n)", "self.c = nn.Linear(n, 1)"],
        ["return torch.sigmoid(self.c(torch.relu(self.a(x))))"],
      ),
    ],
    [
      "MF005",
      "SELU as it is meant",
      module(
        [
          "self.net = nn.Sequential(nn.Linear(n, n), nn.SELU(), nn.AlphaDropout(0.1), nn.Linear(n, n), nn.SELU(), nn.Linear(n, 2))",
          "for m in self.net:",
          "    if isinstance(m, nn.Linear): nn.init.kaiming_normal_(m.weight, nonlinearity='linear')",
        ],
        ["return self.net(x)"],
      ),
    ],
    [
      "MF006",
      "a transposed convolution of Keras whose channels make up for its stride",
      "import keras\nfrom keras import layers\ni = keras.Input(shape=(8, 8, 64))\nx = layers.Conv2DTranspose(16, 4, strides=2, activation='relu', kernel_initializer='he_normal')(i)\nm = keras.Model(i, layers.Conv2D(3, 3)(x))\n",
    ],
    [
      "MF006",
      "one of Flax without a stride",
      "import flax.linen as nn\nclass N(nn.Module):\n    @nn.compact\n    def __call__(self, x):\n        x = nn.Dense(64)(x)\n        x = nn.relu(nn.ConvTranspose(16, (4, 4), kernel_init=nn.initializers.he_normal())(x))\n        return nn.Dense(3)(x)\n",
    ],
    [
      "MF006",
      "fan_out before batch norm",
      module(
        [
          "self.c = nn.Conv2d(16, 64, 3)",
          "self.b = nn.BatchNorm2d(64)",
          "nn.init.kaiming_normal_(self.c.weight, mode='fan_out')",
        ],
        ["return torch.relu(self.b(self.c(x)))"],
      ),
    ],
    [
      "MF007",
      "dropout before the last layer only",
      module(
        [
          "self.a = nn.Linear(n, n)",
          "self.d = nn.Dropout(0.5)",
          "self.b = nn.Linear(n, 10)",
          "for m in (self.a, self.b): nn.init.kaiming_normal_(m.weight)",
        ],
        ["return self.b(self.d(torch.relu(self.a(x))))"],
      ),
    ],
    [
      "MF008",
      "bounds that cut",
      `${HEAD}l = nn.Linear(3, 4)\nnn.init.trunc_normal_(l.weight, std=0.02, a=-0.04, b=0.04)\n`,
    ],
    [
      "MF008",
      "a symmetric uniform law, a bias, a norm",
      `${HEAD}l = nn.Linear(3, 4)\nnn.init.uniform_(l.weight, -0.1, 0.1)\nnn.init.uniform_(l.bias)\nb = nn.BatchNorm1d(4)\nnn.init.uniform_(b.weight)\n`,
    ],
    [
      "MF009",
      "the last layer of a residual branch",
      module(
        ["self.a = nn.Linear(n, n)", "self.b = nn.Linear(n, n)", "nn.init.zeros_(self.b.weight)"],
        ["return x + self.b(torch.relu(self.a(x)))"],
      ),
    ],
    [
      "MF009",
      "a zero head",
      module(
        ["self.a = nn.Linear(n, n)", "self.b = nn.Linear(n, 10)", "nn.init.zeros_(self.b.weight)"],
        ["return self.b(torch.relu(self.a(x)))"],
      ),
    ],
    [
      "MF009",
      "an adapter that starts at nothing",
      module(
        ["self.lora_a = nn.Linear(n, 4)", "self.lora_b = nn.Linear(4, n)", "nn.init.zeros_(self.lora_b.weight)"],
        ["return self.lora_b(self.lora_a(x))"],
      ),
    ],
    [
      "MF010",
      "a small negative bias",
      module(
        [
          "self.a = nn.Linear(n, n)",
          "nn.init.kaiming_normal_(self.a.weight)",
          "nn.init.constant_(self.a.bias, -0.5)",
          "self.b = nn.Linear(n, 2)",
        ],
        ["return self.b(torch.relu(self.a(x)))"],
      ),
    ],
    [
      "MF011",
      "large weights before ReLU",
      module(
        ["self.a = nn.Linear(n, n)", "nn.init.normal_(self.a.weight)", "self.b = nn.Linear(n, 2)"],
        ["return self.b(torch.relu(self.a(x)))"],
      ),
    ],
    ["MF012", "thirty norms", `${stack(["pass"], "torch.relu", "nn.BatchNorm1d(n)").replace("depth=20", "depth=30")}`],
    [
      "MF012",
      "RMS norm subtracts no mean",
      `${stack(["pass"], "torch.relu", "nn.RMSNorm(n)").replace("depth=20", "depth=100")}`,
    ],
    [
      "MF013",
      "branches that start at zero",
      module(
        [
          "self.a = nn.ModuleList([nn.Linear(n, n) for _ in range(depth)])",
          "for m in self.a: nn.init.zeros_(m.weight)",
        ],
        ["for l in self.a: x = x + torch.relu(l(x))", "return x"],
      ),
    ],
    [
      "MF013",
      "branches with a factor",
      module(
        [
          "self.a = nn.ModuleList([nn.Linear(n, n) for _ in range(depth)])",
          "for m in self.a: nn.init.kaiming_normal_(m.weight)",
        ],
        ["for l in self.a: x = x + 0.1 * torch.relu(l(x))", "return x"],
      ),
    ],
    [
      "MF014",
      "a small embedding",
      module(
        [
          "self.e = nn.Embedding(1000, 64)",
          "nn.init.normal_(self.e.weight, std=0.02)",
          "self.h = nn.Linear(64, 1000, bias=False)",
          "self.h.weight = self.e.weight",
        ],
        ["return self.h(self.e(x))"],
      ),
    ],
    [
      "MF014",
      "a head that scales",
      module(
        [
          "self.e = nn.Embedding(1000, 64)",
          "self.h = nn.Linear(64, 1000, bias=False)",
          "self.h.weight = self.e.weight",
        ],
        ["return self.h(self.e(x) * 64 ** -0.5)"],
      ),
    ],
    [
      "MF016",
      "logits that are divided",
      module(
        ["self.q = nn.Linear(n, n)", "self.k = nn.Linear(n, n)"],
        ["return torch.softmax(self.q(x) @ self.k(x).transpose(-2, -1) / n ** 0.5, -1)"],
      ).replace("/ n", "/ 512"),
    ],
    [
      "MF016",
      "queries that are scaled",
      module(
        ["self.q = nn.Linear(n, n)", "self.k = nn.Linear(n, n)", "self.scale = n ** -0.5"],
        ["q = self.q(x) * self.scale", "return torch.softmax(q @ self.k(x).transpose(-2, -1), -1)"],
      ),
    ],
    [
      "MF017",
      "a forget bias that somebody set",
      module(
        [
          "self.l = nn.LSTM(4, 8)",
          "for name, p in self.l.named_parameters():",
          "    if 'bias' in name: nn.init.constant_(p, 1.0)",
        ],
        ["return self.l(x)[0]"],
      ),
    ],
    ["MF018", "wide enough", stack(["nn.init.kaiming_normal_(m.weight)", "nn.init.zeros_(m.bias)"], "torch.relu")],
    [
      "MF019",
      "orthogonal and square",
      stack(["nn.init.orthogonal_(m.weight)", "nn.init.zeros_(m.bias)"], "torch.tanh"),
    ],
    [
      "MF020",
      "a walk that meets all",
      module(
        [
          "self.c = nn.Conv2d(3, 8, 3)",
          "self.l = nn.Linear(8, 2)",
          "for m in self.modules():",
          "    if isinstance(m, (nn.Conv2d, nn.Linear)): nn.init.kaiming_normal_(m.weight)",
        ],
        ["return self.l(torch.relu(self.c(x)).mean((2, 3)))"],
      ),
    ],
  ])("%s: %s", (rule, _what, text) => {
    expect(rulesOf(text)).not.toContain(rule);
  });
});

test("MF021 needs the data's strongest mode, plain descent and a linear network", () => {
  const linear = `${HEAD}model = nn.Sequential(nn.Linear(8, 16), nn.Linear(16, 7))\nloss = nn.MSELoss()\nopt = torch.optim.SGD(model.parameters(), lr=2.0)\n`;
  expect(rulesOf(linear, { topMode: 3 })).toEqual(["MF021"]);
  // N₃/(2 s₁) = 7/6.
  expect(rulesOf(linear.replace("lr=2.0", "lr=1.1"), { topMode: 3 })).toEqual([]);
  expect(rulesOf(linear.replace("lr=2.0", "lr=1.2"), { topMode: 3 })).toEqual(["MF021"]);
  expect(rulesOf(linear)).toEqual([]);
  expect(rulesOf(linear.replace("SGD", "Adam"), { topMode: 3 })).toEqual([]);
  expect(rulesOf(linear.replace("nn.Linear(16", "nn.ReLU(), nn.Linear(16"), { topMode: 3 })).toEqual([]);
});

test.each(["nn.BatchNorm1d(n)", "nn.LayerNorm(n)", "nn.GroupNorm(8, n)", "nn.RMSNorm(n)"])(
  "%s after each layer silences MF001 to MF003, whatever the law and the activation",
  (norm) => {
    for (const law of [
      "kaiming_normal_(m.weight)",
      "xavier_uniform_(m.weight)",
      "normal_(m.weight)",
      "normal_(m.weight, std=0.001)",
      "orthogonal_(m.weight, 3.0)",
    ])
      for (const activation of ["torch.relu", "torch.tanh", "F.gelu", "F.silu", "F.leaky_relu", "torch.sigmoid"]) {
        const bare = rulesOf(stack([`nn.init.${law}`], activation).replace("depth=20", "depth=60"));
        const normed = rulesOf(stack([`nn.init.${law}`], activation, norm).replace("depth=20", "depth=60"));
        expect(normed.filter((rule) => /MF00[1-4]/.test(rule))).toEqual([]);
        // The same without the norm is found, so that silence means something.
        if (law.includes("0.001") && activation !== "torch.sigmoid") expect(bare).toContain("MF001");
      }
  },
);

test("a rule can be off, or of another severity; a comment silences a line, the line below, or the file", () => {
  const text = `${HEAD}l = nn.Linear(3, 4)\nnn.init.trunc_normal_(l.weight, std=0.02)\n`;
  expect(lint(text, { severities: { MF008: "off" } }).findings).toEqual([]);
  expect(lint(text, { severities: { MF008: "error" } }).findings.map(({ severity }) => severity)).toEqual(["error"]);
  expect(lint(text).findings.map(({ severity }) => severity)).toEqual(["information"]);
  expect(rulesOf(text.replace("std=0.02)", "std=0.02)  # modescope: ignore[MF008]"))).toEqual([]);
  expect(rulesOf(text.replace("std=0.02)", "std=0.02)  # modescope: ignore"))).toEqual([]);
  expect(rulesOf(text.replace("std=0.02)", "std=0.02)  # modescope: ignore[MF001]"))).toEqual(["MF008"]);
  expect(rulesOf(text.replace("nn.init", "# modescope: ignore[MF008]\nnn.init"))).toEqual([]);
  expect(rulesOf(`# modescope: ignore-file[MF001, MF008]\n${text}`)).toEqual([]);
  expect(rulesOf(text.replace("std=0.02)", "\n    std=0.02,  # modescope: ignore[MF008]\n)"))).toEqual([]);
});

test("what is meant plainly is a safe fix, and after it the finding is gone", () => {
  const text = readFileSync(new URL("../../../test/fixtures/lint/historical/leaky_gain.py", import.meta.url), "utf8");
  const [finding] = lint(text).findings;
  const fix = finding?.fixes[0];
  expect(fix).toMatchObject({ safe: true, title: "Pass the slope: a=0.2" });
  const fixed = [...(fix?.edits ?? [])]
    .sort((a, b) => b.from - a.from)
    .reduce((now, edit) => now.slice(0, edit.from) + edit.text + now.slice(edit.to), text);
  expect(fixed).toContain("kaiming_normal_(m.weight, nonlinearity='leaky_relu', a=0.2)");
  expect(lint(fixed).findings).toEqual([]);
});

test("every rule has its page with why, formula, example and reference, and is known to the tests", () => {
  const pages = new URL("../../../docs/rules/", import.meta.url);
  const tests =
    readFileSync(new URL(import.meta.url), "utf8") +
    readFileSync(new URL("../../studies/checkpoint-lint/checkpoint-lint.test.ts", import.meta.url), "utf8") +
    readdirSync(new URL("../../../test/fixtures/lint/historical/", import.meta.url))
      .map((file) => readFileSync(new URL(`../../../test/fixtures/lint/historical/${file}`, import.meta.url), "utf8"))
      .join("");
  expect(RULES.map(({ id }) => id)).toEqual([...new Set(RULES.map(({ id }) => id))].sort());
  for (const { id, title } of RULES) {
    const page = new URL(`${id}.md`, pages);
    expect(existsSync(page), `docs/rules/${id}.md`).toBe(true);
    const text = readFileSync(page, "utf8");
    expect(text.startsWith(`# ${id}: ${title}`), id).toBe(true);
    for (const heading of ["## Why", "## Formula", "## Example", "## Reference"])
      expect(text, `${id} ${heading}`).toContain(heading);
    expect(tests, `a test of ${id}`).toContain(id);
  }
});

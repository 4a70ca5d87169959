// Walks that initialize some kinds of layer, and what they leave as it was.
import { expect, test } from "vitest";
import { SourceLint } from "../source/sourceLint.ts";
import { DEFAULT_SETTINGS } from "../types.ts";

const HEAD = "import torch\nfrom torch import nn\n";
const net = (visit: readonly string[], walk = "for m in self.modules():") =>
  `${HEAD}class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.c = nn.Conv2d(3, 64, 3)\n        self.a = nn.MultiheadAttention(64, 4)\n        self.l = nn.Linear(64, 64)\n        self.h = nn.Linear(64, 9, bias=False)\n        ${walk}\n${visit.map((line) => `            ${line}\n`).join("")}    def forward(self, x):\n        x = torch.relu(self.c(x)).flatten(2)\n        return self.h(torch.relu(self.l(self.a(x, x, x)[0])))\n`;
const found = (text: string) =>
  new SourceLint()
    .lint(text, DEFAULT_SETTINGS)
    .findings.filter(({ rule }) => rule === "MF020")
    .map(({ severity, message }) => `${severity}: ${message}`);

const LINEAR = "if isinstance(m, nn.Linear): nn.init.xavier_uniform_(m.weight)";
const CONV = "if isinstance(m, nn.Conv2d): nn.init.kaiming_normal_(m.weight)";
const BOTH = "if isinstance(m, (nn.Conv2d, nn.Linear)): nn.init.xavier_uniform_(m.weight)";
const ATTENTION = "if isinstance(m, nn.MultiheadAttention): nn.init.xavier_uniform_(m.in_proj_weight)";

test.each([
  [
    "the fused projection of attention",
    [BOTH],
    [
      /^information: This walk draws the weights of Conv2d, Linear anew and leaves 1 MultiheadAttention at PyTorch's default \(σ_w² = 1\/2/,
    ],
  ],
  ["attention and convolutions", [LINEAR], [/^warning: .* leaves 2 Conv2d, MultiheadAttention at PyTorch's default/]],
  [
    "the biases of one kind",
    [BOTH, ATTENTION, "if isinstance(m, nn.Conv2d): nn.init.zeros_(m.bias)"],
    [
      /^information: This walk sets the biases of Conv2d and leaves those of 1 Linear, whose weights it draws, at PyTorch's default/,
    ],
  ],
  [
    "the biases of the other, and a kind as a whole",
    [BOTH, "if isinstance(m, nn.Linear) and m.bias is not None: nn.init.zeros_(m.bias)"],
    [
      /leaves 1 MultiheadAttention .*; it sets the biases of Linear and leaves those of 1 Conv2d, whose weights it draws/,
    ],
  ],
] as const)("misses %s", (_what, visit, expected) => {
  const messages = found(net(visit));
  expect(messages).toHaveLength(expected.length);
  expected.forEach((pattern, index) => {
    expect(messages[index]).toMatch(pattern);
  });
});

test.each([
  ["every weight, and no bias", net([LINEAR, CONV, ATTENTION])],
  [
    "every weight and bias; those of attention are 0 by default",
    net([LINEAR, CONV, ATTENTION, "if getattr(m, 'bias', None) is not None: nn.init.zeros_(m.bias)"]),
  ],
  ["every parameter of two axes", net(["if p.dim() > 1: nn.init.xavier_uniform_(p)"], "for p in self.parameters():")],
  ["nothing at all", net(["pass"])],
  ["what nobody tells", net(["init(m)"])],
])("leaves alone a walk that draws %s", (_what, text) => {
  expect(found(text)).toEqual([]);
});

const wrap = (from: string, draw: string) =>
  found(`${HEAD}${from}\nlayer = weight(nn.Linear(64, 64))\n${draw}\nnet = nn.Sequential(layer, nn.ReLU())\n`);

/** As PyTorch 2 does when it is run: the standard deviation of the weight after a call. */
test("what weight_norm and the parametrization of spectral_norm compute anew is lost; what the old spectral_norm keeps is not", () => {
  const draw = "nn.init.normal_(layer.weight, std=3.0)";
  for (const from of [
    "from torch.nn.utils import weight_norm as weight",
    "from torch.nn.utils.parametrizations import weight_norm as weight",
    "from torch.nn.utils.parametrizations import spectral_norm as weight",
  ]) {
    expect(wrap(from, draw)).toEqual([expect.stringMatching(/normal_ is lost: (?:weight|spectral)_norm computes/)]);
    expect(wrap(from, "layer.weight.data.normal_(0, 3.0)")).toHaveLength(1);
    expect(wrap(from, "nn.init.zeros_(layer.bias)")).toEqual([]);
  }
  expect(wrap("from torch.nn.utils import spectral_norm as weight", draw)).toEqual([]);
});

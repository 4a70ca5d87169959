import { KEYWORDS, type Spelling } from "./keywords.testkit.ts";

const TORCH = "import torch\nfrom torch import nn\n\n\n";
const FORWARD = `
    def forward(self, x):
        x = torch.tanh(self.a(x))
        x = torch.tanh(self.b(x))
        return self.c(x)
`;

/** Three layers, what initializes them at the end of `__init__`. */
export function network(
  init: string,
  layers: readonly string[] = ["nn.Linear(64, 64)", "nn.Linear(64, 64)", "nn.Linear(64, 10)"],
): string {
  const made = ["a", "b", "c"].map((name, k) => `        self.${name} = ${layers[k]}\n`).join("");
  const lines =
    init === ""
      ? ""
      : `${init
          .split("\n")
          .map((line) => `        ${line}`)
          .join("\n")}\n`;
  return `${TORCH}class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n${made}${lines}${FORWARD}`;
}

const walked = (weight: string, bias = "nn.init.zeros_(m.bias)") =>
  network(`for m in self.modules():\n    if isinstance(m, nn.Linear):\n        ${weight}\n        ${bias}`);

const torch = (
  name: string,
  source: string,
  [sigmaW, sigmaB]: readonly [number, number],
  lines: readonly string[],
  more: Partial<Spelling> = {},
): Spelling => ({
  name,
  source,
  model: "Net",
  sigmaW,
  sigmaB,
  lines,
  ...more,
});

const SEQUENTIAL = `${TORCH}net = nn.Sequential(
    nn.Linear(8, 16),
    nn.Tanh(),
    nn.Linear(16, 16),
    nn.Tanh(),
    nn.Linear(16, 16),
    nn.Tanh(),
    nn.Linear(16, 2),
)
print(net)
`;

export const SPELLINGS: readonly Spelling[] = [
  torch(
    "layers that nobody initializes, each under its name",
    network(""),
    [1.5, 0.1],
    [
      "nn.init.normal_(self.a.weight, std=1.5 / self.a.in_features**0.5)",
      "nn.init.normal_(self.a.bias, std=0.1)",
      "nn.init.normal_(self.b.weight, std=1.5 / self.b.in_features**0.5)",
      "nn.init.normal_(self.b.bias, std=0.1)",
      "nn.init.normal_(self.c.weight, std=1.5 / self.c.in_features**0.5)",
      "nn.init.normal_(self.c.bias, std=0.1)",
    ],
  ),
  torch(
    "a law that has a name",
    network("", ["nn.Linear(64, 64)", "nn.Linear(64, 64)", "nn.Linear(64, 10, bias=False)"]),
    [Math.SQRT2, 0],
    [
      'nn.init.kaiming_normal_(self.a.weight, nonlinearity="relu")',
      "nn.init.zeros_(self.a.bias)",
      'nn.init.kaiming_normal_(self.b.weight, nonlinearity="relu")',
      "nn.init.zeros_(self.b.bias)",
      'nn.init.kaiming_normal_(self.c.weight, nonlinearity="relu")',
    ],
  ),
  torch(
    "convolutions",
    network("", ["nn.Conv2d(3, 16, 3)", "nn.Conv2d(16, 32, 3, groups=4)", "nn.Conv2d(32, 10, 1)"]),
    [1.3, 0],
    [
      "nn.init.normal_(self.a.weight, std=1.3 / self.a.weight[0].numel() ** 0.5)",
      "nn.init.zeros_(self.a.bias)",
      "nn.init.normal_(self.b.weight, std=1.3 / self.b.weight[0].numel() ** 0.5)",
      "nn.init.zeros_(self.b.bias)",
      "nn.init.normal_(self.c.weight, std=1.3 / self.c.weight[0].numel() ** 0.5)",
      "nn.init.zeros_(self.c.bias)",
    ],
  ),
  torch(
    "one layer of three",
    network(""),
    [1.5, 0.1],
    ["nn.init.normal_(self.b.weight, std=1.5 / self.b.in_features**0.5)", "nn.init.normal_(self.b.bias, std=0.1)"],
    { layers: [1] },
  ),
  torch(
    "normal_ with a number",
    walked("nn.init.normal_(m.weight, std=0.02)"),
    [1.5, 0.1],
    ["nn.init.normal_(m.weight, std=0.1875)", "nn.init.normal_(m.bias, std=0.1)"],
  ),
  torch(
    "normal_ over the fan",
    walked("nn.init.normal_(m.weight, std=1.0 / m.in_features**0.5)", "nn.init.normal_(m.bias, 0.0, 0.2)"),
    [1.5, 0.1],
    ["nn.init.normal_(m.weight, std=1.5 / m.in_features**0.5)", "nn.init.normal_(m.bias, 0.0, 0.1)"],
  ),
  torch(
    "normal_ of a square root, with a literal fan that stays",
    walked("nn.init.normal_(m.weight, std=(2.0 / 64) ** 0.5)"),
    [1, 0],
    ["nn.init.normal_(m.weight, std=(1.0 / 64) ** 0.5)"],
  ),
  torch(
    "normal_ without any standard deviation",
    network("nn.init.normal_(self.a.weight)\nnn.init.normal_(self.b.weight)"),
    [2, 0.5],
    [
      "nn.init.normal_(self.a.weight, std=0.25)",
      "nn.init.normal_(self.b.weight, std=0.25)",
      "nn.init.normal_(self.a.bias, std=0.5)",
      "nn.init.normal_(self.b.bias, std=0.5)",
    ],
    { layers: [0, 1] },
  ),
  torch(
    "xavier: one gain where it holds σ_w for all",
    network("for m in (self.a, self.b):\n    nn.init.xavier_normal_(m.weight)\n    nn.init.zeros_(m.bias)"),
    [1.5, 0],
    ["nn.init.xavier_normal_(m.weight, gain=1.5)"],
    { layers: [0, 1] },
  ),
  torch(
    "xavier of layers that change their width: its distribution over the fan",
    walked("nn.init.xavier_uniform_(m.weight)"),
    [1.5, 0],
    ["nn.init.uniform_(m.weight, -2.59808 / m.in_features**0.5, 2.59808 / m.in_features**0.5)"],
  ),
  torch(
    "xavier with a gain that is computed",
    network(
      "for m in (self.a, self.b):\n    nn.init.xavier_normal_(m.weight, gain=nn.init.calculate_gain('tanh'))\n    nn.init.zeros_(m.bias)",
    ),
    [1, 0],
    ["nn.init.xavier_normal_(m.weight, gain=0.6 * nn.init.calculate_gain('tanh'))"],
    { layers: [0, 1] },
  ),
  torch(
    "kaiming between its gains",
    walked("nn.init.kaiming_uniform_(m.weight, nonlinearity='relu')", "nn.init.constant_(m.bias, 0.1)"),
    [1.1, 0.2],
    [
      "nn.init.uniform_(m.weight, -1.90526 / m.in_features**0.5, 1.90526 / m.in_features**0.5)",
      "nn.init.constant_(m.bias, 0.2)",
    ],
  ),
  torch(
    "kaiming to another of its gains",
    walked("nn.init.kaiming_normal_(m.weight, mode='fan_out')"),
    [1, 0],
    ["nn.init.kaiming_normal_(m.weight, nonlinearity='linear')"],
  ),
  torch(
    "orthogonal keeps being orthogonal",
    walked("nn.init.orthogonal_(m.weight, gain=1.2)"),
    [1.5, 0],
    ["nn.init.orthogonal_(m.weight, gain=1.5)"],
  ),
  torch(
    "one layer of a call that draws all: the others are said to move along",
    walked("nn.init.orthogonal_(m.weight, gain=1.2)"),
    [1.5, 0],
    ["nn.init.orthogonal_(m.weight, gain=1.5)"],
    { layers: [1], also: ["Net: a, c"] },
  ),
  torch(
    "a tensor's own methods",
    walked("m.weight.data.normal_(0, 0.05)", "m.bias.data.zero_()"),
    [1.1, 0.3],
    ["m.weight.data.normal_(0, 0.1375)", "m.bias.data.normal_(0, 0.3)"],
  ),
  torch(
    "biases to nothing",
    walked("nn.init.normal_(m.weight, std=0.125)", "m.bias.data.fill_(0.01)"),
    [1, 0],
    ["m.bias.data.zero_()"],
  ),
  torch(
    "uniform_ with a bound that has a name, and with two numbers",
    network(
      "k = 0.1\nnn.init.uniform_(self.a.weight, -k, k)\nnn.init.uniform_(self.b.weight, a=-0.1, b=0.1)\nnn.init.zeros_(self.a.bias)\nnn.init.zeros_(self.b.bias)",
    ),
    [1.3, 0],
    ["k = 0.281458", "nn.init.uniform_(self.b.weight, a=-0.281458, b=0.281458)"],
    { layers: [0, 1] },
  ),
  torch(
    "trunc_normal_ far from its bounds",
    walked("nn.init.trunc_normal_(m.weight, std=0.02)"),
    [0.8, 0],
    ["nn.init.trunc_normal_(m.weight, std=0.1)"],
  ),
  torch(
    "weights that are all zero",
    network("nn.init.zeros_(self.b.weight)\nnn.init.zeros_(self.b.bias)"),
    [1.2, 0],
    ["nn.init.normal_(self.b.weight, std=1.2 / self.b.in_features**0.5)"],
    { layers: [1] },
  ),
  {
    name: "a function that is applied to every module",
    source: `${TORCH}def init(m):\n    if isinstance(m, (nn.Linear, nn.Conv2d)):\n        nn.init.kaiming_normal_(m.weight)\n        nn.init.zeros_(m.bias)\n\n\nnet = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 2))\nnet.apply(init)\n`,
    model: "Sequential",
    sigmaW: 1.2,
    sigmaB: 0.05,
    lines: ["nn.init.normal_(m.weight, std=1.2 / m.in_features**0.5)", "nn.init.normal_(m.bias, std=0.05)"],
  },
  {
    name: "a sequence at the top of a module: a walk over it",
    source: SEQUENTIAL,
    model: "Sequential",
    sigmaW: 1.2,
    sigmaB: 0,
    lines: [
      "for module in net.modules():",
      "if isinstance(module, nn.Linear):",
      "nn.init.normal_(module.weight, std=1.2 / module.in_features**0.5)",
      "if module.bias is not None:",
      "nn.init.zeros_(module.bias)",
    ],
  },
  {
    name: "one layer of a sequence, by its place",
    source: SEQUENTIAL,
    model: "Sequential",
    sigmaW: 1.2,
    sigmaB: 0,
    layers: [1],
    lines: ["nn.init.normal_(net[2].weight, std=1.2 / net[2].in_features**0.5)", "nn.init.zeros_(net[2].bias)"],
  },
  {
    name: "layers in a list: a walk at the end of __init__",
    source: `${TORCH}class Net(nn.Module):\n\tdef __init__(self, depth=8):\n\t\tsuper().__init__()\n\t\tself.layers = nn.ModuleList([nn.Linear(32, 32) for _ in range(depth)])\n\n\tdef forward(self, x):\n\t\tfor layer in self.layers:\n\t\t\tx = torch.relu(layer(x))\n\t\treturn x\n`,
    model: "Net",
    sigmaW: Math.SQRT2,
    sigmaB: 0,
    lines: [
      "for module in self.modules():",
      "if isinstance(module, nn.Linear):",
      'nn.init.kaiming_normal_(module.weight, nonlinearity="relu")',
      "if module.bias is not None:",
      "nn.init.zeros_(module.bias)",
    ],
  },
  {
    name: "a helper whose arguments decide: the numbers where they are given",
    source: `import numpy as np\nimport torch.nn as nn\n\n\ndef layer_init(layer, std=np.sqrt(2), bias_const=0.0):\n    nn.init.orthogonal_(layer.weight, std)\n    nn.init.constant_(layer.bias, bias_const)\n    return layer\n\n\nclass Agent(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.actor = nn.Sequential(\n            layer_init(nn.Linear(64, 64)),\n            nn.Tanh(),\n            layer_init(nn.Linear(64, 64)),\n            nn.Tanh(),\n            layer_init(nn.Linear(64, 4), std=0.01),\n        )\n\n    def forward(self, x):\n        return self.actor(x)\n`,
    model: "Agent",
    sigmaW: 1.1,
    sigmaB: 0,
    lines: ["def layer_init(layer, std=np.sqrt(1.21), bias_const=0.0):", "layer_init(nn.Linear(64, 4), std=1.1),"],
  },
  {
    name: "one of several instances: the number that it is made with",
    source: `${TORCH}class Net(nn.Module):\n    def __init__(self, sigma):\n        super().__init__()\n        self.a = nn.Linear(64, 64, bias=False)\n        self.b = nn.Linear(64, 64, bias=False)\n        for layer in (self.a, self.b):\n            nn.init.normal_(layer.weight, std=sigma / layer.in_features**0.5)\n\n    def forward(self, x):\n        return torch.tanh(self.b(torch.tanh(self.a(x))))\n\n\nSIGMAS = {"low": 0.5, "high": 2.5}\nlow = Net(SIGMAS["low"])\nhigh = Net(sigma=SIGMAS["high"])\n`,
    model: "Net 2",
    sigmaW: 1,
    sigmaB: 0,
    lines: ['SIGMAS = {"low": 0.5, "high": 1.0}'],
    also: ["SIGMAS in line 17 is read in lines 18, 19, too"],
  },
  {
    name: "names that are imported one by one",
    source: `import torch\nfrom torch.nn import Linear, Module\nfrom torch.nn.init import xavier_uniform_\n\n\nclass Net(Module):\n    def __init__(self):\n        super().__init__()\n        self.a = Linear(8, 16)\n        self.b = Linear(16, 16)\n        xavier_uniform_(self.a.weight)\n\n    def forward(self, x):\n        return torch.relu(self.b(torch.relu(self.a(x))))\n`,
    model: "Net",
    sigmaW: 1.3,
    sigmaB: 0,
    lines: [
      "torch.nn.init.zeros_(self.a.bias)",
      "torch.nn.init.normal_(self.b.weight, std=1.3 / self.b.in_features**0.5)",
      "torch.nn.init.zeros_(self.b.bias)",
      "xavier_uniform_(self.a.weight, gain=1.59217)",
    ],
  },
  {
    name: "an import that is missing",
    source: `"""No line imports torch itself."""\nfrom torch.nn import Linear, Sequential, Tanh\n\nnet = Sequential(Linear(8, 8), Tanh(), Linear(8, 8))\n`,
    model: "Sequential",
    sigmaW: 1,
    sigmaB: 0,
    lines: [
      "from torch import nn",
      'nn.init.kaiming_normal_(net[0].weight, nonlinearity="linear")',
      "nn.init.zeros_(net[0].bias)",
      'nn.init.kaiming_normal_(net[2].weight, nonlinearity="linear")',
      "nn.init.zeros_(net[2].bias)",
    ],
  },
  {
    name: "the module of initializers under a name of its own",
    source: `import torch\nimport torch.nn as nn\nimport torch.nn.init as init\n\nnet = nn.Sequential(nn.Linear(8, 8), nn.Tanh(), nn.Linear(8, 8))\n`,
    model: "Sequential",
    sigmaW: 1.25,
    sigmaB: 0.5,
    lines: [
      "init.normal_(net[0].weight, std=1.25 / net[0].in_features**0.5)",
      "init.normal_(net[0].bias, std=0.5)",
      "init.normal_(net[2].weight, std=1.25 / net[2].in_features**0.5)",
      "init.normal_(net[2].bias, std=0.5)",
    ],
  },
  ...KEYWORDS,
  {
    name: "a network that is returned as it is made: it gets a name",
    source:
      "from torch import nn\n\n\ndef make():\n    return nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 16))\n",
    model: "Sequential",
    sigmaW: 1.25,
    sigmaB: 0.1,
    lines: [
      "network = nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 16))",
      "nn.init.normal_(network[0].weight, std=1.25 / network[0].in_features**0.5)",
      "nn.init.normal_(network[0].bias, std=0.1)",
      "nn.init.normal_(network[2].weight, std=1.25 / network[2].in_features**0.5)",
      "nn.init.normal_(network[2].bias, std=0.1)",
      "return network",
    ],
  },
  {
    name: "a deep one that is returned over several lines, where its usual names are taken",
    source:
      "from torch import nn\n\n\ndef make(network, model):\n    return nn.Sequential(\n        nn.Linear(8, 16), nn.Tanh(),\n        nn.Linear(16, 16), nn.Tanh(),\n        nn.Linear(16, 16), nn.Tanh(),\n        nn.Linear(16, 16),\n    )\n",
    model: "Sequential",
    sigmaW: 1,
    sigmaB: 0,
    lines: [
      "net = nn.Sequential(",
      "for module in net.modules():",
      "if isinstance(module, nn.Linear):",
      'nn.init.kaiming_normal_(module.weight, nonlinearity="linear")',
      "if module.bias is not None:",
      "nn.init.zeros_(module.bias)",
      "return net",
    ],
  },
];

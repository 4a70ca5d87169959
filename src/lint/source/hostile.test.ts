import { expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../types.ts";
import { SourceLint } from "./sourceLint.ts";

/** Sources that nobody writes, or only to do harm: each ends, says what it left out, and the next key is answered like a first look. */

const HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n";
const many = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join("");
const net = (body: string, forward: string) =>
  `${HEAD}class R(nn.Module):\n    def __init__(self):\n        super().__init__()\n${body}    def forward(self, x):\n${forward}        return x\n`;

test.each<[string, string, RegExp | null]>([
  ["one line of a megabyte", `x = [${"1, ".repeat(340_000)}]\n`, /1,020,006 characters is not read/],
  ["a hundred thousand brackets", `x = ${"(".repeat(100_000)}\n`, /100,000 brackets/],
  ["a string that never ends", `"""${"x\n".repeat(400_000)}`, /800,003 characters/],
  ["an operator before itself", `x = ${"not ".repeat(20_000)}1\n`, null],
  ["attributes of attributes", `x = a${".b".repeat(40_000)}\n`, null],
  [
    "more classes than are followed",
    `from torch import nn\n${many(22_000, (i) => `class C${i}(nn.Module): x=1\n`)}`,
    /^Not linted beyond line \d+/,
  ],
  ["names bound to one another", many(22_000, (i) => `v${i} = v${i - 1}\n`), /^Not linted beyond line \d+/],
  [
    "functions that call the next",
    HEAD + many(22_000, (i) => `def f${i}(x): return f${i + 1}(nn.relu(x))\n`),
    /^Not linted/,
  ],
  [
    "a long line of ancestors",
    `${HEAD}class N0(nn.Module): pass\n${many(5_000, (i) => `class N${i + 1}(N${i}): pass\n`)}`,
    null,
  ],
  [
    "ancestors on two ways",
    `${HEAD}class D0(nn.Module): pass\nclass E0(nn.Module): pass\n${many(60, (i) => `class D${i + 1}(D${i}, E${i}):\n    def forward(self, x): return x.foo(self.bar)\nclass E${i + 1}(D${i}, E${i}): pass\n`)}`,
    null,
  ],
  [
    "sequences that double",
    `${HEAD}s = nn.Sequential(nn.Linear(4, 4), nn.Tanh())\n${"s = nn.Sequential(s, s)\n".repeat(40)}`,
    null,
  ],
  [
    "lists that double",
    `x = [1]\n${"x = x + x\n".repeat(60)}${"x = [x, x]\n".repeat(60)}def f(m): return m(x)\n`,
    null,
  ],
  ["a list that is repeated", "x = [1] * 100000000\ny = [x] * 100000\nz = y * 100000\nfor a in z:\n  pass\n", null],
  [
    "loops in loops",
    `${HEAD}for i in range(10**9):\n  for j in range(10**9):\n    x = nn.Linear(i, j)\nl = [nn.Linear(3,3) for _ in range(200) for _ in range(200) for _ in range(200)]\n`,
    null,
  ],
  ["powers of powers", "x = 9 ** 9 ** 9 ** 9\ny = [0] * x\nz = 'a' * x\nfor i in range(x): pass\n", null],
  [
    "functions that call themselves thrice",
    `${HEAD}def g(m): return nn.Sequential(g(m), g(m), g(m))\ny = g(nn.Linear(3,3))\n`,
    null,
  ],
  [
    "conditions one behind the other",
    `${HEAD}def f(a):\n    m = nn.Linear(3,3)\n${many(1_500, (i) => `    if a.b${i}: m = nn.Linear(${i}, 3)\n`)}    return m\n`,
    null,
  ],
  [
    "a thousand residual blocks",
    net(
      "        self.l = nn.ModuleList([nn.Linear(8,8) for _ in range(250)])\n",
      many(1_000, (i) => `        x = x + torch.relu(self.l[${i % 250}](x))\n`),
    ),
    null,
  ],
  [
    "signals that part and meet",
    net(
      "        self.l = nn.Linear(8,8)\n",
      many(60, () => "        x = self.l(x) + self.l(x).view(3) + x.view(2)\n"),
    ),
    null,
  ],
  [
    "walks over walks",
    `${HEAD}m = nn.Sequential(*[nn.Linear(3,3) for _ in range(250)])\n${"m.apply(lambda q: nn.init.zeros_(q.weight))\n".repeat(300)}`,
    /^Not linted beyond line \d+/,
  ],
])(
  "%s",
  (_what, text, unread) => {
    const lint = new SourceLint();
    const report = lint.lint(text, DEFAULT_SETTINGS);
    if (unread === null) expect(report.unread).toEqual([]);
    else expect(report.unread.at(-1)?.message).toMatch(unread);
    const longer = `${text}\nq = 1\n`;
    expect(lint.lint(longer, DEFAULT_SETTINGS)).toEqual(new SourceLint().lint(longer, DEFAULT_SETTINGS));
  },
  120_000,
);

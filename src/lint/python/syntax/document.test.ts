import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PythonDocument } from "./document.ts";
import type { Statement } from "./types.ts";

const parsed = (text: string) => {
  const document = new PythonDocument();
  document.update(text);
  return document;
};
/** Structure without places. */
const shape = (statements: readonly Statement[]): unknown =>
  JSON.parse(
    JSON.stringify(statements, (key, value) =>
      ["unit", "from", "to", "open", "close", "nameFrom"].includes(key) ? undefined : value,
    ),
  );
/** With places as the document has them now. */
const placed = (statements: readonly Statement[]): unknown =>
  JSON.parse(JSON.stringify(statements, (key, value) => (key === "unit" ? value.base : value)));

test("statements and expressions of every kind are read", () => {
  const { statements } = parsed(
    [
      "import a.b as c, d",
      "from ..x import (y as z)",
      "@w.v",
      "class N(nn.Module, metaclass=M):",
      "    k: int = 3",
      "    def f(self, a, /, b=1, *args, c, **kw): return a",
      "x = y = -3 ** 2",
      "x += 1; del x",
      "if not a and b: pass",
      "elif c is not None: raise E",
      "else: z",
      "for i, (m, n) in enumerate(q): continue",
      "with t() as u, v: p[1:2, ::3] = {1: 2, **a}",
      "f = lambda a, b=2: a if b else c",
      "g = [i for i in r if i]; h = {k: v for k, v in r}",
      "(w := 3)",
      "match x:",
      "    case [1, y]: z",
    ].join("\n"),
  );
  expect(shape(statements.slice(0, 2))).toEqual([
    {
      type: "import",
      module: null,
      names: [
        { path: "a.b", as: "c" },
        { path: "d", as: "" },
      ],
    },
    {
      type: "import",
      module: "..x",
      names: [{ path: "y", as: "z" }],
    },
  ]);
  expect(statements.map(({ type }) => type)).toEqual(
    "import import class assign augment other if for with assign assign assign expression match".split(" "),
  );
  const [, , classes] = statements;
  expect(shape(classes?.type === "class" ? classes.body : [])).toMatchObject([
    { type: "assign", annotated: true },
    {
      type: "function",
      parameters: [
        { name: "self", star: "", keywordOnly: false },
        { name: "a" },
        { name: "b", initial: { type: "number", value: 1 } },
        { name: "args", star: "*" },
        { name: "c", keywordOnly: true },
        { name: "kw", star: "**" },
      ],
    },
  ]);
  expect(shape(statements.filter(({ type }) => type === "assign").slice(1, 2))).toMatchObject([
    {
      value: {
        type: "lambda",
        body: { type: "conditional", chosen: { name: "a" }, test: { name: "b" }, otherwise: { name: "c" } },
      },
    },
  ]);
});

test("after any edit the tree is that of the whole text", () => {
  const source = readFileSync(new URL("../../../../samples/transformer/train.py", import.meta.url), "utf8");
  const document = parsed(source);
  let text = source;
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const pieces = ["\n", "x", "    ", "(", ")", "'''", "def f():\n    pass\n", "nn.Linear(3, 4)", ":", "#"];
  for (let edit = 0; edit < 150; edit++) {
    const at = random(text.length);
    text =
      text.slice(0, at) + (random(2) === 0 ? (pieces[random(pieces.length)] ?? "") : "") + text.slice(at + random(12));
    document.update(text);
    if (edit % 10 === 0) expect(placed(document.statements)).toEqual(placed(parsed(text).statements));
  }
});

test("broken code keeps the statements around the break", () => {
  const { statements } = parsed(
    "import torch.nn as nn\nnn.init.kaiming_normal_(self.w, a=\nx = nn.Linear(3, 4)\ndef reset(self):\n    nn.init.xavier_uniform_(self.w)\n",
  );
  expect(JSON.stringify(shape(statements))).toContain("xavier_uniform_");
  for (let length = 0; length < 200; length += 7)
    expect(() =>
      parsed(
        "class A(nn.Module):\n    def __init__(self, d=[3, {4: 5}], *a):\n        self.x = nn.Linear(d, 'q', *a, **{})\n        for i in range(3): self.y[i] = lambda: (yield)".slice(
          0,
          length,
        ),
      ),
    ).not.toThrow();
});

test.each([
  ["decorators and what they stand over", "@a\n@b(1)\ndef f():\n    pass\nx = 1\n", 2],
  [
    "branches of one statement",
    "if a:\n    b\nelif c:\n    d\nelse:\n    e\ntry:\n    f\nexcept G:\n    h\nfinally:\n    i\n",
    2,
  ],
  ["lines inside brackets and strings", "x = (\n1,\nif_ + 2)\ny = '''\nclass A:\n    pass\n'''\nz = 1 + \\\n2\n", 3],
  ["quotes in comments, and brackets in strings", "a = 1  # don't (\nb = '('\nc = \"it's\"\n", 3],
  [
    "a bracket that is not closed yet",
    "x = nn.init.normal_(w, std=\nclass A:\n    pass\ndef f(): pass\n@dec\nclass B: pass\nfrom a import b\n",
    5,
  ],
])("each statement is parsed alone: %s", (_what, text, count) => {
  expect(new Set(parsed(text).statements.map(({ unit }) => unit)).size).toBe(count);
});

test("IPython's lines are no Python, and a percent sign in an expression is no magic", () => {
  expect(shape(parsed("%matplotlib inline\n!pip install x\nx = 1\n?x").statements)).toMatchObject([{ type: "assign" }]);
  expect(shape(parsed("x = (7\n  % 3)").statements)).toMatchObject([{ value: { type: "binary", op: "%" } }]);
  expect(parsed("%%bash\nls -la").statements).toEqual([]);
});

test.each([
  ["a hundred thousand brackets", `x = ${"(".repeat(100_000)}`],
  ["nested lists", `x = ${"[".repeat(5_000)}${"]".repeat(5_000)}`],
  ["calls in calls", `x = ${"f(".repeat(20_000)}`],
  ["blocks in blocks", Array.from({ length: 900 }, (_, level) => `${" ".repeat(level)}if a:`).join("\n")],
  ["one long line", `x = [${"1, ".repeat(60_000)}]`],
  ["attributes of attributes", `x = a${".b".repeat(30_000)}`],
  ["sums of sums", `x = 1${" + 1".repeat(20_000)}`],
  ["no text at all", "\0\ud800\uffff".repeat(2_000)],
])("hostile: %s ends, and does not throw", (_what, text) => {
  expect(() => parsed(text)).not.toThrow();
});

test("more text than anyone reads is not read, and says so", () => {
  const document = parsed("x = 1\n".repeat(400_000));
  expect(document.statements).toEqual([]);
  expect(document.unread[0]?.message).toContain("2,400,000 characters");
});

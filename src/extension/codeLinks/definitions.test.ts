import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { attributesOf, definitionsOf, placesOf } from "./definitions.ts";

const file = (path: string, ...lines: readonly string[]) => ({ path, definitions: definitionsOf(lines.join("\n")) });

test("assignments, class attributes, dictionaries and registrations are definitions; uses, comments and docstrings are not", () => {
  const { definitions } = file(
    "m.py",
    '"""A model.',
    "self.quoted = nn.Linear(1, 2)",
    '"""',
    "class Net(nn.Module):",
    "    def __init__(self):",
    "        # self.old = nn.Linear(1, 2)",
    "        self.fc1 = nn.Linear(10, 5)",
    "        self.fc2: nn.Module = nn.Linear(5, 2)",
    '        self.body = nn.Sequential(OrderedDict([("conv", nn.Conv2d(1, 2, 3))]))',
    '        self.add_module("head", nn.Linear(2, 2))',
    "        if self.fc1 == other: pass",
    "        x = self.fc1(x)",
    "    norm = nn.LayerNorm(4)",
    '    "gate": nn.Linear(2, 2),',
  );
  expect(definitions.map(({ name, line }) => `${name} ${line}`)).toEqual([
    "fc1 6",
    "fc2 7",
    "body 8",
    "head 9",
    "norm 12",
    "gate 13",
  ]);
  expect(definitions[0]?.text).toBe("self.fc1 = nn.Linear(10, 5)");
});

test("names of lists, and what the framework names itself, are no attributes", () => {
  expect(attributesOf("blocks.0.attn.in_proj_weight")).toEqual(["blocks", "attn"]);
  expect(attributesOf("rnn.weight_ih_l0")).toEqual(["rnn"]);
  expect(attributesOf("encoder/layer_1/kernel")).toEqual(["encoder", "layer_1"]);
  expect(attributesOf("pos_embed")).toEqual(["pos_embed"]);
  expect(attributesOf("0.weight")).toEqual([]);
});

test("the innermost attribute that occurs; files that know the outer ones too; the nearest folder first", () => {
  const near = file("w/digits/mlp/train.py", "self.net = nn.Sequential()", "self.fc1 = nn.Linear(1, 2)");
  const far = file("w/other/train.py", "self.net = nn.Sequential()", "self.fc1 = nn.Linear(3, 4)");
  const stranger = file("w/digits/mlp/util.py", "self.fc1 = nn.Linear(7, 7)");
  const found = placesOf("net.fc1.weight", [far, stranger, near], "w/digits/mlp/checkpoints/a.pt");
  expect(found.map(({ path, line }) => `${path}:${line}`)).toEqual(["w/digits/mlp/train.py:1", "w/other/train.py:1"]);
  expect(placesOf("net.0.gone.weight", [near], "w/a.pt").map(({ text }) => text)).toEqual([
    "self.net = nn.Sequential()",
  ]);
  expect(placesOf("elsewhere.weight", [near, far], "w/a.pt")).toEqual([]);
  expect(placesOf("weight", [near, far], "w/a.pt")).toEqual([]);
});

test("on a sample's own training script", () => {
  const source = readFileSync(new URL("../../../samples/transformer/train.py", import.meta.url), "utf8");
  const [place, ...others] = placesOf(
    "blocks.0.attn.in_proj_weight",
    [{ path: "transformer/train.py", definitions: definitionsOf(source) }],
    "transformer/checkpoints/step-0000.pt",
  );
  expect(place?.text).toMatch(/^self\.attn = nn\.MultiheadAttention\(/);
  expect(others).toEqual([]);
});

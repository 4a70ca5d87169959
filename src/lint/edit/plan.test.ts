import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { SourceLint } from "../source/sourceLint.ts";
import type { MovePlan } from "../types.ts";
import { DEFAULT_SETTINGS, type ModelSummary } from "../types.ts";
import { applyEdits } from "./edits.ts";
import { planMove } from "./plan.ts";
import { network, SPELLINGS } from "./spellings.testkit.ts";

function modelIn(text: string, key: string): ModelSummary | undefined {
  return new SourceLint().lint(text, DEFAULT_SETTINGS).models.find((model) => model.key === key);
}

/** Lines that are new or different, without indentation, in order. */
function newLines(before: string, after: string): readonly string[] {
  const old = new Set(before.split("\n"));
  return after
    .split("\n")
    .filter((line) => !old.has(line))
    .map((line) => line.trim());
}

test.each(SPELLINGS)("$name", ({ source, model, sigmaW, sigmaB, layers = null, lines, also = [] }) => {
  const plan = planMove(source, { model, sigmaW, sigmaB, layers });
  const after = applyEdits(source, plan.edits);
  expect([...newLines(source, after)].sort()).toEqual([...lines].sort());
  expect(plan.also).toEqual(also);
  // Read anew, by the lint as it reads any source.
  const read = modelIn(after, model)!;
  const moved = read.layers.filter(({ index }) => layers === null || layers.includes(index));
  expect(moved.length).toBeGreaterThan(0);
  const biased = new Set(plan.refusals.map(({ layer }) => layer));
  for (const { weight, bias, name } of moved) {
    expect(Math.sqrt(weight)).toBeCloseTo(sigmaW, 4);
    if (!biased.has(name)) expect(Math.sqrt(bias)).toBeCloseTo(sigmaB, 4);
  }
  // Where it stands already there is nothing to do.
  const again = planMove(after, { model, sigmaW, sigmaB, layers });
  expect(again.edits).toEqual([]);
  expect(again.refusals).toEqual(plan.refusals);
});

test.each([
  [
    "an initializer that is not known",
    network("for m in (self.a, self.b, self.c):\n    fancy_init(m.weight)"),
    /cannot tell how they are initialized: set by fancy_init/,
  ],
  [
    "a condition that cannot be told",
    network("import sys\nif len(sys.argv) > 1:\n    nn.init.normal_(self.a.weight, std=0.1)"),
    /cannot tell how they are initialized: one of several/,
  ],
  [
    "spectral_norm",
    network("", ["nn.utils.spectral_norm(nn.Linear(64, 64))", "nn.Linear(64, 64)", "nn.Linear(64, 10)"]),
    /spectral_norm sets the scale/,
  ],
  ["an identity", network("nn.init.eye_(self.a.weight)"), /eye_ is no draw around 0/],
  [
    "one orthogonal gain for layers of other shapes",
    network("for m in (self.a, self.b, self.c):\n    nn.init.orthogonal_(m.weight)", [
      "nn.Linear(8, 64)",
      "nn.Linear(64, 64)",
      "nn.Linear(64, 10)",
    ]),
    /no edit of orthogonal_ in line 12 gives this σ to every layer/,
  ],
  [
    "a network that is one of two things to return",
    "from torch import nn\n\n\ndef make(other=None):\n    return nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 16)) if other is None else other\n",
    /returned without a name \(line 5\)/,
  ],
  [
    "options that nobody sees",
    "import keras\n\noptions = load()\nmodel = keras.Sequential([keras.layers.Dense(8, input_dim=8, **options), keras.layers.Dense(8, **options)])\n",
    /their fan_in cannot be told/,
  ],
])("%s is refused by name, and not edited", (_, source, reason) => {
  const key = source.includes("class Net") ? "Net" : "Sequential";
  const layers = source.includes("orthogonal") ? null : [0];
  const plan = planMove(source, { model: key, sigmaW: 1.234, sigmaB: 0, layers });
  expect(plan.refusals.map((one) => one.reason).join("\n")).toMatch(reason);
  expect(plan.edits.filter(({ text }) => text.includes("1.234"))).toEqual([]);
  expect(plan.reached).toEqual([]);
});

test("a layer without bias keeps none: its weights move, its σ_b is refused", () => {
  const source = network("", ["nn.Linear(64, 64, bias=False)", "nn.Linear(64, 64)", "nn.Linear(64, 10)"]);
  const plan = planMove(source, { model: "Net", sigmaW: 1.5, sigmaB: 0.1, layers: [0] });
  expect(plan.refusals).toEqual([{ layer: "a", part: "biases", reason: "the layer has no bias" }]);
  expect(newLines(source, applyEdits(source, plan.edits))).toEqual([
    "nn.init.normal_(self.a.weight, std=1.5 / self.a.in_features**0.5)",
  ]);
});

test("names that mean something else here are found out by reading the edited source", () => {
  const source = network("nn = fancy").replace(
    "import torch\nfrom torch import nn",
    "import torch\nimport fancy\nfrom torch import nn",
  );
  const plan = planMove(source, { model: "Net", sigmaW: 1.5, sigmaB: 0, layers: null });
  const after = applyEdits(source, plan.edits);
  const read = modelIn(after, "Net");
  for (const { name, weight } of read?.layers ?? [])
    if (plan.reached.includes(name)) expect(Math.sqrt(weight)).toBeCloseTo(1.5, 4);
});

test("a network that went away, and a source that is no Python", () => {
  const request = { model: "Net", sigmaW: 1, sigmaB: 0, layers: null };
  expect(planMove("x = 1\n", request).refusals).toHaveLength(1);
  expect(planMove(")))) def class \u0000 [[[", request).edits).toEqual([]);
});

test("line ends of Windows, comments behind the line, and a file without a last line end", () => {
  const source = network("")
    .replace("self.b = nn.Linear(64, 64)", "self.b = nn.Linear(64, 64)  # the middle")
    .trimEnd()
    .replaceAll("\n", "\r\n");
  const plan = planMove(source, { model: "Net", sigmaW: 1.5, sigmaB: 0, layers: [1] });
  expect(plan.reached).toEqual(["b"]);
  const after = applyEdits(source, plan.edits);
  expect(after).toContain("# the middle\r\n        nn.init.normal_(self.b.weight");
  expect(plan.lines).toHaveLength(1);
  expect(plan.lines[0]).toMatchObject({ line: 9, before: ["        self.b = nn.Linear(64, 64)  # the middle"] });
});

test("an import that is needed goes behind the others, on a line of its own with Windows' line ends, too", () => {
  const source =
    "import torch.nn.functional as F\nfrom torch.nn import Linear, Module, Sequential, Tanh\n\nnet = Sequential(Linear(64, 64), Tanh(), Linear(64, 10))\n";
  const ends = (text: string) => text.split("\n").map((line) => line.endsWith("\r"));
  const plan = planMove(source.replaceAll("\n", "\r\n"), { model: "Sequential", sigmaW: 1.5, sigmaB: 0, layers: [0] });
  const after = applyEdits(source.replaceAll("\n", "\r\n"), plan.edits);
  expect(after).toContain("Tanh\r\nfrom torch import nn\r\n\r\nnet");
  expect(after).not.toContain("\r\r");
  expect(new Set(ends(after).slice(0, -1))).toEqual(new Set([true]));
});

/** mulberry32: the same cases in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const FOLDER = new URL("../../../test/fixtures/lint/historical/", import.meta.url);
const SOURCES = [
  ...SPELLINGS.map(({ name, source }) => [name, source] as const),
  ...readdirSync(FOLDER).map((file) => [file, readFileSync(new URL(file, FOLDER), "utf8")] as const),
];

test.each(SOURCES)(
  "anywhere in the plane, %s: what is edited is named, nothing else changes, and layers stand where they are said to",
  (_, source) => {
    const draw = random(source.length);
    const { models } = new SourceLint().lint(source, DEFAULT_SETTINGS);
    for (const { key, layers } of models) {
      for (let round = 0; round < 3; round++) {
        const sigmaW = 0.2 + 2.5 * draw();
        const sigmaB = draw() < 0.4 ? 0 : 0.05 + draw();
        const chosen = layers.length > 0 && draw() < 0.3 ? [layers[Math.floor(draw() * layers.length)]!.index] : null;
        const plan = planMove(source, { model: key, sigmaW, sigmaB, layers: chosen });
        holdsTogether(source, plan);
        const after = applyEdits(source, plan.edits);
        const read = modelIn(after, key);
        const refused = new Set(plan.refusals.map(({ layer, part }) => `${layer} ${part}`));
        for (const { name, index, weight, bias } of read?.layers ?? []) {
          if (chosen !== null && !chosen.includes(index)) continue;
          if (!refused.has(`${name} weights`)) expect(Math.abs(Math.sqrt(weight) / sigmaW - 1)).toBeLessThan(2e-4);
          if (!refused.has(`${name} biases`))
            expect(Math.abs(Math.sqrt(bias) - sigmaB)).toBeLessThan(2e-4 * (sigmaB + 1e-2));
        }
        // What is not said to move stays.
        if (plan.also.length === 0 && chosen !== null)
          for (const layer of read?.layers ?? []) {
            const old = layers.find(({ index }) => index === layer.index);
            if (old !== undefined && !chosen.includes(layer.index))
              expect([layer.weight, layer.bias]).toEqual([old.weight, old.bias]);
          }
      }
    }
  },
);

/** Edits are in order and apart, each says what it replaces, and all that lies between them is the source's. */
function holdsTogether(source: string, { edits, lines }: MovePlan): void {
  let at = 0;
  for (const { from, to, before } of edits) {
    expect(from).toBeGreaterThanOrEqual(at);
    expect(source.slice(from, to)).toBe(before);
    at = to;
  }
  // Undone, it is the source again.
  let shift = 0;
  const back = edits.map(({ from, to, before, text }) => {
    const place = { from: from + shift, to: from + shift + text.length, text: before };
    shift += text.length - (to - from);
    return place;
  });
  expect(applyEdits(applyEdits(source, edits), back)).toBe(source);
  for (const { line, before } of lines)
    expect(source.split(/\r?\n/).slice(line - 1, line - 1 + before.length)).toEqual(before);
}

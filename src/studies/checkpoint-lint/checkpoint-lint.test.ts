import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checkWeights } from "../../lint/checkpoint/check.ts";
import { originOf } from "../../lint/checkpoint/laws.ts";
import { measureWeight } from "../../lint/checkpoint/measure.ts";
import { SourceLint } from "../../lint/source/sourceLint.ts";
import { DEFAULT_SETTINGS } from "../../lint/types.ts";
import { Random } from "../../numerics/random.ts";
import { runStudyOn } from "../_shared/runStudy.testkit.ts";
import { checkpointLintStudy } from "./index.ts";

const laws = (source: string) => new SourceLint().lint(readFileSync(source, "utf8"), DEFAULT_SETTINGS).laws;
const onFile = (path: string, parameters: unknown = {}) =>
  runStudyOn(checkpointLintStudy, [{ role: "checkpoint", path }], parameters);

test("PyTorch's default is recognised in a file of before training, and gone from one of after", async () => {
  const { result } = await onFile("samples/digits/mlp/checkpoints/epoch-000.pt");
  expect(result.weights.map(({ tensor, origin }) => [tensor, origin])).toEqual(
    ["0.weight", "2.weight", "4.weight"].map((name) => [
      expect.stringContaining(name),
      { kind: "law", name: "PyTorch's default (kaiming_uniform_, a = √5)" },
    ]),
  );
  for (const { sigmaW2, standardError } of result.weights)
    expect(Math.abs(sigmaW2 - 1 / 3)).toBeLessThan(4 * standardError);
  expect(result.findings).toEqual([]);
  const trained = await onFile("samples/digits/mlp/checkpoints/epoch-040.pt");
  expect(
    trained.result.weights.map(({ origin }) => ("name" in origin ? origin.name : origin.kind)).join(),
  ).not.toContain("PyTorch");
});

test("the source and the file of before training agree; where a line lies, it is named", async () => {
  const stated = laws("samples/digits/train_mlp.py");
  expect(stated.map(({ tensor }) => tensor)).toEqual(["0.weight", "2.weight", "4.weight"]);
  const honest = await onFile("samples/digits/mlp/checkpoints/epoch-000.pt", { laws: stated });
  expect(honest.result.findings).toEqual([]);
  const lying = stated.map((law) =>
    law.tensor === "2.weight" ? { ...law, variance: 6 * law.variance, label: "kaiming_normal_" } : law,
  );
  const { result } = await onFile("samples/digits/mlp/checkpoints/epoch-000.pt", { laws: lying });
  expect(result.findings).toMatchObject([
    { rule: "MF020", tensor: expect.stringContaining("2.weight"), stated: { label: "kaiming_normal_" } },
  ]);
});

/** A matrix drawn entry by entry. */
const drawn = (rows: number, columns: number, draw: (random: Random) => number) => {
  const random = new Random(3);
  return Float64Array.from({ length: rows * columns }, () => draw(random));
};
const weight = (entries: Float64Array, rows: number, columns: number, largestBias: number | null = null) => {
  const measure = measureWeight(entries, rows, columns);
  return {
    tensor: "fc.weight",
    fanIn: columns,
    measure,
    origin: originOf(measure, columns, rows),
    largestBias,
    embedding: false,
  };
};

test.each([
  ["He, normal", (random: Random) => random.normal() * Math.sqrt(2 / 200)],
  ["Glorot, uniform", (random: Random) => (2 * random.uniform() - 1) * Math.sqrt(6 / 300)],
  ["normal, std 0.02", (random: Random) => 0.02 * random.normal()],
])("%s is told by variance and kurtosis", (name, draw) => {
  expect(weight(drawn(100, 200, draw), 100, 200).origin).toEqual({ kind: "law", name });
});

test("a rotation is orthogonal; heavy tails are trained; another variance is random", () => {
  const [c, s] = [Math.cos(0.3), Math.sin(0.3)];
  expect(weight(Float64Array.from([c, -s, s, c]), 2, 2).origin).toEqual({ kind: "law", name: "orthogonal" });
  expect(
    weight(
      drawn(100, 200, (random) => random.normal() ** 3),
      100,
      200,
    ).origin,
  ).toEqual({ kind: "trained" });
  expect(
    weight(
      drawn(100, 200, (random) => 0.37 * random.normal()),
      100,
      200,
    ).origin,
  ).toEqual({ kind: "random", family: "normal" });
});

test("dead, duplicate and never-positive units, values that are no numbers, a mean", () => {
  const entries = drawn(50, 40, (random) => random.normal());
  entries.set(new Float64Array(40), 0);
  for (let at = 0; at < 40; at++) {
    entries[40 + at] = 2.5 * (entries[80 + at] ?? 0);
    entries[120 + at] = -Math.abs(entries[120 + at] ?? 0);
  }
  entries[1999] = Number.NaN;
  const rules = checkWeights([weight(entries, 50, 40, -0.1)], []).map(({ rule, severity }) => `${rule} ${severity}`);
  expect(rules).toEqual(["MF011 error", "MF010 warning", "MF009 warning", "MF010 warning"]);
  expect(
    checkWeights(
      [
        weight(
          drawn(60, 40, (random) => random.normal() + 0.4),
          60,
          40,
        ),
      ],
      [],
    ).map(({ rule }) => rule),
  ).toEqual(["MF008"]);
  expect(
    checkWeights(
      [
        weight(
          drawn(60, 40, (random) => random.normal()),
          60,
          40,
          -1,
        ),
      ],
      [],
    ),
  ).toEqual([]);
});

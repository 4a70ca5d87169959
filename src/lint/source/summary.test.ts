import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../types.ts";
import { SourceLint } from "./sourceLint.ts";

const SAMPLE = readFileSync(new URL("../../../samples/criticality/train.py", import.meta.url), "utf8");
const lint = (text: string) => new SourceLint().lint(text, DEFAULT_SETTINGS);

test("a class that is made in three phases is said three times, each with its own key and place", () => {
  const { models } = lint(SAMPLE);
  expect(models.map(({ key, instance, text }) => [key, instance, text.split(" · ")[0]])).toEqual([
    ["DeepTanh", "1 of 3, made in line 50", "ordered"],
    ["DeepTanh 2", "2 of 3, made in line 50", "critical"],
    ["DeepTanh 3", "3 of 3, made in line 50", "chaotic"],
  ]);
  expect(new Set(models.map(({ from }) => from)).size).toBe(1);
  expect(models.map(({ layers }) => layers[1]?.weight.toFixed(9))).toEqual([
    "1.000000000",
    "1.761000000",
    "2.500000000",
  ]);
});

test("made twice alike it is said once", () => {
  const { models } = lint(SAMPLE.replace('"critical": 1.7610, "chaotic": 2.5', '"again": 1.0'));
  expect(models.map(({ key, instance }) => [key, instance])).toEqual([["DeepTanh", null]]);
});

test("findings about a phase know where the network would be critical; others do not", () => {
  const { findings } = lint(SAMPLE.replace("TANH", "tanh"));
  const moves = findings.flatMap(({ rule, critical }) => (critical === null ? [] : [[rule, critical] as const]));
  expect(moves.length).toBeGreaterThan(0);
  for (const [rule, { model, from, to }] of moves) {
    expect(["MF001", "MF002", "MF003", "MF004"]).toContain(rule);
    expect(model).toBe("DeepTanh");
    expect(from.sigmaW).toBeCloseTo(1, 6);
    // σ_b² = 0.05 stays, and the line lies at σ_w² = 1.7610 there.
    expect(to.sigmaB ** 2).toBeCloseTo(0.05, 9);
    expect(to.sigmaW ** 2).toBeCloseTo(1.761, 3);
  }
});

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { SourceLint } from "../../lint/source/sourceLint.ts";
import { DEFAULT_SETTINGS, type StatedLaw } from "../../lint/types.ts";
import { runStudyOn } from "../_shared/runStudy.testkit.ts";
import { checkpointLintStudy } from "./index.ts";
import type { CheckpointLintResult } from "./types.ts";

const MADE = "test/fixtures/checkpoint-lint";
const laws = (source: string) => new SourceLint().lint(readFileSync(source, "utf8"), DEFAULT_SETTINGS).laws;
const from = (source: string, stated: readonly StatedLaw[], chosen = false) => ({
  sources: [{ uri: `file:///w/${source}`, laws: stated, chosen }],
});
const onFile = async (path: string, parameters: unknown = {}) =>
  (await runStudyOn(checkpointLintStudy, [{ role: "checkpoint", path }], parameters)).result;
const said = ({ findings }: CheckpointLintResult) =>
  findings.map(({ rule, severity, tensor }) => `${rule} ${severity} ${tensor}`);

test("every law that PyTorch drew by is recognised, of fused tensors block by block, and nothing is found", async () => {
  const { laws: drawn } = JSON.parse(readFileSync(`${MADE}/reference.json`, "utf8"));
  const { weights, findings, verdict, skipped } = await onFile(`${MADE}/drawn.pt`);
  for (const [tensor, law] of Object.entries(drawn)) {
    const own = weights.filter((weight) => weight.tensor === tensor);
    expect(own.length, tensor).toBe(tensor.startsWith("lstm") ? 4 : tensor.includes("in_proj") ? 3 : 1);
    for (const { origin } of own)
      expect([tensor, origin.kind === "law" ? origin.law : origin.kind]).toEqual([tensor, law]);
  }
  expect(verdict.kind).toBe("initialization");
  expect(verdict.sentence).toContain("26 of 26 weights look drawn");
  // U(0, 1) has a mean; the other laws have none.
  expect(findings.map(({ rule, tensor }) => [rule, tensor])).toEqual([["MF008", "unit_uniform.weight"]]);
  expect(skipped).toEqual([]);
});

test("trained weights are called so, and no initialization is held against them", async () => {
  const { weights, verdict, findings } = await onFile(`${MADE}/learned.pt`);
  expect(verdict).toEqual({
    kind: "trained",
    sentence: "Trained: 3 of 3 weights look like no draw.",
  });
  for (const { origin } of weights) expect(origin.evidence).toMatch(/standard errors more than drawn ones do|kurtosis/);
  expect(findings).toEqual([]);
});

test("what is broken is found, each by its rule and its unit, and nothing else", async () => {
  const result = await onFile(`${MADE}/broken.pt`);
  expect(said(result)).toEqual([
    "MF022 error values.weight",
    "MF010 warning dead.weight",
    "MF009 warning twins.weight",
    "MF009 information twins.weight",
    "MF009 warning constants.weight",
    "MF010 information inputs.weight",
    "MF010 information negative.weight",
    "MF023 warning rank.weight",
    "MF010 warning faded.weight",
    "MF025 warning spike.weight",
    "MF009 error filled.weight",
    "MF009 information nothing.weight",
  ]);
  const message = (tensor: string, rule: string) =>
    result.findings.find((one) => one.tensor === tensor && one.rule === rule)?.message ?? "";
  expect(message("values.weight", "MF022")).toContain(
    "1 NaN and 1 infinite of 1920 entries, the first in unit 3, input 5",
  );
  expect(message("dead.weight", "MF010")).toContain("2 of 48 units have no weights (units 4, 9)");
  expect(message("twins.weight", "MF009")).toContain("2 of 48 units have a twin whose weights point the same way");
  expect(message("twins.weight", "MF009")).toContain("units 2, 10");
  expect(message("constants.weight", "MF009")).toContain("(units 1, 2)");
  expect(message("negative.weight", "MF010")).toContain(
    "1 of 48 units have only negative weights and no positive bias (unit 5)",
  );
  expect(message("rank.weight", "MF023")).toContain("Rank 12 of 40: 28 singular values");
});

test("He without the kernel's positions is told from He by two kernels of different shapes", async () => {
  const { findings, weights } = await onFile(`${MADE}/wrong-fan.pt`);
  expect(findings.map(({ rule, tensor }) => [rule, tensor])).toEqual([
    ["MF006", "first.weight"],
    ["MF006", "second.weight"],
  ]);
  expect(findings[0]?.message).toMatch(
    /^σ_w² = 1[78][.\d]* ± [.\d]+ is of no law with the layer's own fan_in = 252, but of He, uniform with fan_in = 28: the positions of the kernel are left out\. 2 weights/,
  );
  expect(weights.every(({ origin }) => origin.kind === "random")).toBe(true);
});

test("with the activations of the file's own graph: phases, saturation, gains, units that are off or stuck", async () => {
  const [saturated, vanishing, off, stuck, gain] = await Promise.all(
    ["saturated", "vanishing", "off", "stuck", "he-tanh"].map((name) => onFile(`${MADE}/${name}.onnx`)),
  );
  expect(said(saturated!)).toEqual(["MF011 warning layers.0.weight"]);
  expect(saturated!.findings[0]?.message).toContain("where tanh is flat");
  expect(saturated!.findings[0]?.assumptions).toContain("tanh: the file's graph");
  // (1/6)¹¹ = 2.8e−9 by theory.
  expect(said(vanishing!)).toEqual(["MF001 warning null"]);
  expect(vanishing!.findings[0]?.message).toMatch(
    /over 11 layers squared gradients change by 1e−9.*ReLU needs σ_w² = 2 at σ_b² = 0/,
  );
  expect(said(off!)).toEqual(["MF010 warning layers.1.weight"]);
  expect(off!.findings[0]?.message).toContain("2 of 40 units (units 3, 7) have a bias below −3.09 times");
  expect(said(stuck!)).toEqual(["MF011 warning layers.1.weight"]);
  expect(stuck!.findings[0]?.message).toContain("3 of 40 units have a bias so large (units 2, 5, 9)");
  // Near the fixed point of σ_w² = 2 some layers' own draw is as good as critical.
  expect(said(gain!)).toContain("MF003 information layers.0.weight");
  expect(gain!.findings.every(({ rule }) => rule === "MF003")).toBe(true);
  expect(gain!.findings[0]?.message).toContain("made for ReLU, but tanh follows. tanh needs σ_w² = 1");
  expect(gain!.weights[0]?.activation).toEqual({ name: "tanh", evidence: "the file's graph", critical: 1 });
});

test("settings turn rules off and change severities", async () => {
  const result = await onFile(`${MADE}/broken.pt`, {
    settings: { severities: { MF009: "off", MF010: "error", MF023: "off" } },
  });
  expect(said(result)).toEqual([
    "MF022 error values.weight",
    "MF010 error dead.weight",
    "MF010 error inputs.weight",
    "MF010 error negative.weight",
    "MF010 error faded.weight",
    "MF025 warning spike.weight",
  ]);
});

test("PyTorch's default is recognised in a sample of before training, and its last checkpoint is called trained", async () => {
  const first = await onFile("samples/digits/mlp/checkpoints/epoch-000.pt");
  expect(first.weights.map(({ origin }) => (origin.kind === "law" ? origin.law : origin.kind))).toEqual(
    Array.from({ length: 3 }, () => "torch-default"),
  );
  for (const { sigmaW2, standardError } of first.weights)
    expect(Math.abs(sigmaW2 - 1 / 3)).toBeLessThan(4 * standardError);
  expect(first.findings).toEqual([]);
  const last = await onFile("samples/digits/mlp/checkpoints/epoch-040.pt");
  expect(last.verdict.kind).toBe("trained");
  expect(last.findings).toEqual([]);
});

const MLP = "samples/digits/train_mlp.py";

test("the source and the file of before training agree; where a line lies, it is named", async () => {
  const stated = laws(MLP);
  expect(stated.map(({ tensor, family, fanIn, activation }) => [tensor, family, fanIn, activation])).toEqual([
    ["0.weight", "uniform", 64, "relu"],
    ["0.bias", "uniform", null, null],
    ["2.weight", "uniform", 96, "relu"],
    ["2.bias", "uniform", null, null],
    ["4.weight", "uniform", 48, null],
    ["4.bias", "uniform", null, null],
  ]);
  const honest = await onFile("samples/digits/mlp/checkpoints/epoch-000.pt", from("train_mlp.py", stated));
  expect(honest.findings).toEqual([]);
  expect(honest.notes[0]).toBe(
    "Agrees with train_mlp.py in all 6 parameters that it states a law of (18 comparisons, at a level of 0.001 for all of them together).",
  );
  expect(honest.weights[0]?.activation?.evidence).toBe("as train_mlp.py has it");
  const lying = stated.map((law) =>
    law.tensor === "2.weight" ? { ...law, variance: 6 * law.variance, label: "kaiming_normal_" } : law,
  );
  const { findings } = await onFile("samples/digits/mlp/checkpoints/epoch-000.pt", from("train_mlp.py", lying));
  expect(findings).toMatchObject([
    {
      rule: "MF024",
      tensor: expect.stringContaining("2.weight"),
      message: expect.stringMatching(/^train_mlp\.py \(kaiming_normal_\) states Var\(W\) = .*PyTorch's default/),
      stated: { label: "kaiming_normal_", uri: "file:///w/train_mlp.py" },
    },
  ]);
});

test("nothing is compared with a file of after training, of another network, or of nobody knows when", async () => {
  const lying = laws(MLP).map((law) => ({ ...law, variance: 6 * law.variance }));
  const later = await onFile("samples/digits/mlp/checkpoints/epoch-040.pt", from("train_mlp.py", lying, true));
  expect(later.findings).toEqual([]);
  expect(later.notes[0]).toContain("its name says step 40");
  const other = lying.map((law) => ({ ...law, fanIn: 10 }));
  const elsewhere = await onFile("samples/digits/mlp/checkpoints/epoch-000.pt", from("train_mlp.py", other));
  expect(elsewhere.findings).toEqual([]);
  expect(elsewhere.sources).toEqual([]);
  const unnamed = laws(MLP).map((law) => ({ ...law, fanIn: null, fanOut: null, variance: 6 * law.variance }));
  const trained = await onFile(`${MADE}/learned.pt`, from("train_mlp.py", unnamed));
  expect(trained.findings).toEqual([]);
  expect(trained.notes[0]).toContain("nothing says that it is of before training");
  const chosen = await onFile(`${MADE}/learned.pt`, from("train_mlp.py", unnamed, true));
  expect(chosen.findings.filter(({ tensor }) => tensor?.endsWith("weight"))).toHaveLength(3);
});

test("what comes over the wire and makes no sense is left out", async () => {
  const nonsense = {
    sources: [{ uri: 3 }, { uri: "a", laws: [{ tensor: 1 }, null] }, null],
    settings: 7,
    exactLimit: -1,
  };
  expect((await onFile("samples/digits/mlp/checkpoints/epoch-000.pt", nonsense)).findings).toEqual([]);
});

test("it stops when it is cancelled, and tells how far it is", async () => {
  const file = [{ role: "checkpoint", path: `${MADE}/drawn.pt` }];
  const { fractions } = await runStudyOn(checkpointLintStudy, file);
  expect(fractions.at(-1)).toBe(1);
  expect([...fractions].sort((a, b) => a - b)).toEqual(fractions);
  await expect(runStudyOn(checkpointLintStudy, file, {}, { cancelled: () => true })).rejects.toMatchObject({
    code: "cancelled",
  });
});

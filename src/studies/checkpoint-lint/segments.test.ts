import { expect, test } from "vitest";
import { SourceLint } from "../../lint/source/sourceLint.ts";
import { DEFAULT_SETTINGS } from "../../lint/types.ts";
import { runStudyOn } from "../_shared/runStudy.testkit.ts";
import { checkpointLintStudy } from "./index.ts";
import type { CheckpointLintResult } from "./types.ts";

/** Graphs and modules drawn by scripts/fixtures/checkpoint_chains.py. */
const onFile = async (name: string, parameters: unknown = {}): Promise<CheckpointLintResult> =>
  (
    await runStudyOn(
      checkpointLintStudy,
      [{ role: "checkpoint", path: `test/fixtures/checkpoint-lint/${name}` }],
      parameters,
    )
  ).result;
const said = ({ findings }: CheckpointLintResult) => findings.map(({ rule, tensor }) => `${rule} ${tensor}`);

test("a chain of convolutions has its phase, by channels times positions", async () => {
  const vanishing = await onFile("conv-vanishing.onnx");
  expect(said(vanishing)).toEqual(["MF001 null"]);
  // (1/6)¹³ = 7.7e−11.
  expect(vanishing.findings[0]?.message).toMatch(/^Ordered: over 13 layers squared gradients change by 1e−1[01] /);
  expect(vanishing.findings[0]?.message).toMatch(/ReLU needs σ_w² = 2 at σ_b² = 0; conv7\.weight has 0\.3/);
  expect(vanishing.findings[0]?.assumptions).toContain("edges left out: padding thins out what reaches them");
  expect(said(await onFile("conv-critical.onnx"))).toEqual([]);
});

test("of a network with a branch the branch is walked by itself, and what comes in is not supposed", async () => {
  const vanishing = await onFile("branch-vanishing.onnx");
  expect(said(vanishing)).toEqual(["MF001 null"]);
  expect(vanishing.findings[0]?.message).toMatch(
    /over 13 layers, branch0\.weight to branch13\.weight squared gradients/,
  );
  expect(vanishing.findings[0]?.assumptions).toContain("inputs of any size: ReLU and its kin pass sizes on");
  expect(vanishing.notes.join(" ")).toContain("only one stretch is looked at, between branches and norms: residual");
  expect(said(await onFile("branch-critical.onnx"))).toEqual([]);
  const tanh = await onFile("branch-tanh.onnx");
  expect(said(tanh)).toEqual([]);
  expect(tanh.notes.join(" ")).toContain("1 of them left out: nobody knows the size of what comes in");
});

test("a norm makes what comes in known, and takes the scale of the weight before it away", async () => {
  const saturated = await onFile("norm-saturated.onnx");
  expect(said(saturated)).toEqual(["MF011 mlp0.weight"]);
  expect(saturated.findings[0]?.assumptions).toContain("a norm before it: inputs of second moment 1");
  // "last" has σ_w² = 50 before a norm: nothing is said of it.
  expect(said(await onFile("norm-critical.onnx"))).toEqual([]);
});

test("without a graph convolutions are a chain where channels fit, and a source says what follows them", async () => {
  const source = `
from torch import nn

layers = []
for at in range(14):
    layers += [nn.Conv2d(3 if at == 0 else 12, 12, 3), nn.ReLU()]
net = nn.Sequential(*layers, nn.Flatten(), nn.Linear(12 * 16, 10))
`;
  const laws = new SourceLint().lint(source, DEFAULT_SETTINGS).laws;
  const sources = [{ uri: "file:///w/train.py", laws, chosen: false }];
  const byDefault = await onFile("conv-default-step0.pt", { sources });
  // Signals that die out leave the biases: units with a negative one are off for ever.
  expect(said(byDefault)[0]).toBe("MF001 null");
  expect(said(byDefault).every((words) => /^MF001 null$|^MF010 \d+\.weight$/.test(words))).toBe(true);
  expect(byDefault.findings[0]?.message).toContain("over 13 layers squared gradients");
  expect(byDefault.findings[0]?.assumptions.join()).toContain("ReLU: as train.py has it");
  expect(byDefault.notes[0]).toContain("Agrees with train.py in all 30 parameters");
  const he = `${source}
for m in net:
    if isinstance(m, (nn.Conv2d, nn.Linear)):
        nn.init.kaiming_normal_(m.weight)
        nn.init.zeros_(m.bias)
`;
  const drawn = [{ ...sources[0], laws: new SourceLint().lint(he, DEFAULT_SETTINGS).laws }];
  expect(said(await onFile("conv-he-step0.pt", { sources: drawn }))).toEqual([]);
  // Without a source nobody says what follows: no phase.
  expect(said(await onFile("conv-default-step0.pt"))).toEqual([]);
});

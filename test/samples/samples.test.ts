import { expect, test } from "vitest";
import { checkpointFiles, meanSquare, openSample, SAMPLES, seriesOf, sizeOf } from "./sampleFiles.ts";

const MEGABYTE = 1e6;
const files = checkpointFiles();
const series = seriesOf(files);

test("the samples are there and stay small", () => {
  expect(files.length, `no checkpoints in ${SAMPLES}`).toBeGreaterThan(60);
  expect([...series.keys()].sort()).toEqual([
    "criticality/chaotic/checkpoints",
    "criticality/critical/checkpoints",
    "criticality/ordered/checkpoints",
    "digits/conv/checkpoints",
    "digits/mlp/checkpoints",
    "rnn/elman/checkpoints",
    "rnn/gru/checkpoints",
    "rnn/lstm/checkpoints",
    "toy-world/eight-items/checkpoints",
    "toy-world/four-items/checkpoints",
    "transformer/checkpoints",
  ]);
  for (const file of files) expect(sizeOf(file), file).toBeLessThan(MEGABYTE);
  expect(files.reduce((total, file) => total + sizeOf(file), 0)).toBeLessThan(10 * MEGABYTE);
});

test.each(files)("%s opens, without warnings, and every weight of it is a matrix", async (file) => {
  const { tensors, findings } = await openSample(file);
  expect(findings).toEqual([]);
  const weights = [...tensors.values()].filter(({ role }) => role === "weight");
  expect(weights.length).toBeGreaterThan(0);
  for (const { name, matrix } of weights) expect(matrix, name).toBeDefined();
  const others = [...tensors.values()].filter(({ role }) => role === "other");
  expect(others.map(({ name }) => name)).toEqual([]);
});

test("each series begins with its initialization", () => {
  for (const [folder, members] of series) expect(members[0], folder).toMatch(/\/(step-0000|epoch-000)\.\w+$/);
});

/** Variance of the law that each script states, for tensors of the first file of its series. */
const LAWS: readonly (readonly [file: string, tensor: string, variance: number])[] = [
  ["toy-world/four-items/checkpoints/step-0000.safetensors", "layers.0.weight", 1e-6],
  ["toy-world/eight-items/checkpoints/step-0000.safetensors", "layers.1.weight", 1e-6],
  ["digits/mlp/checkpoints/epoch-000.pt", "model/0.weight", 1 / (3 * 64)],
  ["digits/mlp/checkpoints/epoch-000.pt", "model/2.weight", 1 / (3 * 96)],
  ["digits/conv/checkpoints/epoch-000.pt", "state_dict/conv2.weight", 2 / (16 * 9)],
  ["criticality/ordered/checkpoints/step-0000.safetensors", "hidden.0.weight", 1.0 / 100],
  ["criticality/critical/checkpoints/step-0000.safetensors", "hidden.28.weight", 1.761 / 100],
  ["criticality/chaotic/checkpoints/step-0000.safetensors", "hidden.7.weight", 2.5 / 100],
  ["rnn/elman/checkpoints/step-0000.pt", "model/rnn.weight_hh_l0", 1 / (3 * 32)],
  ["rnn/gru/checkpoints/step-0000.pt", "model/rnn.weight_hh_l0", 1 / (3 * 32)],
  ["rnn/lstm/checkpoints/step-0000.pt", "model/rnn.weight_hh_l0", 1 / (3 * 32)],
  ["transformer/checkpoints/step-0000.pt", "blocks.0.attn.in_proj_weight", 1 / (2 * 32)],
  ["transformer/checkpoints/step-0000.pt", "token_embedding.weight", 1],
];

/** Relative standard error of a mean square is at most √(2/n) (a normal law); five of them leave one alarm in a million. */
test.each(LAWS)("%s: %s follows its law", async (file, tensor, variance) => {
  const values = await (await openSample(file)).values(tensor);
  const relative = meanSquare(values) / variance - 1;
  expect(Math.abs(relative)).toBeLessThan(5 * Math.sqrt(2 / values.length));
});

test("the biases of the deep tanh networks share the variance 0.05", async () => {
  for (const phase of ["ordered", "critical", "chaotic"]) {
    const sample = await openSample(`criticality/${phase}/checkpoints/step-0000.safetensors`);
    const names = [...sample.tensors.keys()].filter((name) => /^(input|hidden\.\d+)\.bias$/.test(name));
    expect(names).toHaveLength(30);
    const values = (await Promise.all(names.map((name) => sample.values(name)))).flat();
    expect(Math.abs(meanSquare(values) / 0.05 - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length));
  }
});

test("the toy world ends with the map of its data: the squared norm is the sum of the squared mode strengths", async () => {
  const last = series.get("toy-world/four-items/checkpoints")?.at(-1) ?? "";
  const sample = await openSample(last);
  const first = await sample.values("layers.0.weight");
  const second = await sample.values("layers.1.weight");
  const [hidden, items, properties] = [16, 4, 7];
  let squared = 0;
  for (let p = 0; p < properties; p++) {
    for (let i = 0; i < items; i++) {
      let entry = 0;
      for (let h = 0; h < hidden; h++) entry += second[p * hidden + h]! * first[h * items + i]!;
      squared += entry * entry;
    }
  }
  expect(squared).toBeCloseTo(7 + 3 + 1 + 1, 3);
});

test("fused tensors and training states of the samples are recognised", async () => {
  const parts = async (file: string, tensor: string) =>
    (await openSample(file)).tensors.get(tensor)?.parts.map(({ label }) => label);
  expect(await parts("rnn/lstm/checkpoints/step-1000.pt", "model/rnn.weight_ih_l0")).toEqual(["i", "f", "g", "o"]);
  expect(await parts("rnn/gru/checkpoints/step-1000.pt", "model/rnn.bias_hh_l0")).toEqual(["r", "z", "n"]);
  expect(await parts("rnn/elman/checkpoints/step-1000.pt", "model/rnn.weight_hh_l0")).toEqual([]);
  expect(await parts("transformer/exported.npz", "blocks.0.attn.in_proj_weight")).toEqual(["q", "k", "v"]);
  const trained = await openSample("digits/mlp/checkpoints/epoch-040.pt");
  const roles = new Set(
    [...trained.tensors].filter(([name]) => name.startsWith("optimizer/")).map(([, { role }]) => role),
  );
  expect([...roles]).toEqual(["optimizer-state"]);
});

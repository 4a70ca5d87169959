import { expect, test } from "vitest";
import { runStudyOn } from "../_shared/runStudy.testkit.ts";
import { weightsCompareStudy } from "./index.ts";
import { chanceDraws } from "./matching.ts";
import type { WeightsCompareResult } from "./types.ts";

const SEED = [0, 1].map((seed) => `samples/two-seeds/seed-${seed}.weights.safetensors`);
const ask = (paths: readonly string[], parameters: unknown = {}, watch = {}) =>
  runStudyOn(
    weightsCompareStudy,
    paths.map((path) => ({ role: "checkpoint", path })),
    parameters,
    watch,
  );

test("a checkpoint against itself: nothing moved, and no unit changes its place", async () => {
  const { result } = await ask([SEED[0]!, SEED[0]!]);
  expect(result.tensors).toHaveLength(6);
  for (const one of result.tensors) {
    expect([one.relativeChange, one.spectralDistance, one.changeStableRank]).toEqual([0, 0, 0]);
    expect(one.cosine).toBeCloseTo(1, 12);
    expect(Math.max(...one.outputAngles, ...one.inputAngles)).toBeLessThan(1e-7);
  }
  expect(result.matching!.after).toBeCloseTo(1, 12);
  expect(result.matching!.layers.every(({ moved }) => moved === 0)).toBe(true);
});

test("two seeds: unrelated as they stand, closer than chance once their units are matched", async () => {
  const { result, partials } = await ask(SEED);
  const hidden = result.tensors.filter(({ rows, columns }) => rows === 48 && columns === 48);
  for (const one of hidden) {
    expect(Math.abs(one.cosine)).toBeLessThan(5 / 48);
    expect(Math.abs(one.relativeChange - Math.SQRT2)).toBeLessThan(0.15);
    expect(one.spectralDistance).toBeLessThan(0.4 * one.relativeChange);
    expect(one.change[0]!).toBeGreaterThan(0);
    // ‖ΔW‖_F² is the sum of squares of all singular values; the leading 16 hold a part of it.
    const square = one.change.reduce((sum, value) => sum + value * value, 0);
    expect(square).toBeLessThanOrEqual((one.relativeChange * one.norms[0]) ** 2 * (1 + 1e-9));
  }
  const { before, after, chance } = result.matching!;
  expect(after).toBeGreaterThan(before + 0.2);
  expect(after).toBeGreaterThan(chance.mean + 4 * chance.standardDeviation);
  // Small networks can afford many draws; none comes as close, and no smaller p is possible.
  expect(chance.draws).toBeGreaterThanOrEqual(19);
  expect(chance.floor).toBe(1 / (chance.draws + 1));
  expect(chance.p).toBe(chance.floor);
  expect(partials.length).toBeGreaterThanOrEqual(6);
});

test("draws of chance are as many as their cost allows, and never fewer than p ≤ 0.05 needs", () => {
  const chain = (width: number) => [
    { units: width, inputs: 10, taps: 1, output: 0, input: null },
    { units: width, inputs: width, taps: 1, output: 1, input: 0 },
    { units: 10, inputs: width, taps: 1, output: null, input: 1 },
  ];
  expect([8, 64, 96, 4096].map((width) => chanceDraws(chain(width)))).toEqual([199, 49, 19, 19]);
});

test("Adam's training moved an MLP, and what only one file has is named", async () => {
  const { result } = await ask([
    "samples/digits/mlp/checkpoints/epoch-000.pt",
    "samples/digits/mlp/checkpoints/epoch-040.pt",
  ]);
  expect(result.tensors.map(({ tensor }) => tensor)).toEqual(["model/0.weight", "model/2.weight", "model/4.weight"]);
  expect(result.matching!.layers.map(({ units }) => units)).toEqual([96, 48, 10]);
  // Units keep their places while a network is trained.
  expect(result.matching!.layers.reduce((sum, { moved }) => sum + moved, 0)).toBeLessThan(5);
});

test("a transformer is compared part by part, without matching", async () => {
  const folder = "samples/transformer/checkpoints";
  const { readdirSync } = await import("node:fs");
  const files = readdirSync(folder).sort();
  const { result } = await ask([`${folder}/${files[0]}`, `${folder}/${files[files.length - 1]}`]);
  expect(result.tensors.some(({ part }) => part === "q")).toBe(true);
  expect(result.matching).toBeNull();
  expect(result.noMatching).toMatch(/more than a chain|several blocks/);
});

test("a convolution and a flattening between layers are chained", async () => {
  const folder = "samples/digits/conv/checkpoints";
  const { result } = await ask([`${folder}/epoch-000.pt`, `${folder}/epoch-010.pt`]);
  expect(result.noMatching).toBeNull();
  expect(result.matching!.after).toBeGreaterThanOrEqual(result.matching!.before);
});

test("other architectures, wrong numbers and a cancel", async () => {
  await expect(ask([SEED[0]!, "samples/digits/mlp/checkpoints/epoch-000.pt"])).rejects.toThrow(
    "no weight of the same name",
  );
  await expect(ask(SEED, { modes: 0 })).rejects.toThrow("modes is a whole number");
  let asked = 0;
  await expect(ask(SEED, {}, { cancelled: () => ++asked > 3 })).rejects.toMatchObject({ code: "cancelled" });
  const left: WeightsCompareResult = (await ask(SEED, { tensors: ["0.*"] })).result;
  expect(left.tensors.map(({ tensor }) => tensor)).toEqual(["0.weight"]);
});

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runStudyOn } from "../_shared/runStudy.testkit.ts";
import { dynamicsStudy } from "../dynamics/index.ts";
import { simulatorStudy } from "./index.ts";
import type { SimulatorResult } from "./types.ts";

const TOY = "samples/toy-world/four-items/data.csv";
const ask = async (parameters: unknown = {}, table: string | null = null) =>
  (await runStudyOn(simulatorStudy, table === null ? [] : [{ role: "table", path: table }], parameters)).result;
const halves = ({ groups }: SimulatorResult, which: "theoryHalfTime" | "trainedHalfTime") =>
  groups.map((group) => group[which]?.value ?? Number.NaN);
const near = (values: readonly number[], part: number) =>
  values.map((value) =>
    expect.toSatisfy((got: number) => Math.abs(got / value - 1) < part, `within ${part} of ${value}`),
  );

test("Saxe, McClelland & Ganguli 2014, figure 3: half-times of the six levels, by theory and by training", async () => {
  const tree = { depth: 5, branching: 2, flip: 0.1, features: 1000, properties: "limit" };
  const result = await ask({ tree, rate: 5e-4, scale: 1e-6 });
  const reference = [224.702, 318.78, 379.4, 464.382, 599.333, 883.254];
  expect(result.groups.map(({ level, ranks }) => [level, ranks.length])).toEqual([
    [0, 1],
    [1, 1],
    [2, 2],
    [3, 4],
    [4, 8],
    [5, 16],
  ]);
  expect(halves(result, "theoryHalfTime")).toEqual(reference.map((time) => expect.closeTo(time, 3)));
  // Steps of 5e-4 are 4 % of the largest: the network runs that much beside the flow.
  expect(result.ofLargestRate).toBeCloseTo(0.0405, 3);
  expect(halves(result, "trainedHalfTime")).toEqual(near(reference, 0.04));
  expect(result.training).toEqual({ kind: "finished" });
});

test("the toy world from its CSV: √7, √3, 1, 1, and the reference's half-times in steps of 1/rate", async () => {
  const result = await ask({ rate: 0.001 }, TOY);
  expect(result.groups.map(({ singularValue, ranks }) => [singularValue, ranks])).toEqual([
    [expect.closeTo(Math.sqrt(7), 9), [0]],
    [expect.closeTo(Math.sqrt(3), 9), [1]],
    [expect.closeTo(1, 9), [2, 3]],
  ]);
  expect(halves(result, "theoryHalfTime")).toEqual(
    [1489.242826, 2152.501495, 3453.377389].map((time) => expect.closeTo(time, 5)),
  );
  expect(halves(result, "trainedHalfTime")).toEqual(near([1489.242826, 2152.501495, 3453.377389], 0.002));
  expect(result.itemNames).toEqual(["Canary", "Salmon", "Oak", "Rose"]);
  // Theory's loss is the trained network's, from ½Σs² = 6 down.
  expect(result.theoryLoss![0]).toBeCloseTo(6, 1);
  const apart = result.theoryLoss!.map((loss, k) => Math.abs(loss - result.trainedLoss![k]!));
  expect(Math.max(...apart)).toBeLessThan(0.02);
  expect(Math.max(...result.offDiagonal!)).toBeLessThan(1e-12);
});

test.each([
  [1, 0.6921466802],
  [2, 3.453377389],
  [3, 9.144747307],
  [4, 15.52915165],
  [5, 20.95322732],
])("%i weight matrices: the mode of strength 1 takes %d τ, by theory and by training", async (depth, time) => {
  const result = await ask({ depth, rate: 0.004, hidden: 6 }, TOY);
  expect(result.groups[2]!.theoryHalfTime!.value * 0.004).toBeCloseTo(time, 7);
  expect(result.groups[2]!.trainedHalfTime!.value * 0.004).toEqual(near([time], 0.01)[0]);
  expect(result.groups[2]!.trainedStage).toBeCloseTo(result.groups[2]!.theoryStage!, 1);
});

test("one weight matrix learns all modes at one time; two learn them in stages", async () => {
  const [shallow, deep] = [await ask({ depth: 1 }, TOY), await ask({ depth: 2 }, TOY)];
  expect(
    Math.max(...halves(shallow, "trainedHalfTime")) / Math.min(...halves(shallow, "trainedHalfTime")),
  ).toBeLessThan(1.01);
  expect(halves(deep, "trainedHalfTime")[2]! / halves(deep, "trainedHalfTime")[0]!).toBeGreaterThan(2);
  expect(shallow.groups[0]!.theoryStage).toBeCloseTo(0.983, 2);
  expect(deep.groups[0]!.theoryStage).toBeLessThan(0.6);
});

test("two random layers: every effective start is above zero, and the modes come when it says", async () => {
  for (const seed of [1, 2, 3]) {
    const result = await ask({ start: "random", scale: 1e-3, hidden: 16, rate: 0.002, seed }, TOY);
    expect(result.groups.every(({ start }) => start! > 0)).toBe(true);
    // In the mean hidden·(σ² + σ²)/4 = 8e-6.
    expect(result.groups[0]!.start! / 8e-6).toBeGreaterThan(0.3);
    expect(result.groups[0]!.start! / 8e-6).toBeLessThan(3);
    expect(halves(result, "trainedHalfTime")).toEqual(near(halves(result, "theoryHalfTime"), 0.05));
    expect(result.warnings.join(" ")).toContain("¼‖W₁v + W₂ᵀu‖²");
  }
});

test("three random layers have no theory: none is drawn, and it is said", async () => {
  const result = await ask({ depth: 3, start: "random", scale: 0.3, rate: 0.01, steps: 400 }, TOY);
  expect(result.groups.map(({ theory, start }) => [theory, start])).toEqual([
    [null, null],
    [null, null],
    [null, null],
  ]);
  expect([result.theoryLoss, result.theoryPaths]).toEqual([null, null]);
  expect(result.warnings.join(" ")).toContain("neither balanced nor aligned");
  expect(result.groups[0]!.trained!.at(-1)).toBeGreaterThan(1);
});

test("two random layers that are not small have no theory either: they learn at once", async () => {
  const result = await ask({ start: "random", scale: 0.3, hidden: 64, rate: 0.01, steps: 300 }, TOY);
  expect(result.groups.every(({ theory, theoryHalfTime }) => theory === null && theoryHalfTime === null)).toBe(true);
  expect(result.warnings.join(" ")).toContain("not small beside the data's modes");
  // No plateau: a quarter of the run brings the weakest modes most of the way.
  expect(result.groups[2]!.trained![50]).toBeGreaterThan(0.5);
});

test("a sampled tree: values spread about the limit as chance has it, and training follows this table's own", async () => {
  const tree = { depth: 3, branching: 2, flip: 0.1, features: 600 };
  const result = await ask({ tree, seed: 4 });
  const limits = [3.507776, 1.410624, 0.8208, 0.36].map((lambda) => Math.sqrt(600 * lambda));
  expect(result.groups.map(({ limit }) => limit)).toEqual(limits.map((limit) => expect.closeTo(limit, 9)));
  for (const { spread, range, singularValue, limit } of result.groups) {
    expect(spread![0]).toBeLessThan(limit!);
    expect(singularValue).toEqual(near([limit!], 0.1)[0]);
    expect(range[1] - range[0]).toBeLessThan(1.2 * (spread![1] - spread![0]));
  }
  expect(halves(result, "trainedHalfTime")).toEqual(near(halves(result, "theoryHalfTime"), 0.03));
  // The mean course over a level lies between its modes' own.
  const { trained, trainedLow, trainedHigh } = result.groups[3]!;
  for (const [k, mean] of trained!.entries()) {
    expect(mean).toBeGreaterThanOrEqual(trainedLow![k]! - 1e-12);
    expect(mean).toBeLessThanOrEqual(trainedHigh![k]! + 1e-12);
  }
});

test("differentiation: the first branches part before the last ones, in theory and in training alike", async () => {
  const result = await ask({ tree: { depth: 3, branching: 2, flip: 0.1, features: 400, properties: "limit" } });
  for (const paths of [result.theoryPaths!, result.trainedPaths!]) {
    const { times, axes, points } = paths;
    const apart = (k: number, i: number, j: number) =>
      Math.hypot(
        ...Array.from({ length: axes }, (_, a) => points[(k * 8 + i) * axes + a]! - points[(k * 8 + j) * axes + a]!),
      );
    const last = times.length - 1;
    const half = (i: number, j: number) => times.findIndex((_, k) => apart(k, i, j) > apart(last, i, j) / 2);
    expect(half(0, 7)).toBeLessThan(half(0, 2));
    expect(paths.degenerate.length).toBeGreaterThan(0);
  }
});

test("a step beyond the stable ones is refused before training, one below is taken", async () => {
  const limit = 1 / Math.sqrt(7);
  const refused = await ask({ rate: 1.02 * limit }, TOY);
  expect(refused.largestRate).toBeCloseTo(limit, 9);
  expect(refused.training).toMatchObject({ kind: "off", reason: expect.stringContaining("bears less than 0.378") });
  expect([refused.groups[0]!.trained, refused.groups[0]!.theory?.length]).toEqual([null, refused.times.length]);
  const taken = await ask({ rate: 0.9 * limit, steps: 400 }, TOY);
  expect(taken.training).toEqual({ kind: "finished" });
  expect(taken.trainedLoss!.at(-1)).toBeLessThan(1e-9);
  expect(taken.warnings.join(" ")).toContain("90 % of the largest stable one");
});

test("weights too large for the step run away: training stops and says so", async () => {
  const { training, groups } = await ask({ start: "random", scale: 3, hidden: 64, rate: 0.1, steps: 300 }, TOY);
  expect(training).toMatchObject({ kind: "stopped", reason: expect.stringContaining("too long") });
  expect(groups[0]!.trained!.at(-1)).toBeNaN();
});

test("a hidden layer narrower than the rank learns the strongest modes only, and theory knows", async () => {
  const result = await ask({ hidden: 3, rate: 0.01, steps: 1200 }, TOY);
  const [, , equal] = result.groups;
  expect(equal!.trained!.at(-1)).toBeCloseTo(0.5, 2);
  expect(equal!.theory!.at(-1)).toBeCloseTo(0.5, 2);
  expect(equal!.theoryHalfTime).toBeNull();
  expect(result.theoryLoss!.at(-1)).toBeCloseTo(0.5, 2);
  expect(result.trainedLoss!.at(-1)).toBeCloseTo(0.5, 2);
  expect(result.warnings.join(" ")).toContain("weakest 1 of 4");
});

test("theory comes before the first step; progress rises; a cancel is heard between two steps", async () => {
  const { partials, fractions } = await runStudyOn(simulatorStudy, [{ role: "table", path: TOY }], { rate: 0.002 });
  const first = partials[0] as SimulatorResult;
  expect(first.training).toEqual({ kind: "running", step: 0 });
  expect([first.groups[0]!.theory!.length, first.groups[0]!.trained]).toEqual([201, null]);
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  let looked = 0;
  const cancelled = runStudyOn(
    simulatorStudy,
    [{ role: "table", path: TOY }],
    { rate: 0.002 },
    { cancelled: () => ++looked > 3 },
  );
  await expect(cancelled).rejects.toMatchObject({ code: "cancelled" });
  expect(looked).toBe(4);
});

test("the exported series is one that the dynamics study follows to the same times", async () => {
  const result = await ask({ start: "random", scale: 1e-3, hidden: 16, rate: 0.01, keep: 30 }, TOY);
  expect(result.files).toHaveLength(31);
  const folder = await mkdtemp(join(tmpdir(), "modescope-simulator-"));
  try {
    for (const { name, bytes } of result.files) await writeFile(join(folder, name), bytes);
    const files = result.files.map(({ name }) => ({
      role: name.endsWith(".csv") ? "table" : "checkpoint",
      path: join(folder, name),
    }));
    const steps = result.files.slice(0, -1).map(({ name }) => Number(/\d+/.exec(name)![0]));
    expect([steps[0], steps.at(-1)]).toEqual([0, result.steps]);
    // Rate and optimizer are in the files: nobody has to say them.
    const { result: followed } = await runStudyOn(dynamicsStudy, files, { named: steps });
    const { taught } = followed;
    if (taught === null || "reason" in taught) throw new Error(taught?.reason ?? "no table");
    expect(taught.followed.modes.map(({ halfTime }) => halfTime!.time)).toEqual(
      near(halves(result, "trainedHalfTime"), 0.005),
    );
    expect(taught.followed.modes.map(({ foreseen }) => foreseen.halfTime)).toEqual(
      near(halves(result, "theoryHalfTime"), 1e-5),
    );
    expect(taught.itemNames).toEqual(result.itemNames);
    expect(followed.refused).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("the same seed gives the same run to the last bit, another seed another tree", async () => {
  const tree = { depth: 2, branching: 3, flip: 0.2, features: 40 };
  const [a, b, c] = [await ask({ tree, seed: 9 }), await ask({ tree, seed: 9 }), await ask({ tree, seed: 10 })];
  expect(b).toEqual(a);
  expect(c.groups[0]!.singularValue).not.toBe(a.groups[0]!.singularValue);
  expect(a.itemNames.slice(0, 4)).toEqual(["1.1", "1.2", "1.3", "2.1"]);
  expect(a.branches).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]);
});

test.each([
  [{ depth: 6 }, "The number of weight matrices is a whole number from 1 to 5."],
  [{ depth: 2.5 }, "The number of weight matrices is a whole number"],
  [{ hidden: 0 }, "The width of the hidden layers"],
  [{ rate: -1 }, "The learning rate is a number"],
  [{ rate: Number.NaN }, "The learning rate is a number"],
  [{ scale: 0 }, "The scale of the first weights"],
  [{ start: "zero" }, "The start is balanced or random."],
  [{ steps: 1e9 }, "The number of steps"],
  [{ tree: { flip: 0.5 } }, "The probability of a flip is a number from 0 to 0.49."],
  [{ tree: { depth: 10, branching: 4 } }, "has 1048576 items; 1024 are the most."],
  [{ tree: { features: 400 }, hidden: 1024, steps: 1_000_000 }, "steps of this network are too many"],
  [{ tree: { depth: 8, features: 20000 } }, "256 items with 20000 properties are too many entries"],
  [{ tree: { features: 20000 }, hidden: 2048 }, "The network has 40976384 weights"],
  [{ keep: 401 }, "The number of checkpoints"],
  [{ tree: { features: 5000 }, hidden: 512, keep: 400 }, "MiB; 64 are the most"],
])("parameters that make no sense are refused: %j", async (parameters, why) => {
  await expect(ask(parameters)).rejects.toThrow(why);
});

test("a table that is no small world is refused by what it is", async () => {
  await expect(ask({}, "samples/toy-world/four-items/checkpoints/step-0000.safetensors")).rejects.toMatchObject({
    code: "bad-format",
  });
});

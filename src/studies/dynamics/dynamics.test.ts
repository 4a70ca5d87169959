import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeCheckpoint } from "../../../test/engine/checkpoints.testkit.ts";
import { learningCurve } from "../../numerics/learning/curves.ts";
import { runStudyOn } from "../_shared/runStudy.testkit.ts";
import { dynamicsStudy } from "./index.ts";
import type { DynamicsResult, Taught } from "./types.ts";

const TOY = "samples/toy-world/four-items";
const STEPS = Array.from({ length: 26 }, (_, k) => 50 * k);
const FILES = [
  ...STEPS.map((step) => ({
    role: "checkpoint",
    path: `${TOY}/checkpoints/step-${String(step).padStart(4, "0")}.safetensors`,
  })),
  { role: "table", path: `${TOY}/data.csv` },
];
const ask = (parameters: unknown, files: typeof FILES = FILES) => runStudyOn(dynamicsStudy, files, parameters);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "modescope-dynamics-"));
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

function taughtOf({ taught }: DynamicsResult): Taught {
  if (taught === null || "reason" in taught) throw new Error(taught?.reason ?? "no table");
  return taught;
}

test("the toy world of four items: √7, √3, 1, 1; times as predicted from data, start and rate alone", async () => {
  const { result, fractions, partials } = await ask({ named: STEPS, rate: 0.01 });
  const { followed, outlook, items, properties, itemNames, poles } = taughtOf(result);
  expect(followed.modes.map(({ singularValue }) => singularValue)).toEqual(
    [7, 3, 1].map((square) => expect.closeTo(Math.sqrt(square), 8)),
  );
  expect(outlook).toEqual({ timeConstant: 100, decay: 0 });
  expect(followed.modes.map(({ halfTime }) => Math.round(halfTime?.time ?? 0))).toEqual([243, 360, 601]);
  expect(followed.modes.map(({ foreseen }) => Math.round(foreseen.halfTime ?? 0))).toEqual([241, 356, 591]);
  expect(result.checkpoints.map(({ step }) => step)).toEqual(STEPS);
  expect(result.order).toEqual({ by: "name", note: null });
  expect([items, properties, itemNames?.[0]]).toEqual([4, 7, "Canary"]);
  expect(poles[1]).toEqual({
    items: { positive: [2, 3], negative: [0, 1] },
    properties: { positive: [4], negative: [1] },
  });
  expect(poles[2]).toBeNull();
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  // The head first, then the modes, then matrices.
  expect((partials[0] as DynamicsResult).taught).toBeNull();
  expect((partials[1] as DynamicsResult).taught).not.toBeNull();
});

test("the start of growth is the effective one: the naive one is negative for two of the modes here", async () => {
  const { followed } = taughtOf((await ask({ named: STEPS, rate: 0.01, matrices: false })).result);
  expect(followed.modes.map(({ foreseen }) => Math.sign(foreseen.naiveStart))).toEqual([-1, 1, -1]);
  expect(followed.modes.every(({ foreseen }) => (foreseen.effectiveStart ?? 0) > 0)).toBe(true);
  for (const { comparison, foreseen } of followed.modes)
    expect(comparison!.deep.start / foreseen.effectiveStart!).toBeCloseTo(1, 0);
});

test("deep and not shallow: by Akaike for each mode, τ̂ = 100; the loss steps down three times, each with its mode", async () => {
  const { followed } = taughtOf((await ask({ named: STEPS, rate: 0.01, matrices: false })).result);
  for (const { comparison, stageIndex } of followed.modes) {
    expect(comparison!.difference).toBeGreaterThan(200);
    expect(comparison!.deep.tau / 100).toBeCloseTo(1, 1);
    expect(stageIndex).toBeLessThan(0.5);
  }
  expect(followed.transitions.map(({ mode }) => mode)).toEqual([0, 1, 2]);
  expect(followed.order).toEqual({ rho: 1, p: 1 / 6, exact: true });
  expect(followed.stability).toMatchObject({ stable: true, leastTau: expect.closeTo(Math.sqrt(7), 10) });
});

test("a mean loss without its factor P·N₃/2 would be wrong 28-fold: τ counts it, and a schedule is a clock", async () => {
  const mean = taughtOf((await ask({ named: STEPS, rate: 0.14, loss: "mean", matrices: false })).result);
  expect(mean.outlook).toMatchObject({ timeConstant: expect.closeTo(28 / 2 / 0.14, 10) });
  // Twice the rate from step 200 on: what was to come comes in half the steps.
  const twice = taughtOf((await ask({ named: STEPS, rate: "0:0.01,200:0.02", matrices: false })).result);
  const [once] = taughtOf((await ask({ named: STEPS, rate: 0.01, matrices: false })).result).followed.modes;
  expect(twice.followed.modes[0]!.foreseen.halfTime! - 200).toBeCloseTo((once!.foreseen.halfTime! - 200) / 2, 6);
});

test("Adam and cross-entropy are not predicted but fitted", async () => {
  for (const words of [{ optimizer: "adaptive" }, { loss: "cross-entropy" }]) {
    const { followed, outlook } = taughtOf((await ask({ named: STEPS, rate: 0.01, ...words, matrices: false })).result);
    expect(outlook).toMatchObject({ reason: expect.stringContaining("fitted instead") });
    for (const { foreseen, comparison } of followed.modes) {
      expect([foreseen.course, foreseen.halfTime]).toEqual([null, null]);
      expect(comparison).not.toBeNull();
    }
  }
  const unknown = taughtOf((await ask({ named: STEPS, matrices: false })).result);
  expect(unknown.outlook).toMatchObject({ reason: expect.stringContaining("learning rate is not known") });
});

test("differentiation: splits carry their modes, and are told apart at the modes' half-times; canaries swim for a while", async () => {
  const { splits, semantics, followed } = taughtOf((await ask({ named: STEPS, rate: 0.01, matrices: false })).result);
  if ("reason" in splits || "reason" in semantics || "reason" in followed.illusions) throw new Error("withheld");
  expect(splits.map(({ sides, mode }) => [sides, mode])).toEqual([
    [
      [
        [0, 1],
        [2, 3],
      ],
      1,
    ],
    [[[0], [1]], 2],
    [[[2], [3]], 2],
  ]);
  for (const { apart, mode, purity } of splits) {
    expect(Math.abs(apart! - followed.modes[mode!]!.halfTime!.time)).toBeLessThan(3);
    expect(purity).toBeCloseTo(1, 9);
  }
  expect(semantics.embedding.shares.reduce((a, b) => a + b, 0)).toBeGreaterThan(0.8);
  // From a small start the network is the smallest that makes its map.
  expect(semantics.minimumNorm).toHaveLength(26);
  if (!("reason" in semantics.minimumNorm)) expect(semantics.minimumNorm.at(-1)).toBeLessThan(1e-5);
  // A new property of the canary: salmon 0.3728, oak and rose 0.1433 at the end (Saxe 2019, eq. 16).
  const last = semantics.itemProducts.subarray(25 * 16, 25 * 16 + 4);
  expect(last[1]! / last[0]!).toBeCloseTo(0.3728, 2);
  expect(last[2]! / last[0]!).toBeCloseTo(0.1433, 2);
  const swims = followed.illusions.find(({ property, item }) => property === 3 && item === 0)!;
  expect(swims).toMatchObject({ truth: 0, peakTime: 450, onset: 300, offset: 600, cause: [1, 2] });
});

test("a table of noise: where to stop, mode by mode, and which modes are not worth learning", async () => {
  const { stopping } = taughtOf((await ask({ named: STEPS, rate: 0.01, noise: 0.3, matrices: false })).result);
  if ("reason" in stopping) throw new Error(stopping.reason);
  expect(stopping.estimated).toBe(false);
  const [first, second, third] = stopping.modes;
  expect(first!.best).toBeLessThan(Math.sqrt(7));
  expect(first!.foreseen).toBeLessThan(first!.measured! + 10);
  expect(second!.errorAtBest).toBeLessThan(second!.errorAtEnd);
  expect(third!.best).toBe(0);
  expect(stopping.bestStep).toBeLessThan(600);
  const { stopping: unknown } = taughtOf((await ask({ named: STEPS, matrices: false })).result);
  expect(unknown).toMatchObject({ reason: expect.stringContaining("Give the noise") });
});

test("every matrix in the basis of its own change: circular at the end, and said against a random walk; balance kept on the weights' scale", async () => {
  const { result } = await ask({ named: STEPS, rate: 0.01 });
  expect(result.matrices.map(({ tensor }) => tensor)).toEqual(["layers.0.weight", "layers.1.weight"]);
  for (const { course } of result.matrices) {
    if ("reason" in course) throw new Error(course.reason);
    for (const { strengths, singularValue } of course.modes) {
      expect(strengths[0]).toBe(0);
      expect(strengths.at(-1)! / singularValue).toBeCloseTo(1, 6);
    }
    expect(course.modes[0]!.halfTime!.time).toBeLessThan(course.modes[1]!.halfTime!.time);
    expect(course.offDiagonal.at(-1)).toBeCloseTo(0, 6);
    expect(course.inModes.at(-1)).toBeGreaterThan(0.999);
  }
  const balance = result.laws.find(({ kind }) => kind === "balance")!;
  expect(balance.drift.at(-1)!.ofWeights).toBeLessThan(1e-5);
  expect(balance.reading).toMatch(/^Kept/);
  expect(result.laws.some(({ kind }) => kind === "translation")).toBe(false);
});

test("three layers: nothing is predicted, as no start is known, but the law of three is fitted and finds τ", async () => {
  const [s, start, tau] = [2, 0.02, 500];
  const curve = learningCurve({ kind: "depth", depth: 3 }, { s, start, tau });
  const steps = Array.from({ length: 30 }, (_, k) => 100 * k);
  await mkdir(join(folder, "three"));
  await writeFile(join(folder, "three.csv"), "p,q\n2,0\n0,2\n");
  for (const step of steps) {
    const root = curve(step) ** (1 / 3);
    const layer = { shape: [2, 2], values: Float32Array.of(root, 0, 0, root) };
    await writeCheckpoint(join(folder, "three", `${step}.safetensors`), {
      "0.weight": layer,
      "1.weight": layer,
      "2.weight": layer,
    });
  }
  const files = [
    ...steps.map((step) => ({ role: "checkpoint", path: join(folder, "three", `${step}.safetensors`) })),
    { role: "table", path: join(folder, "three.csv") },
  ];
  const { followed } = taughtOf((await ask({ named: steps, rate: 1 / tau, matrices: false }, files)).result);
  const [mode] = followed.modes;
  expect(mode!.group).toEqual([0, 1]);
  expect([mode!.foreseen.halfTime, mode!.foreseen.course, mode!.foreseen.effectiveStart]).toEqual([null, null, null]);
  expect(mode!.comparison!.deep.tau / tau).toBeCloseTo(1, 4);
  expect(mode!.comparison!.deep.start / start).toBeCloseTo(1, 3);
  expect(mode!.fitted!.tau).toBe(mode!.comparison!.deep.tau);
  expect(mode!.fittedCourses!.deep.at(-1)).toBeCloseTo(curve(2900), 4);
});

test("weight decay shrinks what flow conserves as e^(−2ληt), and the audit finds λη", async () => {
  const path = (step: number) => join(folder, `decay-${step}.safetensors`);
  const rate = 2e-3;
  for (const step of [0, 50, 100])
    await writeCheckpoint(path(step), {
      "0.weight": {
        shape: [2, 3],
        values: Float32Array.of(1, 2, 0.5, -1, 0.5, 1).map((x) => x * Math.exp(-rate * step)),
      },
      "1.weight": { shape: [2, 2], values: Float32Array.of(0.5, 0, 1, 2).map((x) => x * Math.exp(-rate * step)) },
    });
  const { result } = await ask(
    {},
    [0, 50, 100].map((step) => ({ role: "checkpoint", path: path(step) })),
  );
  // No names were given, nor is anything recorded: the order is that of the list.
  expect(result.order.by).toBe("list");
  const named = await ask(
    { named: [0, 50, 100] },
    [0, 50, 100].map((step) => ({ role: "checkpoint", path: path(step) })),
  );
  const rescale = named.result.laws.find(({ kind }) => kind === "rescale")!;
  expect(rescale.decay).toBeCloseTo(rate, 6);
  const translation = named.result.laws.find(({ kind }) => kind === "translation")!;
  expect(translation.decay).toBeCloseTo(rate, 6);
});

test("order: recorded steps go before names, a given order before both, and a contradiction is said", async () => {
  await mkdir(join(folder, "order"));
  const at = (name: string) => join(folder, "order", `${name}.safetensors`);
  for (const [name, step] of [
    ["a-3", 10],
    ["a-2", 20],
    ["a-1", 30],
  ] as const)
    await writeCheckpoint(
      at(name),
      { "0.weight": { shape: [2, 2], values: Float32Array.of(step, 0, 0, 1) } },
      { step: String(step) },
    );
  const files = ["a-3", "a-2", "a-1"].map((name) => ({ role: "checkpoint", path: at(name) }));
  const { result } = await ask({ named: [3, 2, 1] }, files);
  expect(result.order).toMatchObject({
    by: "step",
    note: expect.stringContaining("The number in the names would order them otherwise"),
  });
  expect(result.checkpoints.map(({ name }) => name)).toEqual(["a-3.safetensors", "a-2.safetensors", "a-1.safetensors"]);
  const given = await ask({ named: [3, 2, 1], given: [7, 6, 5] }, files);
  expect(given.result.checkpoints.map(({ step }) => step)).toEqual([5, 6, 7]);
});

test("inputs of their own: modes of Σ³¹, ends at s/δ, and times from s", async () => {
  const [inputs, table] = [join(folder, "x.csv"), join(folder, "y.csv")];
  // Two items, orthogonal inputs of squared length 4: Σ¹¹ = 4·I.
  await writeFile(inputs, "a,b\n2,0\n0,2\n");
  await writeFile(table, "p,q\n3,0\n0,1\n");
  const steps = Array.from({ length: 41 }, (_, k) => 50 * k);
  const [rate, s, delta] = [1e-3, [6, 2], 4];
  for (const step of steps) {
    const root = s.map((one) =>
      Math.sqrt(one / delta / (1 + (one / (delta * 1e-3) - 1) * Math.exp(-2 * one * step * rate))),
    );
    const values = Float32Array.of(root[0]!, 0, 0, root[1]!);
    await writeCheckpoint(join(folder, `x-${step}.safetensors`), {
      "0.weight": { shape: [2, 2], values },
      "1.weight": { shape: [2, 2], values },
    });
  }
  const files = [
    ...steps.map((step) => ({ role: "checkpoint", path: join(folder, `x-${step}.safetensors`) })),
    { role: "table", path: table },
    { role: "inputs", path: inputs },
  ];
  const { followed } = taughtOf((await ask({ named: steps, rate, matrices: false }, files)).result);
  expect(followed.inputMixing).toBeCloseTo(0, 12);
  expect(followed.modes.map(({ singularValue, foreseen }) => [singularValue, foreseen.end])).toEqual([
    [expect.closeTo(6, 6), expect.closeTo(1.5, 6)],
    [expect.closeTo(2, 6), expect.closeTo(0.5, 6)],
  ]);
  const [strong] = followed.modes;
  expect(strong!.halfTime!.time).toBeCloseTo(strong!.foreseen.halfTime!, 0);
  expect(strong!.fitted!.tau / 1000).toBeCloseTo(1, 2);
});

test.each([
  [{ named: [1, 2] }, "Each of the 26 checkpoints needs its entry"],
  [{ given: STEPS.map(() => "soon") }, "Steps are numbers"],
  [{ rate: -1 }, "A learning rate is a positive number"],
  [{ rate: "5:0.1,2:0.2" }, "A learning rate is a positive number"],
  [{ loss: "huber" }, "The loss is one of half-sum, sum, mean, cross-entropy."],
  [{ optimizer: "hope" }, "The optimizer is one of"],
  [{ momentum: 1 }, "Momentum is a number from 0"],
  [{ weightDecay: -1 }, "Weight decay is a number from 0."],
  [{ noise: "much" }, "noise of a table's entries"],
  [{ layer: 0.5 }, "A hidden layer is a whole number"],
])("parameters that make no sense are refused: %j", async (parameters, why) => {
  await expect(ask(parameters)).rejects.toThrow(why);
});

test("a cancelled study stops between two checkpoints, and leaves no file open", async () => {
  let asked = 0;
  const running = runStudyOn(dynamicsStudy, FILES, { named: STEPS }, { cancelled: () => ++asked > 5 });
  await expect(running).rejects.toMatchObject({ code: "cancelled" });
  expect(asked).toBe(6);
});

const KERAS = fileURLToPath(new URL("../../../../shared/testdata/keras-series", import.meta.url));
test("a public Keras run: the intruder is refused by name and reason, steps and rates are read, and the pace shows the drop of the rate", async () => {
  if (!existsSync(KERAS))
    return console.log("../shared/testdata is not there: the drop of a rate is tested on made files only.");
  const names = readdirSync(KERAS);
  const files = names.map((name) => ({ role: "checkpoint", path: join(KERAS, name) }));
  const { result } = await ask({ named: names.map((name) => Number(name.split(".")[1]!.split("-")[0])) }, files);
  expect(result.refused).toEqual([
    expect.objectContaining({
      name: "fer2013_mini_XCEPTION.119-0.65.hdf5",
      reason: expect.stringContaining("3×3×1×5"),
    }),
  ]);
  expect(result.order.by).toBe("step");
  expect(result.checkpoints.map(({ step }) => step / 898)).toEqual([1, 3, 5, 11, 26, 44, 71, 98, 101, 111]);
  expect(result.training).toMatchObject({ optimizer: "adaptive", loss: "cross-entropy" });
  const { norm, pace } = result.whole!;
  expect(norm[0]).toBeCloseTo(32.9, 1);
  expect(norm.at(-1)).toBeCloseTo(74.4, 1);
  expect(pace.drops).toHaveLength(1);
  const [drop] = pace.drops;
  expect(result.checkpoints[drop!.checkpoint]!.name).toContain(".97-");
  expect(drop!.rates!.map((rate) => Number(rate.toPrecision(3)))).toEqual([0.001, 0.0001]);
  expect(result.matrices).toHaveLength(23);
  expect(result.laws.filter(({ kind }) => kind === "scale").length).toBeGreaterThan(8);
});

test("the pace of a made run: a rate that falls tenfold shows, whatever the spacing of checkpoints", async () => {
  const at = (step: number) => join(folder, `pace-${step}.safetensors`);
  const weights = new Float32Array(400);
  let [state, written] = [7, 0];
  const noise = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const steps = [0, 40, 120, 160, 320, 400, 420, 500];
  for (let step = 0; step <= 500; step++) {
    if (step === steps[written]) {
      written++;
      await writeCheckpoint(
        at(step),
        { "0.weight": { shape: [20, 20], values: weights.slice() } },
        { step: String(step), learning_rate: step < 400 ? "0.1" : "0.01" },
      );
    }
    for (let k = 0; k < 400; k++) weights[k] = weights[k]! + (step < 400 ? 0.1 : 0.01) * noise();
  }
  const { result } = await ask(
    {},
    steps.map((step) => ({ role: "checkpoint", path: at(step) })),
  );
  expect(result.whole!.pace.drops).toEqual([{ checkpoint: 5, factor: expect.closeTo(0.1, 1), rates: [0.1, 0.01] }]);
});

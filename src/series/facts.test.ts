import { expect, test } from "vitest";
import type { DescribedTensor } from "../base/tensor.ts";
import type { Checkpoint, MetadataValue } from "../formats/types.ts";
import { factsOf, type RunFacts } from "./facts.ts";
import { buildOf, commonBuild, foreignReason } from "./kin.ts";
import { orderOf } from "./order.ts";
import { clockOf, readSchedule, scheduleOf } from "./schedule.ts";
import { outlookOf, trainingOf } from "./training.ts";

function tensor(name: string, shape: readonly number[], role: DescribedTensor["role"]): DescribedTensor {
  const elements = shape.reduce((product, size) => product * size, 1);
  return {
    name,
    shape,
    dtype: "f32",
    elements,
    storedBytes: 4 * elements,
    role,
    layout: "none",
    evidence: "",
    parts: [],
  };
}

function checkpoint(metadata: Readonly<Record<string, MetadataValue>>, counter = 0): Checkpoint {
  return {
    format: "test",
    framework: "unknown",
    tensors: [],
    metadata,
    findings: [],
    skipped: [],
    version: "1",
    bytesRead: () => 0,
    read: async () => Float32Array.of(counter),
    close: async () => {},
  };
}

const never = new AbortController().signal;
const facts = (
  metadata: Readonly<Record<string, MetadataValue>>,
  tensors: readonly DescribedTensor[] = [],
  counter = 0,
) => factsOf(checkpoint(metadata, counter), tensors, never);

test("Keras: rate, optimizer and loss from the training configuration, steps from the optimizer's counter; a layer's momentum is none of the run's", async () => {
  const found = await facts(
    {
      model_config: { layers: [{ config: { momentum: 0.99, lr: 7 } }] },
      training_config: {
        optimizer_config: { class_name: "Adam", config: { lr: 0.001, beta_1: 0.9 } },
        loss: "categorical_crossentropy",
      },
    },
    [tensor("optimizer_weights/iterations_1:0", [], "optimizer-state")],
    898,
  );
  expect(found).toMatchObject({
    step: { value: 898, source: "optimizer_weights/iterations_1:0" },
    rate: { value: 0.001 },
    optimizer: { value: "Adam" },
    loss: { value: "categorical_crossentropy" },
    momentum: null,
    epoch: null,
  });
});

test("PyTorch: groups of parameters, told as Adam by their betas, as SGD by what else they have", async () => {
  const adam = await facts({
    epoch: 3,
    "optimizer/param_groups/0/lr": 0.002,
    "optimizer/param_groups/0/betas": [0.9, 0.999],
  });
  expect(adam).toMatchObject({ epoch: { value: 3 }, rate: { value: 0.002 }, optimizer: { value: "Adam" } });
  const sgd = await facts({
    step: "120",
    "optimizer/param_groups/0/lr": 0.1,
    "optimizer/param_groups/0/momentum": 0.9,
    "optimizer/param_groups/0/nesterov": false,
    "optimizer/param_groups/0/weight_decay": 0.01,
  });
  expect(sgd).toMatchObject({
    step: { value: 120 },
    momentum: { value: 0.9 },
    weightDecay: { value: 0.01 },
    optimizer: { value: "SGD" },
  });
  expect((await facts({}, [tensor("optimizer/state/0/exp_avg_sq", [3], "optimizer-state")])).optimizer?.value).toBe(
    "Adam",
  );
});

test("numbers that are none are not believed", async () => {
  const found = await facts(
    { step: "soon", lr: -1, epoch: Number.NaN },
    [tensor("state/step", [], "optimizer-state")],
    Number.POSITIVE_INFINITY,
  );
  expect(found).toMatchObject({ step: null, epoch: null, rate: null });
  const broken = {
    ...checkpoint({ epoch: 4 }),
    read: () => Promise.reject(new Error("complex")),
  };
  expect(await factsOf(broken, [tensor("state/step", [], "optimizer-state")], never)).toMatchObject({
    step: null,
    epoch: { value: 4 },
  });
});

const NOTHING: RunFacts = {
  step: null,
  epoch: null,
  rate: null,
  momentum: null,
  weightDecay: null,
  optimizer: null,
  loss: null,
};
const known = (step: number): RunFacts => ({ ...NOTHING, step: { value: step, source: "step" } });
const one = (sides: Partial<Parameters<typeof orderOf>[0][number]>) => ({
  facts: NOTHING,
  named: null,
  time: null,
  given: null,
  ...sides,
});

test("order: what tells all apart, best first; an unreadable file has no say; steps that repeat tell nothing", () => {
  expect(orderOf([one({ facts: known(2), named: 1 }), one({ facts: known(1), named: 2 })])).toMatchObject({
    by: "step",
    steps: [2, 1],
    note: expect.stringContaining("The number in the names"),
  });
  expect(orderOf([one({ facts: known(2), named: 1 }), one({ facts: known(2), named: 2 })]).by).toBe("name");
  expect(orderOf([one({ facts: null }), one({ named: 5 }), one({ named: 6 })])).toMatchObject({
    by: "name",
    steps: [Number.NaN, 5, 6],
  });
  expect(orderOf([one({ time: 9 }), one({ time: 3 })])).toMatchObject({ by: "time", steps: [9, 3] });
  expect(orderOf([one({}), one({})])).toEqual({ by: "list", steps: [0, 1], note: null });
});

test("kin: the run is what most are; optimizer state and buffers may come and go", () => {
  const weights = [tensor("a", [3, 2], "weight"), tensor("b", [3], "bias")];
  const run = buildOf(weights);
  expect(foreignReason(buildOf([...weights, tensor("m", [3], "optimizer-state")]), run)).toBeNull();
  expect(foreignReason(buildOf([tensor("a", [4, 2], "weight"), weights[1]!]), run)).toBe(
    "Its a is 4×2, that of the run is 3×2.",
  );
  expect(foreignReason(buildOf([weights[0]!]), run)).toContain("It has no b; 1 of the run's 2 weights");
  expect(foreignReason(buildOf([...weights, tensor("c", [1], "weight")]), run)).toBe(
    "It has c, which the run has not.",
  );
  expect(foreignReason(buildOf([tensor("x", [5, 2], "weight")]), run)).toContain(
    "where the run has a of 3×2 it has x of 5×2",
  );
  expect(commonBuild([buildOf([tensor("x", [1], "weight")]), run, null, buildOf(weights)])).toEqual(run);
  expect(commonBuild([null, new Map()])).toBeNull();
});

test("a schedule is a clock that goes slower when the rate does, and back", () => {
  const clock = clockOf(readSchedule("0:0.1, 100:0.05, 300:0.01"));
  expect([0, 100, 300, 400].map(clock.toTime)).toEqual([0, 100, 200, expect.closeTo(210, 10)]);
  for (const step of [17, 150, 333, 1000]) expect(clock.toStep(clock.toTime(step))).toBeCloseTo(step, 8);
  expect(clockOf(readSchedule("0.1")).toTime(7)).toBe(7);
  expect(scheduleOf([10, 20, 30], [0.1, 0.1, 0.01])).toEqual([
    { step: 0, rate: 0.1 },
    { step: 30, rate: 0.01 },
  ]);
  expect(scheduleOf([10, 20], [null, null])).toBeNull();
});

test("what a person says goes before what the files say; weight decay is λ/f in units of σ", () => {
  const files = [
    {
      ...NOTHING,
      rate: { value: 0.1, source: "lr" },
      optimizer: { value: "AdamW", source: "class_name" },
      weightDecay: { value: 0.01, source: "wd" },
    },
  ];
  const recorded = trainingOf({}, [0], files);
  expect(recorded).toMatchObject({ optimizer: "adaptive", schedule: [{ step: 0, rate: 0.1 }], weightDecay: 0.01 });
  expect(outlookOf(recorded, 4, 7).reason).toContain("Adam");
  const said = trainingOf({ optimizer: "gradient-descent", loss: "mean" }, [0], files);
  // mean: f = 2/(4·7), so τ = 28/(2·0.1) and λ = 0.01·14.
  expect(outlookOf(said, 4, 7)).toMatchObject({
    tau: expect.closeTo(140, 10),
    decay: expect.closeTo(0.14, 10),
    reason: null,
  });
});

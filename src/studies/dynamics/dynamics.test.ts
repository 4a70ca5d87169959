import { expect, test } from "vitest";
import { runStudyOn } from "../_shared/runStudy.testkit.ts";
import { dynamicsStudy } from "./index.ts";

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

test("the toy world of four items: √7, √3, 1, 1, and times as predicted", async () => {
  const { result, fractions } = await ask({ steps: STEPS, rate: 0.01 });
  expect(result.modes.map(({ singularValue }) => singularValue)).toEqual(
    [7, 3, 1].map((square) => expect.closeTo(Math.sqrt(square), 8)),
  );
  expect(result.timeConstant).toBe(100);
  expect(result.modes.map(({ halfTime }) => Math.round(halfTime?.time ?? 0))).toEqual([243, 360, 601]);
  expect(result.checkpoints.map(({ step }) => step)).toEqual(STEPS);
  expect([result.items, result.properties, result.itemNames?.[0]]).toEqual([4, 7, "Canary"]);
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
});

test("without a rate nothing is predicted", async () => {
  const { result } = await ask({ steps: STEPS });
  expect(result.timeConstant).toBeNull();
  expect(result.modes.every(({ predictedHalfTime }) => predictedHalfTime === null)).toBe(true);
});

test.each([
  [{}, "Each of the 26 checkpoints needs its step."],
  [{ steps: [...STEPS].reverse() }, "Steps must rise"],
  [{ steps: STEPS, rate: -1 }, "A learning rate is a number above 0."],
  [{ steps: STEPS, loss: "huber" }, "The loss is one of half-sum, sum, mean."],
  [{ steps: STEPS, momentum: 1 }, "Momentum is a number from 0"],
])("parameters that make no sense are refused: %j", async (parameters, why) => {
  await expect(ask(parameters)).rejects.toThrow(why);
});

test("a cancelled study stops between two checkpoints", async () => {
  let asked = 0;
  const running = runStudyOn(dynamicsStudy, FILES, { steps: STEPS }, { cancelled: () => ++asked > 5 });
  await expect(running).rejects.toMatchObject({ code: "cancelled" });
  expect(asked).toBe(6);
});

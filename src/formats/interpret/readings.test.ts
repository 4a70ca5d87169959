import { expect, test } from "vitest";
import { serializeError } from "../../base/errors.ts";
import { describeTensors } from "./index.ts";
import { checkpointOf, matrixOf } from "./interpret.testkit.ts";
import { readingOfText, readingsOfSetting, readReadings, withReadings } from "./readings.ts";

const SHAPES = {
  "decoder.0.weight": [4, 6],
  "decoder.1.weight": [4, 6],
  "head.weight": [8, 4],
  "optimizer/state/0/exp_avg": [4, 6],
  "lstm.weight_ih_l0": [16, 3],
  "lstm.weight_hh_l0": [16, 4],
} as const;

function described(...readings: Parameters<typeof withReadings>[1]) {
  const tensors = describeTensors(withReadings(checkpointOf(SHAPES), readings));
  return (name: keyof typeof SHAPES) => {
    const tensor = tensors.find((one) => one.name === name);
    if (tensor === undefined) throw new Error(name);
    return tensor;
  };
}

test("a layout turns the matrix over, for every name of the pattern and no other", () => {
  const tensor = described({ pattern: "decoder.*.weight", layout: "in-out" });
  expect(matrixOf(tensor("decoder.0.weight"))).toBe("linear [1]x[0] 6x4");
  expect(tensor("decoder.1.weight")).toMatchObject({ role: "weight", layout: "in-out" });
  expect(tensor("decoder.1.weight").evidence).toContain("because you said so");
  expect(matrixOf(tensor("head.weight"))).toBe("linear [0]x[1] 8x4");
});

test("a role is believed before the name and the place, optimizer state and averages included", () => {
  const tensor = described(
    { pattern: "optimizer/*", role: "weight" },
    { pattern: "head.weight", role: "ema" },
    { pattern: "decoder.0.weight", role: "buffer" },
    { pattern: "decoder.1.weight", role: "embedding" },
  );
  expect(tensor("optimizer/state/0/exp_avg")).toMatchObject({ role: "weight", layout: "out-in" });
  expect(tensor("head.weight")).toMatchObject({ role: "ema", layout: "out-in" });
  expect(tensor("decoder.0.weight").matrix).toBeUndefined();
  expect(tensor("decoder.1.weight").matrix?.kind).toBe("embedding");
});

test("a name spelled out beats a pattern, a later pattern an earlier one", () => {
  const tensor = described(
    { pattern: "decoder.0.weight", role: "bias" },
    { pattern: "*.weight", role: "norm" },
    { pattern: "decoder.*", role: "buffer" },
  );
  expect(tensor("decoder.0.weight").role).toBe("bias");
  expect(tensor("decoder.1.weight").role).toBe("buffer");
  expect(tensor("head.weight").role).toBe("norm");
});

test("fused parts stay where the role does, and other readings are another version", () => {
  const checkpoint = checkpointOf(SHAPES);
  const turned = withReadings(checkpoint, [{ pattern: "lstm.*", layout: "out-in" }]);
  expect(describeTensors(turned).find(({ name }) => name === "lstm.weight_ih_l0")?.parts).toHaveLength(4);
  expect(turned.version).not.toBe(checkpoint.version);
  expect(turned.version).not.toBe(withReadings(checkpoint, [{ pattern: "lstm.*", layout: "in-out" }]).version);
  expect(withReadings(checkpoint, [])).toBe(checkpoint);
});

test("the setting's mistakes are said and left out; the rest holds", () => {
  const { readings, problems } = readingsOfSetting({
    "a.*": { role: "weight", layout: "in-out" },
    "b.*": { role: "hero" },
    "c.*": {},
    "d.*": null,
    __proto__x: { layout: "none" },
  });
  expect(readings).toEqual([
    { pattern: "a.*", role: "weight", layout: "in-out" },
    { pattern: "__proto__x", layout: "none" },
  ]);
  expect(problems).toHaveLength(3);
  expect(readingsOfSetting(["a"]).problems).toHaveLength(1);
});

test.each([
  ["a.*=weight", { pattern: "a.*", role: "weight" }],
  ["a=b=in-out", { pattern: "a=b", layout: "in-out" }],
  ["a= bias , none", { pattern: "a", role: "bias", layout: "none" }],
])("%s on the command line", (text, reading) => {
  expect(readingOfText(text)).toEqual(reading);
});

test.each(["", "a", "=weight", "a=", "a=hero", "a=weight,hero", "a=weight,bias"])(
  "%j is refused with what would do",
  (text) => {
    try {
      readingOfText(text);
      expect.unreachable();
    } catch (error) {
      expect(serializeError(error)).toMatchObject({
        code: "bad-request",
        details: { remedy: expect.stringContaining("in-out") },
      });
    }
  },
);

test("what comes over the wire is looked at", () => {
  expect(readReadings(undefined)).toEqual([]);
  expect(readReadings([{ pattern: "a", role: "weight" }])).toEqual([{ pattern: "a", role: "weight" }]);
  expect(readReadings([{ pattern: "a", role: 3 }])).toEqual([]);
  for (const bad of [3, "x", [3], [{}], [null]]) expect(() => readReadings(bad)).toThrow(/reading|Readings/);
});

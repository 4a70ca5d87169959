import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { contextOf, type MadeTensor, memoryCheckpoint, sineFill } from "../_shared/testCheckpoint.testkit.ts";
import { automaticBins } from "./histogram.ts";
import { distributionAnalysis } from "./index.ts";
import { defaultInitialization } from "./laws.ts";
import { QuartileSample } from "./quartileSample.ts";

interface Reference {
  readonly cases: readonly {
    readonly name: string;
    readonly dtype: "f32" | "f64";
    readonly shape: readonly [number, number];
    readonly scale: number;
    readonly offset: number;
    readonly whole: Summary;
  }[];
}
interface Summary {
  readonly skewness: number;
  readonly excessKurtosis: number;
  readonly counts: readonly number[];
  readonly edges: readonly number[];
}

const reference: Reference = JSON.parse(
  readFileSync(new URL("../../../test/fixtures/statistics/reference.json", import.meta.url), "utf8"),
);

const histogramOf = (values: readonly number[], bins = 0) =>
  distributionAnalysis.run(contextOf(memoryCheckpoint({ w: { shape: [values.length], values } }), { tensor: "w" }), {
    bins,
  });

test.each(reference.cases)("moments and histogram equal SciPy's and NumPy's: $name", async (wanted) => {
  const { shape, dtype, scale, offset, whole } = wanted;
  const values = sineFill(shape[0], shape[1], scale, offset);
  const checkpoint = memoryCheckpoint({ w: { shape, values, dtype } });
  const result = await distributionAnalysis.run(contextOf(checkpoint, { tensor: "w" }), { bins: 20 });
  expect(result.skewness).toBeCloseTo(whole.skewness, 8);
  expect(result.excessKurtosis).toBeCloseTo(whole.excessKurtosis, 8);
  result.edges.forEach((edge, index) => {
    expect(edge).toBeCloseTo(whole.edges[index]!, 7);
  });
  expect(result.counts.reduce((sum, count) => sum + count, 0)).toBe(result.finite);
  // A value on an edge may fall on either side of it when the sine differs in its last bit.
  result.counts.forEach((count, index) => {
    expect(Math.abs(count - whole.counts[index]!)).toBeLessThanOrEqual(2);
  });
});

test("bins are half open and the last one is closed", async () => {
  const result = await histogramOf([0, 1, 1, 2, 3, 4], 4);
  expect([...result.edges]).toEqual([0, 1, 2, 3, 4]);
  expect([...result.counts]).toEqual([1, 2, 1, 2]);
});

test("non-finite values are left out; nothing finite gives no bins", async () => {
  const result = await histogramOf([0, Number.NaN, 1, Number.POSITIVE_INFINITY], 2);
  expect([...result.counts]).toEqual([1, 1]);
  expect(result.finite).toBe(2);
  const nothing = await histogramOf([Number.NaN, Number.NaN]);
  expect(nothing).toMatchObject({ finite: 0, mean: Number.NaN });
  expect(nothing.edges.length).toBe(0);
});

test.each([0, -3, 1e-7, 1e30])("a constant %s has one filled bin and no shape", async (constant) => {
  const result = await histogramOf([constant, constant, constant]);
  expect(Math.max(...result.counts)).toBe(3);
  expect(result.skewness).toBeNaN();
  expect(result.laws.filter((law) => law.label.startsWith("normal"))).toEqual([]);
});

test("automatic bins follow Freedman and Diaconis between 16 and 256", async () => {
  expect(automaticBins(10, 1, 1, 1000)).toBe(50);
  expect(automaticBins(1, 1, 1, 8)).toBe(16);
  expect(automaticBins(1000, 1, 1, 1000)).toBe(256);
  expect(automaticBins(10, 0, 1, 1000)).toBe(29);
  const result = await histogramOf([...sineFill(40, 25)]);
  expect(result.counts.length).toBe(16);
});

test("quartiles of a small stream are exact, those of a large one within a few percent", () => {
  const small = new QuartileSample(5);
  small.add(Float64Array.of(4, 0, 3), 0);
  small.add(Float64Array.of(1, 2), 3);
  expect(small.interquartileRange()).toBe(2);
  const elements = 1_000_000;
  const large = new QuartileSample(elements);
  const ramp = Float64Array.from({ length: elements }, (_, index) => (index * 7919) % elements);
  large.add(ramp.subarray(0, 300_000), 0);
  large.add(ramp.subarray(300_000), 300_000);
  expect(Math.abs(large.interquartileRange() / (elements / 2) - 1)).toBeLessThan(0.03);
});

const values = (length: number) => new Float64Array(length).fill(1);
const lawOf = (
  name: string,
  tensor: Omit<MadeTensor, "values">,
  framework: Parameters<typeof defaultInitialization>[1],
) => {
  const elements = tensor.shape.reduce((product, size) => product * size, 1);
  const made = memoryCheckpoint({ [name]: { ...tensor, values: values(elements) } });
  return defaultInitialization(made.described[0]!, framework);
};
const gates = (labels: string, length: number) =>
  [...labels].map((label, index) => ({ label, axis: 0, start: index * length, length }));

test("PyTorch's defaults", () => {
  expect(lawOf("fc.weight", { shape: [3, 16] }, "pytorch")).toMatchObject({
    kind: "uniform",
    low: -0.25,
    high: 0.25,
    label: "default of nn.Linear",
  });
  expect(lawOf("c.weight", { shape: [8, 4, 2, 2] }, "pytorch")).toMatchObject({
    high: 0.25,
    label: "default of nn.Conv2d",
  });
  expect(lawOf("l.weight_hh_l0", { shape: [16, 4], parts: gates("ifgo", 4) }, "pytorch")).toMatchObject({
    high: 0.5,
    label: "default of nn.LSTM",
  });
  expect(lawOf("l.bias_ih_l1", { shape: [12], parts: gates("rzn", 4), role: "bias" }, "pytorch")).toMatchObject({
    high: 0.5,
    label: "default of nn.GRU",
  });
  expect(lawOf("a.in_proj_weight", { shape: [6, 2], parts: gates("qkv", 2) }, "pytorch")).toMatchObject({
    high: Math.sqrt(6 / 8),
  });
  const table = { kind: "embedding" as const, rowAxes: [0], columnAxes: [1], fixed: [], rows: 5, columns: 2 };
  expect(lawOf("e.weight", { shape: [5, 2], role: "embedding", matrix: table }, "pytorch")).toMatchObject({
    kind: "normal",
    mean: 0,
    std: 1,
  });
  const transposed = {
    kind: "conv-reshaped" as const,
    rowAxes: [1],
    columnAxes: [0, 2, 3],
    fixed: [],
    rows: 4,
    columns: 32,
  };
  expect(lawOf("t.weight", { shape: [8, 4, 2, 2], matrix: transposed }, "pytorch")).toMatchObject({
    high: 0.25,
    label: "default of nn.ConvTranspose2d",
  });
});

test("no default is claimed where none is singled out", () => {
  expect(lawOf("fc.bias", { shape: [3], role: "bias" }, "pytorch")).toBeNull();
  expect(lawOf("n.weight", { shape: [3], role: "norm" }, "pytorch")).toBeNull();
  expect(lawOf("q.weight", { shape: [3, 3], dtype: "i8" }, "pytorch")).toBeNull();
  expect(lawOf("ema.weight", { shape: [3, 3], role: "ema" }, "pytorch")).toBeNull();
  expect(lawOf("h.c_fc.weight", { shape: [3, 3], layout: "in-out" }, "pytorch")).toBeNull();
  expect(lawOf("r/recurrent_kernel", { shape: [4, 4], layout: "in-out" }, "keras")).toBeNull();
  expect(lawOf("fc.weight", { shape: [3, 16] }, "unknown")?.label).toBe("default of nn.Linear, if this is PyTorch");
});

test("Keras starts from Glorot's uniform, Flax from LeCun's normal cut at two", () => {
  expect(lawOf("d/kernel", { shape: [4, 2], layout: "in-out" }, "keras")).toMatchObject({ kind: "uniform", high: 1 });
  expect(lawOf("c/kernel", { shape: [2, 2, 4, 2], layout: "in-out" }, "keras")).toMatchObject({ high: 0.5 });
  const law = lawOf("d/kernel", { shape: [16, 2], layout: "in-out" }, "flax");
  expect(law).toMatchObject({ kind: "truncated-normal", cut: 2 });
  // The cut normal has the variance 1/fan_in that LeCun asked for: 0.7737413035 of its parent's.
  expect(law?.kind === "truncated-normal" && law.std ** 2 * 0.7737413035).toBeCloseTo(1 / 16, 9);
});

test("complex and empty tensors are refused", () => {
  const { described } = memoryCheckpoint({
    c: { shape: [1], values: [1], dtype: "c128" },
    e: { shape: [0], values: [] },
  });
  const reason = (index: number) =>
    distributionAnalysis.applies(described[index]!, { tensor: "", part: null, tap: null })?.reason;
  expect(reason(0)).toContain("complex");
  expect(reason(1)).toContain("empty");
});

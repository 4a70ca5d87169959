import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { contentHash } from "../_shared/contentHash.ts";
import { contextOf, memoryCheckpoint, sineFill } from "../_shared/testCheckpoint.testkit.ts";
import { statisticsAnalysis } from "./index.ts";

interface Summary {
  readonly mean: number;
  readonly std: number;
  readonly min: number;
  readonly max: number;
  readonly meanSquare: number;
}

interface Reference {
  readonly cases: readonly {
    readonly name: string;
    readonly dtype: "f32" | "f64";
    readonly shape: readonly [number, number];
    readonly scale: number;
    readonly offset: number;
    readonly whole: Summary;
    readonly parts: { readonly rows: Summary; readonly columns: Summary };
  }[];
  readonly kernel: {
    readonly shape: readonly number[];
    readonly scale: number;
    readonly tap: number[];
    readonly atTap: Summary;
  };
}

const reference: Reference = JSON.parse(
  readFileSync(new URL("../../../test/fixtures/statistics/reference.json", import.meta.url), "utf8"),
);
const FIELDS = ["mean", "std", "min", "max", "meanSquare"] as const;

/** The mean of a centred tensor is a difference of large sums: its scale is the spread. */
function expectClose(actual: Summary, wanted: Summary, tolerance = 1e-9): void {
  for (const field of FIELDS) {
    const scale = field === "mean" ? Math.max(Math.abs(wanted.mean), wanted.std) : Math.abs(wanted[field]);
    expect(Math.abs(actual[field] - wanted[field]) / scale, field).toBeLessThan(tolerance);
  }
}

test.each(reference.cases)("equals NumPy's float64: $name", async ({ dtype, shape, scale, offset, whole, parts }) => {
  const [rows, columns] = shape;
  const values = sineFill(rows, columns, scale, offset);
  const tensor = { shape, values, dtype };
  const checkpoint = memoryCheckpoint({
    whole: tensor,
    rows: {
      ...tensor,
      parts: [{ label: "r", axis: 0, start: Math.floor(rows / 3), length: Math.max(1, Math.floor(rows / 4)) }],
    },
    columns: {
      ...tensor,
      parts: [{ label: "c", axis: 1, start: Math.floor(columns / 3), length: Math.floor(columns / 4) }],
    },
  });
  expectClose(await statisticsAnalysis.run(contextOf(checkpoint, { tensor: "whole" }), {}), whole);
  expectClose(await statisticsAnalysis.run(contextOf(checkpoint, { tensor: "rows", part: 0 }), {}), parts.rows);
  expectClose(await statisticsAnalysis.run(contextOf(checkpoint, { tensor: "columns", part: 0 }), {}), parts.columns);
});

test("one tap of a kernel equals NumPy's slice, and its σ_w² counts the whole kernel's fan-in", async () => {
  const { shape, scale, tap, atTap } = reference.kernel;
  const checkpoint = memoryCheckpoint({ k: { shape, values: sineFill(24, 45, scale) } });
  const result = await statisticsAnalysis.run(contextOf(checkpoint, { tensor: "k", tap }), {});
  expect(result.elements).toBe(24 * 5);
  expectClose(result, atTap);
  expect(result.sigmaW2?.fanIn).toBe(45);
});

test("std stays exact when the mean is a million times larger", async () => {
  const values = Float64Array.from({ length: 10000 }, (_, index) => 1e6 + (index % 2 === 0 ? 1 : -1));
  const checkpoint = memoryCheckpoint({ w: { shape: [10000], values, dtype: "f64" } });
  const { mean, std } = await statisticsAnalysis.run(contextOf(checkpoint, { tensor: "w" }), {});
  expect(mean).toBeCloseTo(1e6, 9);
  expect(Math.abs(std - 1)).toBeLessThan(1e-12);
});

test("NaN and infinities are counted, found and left out", async () => {
  const values = Array.from({ length: 9000 }, (_, index) => index % 3);
  values[4097] = Number.NaN;
  values[5000] = Number.POSITIVE_INFINITY;
  values[8999] = Number.NEGATIVE_INFINITY;
  const checkpoint = memoryCheckpoint({ w: { shape: [9000], values } });
  const result = await statisticsAnalysis.run(contextOf(checkpoint, { tensor: "w" }), {});
  const kept = values.filter(Number.isFinite);
  expect(result).toMatchObject({
    elements: 9000,
    finite: 8997,
    nan: 1,
    infinite: 2,
    firstNonFinite: 4097,
    min: 0,
    max: 2,
  });
  expect(result.zeros).toBe(kept.filter((value) => value === 0).length);
  const mean = kept.reduce((sum, value) => sum + value, 0) / kept.length;
  expect(result.mean).toBeCloseTo(mean, 12);
});

test("empty and wholly non-finite tensors give NaN moments, not zero", async () => {
  const checkpoint = memoryCheckpoint({
    empty: { shape: [0, 3], values: [] },
    broken: { shape: [2], values: [Number.NaN, Number.POSITIVE_INFINITY] },
  });
  const empty = await statisticsAnalysis.run(contextOf(checkpoint, { tensor: "empty" }), {});
  expect(empty).toMatchObject({
    elements: 0,
    finite: 0,
    mean: Number.NaN,
    std: Number.NaN,
    min: Number.NaN,
    firstNonFinite: null,
  });
  expect(empty.sigmaW2).toBeNull();
  const broken = await statisticsAnalysis.run(contextOf(checkpoint, { tensor: "broken" }), {});
  expect(broken).toMatchObject({ elements: 2, finite: 0, max: Number.NaN, firstNonFinite: 0 });
});

test("σ_w² is fan_in·mean(W²), the same for both layouts, and null for what is no weight", async () => {
  const values = sineFill(4, 6);
  const checkpoint = memoryCheckpoint({
    torch: { shape: [4, 6], values, dtype: "f64" },
    keras: { shape: [6, 4], values, dtype: "f64", layout: "in-out" },
    bias: { shape: [24], values, role: "bias" },
    table: { shape: [4, 6], values, role: "embedding" },
  });
  const sigmaOf = async (tensor: string) =>
    (await statisticsAnalysis.run(contextOf(checkpoint, { tensor }), {})).sigmaW2;
  const meanSquare = values.reduce((sum, value) => sum + value * value, 0) / 24;
  const torch = await sigmaOf("torch");
  expect(torch?.value).toBeCloseTo(6 * meanSquare, 12);
  expect(torch).toMatchObject({ fanIn: 6, relativeStandardError: Math.sqrt(2 / 24) });
  expect(await sigmaOf("keras")).toEqual(torch);
  expect(await sigmaOf("bias")).toBeNull();
  expect(await sigmaOf("table")).toBeNull();
});

test("the content hash is SHA-256 over dtype, shape and values, whatever the name and the part's place", async () => {
  const values = [1, 2, 3, 4];
  const half = [{ label: "second", axis: 0, start: 2, length: 2 }];
  const checkpoint = memoryCheckpoint({
    a: { shape: [2, 2], values },
    b: { shape: [2, 2], values },
    flat: { shape: [4], values },
    f64: { shape: [2, 2], values, dtype: "f64" },
    stacked: { shape: [4, 2], values: [9, 9, 9, 9, ...values], parts: half },
  });
  const hashOf = async (tensor: string, part: number | null = null) =>
    (await statisticsAnalysis.run(contextOf(checkpoint, { tensor, part }), {})).contentHash;
  const wanted = createHash("sha256").update("f32 2×2\n").update(Float32Array.from(values)).digest("hex");
  expect(await hashOf("a")).toBe(wanted);
  expect(await hashOf("b")).toBe(wanted);
  expect(await hashOf("stacked", 0)).toBe(wanted);
  expect(await hashOf("flat")).not.toBe(wanted);
  expect(await hashOf("f64")).not.toBe(wanted);
});

test("the hash is computed once per target; the identity of a question also depends on how values are read", async () => {
  const values = [1, 2, 3, 4];
  const checkpoint = memoryCheckpoint({ a: { shape: [2, 2], values }, b: { shape: [2, 2], values, layout: "in-out" } });
  const a = contextOf(checkpoint, { tensor: "a" });
  const b = contextOf(checkpoint, { tensor: "b" });
  const { contentHash: hash } = await statisticsAnalysis.run(a, {});
  const reads = checkpoint.reads.length;
  const identity = await contentHash(a);
  expect(checkpoint.reads.length).toBe(reads);
  expect((await statisticsAnalysis.run(b, {})).contentHash).toBe(hash);
  expect(await contentHash(b)).not.toBe(identity);
  expect(
    await contentHash(contextOf(memoryCheckpoint({ "moved.a": { shape: [2, 2], values } }), { tensor: "moved.a" })),
  ).toBe(identity);
});

test("complex tensors are refused with a sentence, parameters by name", async () => {
  const checkpoint = memoryCheckpoint({
    c: { shape: [2], values: [1, 2], dtype: "c64" },
    w: { shape: [2], values: [1, 2] },
  });
  const target = { tensor: "c", part: null, tap: null };
  expect(statisticsAnalysis.applies(checkpoint.described[0]!, target)?.reason).toContain("complex");
  expect(statisticsAnalysis.applies(checkpoint.described[1]!, target)).toBeNull();
  await expect(statisticsAnalysis.run(contextOf(checkpoint, { tensor: "w" }), { bins: 3 })).rejects.toMatchObject({
    code: "bad-request",
  });
});

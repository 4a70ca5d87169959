import { expect, test } from "vitest";
import { sharedCancelToken } from "../../base/cancel.ts";
import { forEachChunk, loadMatrix, matrixReading, targetShape } from "./input.ts";
import { contextOf, memoryCheckpoint } from "./testCheckpoint.testkit.ts";

const count = (length: number) => Array.from({ length }, (_, index) => index);
const halves = (axis: number, length: number) => [
  { label: "first", axis, start: 0, length },
  { label: "second", axis, start: length, length },
];

/** Row-major indices of the box, by plain nested counting: the oracle of the streaming code. */
function boxIndices(shape: readonly number[], from: readonly number[], length: readonly number[]): number[] {
  let indices = [0];
  shape.forEach((size, axis) => {
    indices = indices.flatMap((index) => count(length[axis]!).map((step) => index * size + from[axis]! + step));
  });
  return indices;
}

async function stream(context: Parameters<typeof forEachChunk>[0], chunk?: number): Promise<number[]> {
  const seen: number[] = [];
  await forEachChunk(
    context,
    (values, start) => {
      expect(start).toBe(seen.length);
      seen.push(...values);
    },
    chunk,
  );
  return seen;
}

test("streams a whole tensor in chunks of the asked size", async () => {
  const checkpoint = memoryCheckpoint({ w: { shape: [10, 7], values: count(70) } });
  expect(await stream(contextOf(checkpoint, { tensor: "w" }), 16)).toEqual(count(70));
  expect(checkpoint.reads).toEqual([16, 16, 16, 16, 6]);
});

test("a scalar is one element, an empty tensor none", async () => {
  const checkpoint = memoryCheckpoint({ s: { shape: [], values: [5] }, e: { shape: [3, 0], values: [] } });
  expect(await stream(contextOf(checkpoint, { tensor: "s" }))).toEqual([5]);
  expect(await stream(contextOf(checkpoint, { tensor: "e" }))).toEqual([]);
  expect(checkpoint.reads).toEqual([1]);
});

test.each([0, 1, 2])("streams a part along axis %i, at any chunk size", async (axis) => {
  const shape = [6, 4, 8];
  const half = shape[axis]! / 2;
  const checkpoint = memoryCheckpoint({ w: { shape, values: count(192), parts: halves(axis, half) } });
  const lengths = shape.map((size, index) => (index === axis ? half : size));
  const starts = shape.map((_, index) => (index === axis ? half : 0));
  const context = contextOf(checkpoint, { tensor: "w", part: 1 });
  expect(targetShape(context.tensor, context.target)).toEqual(lengths);
  for (const chunk of [1, 5, 8, 50, 1000]) {
    expect(await stream(context, chunk)).toEqual(boxIndices(shape, starts, lengths));
  }
});

test("streams one tap of a kernel, of a part too", async () => {
  const shape = [4, 3, 2, 5];
  const checkpoint = memoryCheckpoint({ w: { shape, values: count(120), parts: halves(0, 2) } });
  const whole = contextOf(checkpoint, { tensor: "w", part: 1, tap: [1, 3] });
  expect(await stream(whole)).toEqual(boxIndices(shape, [2, 0, 1, 3], [2, 3, 1, 1]));
});

test("runs far apart are read one by one, runs close together in one read", async () => {
  const wide = memoryCheckpoint({ w: { shape: [3, 60000], values: count(180000), parts: halves(1, 30000) } });
  await stream(contextOf(wide, { tensor: "w", part: 0 }));
  expect(wide.reads).toEqual([30000, 30000, 30000]);
  const narrow = memoryCheckpoint({ w: { shape: [3, 60], values: count(180), parts: halves(1, 30) } });
  await stream(contextOf(narrow, { tensor: "w", part: 0 }));
  expect(narrow.reads).toEqual([150]);
});

test("a matrix is loaded out × in whatever the file's order", async () => {
  const checkpoint = memoryCheckpoint({
    torch: { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
    keras: { shape: [3, 2], values: [1, 4, 2, 5, 3, 6], layout: "in-out" },
  });
  const torch = await loadMatrix(contextOf(checkpoint, { tensor: "torch" }));
  const keras = await loadMatrix(contextOf(checkpoint, { tensor: "keras" }));
  expect([...torch.data]).toEqual([1, 2, 3, 4, 5, 6]);
  expect([...keras.data]).toEqual([1, 2, 3, 4, 5, 6]);
  expect([keras.rows, keras.columns]).toEqual([2, 3]);
});

test("a transposed load is right across chunk borders", async () => {
  const [inputs, outputs] = [1200, 1100];
  const checkpoint = memoryCheckpoint({
    w: { shape: [inputs, outputs], values: count(inputs * outputs), layout: "in-out" },
  });
  const { data } = await loadMatrix(contextOf(checkpoint, { tensor: "w" }));
  expect(checkpoint.reads.length).toBeGreaterThan(1);
  const wrong = count(inputs * outputs).filter((at) => data[at] !== (at % inputs) * outputs + Math.floor(at / inputs));
  expect(wrong).toEqual([]);
});

test("a Keras kernel (kh, kw, in, out) is reshaped to out × (kh·kw·in), and read tap by tap", async () => {
  const [kh, kw, inputs, outputs] = [2, 3, 4, 5];
  const shape = [kh, kw, inputs, outputs];
  const checkpoint = memoryCheckpoint({ k: { shape, values: count(120), layout: "in-out" } });
  const whole = await loadMatrix(contextOf(checkpoint, { tensor: "k" }));
  expect(whole.reading.kind).toBe("conv-reshaped");
  expect([whole.rows, whole.columns]).toEqual([5, 24]);
  expect(whole.data[3 * 24 + 17]).toBe(17 * 5 + 3);
  const tap = await loadMatrix(contextOf(checkpoint, { tensor: "k", tap: [1, 2] }));
  expect(tap.reading).toMatchObject({
    kind: "conv-tap",
    fixed: [
      { axis: 0, index: 1 },
      { axis: 1, index: 2 },
    ],
  });
  expect([tap.rows, tap.columns]).toEqual([5, 4]);
  const at = (o: number, i: number) => ((1 * kw + 2) * inputs + i) * outputs + o;
  expect([...tap.data]).toEqual(count(5).flatMap((o) => count(4).map((i) => at(o, i))));
});

test("a transposed convolution (in, out, *kernel) has its outputs on axis 1", async () => {
  const matrix = {
    kind: "conv-reshaped" as const,
    rowAxes: [1],
    columnAxes: [0, 2, 3],
    fixed: [],
    rows: 3,
    columns: 8,
  };
  const checkpoint = memoryCheckpoint({ k: { shape: [2, 3, 2, 2], values: count(24), matrix } });
  const { data } = await loadMatrix(contextOf(checkpoint, { tensor: "k" }));
  expect([...data.subarray(0, 8)]).toEqual([0, 1, 2, 3, 12, 13, 14, 15]);
});

test("precision follows the dtype", async () => {
  const checkpoint = memoryCheckpoint({
    f32: { shape: [1, 2], values: [1, 2] },
    f64: { shape: [1, 2], values: [1, 1 / 3], dtype: "f64" },
  });
  expect((await loadMatrix(contextOf(checkpoint, { tensor: "f32" }))).data).toBeInstanceOf(Float32Array);
  expect((await loadMatrix(contextOf(checkpoint, { tensor: "f64" }))).data[1]).toBe(1 / 3);
});

test("what is no matrix says why", () => {
  const gates = ["i", "f", "g", "o"].map((label, index) => ({ label, axis: 0, start: index, length: 1 }));
  const { described } = memoryCheckpoint({
    fused: { shape: [4, 2], values: count(8), parts: gates, evidence: "LSTM, gates i, f, g, o" },
    complex: { shape: [2, 2], values: count(4), dtype: "c64" },
    bias: { shape: [3], values: count(3), role: "bias" },
    empty: { shape: [0, 4], values: [] },
    plain: { shape: [2, 2], values: count(4) },
    kernel: { shape: [2, 2, 3, 3], values: count(36) },
  });
  const reason = (name: string, part: number | null = null, tap: number[] | null = null) => {
    const reading = matrixReading(described.find((tensor) => tensor.name === name)!, { tensor: name, part, tap });
    return "reason" in reading ? reading.reason : "a matrix";
  };
  expect(reason("fused")).toBe("fused is four stacked gates (i, f, g, o): choose a gate.");
  expect(reason("fused", 1)).toBe("a matrix");
  expect(reason("fused", 9)).toContain("no part 9");
  expect(reason("complex")).toContain("complex");
  expect(reason("bias")).toContain("is a bias");
  expect(reason("empty")).toContain("empty (0 × 4)");
  expect(reason("plain", null, [0])).toContain("no convolution");
  expect(reason("kernel", null, [3, 0])).toContain("no position (3, 0)");
  expect(reason("kernel", null, [0])).toContain("no position (0)");
});

test.each(["token", "signal"])("a cancel by %s stops before the next chunk", async (by) => {
  const checkpoint = memoryCheckpoint({ w: { shape: [100], values: count(100) } });
  const controller = new AbortController();
  const flag = new Int32Array(1);
  const how = by === "token" ? { cancel: sharedCancelToken(flag) } : { signal: controller.signal };
  const context = contextOf(checkpoint, { tensor: "w" }, how);
  const seen: number[] = [];
  const run = forEachChunk(
    context,
    (_, start) => {
      seen.push(start);
      if (start !== 20) return;
      controller.abort();
      flag[0] = 1;
    },
    10,
  );
  await expect(run).rejects.toMatchObject({ code: "cancelled" });
  expect(seen).toEqual([0, 10, 20]);
});

import { expect, test } from "vitest";
import { contextOf, memoryCheckpoint, sineFill } from "../_shared/testCheckpoint.testkit.ts";
import { heatmapAnalysis } from "./index.ts";

const range = (length: number) => Array.from({ length }, (_, index) => index);

test("level 0 gives the weights themselves, tile by tile, reading the file once", async () => {
  const [rows, columns] = [600, 700];
  const checkpoint = memoryCheckpoint({ w: { shape: [rows, columns], values: range(rows * columns) } });
  const context = contextOf(checkpoint, { tensor: "w" });
  const tile = await heatmapAnalysis.run(context, { tileRow: 1, tileColumn: 1 });
  expect(tile).toMatchObject({
    rows,
    columns,
    tileRows: 88,
    tileColumns: 188,
    limit: rows * columns - 1,
    rowOrder: null,
  });
  expect(tile.values[0]).toBe(512 * columns + 512);
  expect(tile.values[87 * 188 + 187]).toBe(rows * columns - 1);
  const reads = checkpoint.reads.length;
  await heatmapAnalysis.run(context, { tileRow: 0, tileColumn: 1 });
  expect(checkpoint.reads.length).toBe(reads);
});

test("a level averages the finite cells of its blocks, the last ones narrower", async () => {
  const values = [1, 3, 10, 5, 7, Number.NaN, Number.NaN, Number.NaN, 2];
  const checkpoint = memoryCheckpoint({ w: { shape: [3, 3], values } });
  const tile = await heatmapAnalysis.run(contextOf(checkpoint, { tensor: "w" }), { level: 1 });
  expect([tile.tileRows, tile.tileColumns]).toEqual([2, 2]);
  expect([...tile.values]).toEqual([4, 10, Number.NaN, 2]);
  const coarsest = await heatmapAnalysis.run(contextOf(checkpoint, { tensor: "w" }), { level: 20 });
  expect([...coarsest.values]).toEqual([Math.fround(28 / 6)]);
});

test("the robust limit ignores a spike, the limit ignores infinity", async () => {
  const values = new Float64Array(100 * 100).fill(0.5);
  values[7] = 1000;
  values[8] = Number.POSITIVE_INFINITY;
  const checkpoint = memoryCheckpoint({ w: { shape: [100, 100], values } });
  const tile = await heatmapAnalysis.run(contextOf(checkpoint, { tensor: "w" }), {});
  expect([tile.limit, tile.robustLimit]).toEqual([1000, 0.5]);
});

test("a matrix of few entries other than zero keeps a scale", async () => {
  const values = new Float64Array(100 * 100);
  values[5] = -3;
  const checkpoint = memoryCheckpoint({ w: { shape: [100, 100], values } });
  expect(await heatmapAnalysis.run(contextOf(checkpoint, { tensor: "w" }), {})).toMatchObject({
    limit: 3,
    robustLimit: 3,
  });
});

test("ordering by the leading mode sorts the rows and columns of a rank-one matrix", async () => {
  const u = [3, -1, 2, 0.5, -2];
  const v = [1, -4, 2, 3];
  const values = u.flatMap((left) => v.map((right) => left * right));
  const checkpoint = memoryCheckpoint({ w: { shape: [5, 4], values } });
  const tile = await heatmapAnalysis.run(contextOf(checkpoint, { tensor: "w" }), { order: "mode" });
  expect([...tile.rowOrder!]).toEqual([4, 1, 3, 2, 0]);
  expect([...tile.columnOrder!]).toEqual([1, 0, 2, 3]);
  expect([...tile.values.subarray(0, 4)]).toEqual([8, -2, -4, -6]);
  expect(await heatmapAnalysis.run(contextOf(checkpoint, { tensor: "w" }), {})).toMatchObject({ rowOrder: null });
});

test("a tile outside is a bad request that names the side", async () => {
  const checkpoint = memoryCheckpoint({ w: { shape: [600, 10], values: sineFill(600, 10) } });
  const ask = (parameters: Record<string, number>) =>
    heatmapAnalysis.run(contextOf(checkpoint, { tensor: "w" }), parameters);
  await expect(ask({ tileRow: 2 })).rejects.toMatchObject({ code: "bad-request", details: { field: "tileRow" } });
  await expect(ask({ tileColumn: 1 })).rejects.toMatchObject({ details: { field: "tileColumn" } });
  await expect(ask({ level: 1, tileRow: 1 })).rejects.toMatchObject({ details: { field: "tileRow" } });
  expect(checkpoint.reads).toEqual([]);
});

test("two checkpoints with the same names do not share a picture", async () => {
  const first = memoryCheckpoint({ w: { shape: [1, 2], values: [1, 2] } });
  const second = memoryCheckpoint({ w: { shape: [1, 2], values: [3, 4] } });
  await heatmapAnalysis.run(contextOf(first, { tensor: "w" }), {});
  expect([...(await heatmapAnalysis.run(contextOf(second, { tensor: "w" }), {})).values]).toEqual([3, 4]);
});

test("a cancelled token stops the work", async () => {
  const checkpoint = memoryCheckpoint({ w: { shape: [4, 4], values: range(16) } });
  const controller = new AbortController();
  controller.abort();
  const context = contextOf(checkpoint, { tensor: "w" }, { signal: controller.signal });
  await expect(heatmapAnalysis.run(context, {})).rejects.toMatchObject({ code: "cancelled" });
});

test("what is no matrix has no picture", () => {
  const { described } = memoryCheckpoint({ b: { shape: [3], values: [1, 2, 3], role: "bias" } });
  expect(heatmapAnalysis.applies(described[0]!, { tensor: "b", part: null, tap: null })?.reason).toContain("bias");
});

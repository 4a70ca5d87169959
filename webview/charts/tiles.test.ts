import { expect, test } from "vitest";
import type { HeatmapTile } from "../../src/analysis/heatmap/types.ts";
import { readCell } from "./heatmapReading.ts";
import { heatmapTable } from "./heatmapTable.ts";
import { LruCache } from "./lru.ts";
import { TileLoader } from "./tileLoader.ts";
import { cellAddress, coarsestLevel, levelFor, type TileAddress, tileBox, tileKey, tilesIn } from "./tilePyramid.ts";
import { cellAt, fitted, panned, visibleBox, zoomed } from "./viewport.ts";

test("the coarsest level holds the matrix in one tile", () => {
  expect([1, 512, 513, 1024, 4096, 4097].map((n) => coarsestLevel(n, 1))).toEqual([0, 0, 1, 1, 3, 4]);
});

test("the level follows the size of a cell on screen", () => {
  expect([2, 1, 0.6, 0.5, 0.25, 0.1, 0].map((pixels) => levelFor(pixels, 3))).toEqual([0, 0, 0, 1, 2, 3, 3]);
});

test("tiles of a box are those that touch it, the middle one first", () => {
  const box = { top: 500, left: 600, bottom: 1100, right: 1000 };
  expect(tilesIn(box, 0, 4096, 4096).map(tileKey)).toEqual(["0/1/1", "0/2/1", "0/0/1"]);
  expect(tilesIn({ top: 0, left: 0, bottom: 4096, right: 4096 }, 3, 4096, 4096).map(tileKey)).toEqual(["3/0/0"]);
  expect(tileBox({ level: 1, tileRow: 0, tileColumn: 1 }, 700, 1500)).toEqual({
    top: 0,
    left: 1024,
    bottom: 700,
    right: 1500,
  });
});

test("a cell is found in its tile at every level", () => {
  expect(cellAddress(1030, 5, 0)).toEqual({ address: { level: 0, tileRow: 2, tileColumn: 0 }, row: 6, column: 5 });
  expect(cellAddress(1030, 5, 2)).toEqual({ address: { level: 2, tileRow: 0, tileColumn: 0 }, row: 257, column: 1 });
});

test("the cache drops what was used longest ago", () => {
  const cache = new LruCache<number>(2);
  cache.set("a", 1);
  cache.set("b", 2);
  cache.get("a");
  cache.set("c", 3);
  expect([cache.has("a"), cache.has("b"), cache.has("c"), cache.size]).toEqual([true, false, true, 2]);
});

test("zoom keeps the cell under the pointer and never leaves the fitted view", () => {
  const matrix = { rows: 4096, columns: 4096 };
  const size = { width: 800, height: 400 };
  const fit = fitted(matrix, size);
  const at = { x: 420, y: 130 };
  const near = zoomed(fit, 8, at, matrix, size);
  expect(cellAt(near, at.x, at.y, matrix)).toEqual(cellAt(fit, at.x, at.y, matrix));
  expect(zoomed(near, 1e-6, at, matrix, size).scaleX).toBeCloseTo(fit.scaleX);
  expect(visibleBox(panned(near, 1e9, 1e9, matrix, size), matrix, size)).toMatchObject({ top: 0, left: 0 });
  expect(cellAt(fit, 1, 1, matrix)).toBeNull();
});

test("a long thin matrix is stretched so that it can be seen", () => {
  const view = fitted({ rows: 4096, columns: 10 }, { width: 800, height: 400 });
  expect(view.scaleX * 10).toBeCloseTo(120);
  expect(view.scaleY * 4096).toBeCloseTo(400);
});

test("a reading says what an aggregated cell is the mean of", () => {
  const cell = { row: 9, column: 41, value: 0.031, rows: 100, columns: 42, rowOrder: null, columnOrder: null };
  expect(readCell({ ...cell, level: 0 })).toBe("row 9, column 41: 0.031");
  expect(readCell({ ...cell, level: 2 })).toBe("rows 8–11, columns 40–41: 0.031, mean of 4×2");
  expect(readCell({ ...cell, level: 0, value: Number.NaN })).toBe("row 9, column 41: NaN");
  const order = Uint32Array.from({ length: 100 }, (_, i) => 99 - i);
  expect(readCell({ ...cell, level: 0, rowOrder: order, columnOrder: order })).toBe(
    "row 90 (place 9), column 58 (place 41): 0.031",
  );
});

test("the table lists the cells on screen, by blocks at a coarse level", () => {
  const data = heatmapTable({ top: 3, left: 0, bottom: 9, right: 5 }, 2, (row, column) =>
    row === 4 ? Number.NaN : column,
  );
  expect(data.columns).toEqual(["Row", "0", "4"]);
  expect(data.rows).toEqual([
    ["0", "0", "4"],
    ["4", "NaN", "NaN"],
    ["8", "0", "4"],
  ]);
});

function tileAt(address: TileAddress): HeatmapTile {
  return {
    ...address,
    rows: 1,
    columns: 1,
    tileRows: 1,
    tileColumns: 1,
    values: new Float32Array(1),
    limit: 1,
    robustLimit: 1,
    rowOrder: null,
    columnOrder: null,
  };
}
const at = (tileColumn: number): TileAddress => ({ level: 0, tileRow: 0, tileColumn });

test("tiles are asked for in order, and those gone off screen are cancelled", async () => {
  const asked: { address: TileAddress; signal: AbortSignal; answer(): void }[] = [];
  const loader = new TileLoader<HeatmapTile>(
    (address, signal) =>
      new Promise((resolve) => asked.push({ address, signal, answer: () => resolve(tileAt(address)) })),
    { keep: (tile) => tile, arrived() {}, failed() {} },
  );
  loader.want([at(9), at(0), at(1), at(2), at(3)]);
  expect(asked.map(({ address }) => address.tileColumn)).toEqual([9, 0, 1, 2]);
  loader.want([at(9), at(3)]);
  expect(asked.map(({ signal }) => signal.aborted)).toEqual([false, true, true, true, false]);
  asked[0]!.answer();
  asked[1]!.answer();
  await Promise.resolve();
  await Promise.resolve();
  expect(loader.get(at(9))?.tileColumn).toBe(9);
  expect(loader.get(at(0))).toBeUndefined();
  loader.dispose();
  expect(asked[4]!.signal.aborted).toBe(true);
});

test("a tile that failed is asked for again by retry alone", async () => {
  let calls = 0;
  const errors: unknown[] = [];
  const loader = new TileLoader<HeatmapTile>(
    async (address) => {
      calls++;
      if (calls === 1) throw new Error("no");
      return tileAt(address);
    },
    { keep: (tile) => tile, arrived() {}, failed: (error) => errors.push(error) },
  );
  loader.want([at(0)]);
  await new Promise((resolve) => setTimeout(resolve, 0));
  loader.want([at(0)]);
  expect([calls, errors.length]).toEqual([1, 1]);
  loader.retry();
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(loader.get(at(0))).toBeDefined();
});

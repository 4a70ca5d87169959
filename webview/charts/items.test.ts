// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { triangleIndex, triangleLength } from "../../src/base/triangle.ts";
import { type ItemMapData, itemMap } from "./itemMap.ts";
import { watchPicture } from "./pictureInput.ts";
import { rdmGrid } from "./rdmGrid.ts";
import { type RdmGridData, rowsOfPart } from "./rdmParts.ts";
import { rdmPixels } from "./rdmPixels.ts";
import { paintPart } from "./scene.ts";
import { inSlices } from "./slices.ts";
import { type ChartTheme, paletteOf } from "./theme.ts";

const THEME: ChartTheme = {
  kind: "dark",
  color: (_, fallback = "#888") => fallback,
  onChange: () => ({ dispose() {} }),
};
const PALETTE = paletteOf(THEME);
const SIZE = { width: 600, height: 400 };

/** Distances |i − j| of four items in two layers, drawn in reverse order, with a tree of pairs. */
function grid(more: Partial<RdmGridData> = {}): RdmGridData {
  const triangle = Float32Array.of(1, 2, 3, 1, 2, 1);
  return {
    name: "rdm",
    layers: [
      { label: "one", triangle, reason: null, unit: "distance" },
      { label: "two", triangle: null, reason: "No spread.", unit: "distance" },
    ],
    order: [3, 2, 1, 0],
    items: ["d", "c", "b", "a"],
    tree: [
      { height: 3, children: [1, 2] },
      { height: 1, children: [-1, -2] },
      { height: 1, children: [-3, -4] },
    ],
    branchSentence: (node) => `Split ${node}.`,
    groups: [],
    chosen: new Set(),
    pointed: [],
    ...more,
  };
}

test("cells are read in the drawn order, a refused layer says why, and the table has every pair", () => {
  const parts = rdmGrid(grid, () => "dark");
  expect(parts.say(1)).toBe("one: d and c, distance 1");
  expect(parts.say(3)).toBe("one: d and a, distance 3");
  expect(parts.say(16)).toContain("No spread.");
  const { rows } = parts.table();
  expect(rows).toHaveLength(6);
  expect(rows[2]).toEqual(["d", "a", "3", ""]);
});

test("keys go from cells into the tree and back; a branch speaks of all below it", () => {
  const data = grid();
  const parts = rdmGrid(
    () => data,
    () => "dark",
  );
  const cell = parts.move("Home", null)!;
  const branch = parts.move("ArrowLeft", cell)!;
  expect(parts.say(branch)).toBe("2 items that join at 1: d, c. Split 1.");
  expect(rowsOfPart(data, branch)).toEqual([0, 1]);
  const below = parts.move("ArrowDown", branch)!;
  expect(rowsOfPart(data, below)).toEqual([2, 3]);
  expect(rowsOfPart(data, parts.move("ArrowLeft", branch)!)).toEqual([0, 1, 2, 3]);
  expect(parts.move("ArrowLeft", parts.move("ArrowLeft", branch)!)).toBeNull();
  expect(parts.move("ArrowRight", branch)).toBe(0);
  expect(parts.move("PageDown", cell)).toBe(16);
  expect(parts.move("ArrowRight", 3)).toBe(3);
});

test("the pointer finds cells and branches; a rectangle takes the rows and columns that it reaches", () => {
  const data = grid();
  const parts = rdmGrid(
    () => data,
    () => "dark",
  );
  const found = new Set<number>();
  for (let x = 0; x < 300; x += 2) for (let y = 0; y < 300; y += 2) found.add(parts.at(SIZE, x, y) ?? -1);
  expect(
    [...found]
      .filter((part) => part >= 32)
      .map((part) => rowsOfPart(data, part).length)
      .sort(),
  ).toEqual([2, 2, 4]);
  const all = parts.within!(SIZE, { x: 0, y: 0 }, { x: 600, y: 400 });
  expect([...new Set(all.flatMap((part) => rowsOfPart(data, part)))].sort()).toEqual([0, 1, 2, 3]);
  const first = [...found].includes(0) ? parts.within!(SIZE, { x: 48, y: 20 }, { x: 52, y: 24 }) : [];
  expect(first.flatMap((part) => rowsOfPart(data, part))).toEqual([0]);
  expect(parts.within!(SIZE, { x: 0, y: 390 }, { x: 4, y: 399 })).toEqual([]);
});

test("a large matrix is averaged to what a screen shows, in its order, and kept", () => {
  const n = 960;
  // Items of the second half are far from all others, those of the first all alike.
  const triangle = new Float32Array(triangleLength(n));
  for (let i = 0; i < n; i++)
    for (let j = Math.max(i + 1, n / 2); j < n; j++) triangle[triangleIndex(n, i, j)] = i % 2 === 0 ? 2 : 1;
  const order = Array.from({ length: n }, (_, k) => n - 1 - k);
  const pixels = rdmPixels(triangle, order, "dark");
  expect([pixels.columns, pixels.rows]).toEqual([480, 480]);
  expect(rdmPixels(triangle, order, "dark")).toBe(pixels);
  expect(rdmPixels(triangle, [...order], "dark")).toBe(pixels);
  expect(rdmPixels(triangle, order, "light")).not.toBe(pixels);
  const brightness = (row: number, column: number) => pixels.rgba[4 * (480 * row + column)]!;
  // The second half of the items comes first in this order; beside the diagonal all blocks of two by two items are alike.
  expect(brightness(0, 100)).toBeGreaterThan(brightness(300, 400) + 100);
  expect(brightness(400, 3)).toBe(brightness(3, 400));
});

test("a picture of many marks is painted in slices, each mark once and in order; matrices become pixels when they are painted", () => {
  const painted: number[] = [];
  const context = {
    save() {},
    restore() {},
    fillRect: (x: number) => void painted.push(x),
  } as unknown as CanvasRenderingContext2D;
  const scene = Array.from(
    { length: 5 },
    (_, x) => ({ kind: "rect", x, y: 0, width: 1, height: 1, fill: "red" }) as const,
  );
  expect(paintPart(context, scene, 0, 0)).toBe(1);
  expect(paintPart(context, scene, 1, 0)).toBe(2);
  expect(paintPart(context, scene, 2, Number.POSITIVE_INFINITY)).toBe(5);
  expect(paintPart(context, scene, 5, Number.POSITIVE_INFINITY)).toBe(5);
  expect(painted).toEqual([0, 1, 2, 3, 4]);
  let read = 0;
  const triangle = Float32Array.of(1, 2, 3, 1, 2, 1);
  Object.defineProperty(triangle, Symbol.iterator, {
    value: () => {
      read++;
      return [1, 2, 3, 1, 2, 1][Symbol.iterator]();
    },
  });
  const parts = rdmGrid(
    () => grid({ layers: [{ label: "one", triangle, reason: null, unit: "distance" }] }),
    () => "dark",
  );
  const mark = parts.draw(SIZE, PALETTE, null).find(({ kind }) => kind === "pixels")!;
  expect(read).toBe(0);
  expect(mark).toMatchObject({ columns: 4, rows: 4 });
  expect(read).toBe(1);
});

test("what is long is done in slices of a known length, in order, until it is ended", async () => {
  const done: number[] = [];
  const lengths: number[] = [];
  const turn = () => new Promise((next) => setTimeout(next, 0));
  const work = inSlices(10, 4, (at) => done.push(at));
  for (let k = 0; k < 4; k++) {
    lengths.push(done.length);
    await turn();
  }
  expect(lengths).toEqual([4, 8, 10, 10]);
  expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  work.dispose();
  const other = inSlices(10, 4, (at) => done.push(at));
  other.dispose();
  await turn();
  expect(done).toHaveLength(14);
});

const MAP: ItemMapData = {
  name: "map",
  summary: "Five items.",
  items: ["middle", "east", "west", "north", "south"],
  points: [0, 0, 1, 0, -1, 0, 0, 1, 0, -1],
  kindOf: [0, 0, 1, 1, 1],
  kinds: ["here", "there"],
  picture: () => null,
  chosen: new Set([1]),
  pointed: [3],
};

test("in the plane arrows lead where they point, page keys to every item", () => {
  const parts = itemMap(() => MAP);
  expect(parts.move("ArrowRight", null)).toBe(0);
  expect([..."Right Left Up Down".split(" ")].map((key) => parts.move(`Arrow${key}`, 0))).toEqual([1, 2, 3, 4]);
  expect(parts.move("ArrowRight", 1)).toBe(1);
  expect(parts.move("PageDown", 1)).toBe(2);
  expect(parts.move("End", 1)).toBe(4);
  expect(parts.say(2)).toBe("west (there): -1, 0");
  expect(parts.table().rows[3]).toEqual(["north", "there", "0", "1"]);
});

test("a rectangle takes the items inside, north is up, and choice and pointer are framed", () => {
  const parts = itemMap(() => MAP);
  const half = parts.within!(SIZE, { x: 0, y: 0 }, { x: 600, y: 150 });
  expect(half.map((item) => MAP.items[item])).toEqual(["north"]);
  expect(parts.within!(SIZE, { x: 600, y: 400 }, { x: 0, y: 0 })).toHaveLength(5);
  const frames = parts.over!(SIZE, PALETTE, null).filter((mark) => mark.kind === "rect");
  expect(frames).toHaveLength(2);
  expect(parts.over!(SIZE, PALETTE, 4).filter((mark) => mark.kind === "rect")).toHaveLength(2);
});

test("a drag is a rectangle and no click; Ctrl adds, Shift extends, Space toggles, Escape clears before it leaves", () => {
  const canvas = document.createElement("canvas");
  const told: string[] = [];
  let cursor: number | null = null;
  let chosen = true;
  const input = watchPicture(canvas, {
    at: (x) => Math.floor(x),
    cursor: () => cursor,
    move: (key) => (key === "ArrowRight" ? (cursor ?? -1) + 1 : null),
    setCursor: (part) => {
      cursor = part;
    },
    choose: (part, how) => told.push(`${how} ${part}`),
    all: () => told.push("all"),
    none() {
      const had = chosen;
      chosen = false;
      return had;
    },
    drag: (from, to, ended, more) => told.push(`${ended ? "end" : "drag"} ${from.x}-${to.x}${more ? " more" : ""}`),
  });
  const send = (name: string, x: number, more: object = {}) => {
    const event = new MouseEvent(name, { bubbles: true, button: 0, ...more });
    Object.defineProperties(event, { offsetX: { value: x }, offsetY: { value: 0 }, pointerId: { value: 1 } });
    canvas.dispatchEvent(event);
  };
  for (const name of ["pointermove", "pointerdown", "pointerup", "click"]) send(name, 3);
  expect(told.splice(0)).toEqual(["only 3"]);
  send("click", 3, { ctrlKey: true });
  send("click", 3, { shiftKey: true });
  expect(told.splice(0)).toEqual(["toggle 3", "extend 3"]);
  send("pointerdown", 3);
  send("pointermove", 5);
  send("pointermove", 40);
  send("pointerup", 50, { shiftKey: true });
  send("click", 50);
  expect(told.splice(0)).toEqual(["drag 3-40", "end 3-50 more"]);
  expect(cursor).toBeNull();
  const key = (name: string, more: object = {}) =>
    canvas.dispatchEvent(new KeyboardEvent("keydown", { key: name, ...more }));
  key("ArrowRight");
  key(" ");
  key("Enter", { shiftKey: true });
  key("a", { ctrlKey: true });
  expect(told.splice(0)).toEqual(["toggle 0", "extend 0", "all"]);
  key("Escape");
  expect(cursor).toBe(0);
  key("Escape");
  expect(cursor).toBeNull();
  input.dispose();
  send("click", 3);
  expect(told).toEqual([]);
});

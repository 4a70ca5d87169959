import { expect, test } from "vitest";
import { moveByKey, ROW_HEIGHT, scrollToColumn, scrollToShow, visibleRange } from "./windowing.ts";

test("only the lines on screen and the overscan are kept", () => {
  expect(visibleRange(0, 10 * ROW_HEIGHT, 10_000, 5)).toEqual({ first: 0, end: 15 });
  expect(visibleRange(5000 * ROW_HEIGHT, 10 * ROW_HEIGHT, 10_000, 5)).toEqual({ first: 4995, end: 5015 });
  expect(visibleRange(1e9, 10 * ROW_HEIGHT, 10, 5)).toEqual({ first: 10, end: 10 });
  expect(visibleRange(0, 0, 0)).toEqual({ first: 0, end: 0 });
});

test("scrolling to a line moves as little as needed", () => {
  expect(scrollToShow(3, 0, 10 * ROW_HEIGHT)).toBe(0);
  expect(scrollToShow(0, 100, 10 * ROW_HEIGHT)).toBe(0);
  expect(scrollToShow(10, 0, 10 * ROW_HEIGHT)).toBe(ROW_HEIGHT);
});

test("scrolling to a column brings it out from under the sticky one, or in from the right", () => {
  expect(scrollToColumn({ left: 200, width: 80, sticky: 150 }, 100, 400)).toBe(50);
  expect(scrollToColumn({ left: 500, width: 80, sticky: 150 }, 0, 400)).toBe(180);
  expect(scrollToColumn({ left: 300, width: 80, sticky: 150 }, 20, 400)).toBe(20);
});

test.each([
  ["ArrowDown", false, { row: 6, column: 2 }],
  ["ArrowUp", false, { row: 4, column: 2 }],
  ["ArrowLeft", false, { row: 5, column: 1 }],
  ["Home", false, { row: 5, column: 0 }],
  ["End", false, { row: 5, column: 3 }],
  ["Home", true, { row: 0, column: 0 }],
  ["End", true, { row: 9, column: 3 }],
  ["PageDown", false, { row: 9, column: 2 }],
  ["PageUp", false, { row: 0, column: 2 }],
  ["x", false, null],
])("%s (ctrl %s) leads to %j", (key, ctrl, to) => {
  expect(moveByKey(key, ctrl, { row: 5, column: 2 }, { rows: 10, columns: 4, pageRows: 8 })).toEqual(to);
});

test("above the first line is the header, and there the way ends", () => {
  const size = { rows: 10, columns: 4, pageRows: 8 };
  expect(moveByKey("ArrowUp", false, { row: 0, column: 1 }, size)).toEqual({ row: -1, column: 1 });
  expect(moveByKey("ArrowUp", false, { row: -1, column: 1 }, size)).toEqual({ row: -1, column: 1 });
});

import { expect, test } from "vitest";
import { LinkedItems } from "./linkedItems.ts";

const ORDER = [4, 2, 0, 1, 3];

test("one, one more, all between, a block, and none: every listener hears each of them", () => {
  const items = new LinkedItems();
  let heard = 0;
  const listening = items.onChange(() => heard++);
  items.choose([2], "only", ORDER);
  items.choose([3], "toggle", ORDER);
  expect(items.chosen).toEqual([2, 3]);
  items.choose([2], "only", ORDER);
  items.choose([1], "extend", ORDER);
  expect(items.chosen).toEqual([2, 0, 1]);
  items.choose([4, 2], "toggle", ORDER);
  expect([...items.chosen].sort()).toEqual([0, 1, 2, 4]);
  items.choose([4, 2], "toggle", ORDER);
  expect([...items.chosen].sort()).toEqual([0, 1]);
  items.all(ORDER);
  expect(items.count).toBe(5);
  expect(items.clear()).toBe(true);
  expect(heard).toBe(8);
  expect(items.clear()).toBe(false);
  listening.dispose();
  items.choose([0], "only", ORDER);
  expect(heard).toBe(8);
});

test("a block is one choice and moves the anchor to its end; nothing chosen begins a range where it ends", () => {
  const items = new LinkedItems([1]);
  expect(items.has(1)).toBe(true);
  items.choose([4, 2], "extend", ORDER);
  items.choose([0], "extend", ORDER);
  expect(items.chosen).toEqual([2, 0]);
  const none = new LinkedItems();
  none.choose([3], "extend", ORDER);
  expect(none.chosen).toEqual([3]);
});

test("what is pointed at is told once", () => {
  const items = new LinkedItems();
  let heard = 0;
  items.onChange(() => heard++);
  items.point([1, 2]);
  items.point([1, 2]);
  items.point([]);
  expect(heard).toBe(2);
  expect(items.pointed).toEqual([]);
});

import { expect, test } from "vitest";
import { categoriesOf } from "./categories.ts";

const NAMES = ["cat 1", "cat_02", "dog 1", "dog (2)"];

test("names without their number are kinds where they group the items", () => {
  expect(categoriesOf(NAMES, [], 4, null)).toEqual([
    { name: "names without their number", labels: ["cat", "cat", "dog", "dog"] },
  ]);
  expect(categoriesOf(["a", "b", "c", "d"], [], 4, null)).toEqual([]);
  expect(categoriesOf(["1", "2", "3", "4"], [], 4, null)).toEqual([]);
  expect(categoriesOf(null, [], 4, null)).toEqual([]);
});

test("lists in which words come back are kinds, follow the draw of items, and are told once", () => {
  const lists = [
    { name: "kind", labels: ["pet", "pet", "pet", "wild", "wild", "wild"] },
    { name: "items", labels: ["a", "b", "c", "d", "e", "f"] },
    { name: "short", labels: ["x", "x"] },
  ];
  expect(categoriesOf(null, lists, 6, [0, 1, 4, 5])).toEqual([
    { name: "kind", labels: ["pet", "pet", "wild", "wild"] },
  ]);
  expect(categoriesOf(["pet1", "pet2", "wild1", "wild2"], lists, 6, [0, 1, 4, 5])).toHaveLength(1);
  expect(categoriesOf(null, [{ name: "", labels: ["one", "one", "one"] }], 3, null)).toEqual([]);
});

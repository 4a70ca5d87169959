import { expect, test } from "vitest";
import { ListSelection } from "./listSelection.ts";

const ORDER = ["a", "b", "c", "d", "e"];

test("a range runs from the anchor both ways and is replaced, not added to", () => {
  const selection = new ListSelection<string>();
  selection.only("c");
  selection.extendTo("e", ORDER);
  expect([...selection.keys]).toEqual(["c", "d", "e"]);
  selection.extendTo("a", ORDER);
  expect([...selection.keys]).toEqual(["a", "b", "c"]);
});

test("toggling adds and takes away single lines, and moves the anchor", () => {
  const selection = new ListSelection(["a"]);
  selection.toggle("c");
  selection.toggle("a");
  expect([...selection.keys]).toEqual(["c"]);
  selection.toggle("d");
  selection.extendTo("e", ORDER);
  expect([...selection.keys]).toEqual(["d", "e"]);
});

test("an anchor that was filtered away starts anew where the range was to end", () => {
  const selection = new ListSelection<string>();
  selection.only("b");
  selection.extendTo("d", ["c", "d", "e"]);
  expect([...selection.keys]).toEqual(["d"]);
  selection.all(ORDER);
  expect([...selection.keys]).toEqual(ORDER);
  selection.extendTo("zzz", ORDER);
  expect([...selection.keys]).toEqual(ORDER);
});

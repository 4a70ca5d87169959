import { expect, test } from "vitest";
import { gates, modelOf, tensor } from "./overview.testkit.ts";
import { type LayoutOptions, layoutRows, parentIndex, splitName } from "./tree.ts";

const { items } = modelOf(
  tensor("model/encoder.0.weight", [2, 3]),
  tensor("model/encoder.0.bias", [2]),
  tensor("model/encoder.1.weight", [2, 2]),
  tensor("step", []),
  tensor("lstm.w", [8, 2], { parts: gates(2) }),
);

function lines(more: Partial<LayoutOptions> = {}): string[] {
  const rows = layoutRows(items, { mode: "tree", sort: null, toggled: new Set(), openByDefault: () => true, ...more });
  return rows.map((row) => `${" ".repeat(row.depth)}${row.label}${row.kind === "group" ? ` (${row.tensors})` : ""}`);
}

test("names split after their separators", () => {
  expect(splitName("a/b.c")).toEqual(["a/", "b.", "c"]);
  expect(splitName("...")).toEqual(["..."]);
  expect(splitName("")).toEqual([""]);
  expect(splitName("x.")).toEqual(["x."]);
});

test("the tree counts its tensors, joins chains of only children, and lists parts", () => {
  expect(lines()).toEqual([
    "model/encoder. (3)",
    " 0. (2)",
    "  weight",
    "  bias",
    " 1.weight",
    "step",
    "lstm.w",
    " gate i",
    " gate f",
    " gate g",
    " gate o",
  ]);
});

test("what is toggled differs from the default", () => {
  expect(lines({ toggled: new Set(["model/encoder.", "lstm.w\u0000\u0000"]) })).toEqual([
    "model/encoder. (3)",
    "step",
    "lstm.w",
  ]);
  expect(lines({ openByDefault: (depth) => depth === 0, toggled: new Set(["model/encoder.0."]) }).slice(0, 5)).toEqual([
    "model/encoder. (3)",
    " 0. (2)",
    "  weight",
    "  bias",
    " 1.weight",
  ]);
});

test("the flat list has whole names and parts under them", () => {
  expect(lines({ mode: "flat", toggled: new Set(["lstm.w\u0000\u0000"]) })).toEqual([
    "model/encoder.0.weight",
    "model/encoder.0.bias",
    "model/encoder.1.weight",
    "step",
    "lstm.w",
  ]);
});

test("sorting keeps groups together", () => {
  expect(lines({ sort: { column: "parameters", direction: "descending" } }).slice(0, 3)).toEqual([
    "lstm.w",
    " gate i",
    " gate f",
  ]);
});

test("the parent of a line is the nearest shallower one above", () => {
  const rows = layoutRows(items, { mode: "tree", sort: null, toggled: new Set(), openByDefault: () => true });
  expect([parentIndex(rows, 3), parentIndex(rows, 1), parentIndex(rows, 0)]).toEqual([1, 0, -1]);
});

test("names nested thousands deep neither overflow nor take long", () => {
  const deep = Array.from({ length: 2000 }, (_, i) => tensor(`${"a.".repeat(i)}w`, [1]));
  const rows = layoutRows(modelOf(...deep.slice(-20)).items, {
    mode: "tree",
    sort: null,
    toggled: new Set(),
    openByDefault: () => true,
  });
  expect(rows.filter(({ kind }) => kind === "item")).toHaveLength(20);
});

test("in the file's order, the layers of a list stand by their numbers", () => {
  const { items: listed } = modelOf(
    ...["h.10.w", "h.2.w", "h.0.w", "h.0.b", "z", "a"].map((name) => tensor(name, [1])),
  );
  const rows = layoutRows(listed, { mode: "tree", sort: null, toggled: new Set(), openByDefault: () => true });
  expect(rows.map(({ label }) => label)).toEqual(["h.", "0.", "w", "b", "2.w", "10.w", "z", "a"]);
});

import { expect, test } from "vitest";
import { labelsOfLength, readLabelFile } from "./labels.ts";

test.each([
  ["a list", '["a", "b"]', [{ name: "", labels: ["a", "b"] }]],
  ["numbers as names", "[1, 2]", [{ name: "", labels: ["1", "2"] }]],
  [
    "a record of lists, what is none left out",
    '{"items": ["x"], "properties": ["p", "q"], "version": 3}',
    [
      { name: "items", labels: ["x"] },
      { name: "properties", labels: ["p", "q"] },
    ],
  ],
  ["names by number, in any order", '{"1": "dog", "0": "cat"}', [{ name: "", labels: ["cat", "dog"] }]],
  [
    "id2label inside a config",
    '{"id2label": {"0": "no", "1": "yes"}, "hidden": 8}',
    [{ name: "id2label", labels: ["no", "yes"] }],
  ],
  ["a gap in the numbers", '{"0": "a", "2": "c"}', []],
  ["lists of lists", "[[1]]", []],
  ["a number", "3", []],
] as const)("%s", (_, text, lists) => {
  expect(readLabelFile(text, "labels.json")).toEqual(lists);
});

test("a text has one name a line", () => {
  expect(readLabelFile("cat\r\ndog\n\n", "labels.txt")).toEqual([{ name: "", labels: ["cat", "dog"] }]);
  expect(readLabelFile("", "labels.txt")).toEqual([]);
});

test.each([
  [
    "columns under their headings, of unequal length",
    'items,properties\nCanary,Grow\n"Oak, old",Move\n,Fly\n',
    [
      { name: "items", labels: ["Canary", "Oak, old"] },
      { name: "properties", labels: ["Grow", "Move", "Fly"] },
    ],
  ],
  ["numbers beside names", "id,label\n0,cat\n1,dog\n", [{ name: "label", labels: ["cat", "dog"] }]],
  ["one column with a heading", "class\r\ncat\r\ndog", [{ name: "class", labels: ["cat", "dog"] }]],
  ["one column of names alone", "cat\ndog\n", [{ name: "", labels: ["cat", "dog"] }]],
  ["quotes in quotes", 'names\n"say ""hi"""\n', [{ name: "names", labels: ['say "hi"'] }]],
  ["nothing", "", []],
] as const)("CSV: %s", (_, text, lists) => {
  expect(readLabelFile(text, "labels.csv")).toEqual(lists);
});

test("TSV has tabs between its columns", () => {
  expect(readLabelFile("items\trows\na, b\tc\n", "names.tsv")).toEqual([
    { name: "items", labels: ["a, b"] },
    { name: "rows", labels: ["c"] },
  ]);
});

test("broken JSON is said by name", () => {
  expect(() => readLabelFile("{", "labels.json")).toThrow(/labels\.json is no JSON/);
});

test("of two lists of one length the preferred key decides, or neither", () => {
  const lists = [
    { name: "items", labels: ["a", "b"] },
    { name: "properties", labels: ["p", "q"] },
    { name: "other", labels: ["z"] },
  ];
  expect(labelsOfLength(lists, 2, ["items"])?.labels).toEqual(["a", "b"]);
  expect(labelsOfLength(lists, 2, ["inputs"])).toBeNull();
  expect(labelsOfLength(lists, 1, ["items"])?.name).toBe("other");
  expect(labelsOfLength(lists, 9, [])).toBeNull();
});

test("two lists that say the same are one, two that differ are none", () => {
  const one = { name: "a", labels: ["x", "y"] };
  expect(labelsOfLength([one, { name: "b", labels: ["x", "y"] }], 2, [])).toBe(one);
  expect(labelsOfLength([one, { name: "b", labels: ["x", "z"] }], 2, [])).toBeNull();
});

import { expect, test } from "vitest";
import type { MetadataValue } from "../types.ts";
import { classNames } from "./classNames.ts";

const read = async (key: string, value: MetadataValue) => classNames([[key, value]])[0]?.load();

test.each([
  ["a list in JSON", '["cat", "dog"]'],
  ["indices in JSON", '{"0": "cat", "1": "dog"}'],
  ["a Python dictionary", "{0: 'cat', 1: \"dog\"}"],
  ["a Python list", "['cat', 'dog']"],
  ["commas", "cat, dog"],
  ["lines", "cat\ndog"],
])("%s", async (_, text) => {
  expect(await read("names", text)).toEqual(["cat", "dog"]);
});

test("data as they are, quotes within quotes", async () => {
  expect(await read("classes", ["cat", "dog"])).toEqual(["cat", "dog"]);
  expect(await read("id2label", { 1: "dog", 0: "cat" })).toEqual(["cat", "dog"]);
  expect(await read("names", "{0: 'cat\\'s', 1: 'd,o:g'}")).toEqual(["cat's", "d,o:g"]);
});

test.each([
  ["a single word", "names", "cat"],
  ["a gap in the indices", "names", "{0: 'cat', 2: 'dog'}"],
  ["numbers", "classes", "[1, 2]"],
  ["code", "names", "__import__('os'), (0: 'x')"],
  ["an index of a billion", "names", '{"1000000000": "x"}'],
  ["another key", "author", "cat, dog"],
  ["braces without end", "names", "{".repeat(100_000)],
])("%s gives no names", async (_, key, value) => {
  const names = await read(key, value);
  expect(names === undefined || !names.includes("os")).toBe(true);
  if (key !== "names" || !value.includes("__import__")) expect(names).toBeUndefined();
});

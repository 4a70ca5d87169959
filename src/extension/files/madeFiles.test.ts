import { expect, test } from "vitest";
import { checkedFiles } from "./madeFiles.ts";

const bytes = new Uint8Array(3);

test("plain names with their bytes pass", () => {
  const files = [
    { name: "step-0000.safetensors", bytes },
    { name: "data.csv", bytes },
  ];
  expect(checkedFiles(files)).toEqual(files);
});

test.each([
  ["..", "not plain"],
  ["../up", "not plain"],
  ["a/b", "not plain"],
  ["a\\b", "not plain"],
  ["c:x", "not plain"],
  [".hidden", "not plain"],
  ["", "not plain"],
  ["a\0b", "not plain"],
  ["x".repeat(101), "not plain"],
])("the name %j is refused", (name, why) => {
  expect(() => checkedFiles([{ name, bytes }])).toThrow(why);
});

test.each([
  [null, "a list of 1 to 1000"],
  [[], "a list of 1 to 1000"],
  [Array.from({ length: 1001 }, (_, k) => ({ name: `f${k}`, bytes })), "a list of 1 to 1000"],
  [[{ name: "a", bytes: "text" }], "a has no bytes"],
  [[{ name: "a", bytes: { byteLength: 3 } }], "a has no bytes"],
  [
    [
      { name: "a", bytes },
      { name: "A", bytes },
    ],
    "A comes twice",
  ],
  [[{ name: "a", bytes: new Uint8Array(129 * 2 ** 20) }], "more than 128 MiB"],
])("what is no list of files is refused: %#", (files, why) => {
  expect(() => checkedFiles(files)).toThrow(why);
});

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import { noSiblings } from "../_shared/fixtures.testkit.ts";
import { openCheckpoint } from "../sniff.ts";
import { tableFormat } from "./index.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const open = (text: string, name = "world.csv") =>
  openCheckpoint(memorySource(bytes(text), `file:///folder/${name}`), name, noSiblings);

async function valuesOf(text: string, name?: string) {
  const { checkpoint } = await open(text, name);
  const [tensor] = checkpoint.tensors;
  return { checkpoint, tensor, values: Array.from(await checkpoint.read(tensor!.name, 0, tensor!.elements)) };
}

test("the sample world: four items, seven properties, both sides labelled", async () => {
  const text = readFileSync(new URL("../../../samples/toy-world/four-items/data.csv", import.meta.url), "utf8");
  const { checkpoint, tensor, values } = await valuesOf(text, "data.csv");
  expect(tensor).toMatchObject({ name: "data", shape: [4, 7], dtype: "f64", elements: 28 });
  expect(checkpoint.axisLabels?.data).toEqual([
    ["Canary", "Salmon", "Oak", "Rose"],
    ["Grow", "Move", "Fly", "Swim", "Roots", "Bark", "Petals"],
  ]);
  expect(values.slice(0, 7)).toEqual([1, 1, 1, 0, 0, 0, 0]);
  expect(values.reduce((sum, value) => sum + value, 0)).toBe(12);
});

test.each([
  ["tabs", "a\tb\n1\t2\n3\t4\n"],
  ["semicolons", "a;b\n1;2\n3;4"],
  ["a byte order mark and Windows line ends", "\ufeffa,b\r\n1,2\r\n3,4\r\n\r\n"],
  ["blanks around cells", "a , b\n 1, 2 \n3 ,4"],
])("%s", async (_, text) => {
  const { checkpoint, values } = await valuesOf(text);
  expect(values).toEqual([1, 2, 3, 4]);
  expect(checkpoint.axisLabels?.world).toEqual([null, ["a", "b"]]);
});

test("no heading, exponents, signs, infinities and truth values", async () => {
  const { checkpoint, values } = await valuesOf("1e-3,-2.5,.5\n+4,true,-inf\n");
  expect(values).toEqual([0.001, -2.5, 0.5, 4, 1, Number.NEGATIVE_INFINITY]);
  expect(checkpoint.axisLabels?.world).toEqual([null, null]);
});

test("numbers under the heading `id` are labels; quotes hold separators, quotes and line ends", async () => {
  const { checkpoint, values } = await valuesOf('id,"x, y","say ""hi"""\n7,1,2\n8,3,4\n');
  expect(checkpoint.axisLabels?.world).toEqual([
    ["7", "8"],
    ["x, y", 'say "hi"'],
  ]);
  expect(values).toEqual([1, 2, 3, 4]);
});

test("missing cells are NaN and counted; a column of text is left out by name", async () => {
  const { checkpoint, values } = await valuesOf("item,a,kind,b\nCat,1,animal,\nOak,NA,plant,4\n");
  expect(values).toEqual([1, Number.NaN, Number.NaN, 4]);
  expect(checkpoint.findings[0]?.message).toMatch(/^2 cells/);
  expect(checkpoint.skipped).toEqual([{ name: "kind", reason: expect.stringMatching(/holds text/) }]);
  expect(checkpoint.axisLabels?.world?.[1]).toEqual(["a", "b"]);
});

test("a ragged line beyond the head is refused with its number", async () => {
  const lines = Array.from({ length: 3000 }, (_, i) => `row${i},1,2`);
  lines[2500] = "row2500,1";
  await expect(open(`item,a,b\n${lines.join("\n")}`)).rejects.toMatchObject({
    code: "bad-format",
    message: expect.stringMatching(/Line 2502 has 2 cells, the first line has 3/),
  });
});

test.each([
  ["prose", "Hello, this is my model,\nand these are its words, all.\n"],
  ["source code", "import torch, sys\nprint(torch, 1)\n"],
  ["JSON", '{"a": 1,\n "b": 2}\n'],
  ["one line", "1,2,3\n"],
  ["one column", "1\n2\n3\n"],
  ["a NUL", "a,b\n1,2\n\0"],
  ["bytes that are no UTF-8", `a,b\n1,2\n\xff`],
])("%s is no table", (_, text) => {
  const head = Uint8Array.from(text, (character) => character.charCodeAt(0));
  expect(tableFormat.sniff({ head, name: "x.csv", size: head.length })).toBe(false);
});

test("a head that ends within a character or a line is still a table", () => {
  const all = bytes(`Wörter,a,b\n${"Äpfel,1,2\n".repeat(600)}`);
  for (let length = 4090; length <= 4096; length++)
    expect(tableFormat.sniff({ head: all.subarray(0, length), name: "x", size: all.length })).toBe(true);
});

test("mutated tables give a table or a typed error", async () => {
  const good = bytes("item,a,b\nCat,1,2\nOak,3,4\n");
  for (let seed = 0; seed < 2000; seed++) {
    const mutated = good.slice(0, good.length - (seed % 7));
    mutated[(seed * 13) % mutated.length] = (seed * 101) & 255;
    const outcome = await openCheckpoint(memorySource(mutated, "file:///f/x.csv"), "x.csv", noSiblings).then(
      () => "opened",
      (error: { code?: string }) => error.code,
    );
    expect(["opened", "bad-format", "unknown-format", "unsupported"]).toContain(outcome);
  }
});

const NUMBERS = [1, 0, 0.5, 1, Number.NaN, 1];
test.each([
  ["records", '[{"item":"a","x":1,"y":false},{"item":"b","x":0.5,"y":true},{"y":1,"item":"c"}]', ["a", "b", "c"]],
  ["records by name", '{"a":{"x":1,"y":0},"b":{"x":0.5,"y":1},"c":{"x":null,"y":1}}', ["a", "b", "c"]],
  ["parts", '{"items":["a","b","c"],"properties":["x","y"],"values":[[1,0],[0.5,1],[null,1]]}', ["a", "b", "c"]],
])("JSON: %s", async (_, text, names) => {
  const { checkpoint, values } = await valuesOf(text, "world.table.json");
  expect(values).toEqual(NUMBERS);
  expect(checkpoint.axisLabels?.world).toEqual([names, ["x", "y"]]);
});

test("JSON: bare rows have no names, and a second column of text is left out by name", async () => {
  const bare = await valuesOf("[[1, 2],\n [3, 4]]", "world.json");
  expect(bare.checkpoint.axisLabels?.world).toEqual([null, null]);
  const { checkpoint } = await valuesOf('[{"name":"a","kind":"animal","x":1},{"name":"b","kind":"plant","x":2}]');
  expect(checkpoint.skipped[0]).toMatchObject({ name: "kind" });
});

test.each([
  ["a broken end", '[{"item":"a","x":1}', /is no JSON/],
  ["ragged rows", "[[1,2],[3]]", /Row 1 has 1 values, the first has 2/],
  ["names that are too few", '{"items":["a"],"values":[[1],[2]]}', /1 names for 2 rows/],
  ["a list inside a record", '[{"item":"a","x":1},{"item":"b","x":[2]}]', /\[2\] is no number/],
  ["something among records", '[{"item":"a","x":1},7]', /Entry 1 is no record/],
])("JSON with %s is refused in words", async (_, text, message) => {
  await expect(open(text)).rejects.toMatchObject({ code: "bad-format", message: expect.stringMatching(message) });
});

test.each([
  ["an index of shards", '{"metadata":{"total_size":1},"weight_map":{"a":"b"}}'],
  ["a manifest of weights", '[{"paths":["a"],"weights":[]}]'],
  ["settings", '{"name":"modescope","version":"1"}'],
])("JSON: %s is no table", (_, text) => {
  const head = bytes(text);
  expect(tableFormat.sniff({ head, name: "x.json", size: head.length })).toBe(false);
});

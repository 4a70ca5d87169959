import { expect, test } from "vitest";
import { bytesText, numberText, textTable } from "./table.ts";

const COLUMNS = [{ title: "tensor" }, { title: "elements", right: true }, { title: "mean", right: true }];
const ROWS = [["encoder.layers.0.self_attention.query.weight", "4096", "-0.0031"]];

test("all columns where there is room, and in a file or a pipe", () => {
  for (const width of [null, 200])
    expect(textTable(COLUMNS, ROWS, width).split("\n")).toEqual([
      "tensor                                        elements     mean",
      "--------------------------------------------  --------  -------",
      "encoder.layers.0.self_attention.query.weight      4096  -0.0031",
    ]);
});

test.each([10, 24, 32, 40, 50, 62])("at %i columns no line is cut by the terminal", (width) => {
  const lines = textTable(COLUMNS, ROWS, width).split("\n");
  for (const line of lines.slice(0, 3)) expect(line.length).toBeLessThanOrEqual(Math.max(width, 20));
  expect(lines[2]).toContain("…");
  expect(lines[2]).toMatch(/^encoder/);
});

test("columns that have no room are named", () => {
  expect(textTable(COLUMNS, ROWS, 32)).toContain("no room for: mean");
});

test("a name cannot steer the terminal", () => {
  const lines = textTable(COLUMNS, [["a\x1b]0;owned\x07b\r\nc", "1", "2"]]).split("\n");
  expect(lines.length).toBe(3);
  for (const control of ["\x1b", "\x07", "\r"]) expect(lines[2]).not.toContain(control);
});

test("sizes and numbers", () => {
  expect([0, 1023, 1536, 2 ** 40].map(bytesText)).toEqual(["0 B", "1023 B", "1.5 KiB", "1.0 TiB"]);
  expect([null, 0.1 + 0.2, Number.NaN, -Infinity].map(numberText)).toEqual(["", "0.3", "NaN", "-Infinity"]);
});

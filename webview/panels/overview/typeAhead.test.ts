import { expect, test } from "vitest";
import { TypeAhead } from "./typeAhead.ts";

const LABELS = ["encoder", "embedding", "decoder", "embed_positions", "Enc"];
const labels = { length: LABELS.length, at: (index: number) => LABELS[index] ?? "" };

test("a word grows letter by letter and stays on a line that still fits", () => {
  const typing = new TypeAhead();
  expect(typing.find("e", 0, labels, -1)).toBe(0);
  expect(typing.find("m", 100, labels, 0)).toBe(1);
  expect(typing.find("b", 200, labels, 1)).toBe(1);
  expect(typing.find("x", 300, labels, 1)).toBeNull();
});

test("the same letter walks on and around; a pause begins a new word", () => {
  const typing = new TypeAhead();
  expect(typing.find("e", 0, labels, 0)).toBe(1);
  expect(typing.find("e", 100, labels, 1)).toBe(3);
  expect(typing.find("e", 200, labels, 3)).toBe(4);
  expect(typing.find("e", 300, labels, 4)).toBe(0);
  expect(typing.find("d", 5_000, labels, 0)).toBe(2);
  expect(typing.find("D", 10_000, labels, 2)).toBe(2);
});

test("an empty table has nowhere to go", () => {
  expect(new TypeAhead().find("a", 0, { length: 0, at: () => "" }, -1)).toBeNull();
});

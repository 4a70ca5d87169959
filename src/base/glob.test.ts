import { expect, test } from "vitest";
import { globMatcher } from "./glob.ts";

test.each([
  ["*", "anything", true],
  ["layer.*.weight", "layer.3.weight", true],
  ["layer.*.weight", "layer.3.bias", false],
  ["layer.?.weight", "layer.12.weight", false],
  ["*weight", "a.weight.weight", true],
  ["a+b", "a+b", true],
  ["", "", true],
  ["", "a", false],
])("%s against %s is %s", (pattern, name, matches) => {
  expect(globMatcher(pattern)(name)).toBe(matches);
});

test("a pattern that would take a backtracking matcher for ever ends", () => {
  expect(globMatcher(`${"*a".repeat(60)}b`)("a".repeat(5_000))).toBe(false);
});

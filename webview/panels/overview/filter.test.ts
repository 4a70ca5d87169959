import { expect, test } from "vitest";
import { compileFilter, wholeMatcher } from "./filter.ts";
import { done, finding, gates, lintResult, modelOf, statistics, tensor, weight } from "./overview.testkit.ts";

const model = modelOf(
  tensor("encoder.0.weight", [200, 30]),
  tensor("encoder.0.bias", [200]),
  tensor("decoder.weight", [10, 20], { dtype: "f16" }),
  tensor("lstm.weight_hh", [8, 2], { parts: gates(2) }),
);
model.apply("statistics", [
  done("decoder.weight", statistics({ std: 0.001 })),
  done("encoder.0.weight", statistics({ std: 0.5, nan: 2 })),
  done("lstm.weight_hh", statistics({ std: 9 }), 3),
]);

model.applyLint(
  lintResult({
    findings: [finding("encoder.0.weight", "MF010", "warning"), finding("lstm.weight_hh", "MF009", "error", 2)],
    weights: [weight("decoder.weight")],
  }),
);

function names(text: string, role = ""): string[] {
  return model.items.filter(compileFilter({ text, role })).map((item) => item.tensor.name);
}

test.each([
  ["", 4],
  ["ENCODER", 2],
  ["enc weight", 1],
  ["-encoder", 2],
])("%j leaves %i of four", (text, count) => {
  expect(names(text)).toHaveLength(count);
});

test.each([
  ["*.weight", ["encoder.0.weight", "decoder.weight"]],
  ["encoder.?.bias", ["encoder.0.bias"]],
  ["role:bias", ["encoder.0.bias"]],
  ["dtype:f16", ["decoder.weight"]],
  ["dtype:f*  rows>100", ["encoder.0.weight"]],
  ["rows>=10 cols<=20", ["decoder.weight"]],
  ["params>1k", ["encoder.0.weight"]],
  ["std<1e-2", ["decoder.weight"]],
  ["nan>0", ["encoder.0.weight"]],
  ["std>5", ["lstm.weight_hh"]],
  ["std>5 gate", ["lstm.weight_hh"]],
  ["rows=2", ["lstm.weight_hh"]],
  ["findings>0", ["encoder.0.weight", "lstm.weight_hh"]],
  ["errors>0", ["lstm.weight_hh"]],
  ["origin:trained", ["decoder.weight"]],
  ["bogus>3", []],
  ["constructor>3", []],
])("%j finds %j", (text, expected) => {
  expect(names(text)).toEqual(expected);
});

test("the role choice joins the text", () => {
  expect(names("encoder", "bias")).toEqual(["encoder.0.bias"]);
  expect(names("decoder", "bias")).toEqual([]);
});

test("a number that is not there yet passes no comparison", () => {
  expect(names("std>=0")).not.toContain("encoder.0.bias");
  expect(names("std<0")).toEqual([]);
});

test("glob: whole text, backtracking, and no explosion", () => {
  expect(wholeMatcher("a*b*c")("aXbXbc")).toBe(true);
  expect(wholeMatcher("a*b")("aXbX")).toBe(false);
  expect(wholeMatcher("")("")).toBe(true);
  expect(wholeMatcher("?")("")).toBe(false);
  const before = performance.now();
  expect(wholeMatcher(`${"*a".repeat(40)}b`)("a".repeat(4000))).toBe(false);
  expect(performance.now() - before).toBeLessThan(500);
});

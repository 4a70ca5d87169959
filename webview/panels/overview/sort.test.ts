import { expect, test } from "vitest";
import { columnById } from "./columns.ts";
import { done, finding, gates, lintResult, modelOf, statistics, tensor, weight } from "./overview.testkit.ts";
import { nextSort, type Sort, sortBy } from "./sort.ts";

const model = modelOf(
  tensor("layer.10", [3]),
  tensor("layer.2", [5]),
  tensor("fused", [8, 2], { parts: gates(2) }),
  tensor("nan", [4]),
  tensor("open", [4]),
);
model.apply("statistics", [
  done("layer.10", statistics({ mean: 1 })),
  done("layer.2", statistics({ mean: 2 })),
  done("nan", statistics({ mean: Number.NaN })),
  done("fused", statistics({ mean: -9 }), 0),
  done("fused", statistics({ mean: 8 }), 1),
]);
const entries = model.items.map((item) => ({ label: item.tensor.name, items: [item] }));

function order(sort: Sort | null): string[] {
  return sortBy(entries, sort).map(({ label }) => label);
}

test("names sort as people count", () => {
  expect(order({ column: "name", direction: "ascending" })).toEqual(["fused", "layer.2", "layer.10", "nan", "open"]);
});

test("missing numbers and NaN come last both ways, in the file's order; a fused tensor stands by its best part", () => {
  expect(order({ column: "mean", direction: "descending" })).toEqual(["fused", "layer.2", "layer.10", "nan", "open"]);
  expect(order({ column: "mean", direction: "ascending" })).toEqual(["fused", "layer.10", "layer.2", "nan", "open"]);
});

test("no sort, or an unknown column, is the file's order", () => {
  const file = ["layer.10", "layer.2", "fused", "nan", "open"];
  expect(order(null)).toEqual(file);
  expect(order({ column: "gone", direction: "ascending" })).toEqual(file);
});

test("parameters of a group are their sum", () => {
  const groups = [
    { label: "small", items: model.items.slice(0, 2) },
    { label: "large", items: model.items.slice(2, 3) },
  ];
  expect(sortBy(groups, { column: "parameters", direction: "descending" }).map(({ label }) => label)).toEqual([
    "large",
    "small",
  ]);
});

test("a header goes through its two directions and back", () => {
  const mean = columnById("mean");
  if (mean === undefined) throw new Error("there is a mean");
  const first = nextSort(null, mean);
  const second = nextSort(first, mean);
  expect([first?.direction, second?.direction, nextSort(second, mean)]).toEqual(["descending", "ascending", null]);
});

test("findings sort by the worst, then by how many; origins say their evidence beside their word", () => {
  const linted = modelOf(...["two", "one", "error", "none"].map((name) => tensor(name, [4, 3])));
  linted.applyLint(
    lintResult({
      findings: [
        finding("two", "MF010", "warning"),
        finding("two", "MF010", "warning"),
        finding("one", "MF010", "warning"),
        finding("error", "MF022", "error"),
      ],
      weights: [weight("none")],
    }),
  );
  const lines = linted.items.map((item) => ({ label: item.tensor.name, items: [item] }));
  const sorted = sortBy(lines, { column: "findings", direction: "descending" }).map(({ label }) => label);
  expect(sorted).toEqual(["error", "two", "one", "none"]);
  const origin = columnById("origin")?.cell(linted.items[3]!, 4);
  expect(origin).toMatchObject({
    text: "trained",
    title: "rows differ in size\nσ_w² = 2 ± 0.1; ReLU follows (the file's graph) and needs σ_w² = 2\nrank 2 of 3",
  });
});

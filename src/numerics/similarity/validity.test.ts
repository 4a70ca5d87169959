// The conditions under which each measure says nothing, measure by measure: refused by name, and only then.
import { describe, expect, test } from "vitest";
import { condition, gaussian, OPTIONS } from "./fixture.testkit.ts";
import type { Matrix64 } from "./matrix.ts";
import { COMPARISONS, MEASURES, type Measure, type MeasureOptions, pairTable, traitsOf } from "./measures.ts";
import type { Condition } from "./refusal.ts";

type Outcome = Condition | "a number";

const N = 24;
const narrow = gaussian(N, 5, 1);
const changed = (x: Matrix64, value: (i: number, j: number, old: number) => number): Matrix64 => ({
  ...x,
  data: x.data.map((old, at) => value(Math.floor(at / x.columns), at % x.columns, old)),
});

/** What may be wrong with the second of two representations. */
const CASES = {
  "p = n − 1": gaussian(N, N - 1, 2),
  "p ≥ n": gaussian(N, 60, 3),
  "the same for every item": changed(gaussian(N, 5, 4), () => 3),
  "one dimension that is constant": changed(gaussian(N, 5, 5), (_, j, old) => (j === 2 ? 7 : old)),
  "one item that is the same in every dimension": changed(gaussian(N, 5, 6), (i, _, old) => (i === 4 ? 1.5 : old)),
  "most items the same": changed(gaussian(N, 5, 7), (i, j, old) => (i < N - 4 ? j : old)),
  "another number of items": gaussian(N - 2, 5, 8),
} as const;

const number = "a number";
/** By case: what every measure answers, and which answer otherwise. RSA is on correlation distances by Spearman. */
const EXPECTED: Readonly<Record<keyof typeof CASES, { all: Outcome } & Partial<Record<Measure, Outcome>>>> = {
  "p = n − 1": {
    all: number,
    cca: "too-many-dimensions",
    pwcca: "too-many-dimensions",
    "partial-alpha": "too-many-dimensions",
    svcca: "too-many-dimensions",
  },
  "p ≥ n": {
    all: number,
    cca: "too-many-dimensions",
    pwcca: "too-many-dimensions",
    "partial-alpha": "too-many-dimensions",
    svcca: "too-many-dimensions",
  },
  "the same for every item": { all: "degenerate" },
  "one dimension that is constant": { all: number },
  "one item that is the same in every dimension": { all: number, rsa: "degenerate" },
  "most items the same": { all: number, "rbf-cka": "degenerate" },
  "another number of items": { all: "items-differ" },
};

/** α = 0 and all of the variance: where the conditions of CCA hold for them, too. */
const options: MeasureOptions = { ...OPTIONS, distance: "correlation", alpha: 0, share: 1, batch: 8 };
const outcome = (measure: Measure, second: Matrix64, more: Partial<MeasureOptions> = {}): Outcome => {
  let value = Number.NaN;
  const refused = condition(() => {
    value = pairTable(measure, [{ values: narrow }, { values: second }], null, { ...options, ...more }).value(0, 1);
  });
  if (refused !== undefined) return refused as Condition;
  expect(Number.isFinite(value), `${measure}: ${value}`).toBe(true);
  return number;
};

describe.each(Object.keys(CASES) as (keyof typeof CASES)[])("%s", (name) => {
  const { all, ...otherwise } = EXPECTED[name];
  test.each(MEASURES)("%s", (measure) => {
    expect(outcome(measure, CASES[name])).toBe(otherwise[measure] ?? all);
  });
});

test.each(MEASURES)("%s: one item fewer than it needs is refused, as many as it needs give a number", (measure) => {
  const least = traitsOf(measure).leastItems;
  const some = (count: number) => {
    const items = Int32Array.from({ length: count }, (_, k) => 2 * k);
    const layers = [gaussian(N, 2, 11), gaussian(N, 2, 12)].map((values) => ({ values }));
    return pairTable(measure, layers, items, { ...options, batch: 4, distance: "euclidean" });
  };
  expect(condition(() => some(least - 1))).toBe("too-few-items");
  expect(Number.isFinite(some(least).value(0, 1))).toBe(true);
});

test.each(MEASURES)("%s: NaN and infinities are refused with their place", (measure) => {
  for (const hole of [Number.NaN, Number.POSITIVE_INFINITY])
    expect(() =>
      outcome(
        measure,
        changed(narrow, (i, j, old) => (i === 3 && j === 2 ? hole : old)),
      ),
    ).toThrow(/row 3, column 2/);
});

test.each(["mahalanobis", "crossnobis"] as const)(
  "%s distances of what was measured once are those without noise, by name",
  (distance) => {
    // A network has no noise of measurement: the study says so in a note; by itself the distance is refused.
    expect(outcome("rsa", gaussian(N, 5, 9), { distance })).toBe(number);
  },
);

test.each(COMPARISONS.filter((one) => one !== "cosine" && one !== "whitened-cosine"))(
  "%s: distances that rounding alone tells apart have no shape to compare",
  (comparison) => {
    const data = Float64Array.from({ length: 36 }, (_, k) => (k % 7 === 0 ? 1.1 : 0.3));
    const layers = [{ values: { rows: 6, columns: 6, data } }, { values: gaussian(6, 4, 13) }];
    const table = pairTable("rsa", layers, null, { ...options, comparison, distance: "euclidean" });
    expect(condition(() => table.value(0, 1))).toBe("degenerate");
  },
);

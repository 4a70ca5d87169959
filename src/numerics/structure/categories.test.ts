import { expect, test } from "vitest";
import { NEVER_CANCELLED } from "../../base/cancel.ts";
import { Random } from "../random.ts";
import { averageLinkage } from "../trees/averageLinkage.ts";
import { multifurcate } from "../trees/multifurcate.ts";
import { levelsOf } from "./basicLevel.ts";
import { blockOf, coherenceOf } from "./coherence.ts";
import { groupsOf, sampleOf } from "./kMeans.ts";

test.each([
  {
    p: 0.7,
    q: 0.1,
    kf: 40,
    ko: 40,
    nf: 1600,
    no: 1600,
    c: 4,
    theta: 2,
    threshold: 1,
    items: 0.75,
    properties: 0.75,
    out: 2.5,
  },
  { p: 0.7, q: 0.1, kf: 20, ko: 20, nf: 1600, no: 1600, c: 1, theta: 1, threshold: 1, items: 0, properties: 0, out: 2 },
  {
    p: 0.8,
    q: 0.2,
    kf: 100,
    ko: 50,
    nf: 2000,
    no: 1000,
    c: 7.954951288348659,
    theta: 2.371708245126285,
    threshold: 0.8408964152537145,
    items: 0.9038548752834468,
    properties: 0.8356394129979037,
    out: 2.685868367751646,
  },
])("coherence of a block, p $p, q $q, $ko × $kf of $no × $nf", (one) => {
  const block = {
    inside: one.p,
    outside: one.q,
    items: one.ko,
    properties: one.kf,
    allItems: one.no,
    allProperties: one.nf,
  };
  const found = coherenceOf(block);
  expect(found.coherence).toBeCloseTo(one.c, 12);
  expect(found.strength).toBeCloseTo(one.theta, 12);
  expect(found.threshold).toBeCloseTo(one.threshold, 12);
  expect(found.itemOverlap).toBeCloseTo(one.items, 9);
  expect(found.propertyOverlap).toBeCloseTo(one.properties, 9);
  expect(found.outlier).toBeCloseTo(one.out, 9);
  // Items and properties exchanged are the same block seen from the other side.
  const turned = coherenceOf({ ...block, items: one.kf, properties: one.ko, allItems: one.nf, allProperties: one.no });
  expect(turned.itemOverlap).toBeCloseTo(found.propertyOverlap, 12);
});

test("a table without noise is coherent without bound, one without a difference not at all", () => {
  const block = { inside: 1, outside: 0, items: 2, properties: 2, allItems: 8, allProperties: 9 };
  expect(coherenceOf(block)).toMatchObject({ coherence: Number.POSITIVE_INFINITY, itemOverlap: 1, propertyOverlap: 1 });
  expect(coherenceOf({ ...block, inside: 0 }).coherence).toBe(0);
});

test("the block of a planted category is found, and its coherence to a tenth", () => {
  const [items, properties, size, own] = [400, 500, 40, 50];
  const random = new Random(11);
  const inside = new Float64Array(properties);
  const totals = new Float64Array(properties);
  for (let m = 0; m < properties; m++)
    for (let i = 0; i < items; i++) {
      const one = random.uniform() < (i < size && m < own ? 0.7 : 0.1) ? 1 : 0;
      totals[m] = totals[m]! + one;
      if (i < size) inside[m] = inside[m]! + one;
    }
  const { block, properties: named } = blockOf(inside, totals, size, items);
  const planted = coherenceOf({
    inside: 0.7,
    outside: 0.1,
    items: size,
    properties: own,
    allItems: items,
    allProperties: properties,
  });
  expect(Math.abs(coherenceOf(block).coherence / planted.coherence - 1)).toBeLessThan(0.1);
  expect(named.filter((m) => m < own).length).toBe(own);
  expect(named.length).toBeLessThanOrEqual(own + 5);
});

test("levels of a tree of flips: the eigenvalues of the theory, falling with every level", () => {
  const n = 8;
  const q = [0.262144, 0.4096, 0.64, 1];
  const overlap = (i: number, j: number) => {
    let level = 3;
    for (let [a, b] = [i, j]; a !== b; [a, b] = [a >> 1, b >> 1]) level--;
    return q[level]!;
  };
  const s = Float64Array.from({ length: n * n }, (_, at) => overlap(Math.floor(at / n), at % n));
  const d = Float64Array.from(s, (value) => Math.sqrt(2 - 2 * value));
  const levels = levelsOf(multifurcate(averageLinkage(d, n), n), s, n);
  expect(levels.map(({ level, categories, items }) => [level, categories, items])).toEqual([
    [1, 2, 8],
    [2, 4, 8],
    [3, 8, 8],
  ]);
  // Reference: λ of the levels 1, 2, 3 of this tree, of which the second is the published check (0.8208).
  for (const [at, lambda] of [1.410624, 0.8208, 0.36].entries()) expect(levels[at]!.lambda).toBeCloseTo(lambda, 12);
});

test("siblings that are opposites make a basic level below the first", () => {
  // Two classes alike at 0.5; within each, two pairs that are opposites in what the pairs add.
  const s = Float64Array.from({ length: 64 }, (_, at) => {
    const [i, j] = [Math.floor(at / 8), at % 8];
    if (i === j) return 2;
    if (i >> 1 === j >> 1) return 1.9;
    return i >> 2 === j >> 2 ? -0.9 : 0;
  });
  const d = Float64Array.from(s, (value, at) => (Math.floor(at / 8) === at % 8 ? 0 : Math.sqrt(4 - 2 * value)));
  // The tree by its classes: opposites are farther than strangers, so it is given, not grown.
  const height = (i: number, j: number) => (i === j ? 0 : i >> 1 === j >> 1 ? 1 : i >> 2 === j >> 2 ? 2 : 3);
  const given = Float64Array.from(d, (_, at) => height(Math.floor(at / 8), at % 8));
  const levels = levelsOf(multifurcate(averageLinkage(given, 8), 8), s, 8);
  const lambda = levels.map((level) => level.lambda);
  expect(lambda[1]).toBeGreaterThan(lambda[0]!);
  expect(lambda[1]).toBeGreaterThan(lambda[2]!);
});

test("k-means: separate groups are found whole; the share inside them is that of the definition", () => {
  const random = new Random(2);
  const [n, d, k] = [3000, 3, 5];
  const points = Float64Array.from({ length: n * d }, (_, at) => {
    const group = Math.floor(at / d) % k;
    return (at % d === 0 ? 10 * group : 0) + 0.1 * random.normal();
  });
  const options = { random: new Random(9), cancel: NEVER_CANCELLED, progress() {} };
  const groups = groupsOf(points, n, d, k, options);
  expect(groups.count).toBe(k);
  for (let i = 0; i < n; i++) expect(groups.of[i]).toBe(groups.of[i % k]);
  expect(Array.from(groups.sizes)).toEqual([600, 600, 600, 600, 600]);
  let [within, total] = [0, 0];
  const mean = Array.from({ length: d }, (_, j) => points.reduce((sum, x, at) => sum + (at % d === j ? x / n : 0), 0));
  for (let i = 0; i < n; i++)
    for (let j = 0; j < d; j++) {
      within += (points[i * d + j]! - groups.centres[groups.of[i]! * d + j]!) ** 2;
      total += (points[i * d + j]! - mean[j]!) ** 2;
    }
  expect(groups.withinShare).toBeCloseTo(within / total, 12);
  // The same again, whatever else the machine does.
  const again = groupsOf(points, n, d, k, { ...options, random: new Random(9) });
  expect(again.of).toEqual(groups.of);
});

test("equal points are one group, and a sample has no item twice", () => {
  const groups = groupsOf(new Float64Array(40).fill(3), 20, 2, 4, {
    random: new Random(1),
    cancel: NEVER_CANCELLED,
    progress() {},
  });
  expect([groups.count, groups.withinShare]).toEqual([1, 0]);
  const sample = sampleOf(1000, 100, new Random(4));
  expect(new Set(sample).size).toBe(100);
  expect(Math.max(...sample)).toBeLessThan(1000);
  expect(Array.from(sampleOf(5, 9, new Random(4)))).toEqual([0, 1, 2, 3, 4]);
});

test("a cancel ends the grouping", () => {
  const cancel = {
    cancelled: true,
    throwIfCancelled() {
      throw new Error("cancelled");
    },
  };
  expect(() => groupsOf(new Float64Array(100), 50, 2, 4, { random: new Random(1), cancel, progress() {} })).toThrow(
    "cancelled",
  );
});

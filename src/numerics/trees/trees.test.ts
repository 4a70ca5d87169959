import { expect, test } from "vitest";
import { Random } from "../random.ts";
import { averageLinkage } from "./averageLinkage.ts";
import { multifurcate } from "./multifurcate.ts";
import { copheneticCorrelation, copheneticDistances, fourPoint } from "./treeLikeness.ts";

/** Straight from the definition, O(n³): the closest two clusters by their items' mean distance, again and again. */
function naive(d: Float64Array, n: number): number[] {
  let clusters = Array.from({ length: n }, (_, i) => [i]);
  const heights: number[] = [];
  while (clusters.length > 1) {
    let best = { a: 0, b: 1, height: Number.POSITIVE_INFINITY };
    for (let a = 0; a < clusters.length; a++)
      for (let b = a + 1; b < clusters.length; b++) {
        let sum = 0;
        for (const i of clusters[a]!) for (const j of clusters[b]!) sum += d[i * n + j]!;
        const height = sum / (clusters[a]!.length * clusters[b]!.length);
        if (height < best.height) best = { a, b, height };
      }
    heights.push(best.height);
    const joined = [...clusters[best.a]!, ...clusters[best.b]!];
    clusters = [...clusters.filter((_, at) => at !== best.a && at !== best.b), joined];
  }
  return heights;
}

function points(n: number, dimension: number, seed: number): Float64Array {
  const random = new Random(seed);
  const x = Array.from({ length: n }, () => Array.from({ length: dimension }, () => random.normal()));
  return Float64Array.from({ length: n * n }, (_, k) =>
    Math.hypot(...x[Math.floor(k / n)]!.map((value, at) => value - x[k % n]![at]!)),
  );
}

test.each([2, 3, 7, 25, 60])("average linkage of %i random points merges at the heights of the definition", (n) => {
  const d = points(n, 3, n);
  const merges = averageLinkage(d, n);
  const expected = naive(d, n);
  expect(merges).toHaveLength(n - 1);
  for (const [k, merge] of merges.entries()) expect(merge.height).toBeCloseTo(expected[k]!, 10);
  expect(merges[n - 2]!.size).toBe(n);
});

test("no item and one item have no merge", () => {
  expect(averageLinkage(new Float64Array(0), 0)).toEqual([]);
  expect(averageLinkage(new Float64Array(1), 1)).toEqual([]);
});

/** Leaves of a regular tree, distance by the level of the last common ancestor. */
function regular(branching: number, depth: number): { d: Float64Array; n: number } {
  const n = branching ** depth;
  const d = Float64Array.from({ length: n * n }, (_, k) => {
    let [i, j, level] = [Math.floor(k / n), k % n, 0];
    while (i !== j) {
      i = Math.floor(i / branching);
      j = Math.floor(j / branching);
      level++;
    }
    return level;
  });
  return { d, n };
}

test("equal merges are one split: a ternary tree has ternary nodes", () => {
  const { d, n } = regular(3, 2);
  const merges = averageLinkage(d, n);
  const nodes = multifurcate(merges, n);
  expect(nodes.map(({ children }) => children.length)).toEqual([3, 3, 3, 3]);
  expect(nodes.map(({ height }) => height)).toEqual([2, 1, 1, 1]);
  expect([...nodes[0]!.items].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(nodes[0]!.children.map((child) => [...nodes[child]!.items])).toEqual([
    [0, 1, 2],
    [3, 4, 5],
    [6, 7, 8],
  ]);
  expect(nodes.slice(1).map(({ parent }) => parent)).toEqual([0, 0, 0]);
  expect(copheneticDistances(merges, n)).toEqual(d);
  expect(copheneticCorrelation(d, merges, n)).toBeCloseTo(1, 12);
  expect(fourPoint(d, n, new Random(1)).relativeDelta).toBe(0);
});

test("points on a ring contradict a tree; the exact defect of a square is known", () => {
  // Sides 1, diagonals √2: sums 2√2 and 2 and 2, half the difference is √2 − 1, over the diameter √2.
  const r = Math.SQRT2;
  const square = new Float64Array([0, 1, r, 1, 1, 0, 1, r, r, 1, 0, 1, 1, r, 1, 0]);
  expect(fourPoint(square, 4, new Random(1)).relativeDelta).toBeCloseTo((r - 1) / r, 14);
  const n = 100;
  const ring = Float64Array.from({ length: n * n }, (_, k) =>
    Math.abs(2 * Math.sin((Math.PI * (Math.floor(k / n) - (k % n))) / n)),
  );
  const sampled = fourPoint(ring, n, new Random(1));
  expect(sampled.exact).toBe(false);
  expect(sampled.relativeDelta).toBeGreaterThan(0.28);
  expect(sampled.relativeDelta).toBeLessThanOrEqual((r - 1) / r + 1e-12);
});

test("where all distances are equal there is no correlation", () => {
  const n = 4;
  const d = Float64Array.from({ length: n * n }, (_, k) => (Math.floor(k / n) === k % n ? 0 : 1));
  expect(copheneticCorrelation(d, averageLinkage(d, n), n)).toBeNaN();
  expect(multifurcate(averageLinkage(d, n), n).map(({ children }) => children.length)).toEqual([4]);
});

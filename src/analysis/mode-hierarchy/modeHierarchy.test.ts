import { expect, test } from "vitest";
import { Random } from "../../numerics/random.ts";
import { contextOf as contextIn, memoryCheckpoint } from "../_shared/testCheckpoint.testkit.ts";
import { modeHierarchyAnalysis } from "./index.ts";

const contextOf = (rows: number, columns: number, values: Float64Array) =>
  contextIn(memoryCheckpoint({ w: { shape: [rows, columns], values, dtype: "f64" } }), { tensor: "w" });

/** Canary, Salmon, Oak, Rose × Grow, Move, Fly, Swim, Roots, Bark, Petals. */
const TOY = new Float64Array([1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 1, 0, 1]);
const OF_ROWS = { items: "rows", draws: 100 };

test("the toy world of four items: strengths, one mode a split, purity 1, exactly ultrametric", async () => {
  const result = await modeHierarchyAnalysis.run(contextOf(4, 7, TOY), { ...OF_ROWS, geometry: "behaviour" });
  expect(result.modes.map(({ singularValue }) => singularValue)).toEqual([
    expect.closeTo(2.645751311, 9),
    expect.closeTo(1.732050808, 9),
    expect.closeTo(1, 9),
    expect.closeTo(1, 9),
  ]);
  expect(result.modes.map(({ nodes }) => nodes)).toEqual([[-1], [0], [1, 2], [1, 2]]);
  for (const { purity } of result.modes) expect(purity).toBeCloseTo(1, 12);
  expect(result.nodes.map(({ height }) => height)).toEqual([
    expect.closeTo(2, 10),
    expect.closeTo(Math.SQRT2, 10),
    expect.closeTo(Math.SQRT2, 10),
  ]);
  expect(result.nodes.map(({ children }) => children)).toEqual([
    [1, 2],
    [-1, -2],
    [-3, -4],
  ]);
  expect(result.nodes.map(({ modes }) => modes)).toEqual([[1], [2, 3], [2, 3]]);
  expect(result.copheneticCorrelation.value).toBeCloseTo(1, 12);
  expect(result.relativeDelta.value).toBeCloseTo(0, 12);
  expect(result.treeLike.verdict).toBe(true);
  // PNAS 2019: what all share has Grow twice as strong as Move and Roots; the first split is Move against Roots.
  const u = Array.from({ length: 2 }, (_, k) => Array.from(result.propertyVectors.subarray(7 * k, 7 * k + 7)));
  expect(Math.abs(u[0]![0]!)).toBeCloseTo(0.755928946, 6);
  expect(Math.abs(u[0]![1]!)).toBeCloseTo(0.377964473, 6);
  expect(u[1]![1]! / u[1]![4]!).toBeCloseTo(-1, 6);
  expect(Math.abs(u[1]![1]!)).toBeCloseTo(0.57735027, 6);
  // In words: animals move, plants have roots; which pole is positive is the sign's choice, but both sides choose together.
  const { itemPoles, propertyPoles } = result.modes[1]!;
  const animals = itemPoles.positive.includes(0) ? "positive" : "negative";
  const plants = animals === "positive" ? "negative" : "positive";
  expect(itemPoles[animals]).toEqual([0, 1]);
  expect(itemPoles[plants]).toEqual([2, 3]);
  expect(propertyPoles[animals]).toEqual([1]);
  expect(propertyPoles[plants]).toEqual([4]);
});

test("items as columns are the same items, and centring deletes the mode that all share", async () => {
  const transposed = Float64Array.from({ length: 28 }, (_, k) => TOY[(k % 4) * 7 + Math.floor(k / 4)]!);
  const columns = await modeHierarchyAnalysis.run(contextOf(7, 4, transposed), { items: "columns", draws: 20 });
  const rows = await modeHierarchyAnalysis.run(contextOf(4, 7, TOY), { items: "rows", draws: 20 });
  expect(columns.nodes).toEqual(rows.nodes);
  expect(columns.modes).toEqual(rows.modes);
  const centred = await modeHierarchyAnalysis.run(contextOf(4, 7, TOY), { items: "rows", draws: 20, centre: true });
  expect(centred.modes.map(({ singularValue }) => singularValue)).toEqual([
    expect.closeTo(Math.sqrt(3), 9),
    expect.closeTo(1, 9),
    expect.closeTo(1, 9),
  ]);
  expect(centred.modes.some(({ nodes }) => nodes.includes(-1))).toBe(false);
});

/** Items whose covariance is exactly that of properties that flip along a regular tree: rows of the Cholesky factor. */
function diffused(branching: number, depth: number, flip: number) {
  const n = branching ** depth;
  const covariance = (i: number, j: number) => {
    let [a, b, up] = [i, j, 0];
    while (a !== b) {
      a = Math.floor(a / branching);
      b = Math.floor(b / branching);
      up++;
    }
    return (1 - 2 * flip) ** (2 * up);
  };
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = covariance(i, j);
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      l[i * n + j] = i === j ? Math.sqrt(sum) : sum / l[j * n + j]!;
    }
  return { n, l };
}

test.each([
  { branching: 2, depth: 3, values: [3.507776, 1.410624, 0.8208, 0.36], degeneracy: [1, 1, 2, 4] },
  { branching: 3, depth: 2, values: [4.7376, 1.0512, 0.36], degeneracy: [1, 2, 6] },
])(
  "a regular tree ($branching-ary, depth $depth, flips 0.1): eigenvalues, degeneracies, a level a group",
  async (tree) => {
    const { n, l } = diffused(tree.branching, tree.depth, 0.1);
    const result = await modeHierarchyAnalysis.run(contextOf(n, n, l), { items: "rows", draws: 20 });
    const expected = tree.values.flatMap((value, at) => Array.from({ length: tree.degeneracy[at]! }, () => value));
    for (const [at, mode] of result.modes.entries()) {
      expect(mode.singularValue ** 2).toBeCloseTo(expected[at]!, 9);
      expect(mode.purity).toBeCloseTo(1, 9);
    }
    const groups = [...new Set(result.modes.map(({ group }) => group))];
    expect(groups.map((group) => group.length)).toEqual(tree.degeneracy);
    expect(result.nodes.every(({ children }) => children.length === tree.branching)).toBe(true);
    expect(result.copheneticCorrelation.value).toBeCloseTo(1, 9);
  },
);

test("random items make a tree, but neither its correlation nor its purities pass their null", async () => {
  const random = new Random(7);
  const values = Float64Array.from({ length: 30 * 40 }, () => random.normal());
  const result = await modeHierarchyAnalysis.run(contextOf(30, 40, values), { items: "rows", draws: 200 });
  expect(result.nodes.length).toBeGreaterThan(20);
  expect(result.treeLike.verdict).toBe(false);
  expect(result.copheneticP).toBeGreaterThan(0.02);
  expect(result.modes[0]!.purityP).toBeGreaterThan(0.02);
  expect(result.draws).toBe(200);
});

test("a ring of items is not tree-like", async () => {
  const n = 24;
  const values = Float64Array.from({ length: n * n }, (_, k) =>
    Math.exp(Math.cos((2 * Math.PI * (Math.floor(k / n) - (k % n))) / n)),
  );
  const result = await modeHierarchyAnalysis.run(contextOf(n, n, values), { items: "rows", draws: 20, centre: true });
  expect(result.treeLike.verdict).toBe(false);
  expect(result.treeLike.reason).toMatch(/Not tree-like/);
});

test("scaling the table scales strengths and heights, and nothing else", async () => {
  const small = TOY.map((value) => value * 1e-3);
  const one = await modeHierarchyAnalysis.run(contextOf(4, 7, TOY), { ...OF_ROWS, geometry: "behaviour" });
  const scaled = await modeHierarchyAnalysis.run(contextOf(4, 7, small), { ...OF_ROWS, geometry: "behaviour" });
  expect(scaled.modes[0]!.singularValue / one.modes[0]!.singularValue).toBeCloseTo(1e-3, 12);
  expect(scaled.nodes[0]!.height).toBeCloseTo(2e-3, 10);
  expect(scaled.modes.map(({ nodes }) => nodes)).toEqual(one.modes.map(({ nodes }) => nodes));
});

test("too few items, no difference between items, zeros and NaN are each said", async () => {
  const two = await modeHierarchyAnalysis.run(contextOf(2, 7, TOY.slice(0, 14)), OF_ROWS);
  expect(two.degenerate).toMatch(/There are 2 items: a tree needs three/);
  const same = await modeHierarchyAnalysis.run(contextOf(4, 2, new Float64Array(8).fill(1)), OF_ROWS);
  expect(same.degenerate).toMatch(/coincide/);
  const zero = await modeHierarchyAnalysis.run(contextOf(4, 2, new Float64Array(8)), OF_ROWS);
  expect(zero.degenerate).toMatch(/zero/);
  const broken = TOY.slice();
  broken[8] = Number.NaN;
  await expect(modeHierarchyAnalysis.run(contextOf(4, 7, broken), OF_ROWS)).rejects.toMatchObject({
    code: "non-finite",
  });
});

import { expect, test } from "vitest";
import { modeHierarchyAnalysis } from "./index.ts";
import { contextOf, tree } from "./many.testkit.ts";

test("more rows than a tree has room for: groups as the tree's ends, what they hide said, nulls on a sample, a part looked into", async () => {
  const [rows, columns] = [1100, 20];
  const { values, leaf } = tree(rows, columns, 0.04);
  const context = contextOf(rows, columns, values);
  const options = { items: "rows", draws: 20, leaves: 16, geometry: "behaviour" };
  const result = await modeHierarchyAnalysis.run(context, options);
  const leaves = result.leaves!;
  expect([result.items, result.allItems, result.which]).toEqual([1100, 1100, null]);
  expect(leaves.count).toBeLessThanOrEqual(16);
  expect(leaves.sizes.reduce((sum, size) => sum + size, 0)).toBe(rows);
  // Every end holds rows of one leaf of the planted tree.
  const owner = new Map<number, number>();
  for (let row = 0; row < rows; row++) {
    const end = leaves.of[row]!;
    expect(owner.get(end) ?? leaf(row)).toBe(leaf(row));
    owner.set(end, leaf(row));
  }
  for (const [end, item] of leaves.central.entries()) expect(leaves.of[item]).toBe(end);
  // The rest of the variance is the noise: 20·0.04² of the rows' own.
  expect(leaves.withinShare).toBeGreaterThan(0);
  expect(leaves.withinShare).toBeLessThan(0.05);
  expect(leaves.modesShare).toBeCloseTo(1, 6);
  // The root divides the four leaves below each of the planted tree's first two nodes.
  const below = (child: number): number[] =>
    child < 0 ? [owner.get(-1 - child)!] : result.nodes[child]!.children.flatMap(below);
  const halves = result.nodes[0]!.children.map((child) => [...new Set(below(child).map((one) => one >> 2))]);
  expect(halves.map((half) => half.length)).toEqual([1, 1]);
  expect(result.nodes[0]!.size).toBe(rows);
  expect(result.copheneticCorrelation.how.kind).toBe("estimate");
  expect(result.copheneticCorrelation.value).toBeGreaterThan(0.85);
  expect(result.copheneticP).toBeCloseTo(1 / 21, 9);
  expect(leaves.sample).toHaveLength(192);
  // The strongest distinction has its twin in the sample, and passes its null there.
  const [mode] = result.modes.filter(({ nodes }) => nodes.includes(0));
  expect(mode!.purity).toBeGreaterThan(0.6);
  expect(mode!.purityP).toBeLessThan(0.1);

  // Looking into one end: its rows as a tree of their own, the same as of a table of these rows alone.
  const inside = Array.from(leaves.of.keys()).filter((row) => leaves.of[row] === 0);
  const part = await modeHierarchyAnalysis.run(context, { ...options, only: inside.join(",") });
  expect([part.items, part.allItems, part.leaves]).toEqual([inside.length, rows, null]);
  expect(Array.from(part.which!)).toEqual(inside);
  const alone = Float32Array.from(inside.flatMap((row) => [...values.subarray(row * columns, (row + 1) * columns)]));
  const direct = await modeHierarchyAnalysis.run(contextOf(inside.length, columns, alone), options);
  expect(part.nodes).toEqual(direct.nodes);
});

test("zeros and equal rows are said, too many of a subset is summarized again, a wrong subset is refused", async () => {
  const same = await modeHierarchyAnalysis.run(contextOf(1100, 3, new Float32Array(3300).fill(2)), {
    items: "rows",
    draws: 20,
  });
  expect(same.degenerate).toMatch(/coincide/);
  const zero = await modeHierarchyAnalysis.run(contextOf(1100, 3, new Float32Array(3300)), {
    items: "rows",
    draws: 20,
  });
  expect(zero.degenerate).toMatch(/zero/);
  const { values } = tree(1500, 6, 0.2);
  const context = contextOf(1500, 6, values);
  const part = await modeHierarchyAnalysis.run(context, { items: "rows", draws: 20, leaves: 8, only: "0-1099,1200" });
  expect([part.items, part.leaves?.of.length, part.which?.[1100]]).toEqual([1101, 1101, 1200]);
  for (const only of ["1500", "3-1", "5,5", "7,2", "x", "1-", "99999999999"])
    await expect(modeHierarchyAnalysis.run(context, { items: "rows", only })).rejects.toMatchObject({
      code: "bad-request",
      details: { field: "only" },
    });
});

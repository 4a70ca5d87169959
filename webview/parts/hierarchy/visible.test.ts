import { expect, test } from "vitest";
import { matches } from "./toolbar.ts";
import { binary } from "./trees.testkit.ts";
import { joinOf, pathTo, rowSimilarity, visibleTree } from "./visible.ts";

test("a tree is cut where it would have too many lines, the highest splits open; what is cut keeps its ends", () => {
  const nodes = binary(5);
  const cut = visibleTree(nodes, 0, 5);
  expect(cut.rows.map(({ ends }) => ends.length)).toEqual([4, 4, 8, 8, 8]);
  expect(cut.rows.flatMap(({ ends }) => ends)).toEqual(Array.from({ length: 32 }, (_, i) => i));
  expect(cut.rowOf.get(31)).toBe(4);
  expect(cut.nodes[0]!.children.length).toBe(2);
  for (const { children } of cut.nodes) for (const child of children) expect(child).not.toBe(0);
  const part = visibleTree(nodes, cut.rows[0]!.node!, 64);
  expect(part.rows.map(({ ends, node }) => [ends, node])).toEqual([0, 1, 2, 3].map((end) => [[end], null]));
  // A root with more children than that is open all the same: nothing else could be shown.
  const star = [{ children: Array.from({ length: 9 }, (_, i) => -1 - i), height: 1 }];
  expect(visibleTree(star, 0, 4).rows).toHaveLength(9);
});

test("paths, joins, and mean similarities of lines weighed by the items of their ends", () => {
  const nodes = binary(2);
  expect(pathTo(nodes, 3).map((node) => nodes[node]!.size)).toEqual([4, 2]);
  expect(joinOf(nodes, 0, 3)).toBe(0);
  expect(nodes[joinOf(nodes, 2, 3)!]!.size).toBe(2);
  const rows = [
    { ends: [0, 1], node: 1 },
    { ends: [2], node: null },
  ];
  const similarity = [1, 2, 3, 2, 5, 7, 3, 7, 9];
  // Ends of 1, 3 and 2 items.
  const means = rowSimilarity(rows, similarity, 3, [1, 3, 2]);
  expect(means[0]).toBeCloseTo((1 * 1 + 3 * 2 + 3 * 2 + 9 * 5) / 16, 12);
  expect(means[1]).toBeCloseTo((1 * 2 * 3 + 3 * 2 * 7) / 8, 12);
  expect(means[2]).toBe(means[1]);
});

test("a search finds names that are the words, begin with them, hold them; in that order and no more than asked", () => {
  const list = ["cataract", "tomcat", "Cat", "dog", "catalogue"];
  const name = (item: number) => list[item]!;
  expect(matches(5, name, " cat ", 9)).toEqual([2, 0, 4, 1]);
  expect(matches(5, name, "cat", 2)).toEqual([2, 0]);
  expect(matches(5, name, "", 9)).toEqual([]);
});

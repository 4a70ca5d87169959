import { expect, test } from "vitest";
import { floorOf, leavesBelow, treeLayout } from "./treeLayout.ts";

/** ((0, 1), (2, 3)) drawn in the order 2, 3, 0, 1. */
const NODES = [
  { children: [1, 2], height: 4 },
  { children: [-1, -2], height: 1 },
  { children: [-3, -4], height: 2 },
];

test("leaves stand in rows by the order, nodes in the middle of their children and at their height", () => {
  const [root, first, second] = treeLayout(NODES, [2, 3, 0, 1]);
  expect(second).toMatchObject({
    node: 2,
    x: 0.5,
    y: 0.5,
    children: [
      { x: 1, y: 0 },
      { x: 1, y: 1 },
    ],
  });
  expect(first).toMatchObject({ node: 1, x: 0.75, y: 2.5 });
  expect(root).toEqual({
    node: 0,
    x: 0,
    y: 1.5,
    children: [
      { x: 0.75, y: 2.5 },
      { x: 0.5, y: 0.5 },
    ],
  });
});

test("leaves below a node, and of a leaf itself", () => {
  expect([...leavesBelow(NODES, 0)].sort()).toEqual([0, 1, 2, 3]);
  expect(leavesBelow(NODES, -4)).toEqual([3]);
});

test("a tree of height zero has no depth to show", () => {
  expect(treeLayout([{ children: [-1, -2], height: 0 }], [0, 1])[0]).toMatchObject({ x: 0, y: 0.5 });
  expect(treeLayout([], [])).toEqual([]);
});

test("joins that crowd at the top of the axis get an axis that begins below them, others one that begins at 0", () => {
  const node = (height: number, children: number[]) => ({ height, children });
  const crowded = [node(1.5, [1, 2]), node(1.4, [-1, -2]), node(1.3, [-3, -4])];
  expect(floorOf(crowded)).toBeCloseTo(1.3 - 0.25 * 0.2, 12);
  const places = treeLayout(crowded, [0, 1, 2, 3]).map(({ x }) => x);
  expect(places[0]).toBe(0);
  expect(places[1]).toBeCloseTo(0.1 / 0.25, 9);
  expect(places[2]).toBeCloseTo(0.2 / 0.25, 9);
  expect(floorOf([node(2, [1, -3]), node(0.5, [-1, -2])])).toBe(0);
  expect(floorOf([node(2, [1, -3]), node(2, [-1, -2])])).toBe(0);
});

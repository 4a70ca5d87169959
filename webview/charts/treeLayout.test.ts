import { expect, test } from "vitest";
import { leavesBelow, treeLayout } from "./treeLayout.ts";

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

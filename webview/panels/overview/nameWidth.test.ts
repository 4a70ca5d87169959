import { expect, test } from "vitest";
import { nameWidth } from "./nameWidth.ts";
import type { Row } from "./tree.ts";

const row = (label: string): Row =>
  ({ kind: "group", key: label, label, depth: 0, expanded: true, tensors: 1, parameters: 1 }) as Row;

test("short names leave a narrow view to the numbers", () => {
  expect(nameWidth([row("fc1"), row("fc2")], 500, 1200)).toBe(120);
});

test("long names never take more than their share", () => {
  expect(nameWidth([row("x".repeat(200))], 600, 1200)).toBe(270);
});

test("a wide view lets long names stand whole", () => {
  expect(nameWidth([row("x".repeat(60))], 3000, 1200)).toBeGreaterThan(60 * 7);
});

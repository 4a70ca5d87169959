import { expect, test } from "vitest";
import { layerOrder, naturally } from "./naturalOrder.ts";

const inOrder = (names: readonly string[]) => layerOrder(names).map((at) => names[at]);

test("numbers in names count as numbers, and the order is total", () => {
  expect(["layer.10", "layer.2", "layer.1"].sort(naturally)).toEqual(["layer.1", "layer.2", "layer.10"]);
  expect(naturally("h.1", "h.1")).toBe(0);
  expect(Math.sign(naturally("h.01", "h.1"))).toBe(-Math.sign(naturally("h.1", "h.01")));
  expect(naturally("h.01", "h.1")).not.toBe(0);
});

test("the order of a file is kept where it counts rightly, whatever the names", () => {
  const run = ["stem", "conv1", "relu1", "conv2", "relu2", "fc", "a.logits"];
  expect(inOrder(run)).toEqual(run);
  const blocks = ["h.0.mlp", "h.0.attn", "h.1.mlp", "h.1.attn"];
  expect(inOrder(blocks)).toEqual(blocks);
});

test("a file in the order of characters is put into natural order", () => {
  const names = ["embed", "h.0.attn", "h.0.mlp", "h.1.attn", "h.10.attn", "h.10.mlp", "h.2.attn", "ln"];
  expect(inOrder(names)).toEqual([
    "embed",
    "h.0.attn",
    "h.0.mlp",
    "h.1.attn",
    "h.2.attn",
    "h.10.attn",
    "h.10.mlp",
    "ln",
  ]);
  expect(inOrder([])).toEqual([]);
});

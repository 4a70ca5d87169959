import { expect, test } from "vitest";
import { imageOfText, inputImage, likelyImage, pixelIndex } from "./imageShape.ts";

test("lengths of data sets in common use are pictures, others are none", () => {
  expect(likelyImage(784)).toMatchObject({ height: 28, width: 28, channels: 1 });
  expect(likelyImage(3072)).toMatchObject({ height: 32, width: 32, channels: 3, order: "channels-first" });
  expect(likelyImage(54)).toBeNull();
});

test.each([
  ["28x28", 784, { height: 28, width: 28, channels: 1 }],
  ["3x32x32", 3072, { height: 32, width: 32, channels: 3, order: "channels-first" }],
  ["32 × 32 × 3", 3072, { height: 32, width: 32, channels: 3, order: "channels-last" }],
  ["16x8x8", 1024, { height: 8, width: 8, channels: 16, order: "channels-first" }],
])("%s", (text, length, shape) => {
  expect(imageOfText(text, length)).toMatchObject(shape);
});

test.each(["28x29", "784", "a x b", "", "28x28x0"])("“%s” is no picture of 784 pixels", (text) => {
  expect(imageOfText(text, 784)).toBeNull();
});

test("pixels of every channel are found in both orders", () => {
  const first = imageOfText("5x3x6", 90)!;
  const last = imageOfText("3x5x4", 60)!;
  expect([first.order, last.order]).toEqual(["channels-first", "channels-last"]);
  for (const shape of [first, last]) {
    const seen = new Set<number>();
    for (let c = 0; c < shape.channels; c++)
      for (let y = 0; y < shape.height; y++) for (let x = 0; x < shape.width; x++) seen.add(pixelIndex(shape, c, y, x));
    expect(seen.size).toBe(shape.channels * shape.height * shape.width);
    expect(Math.max(...seen)).toBe(seen.size - 1);
  }
  expect(pixelIndex(first, 2, 1, 3)).toBe(2 * 18 + 9);
  expect(pixelIndex(last, 2, 1, 3)).toBe((1 * 5 + 3) * 4 + 2);
});

test("a kernel's inputs are pictures by its own axes, in PyTorch's order and in Keras'", () => {
  const reading = { kind: "conv-reshaped", fixed: [], rows: 8, columns: 75 } as const;
  const torch = { ...reading, rowAxes: [0], columnAxes: [1, 2, 3] };
  expect(inputImage({ matrix: torch, shape: [8, 3, 5, 5], layout: "out-in" }, 75)).toMatchObject({
    height: 5,
    width: 5,
    channels: 3,
    order: "channels-first",
  });
  const keras = { ...reading, rowAxes: [3], columnAxes: [0, 1, 2] };
  expect(inputImage({ matrix: keras, shape: [5, 5, 3, 8], layout: "in-out" }, 75)).toMatchObject({
    channels: 3,
    order: "channels-last",
  });
  const linear = { ...reading, kind: "linear", rowAxes: [0], columnAxes: [1], columns: 784 } as const;
  expect(inputImage({ matrix: linear, shape: [8, 784], layout: "out-in" }, 784)?.evidence).toContain("MNIST");
});

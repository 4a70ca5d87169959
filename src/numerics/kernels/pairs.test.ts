import { describe, expect, test } from "vitest";
import { block, ROOM, random, SETS } from "./kernels.testkit.ts";

const SHAPES = [
  [1, 1, 1],
  [2, 5, 7],
  [3, 130, 8],
  [4, 9, 1100],
  [7, 261, 33],
] as const;

describe.each(SETS.map((kernels) => [kernels.name, kernels] as const))("%s", (_name, kernels) => {
  test.each(
    SHAPES.flatMap((shape) =>
      [false, true].flatMap((down) => [false, true].map((single) => [...shape, down, single] as const)),
    ),
  )("sums over pairs of %d matrices of %d × %d, down: %s, float32: %s", (count, rows, columns, down, single) => {
    const next = random(count + rows);
    const pairs = (count * (count + 1)) / 2;
    const length = down ? columns : rows;
    const { memory } = kernels;
    memory.scope(ROOM, () => {
      const size = count * rows * (columns + 5);
      const shape = [count * rows, columns] as const;
      const stack = single
        ? block<Float32Array | Float64Array>(memory.float32(size), shape, 5, next)
        : block<Float32Array | Float64Array>(memory.float64(size), shape, 5, next);
      const sums = block(memory.float64(pairs * (length + 2)), [pairs, length], 2, next);
      const before = sums.data.slice();
      kernels.pairSums(sums, stack, count, down);
      const at = (a: number, i: number, j: number) => stack.data[(a * rows + i) * stack.stride + j] as number;
      for (let a = 0, pair = 0; a < count; a++)
        for (let b = 0; b <= a; b++, pair++)
          for (let k = 0; k < sums.stride; k++) {
            const place = pair * sums.stride + k;
            let expected = before[place] as number;
            for (let p = 0; k < length && p < (down ? rows : columns); p++)
              expected += down ? at(a, p, k) * at(b, p, k) : at(a, k, p) * at(b, k, p);
            const error = Math.abs((sums.data[place] as number) - expected);
            if (!(error <= (single ? 1e-4 : 1e-12))) expect.fail(`pair ${a}, ${b} at ${k}: off by ${error}`);
          }
    });
  });

  test("operands that do not fit are refused", () => {
    kernels.memory.scope(4096, () => {
      const stack = { data: kernels.memory.float32(12), rows: 6, columns: 2, stride: 2 };
      const sums = { data: kernels.memory.float64(6), rows: 3, columns: 2, stride: 2 };
      expect(() => kernels.pairSums(sums, stack, 4)).toThrow("do not fit");
      expect(() => kernels.pairSums(sums, stack, 2)).toThrow("do not fit");
      kernels.pairSums(sums, stack, 2, true);
    });
  });
});

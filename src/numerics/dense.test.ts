import { expect, test } from "vitest";
import type { RealArray } from "../base/dtype.ts";
import { finiteMagnitude } from "./dense.ts";
import { BLOCK, widenBlock } from "./inDoubles.ts";

const row = (data: RealArray) => ({ rows: 1, columns: data.length, data });

const MAKERS: [string, (values: number[]) => RealArray][] = [
  ["float32", (values) => Float32Array.from(values)],
  ["float64", (values) => Float64Array.from(values)],
];

test.each(MAKERS)("largest magnitude, %s: signs, zeros, subnormal and largest numbers", (_, make) => {
  const of = (...values: number[]) => finiteMagnitude(row(make(values)));
  expect(of()).toBe(0);
  expect(of(0, -0)).toBe(0);
  expect(of(1, -3, 2)).toBe(3);
  expect(of(-(2 ** -149), 2 ** -148)).toBe(2 ** -148);
  const huge = (2 - 2 ** -23) * 2 ** 127;
  expect(of(1, -huge)).toBe(huge);
  expect(finiteMagnitude(row(make([9, 5, -7, 1]).subarray(1)))).toBe(7);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("%s is refused with its place", (bad) => {
  for (const data of [Float32Array.of(0, 1, 2, bad, 4, bad), Float64Array.of(0, 1, 2, bad, 4, bad)])
    expect(() => finiteMagnitude({ rows: 2, columns: 3, data })).toThrow(`${bad} at row 1, column 0`);
});

test("blocks widen every value once and in order, over their borders", () => {
  const block = new Float64Array(BLOCK);
  for (const length of [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 904]) {
    const seen: number[] = [];
    const data = Float32Array.from({ length }, (_, i) => i);
    while (seen.length < length) seen.push(...block.subarray(0, widenBlock(block, data, seen.length)));
    expect(seen).toEqual(Array.from(data));
  }
});

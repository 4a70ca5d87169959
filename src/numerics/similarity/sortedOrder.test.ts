import { expect, test } from "vitest";
import { Random } from "../random.ts";
import { sortedOrder } from "./sortedOrder.ts";

/** Stable, by comparison. */
const expected = (values: Float64Array) => Array.from(values.keys()).sort((i, j) => values[i]! - values[j]! || i - j);

const random = new Random(11);
test.each([
  ["nothing", []],
  ["one", [3]],
  ["both zeros, ties, both signs", [0, -0, 1, -1, 0, -0, 1, -2, 5e-324, -5e-324]],
  ["the ends of the range", [Number.MAX_VALUE, -Number.MAX_VALUE, 1e-310, -1e-310, 2 ** -1022, Infinity, -Infinity]],
  ["neighbours in the last bit", [1 + 2 ** -52, 1, 1 - 2 ** -53, 1 + 2 ** -51, 1]],
  ["many of every size", Array.from({ length: 5000 }, () => random.normal() * 10 ** (40 * random.uniform() - 20))],
  ["many ties", Array.from({ length: 3000 }, () => Math.round(4 * random.normal()))],
  [
    "many that only their lower bits tell apart",
    Array.from({ length: 4000 }, (_, i) => 1 + ((i * 1237) % 4001) * 2 ** -51),
  ],
  ["descending", Array.from({ length: 300 }, (_, i) => -i)],
] as const)("%s", (_name, values) => {
  const list = Float64Array.from(values);
  const before = list.slice();
  expect(Array.from(sortedOrder(list))).toEqual(expected(list));
  expect(list).toEqual(before);
});

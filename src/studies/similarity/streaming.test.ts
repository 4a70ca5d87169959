import { expect, test } from "vitest";
import { NEVER_CANCELLED } from "../../base/cancel.ts";
import { Random } from "../../numerics/random.ts";
import { pairsOf, values } from "./cells.ts";
import { readParameters } from "./parameters.ts";
import type { SimilarityCell } from "./types.ts";

function cellsOf(items: number, dimensions: number, layers: number) {
  const random = new Random(5);
  const heard: (readonly SimilarityCell[])[] = [];
  const fractions: number[] = [];
  const found = values(
    {
      layers: Array.from({ length: layers }, () => ({
        values: {
          rows: items,
          columns: dimensions,
          data: Float32Array.from({ length: items * dimensions }, () => random.normal()),
        },
      })),
      pairs: pairsOf(layers, true),
      parameters: readParameters({ measure: "debiased-cka" }),
      cancel: NEVER_CANCELLED,
      progress: (fraction) => fractions.push(fraction),
    },
    (cells) => heard.push([...cells]),
  );
  return { ...found, heard, fractions };
}

test("many layers: what the first items say is there long before all are through, and says of how many it is", () => {
  const { cells, heard, fractions } = cellsOf(1300, 64, 48);
  const first = heard[0]!;
  expect(first).toHaveLength(cells.length);
  expect(first.every(({ soFar, interval }) => soFar !== null && soFar < 1300 && interval === null)).toBe(true);
  // Unrelated layers: 0 but for chance; alike with themselves.
  for (const { a, b, value } of first) expect(Math.abs(value - (a === b ? 1 : 0))).toBeLessThan(0.05);
  expect(cells.every(({ soFar }) => soFar === null)).toBe(true);
  expect(fractions).toEqual([...fractions].sort((x, y) => x - y));
});

test("few layers: cells come row by row, and the last word has them in order", () => {
  const { cells, heard } = cellsOf(300, 40, 3);
  expect(heard.map(({ length }) => length)).toEqual([1, 3, 6]);
  expect(heard[0]).toEqual([cells[5]]);
  expect(cells.map(({ a, b }) => [a, b])).toEqual(pairsOf(3, true).map(({ a, b }) => [a, b]));
});

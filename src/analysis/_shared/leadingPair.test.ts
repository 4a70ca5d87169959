import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { expect, test } from "vitest";
import { NEVER_CANCELLED } from "../../base/cancel.ts";
import { Random } from "../../numerics/random.ts";
import { topTriplets } from "../../numerics/svd/topTriplets.ts";
import { leadingPair, orderOf } from "./leadingPair.ts";
import { sineFill } from "./testCheckpoint.testkit.ts";

const go = { cancel: NEVER_CANCELLED, progress() {} };

test.each([
  [12, 7],
  [5, 20],
  [1, 6],
  [6, 1],
])("agrees with a full decomposition of a %i × %i matrix", (rows, columns) => {
  const data = sineFill(rows, columns).map((value, index) => value / (1 + (index % columns)));
  const full = new SingularValueDecomposition(Matrix.from1DArray(rows, columns, [...data]), { autoTranspose: true });
  const pair = leadingPair({ rows, columns, data }, go);
  expect(pair.singularValue).toBeCloseTo(full.diagonal[0]!, 6);
  const alignment = pair.left.reduce((sum, value, row) => sum + value * full.leftSingularVectors.get(row, 0), 0);
  expect(Math.abs(alignment)).toBeGreaterThan(1 - 1e-5);
  expect(
    pair.left[[...pair.left.keys()].sort((a, b) => Math.abs(pair.left[b]!) - Math.abs(pair.left[a]!))[0]!],
  ).toBeGreaterThan(0);
});

test("zero and non-finite entries do no harm", () => {
  expect(leadingPair({ rows: 2, columns: 3, data: new Float64Array(6) }, go)).toMatchObject({
    singularValue: 0,
    left: new Float64Array(2),
  });
  const pair = leadingPair(
    { rows: 2, columns: 2, data: Float64Array.of(3, Number.NaN, Number.POSITIVE_INFINITY, 4) },
    go,
  );
  expect(pair.singularValue).toBeCloseTo(4, 6);
});

test("ties keep the file's order", () => {
  expect([...orderOf(Float64Array.of(2, 1, 2, 1))]).toEqual([1, 3, 0, 2]);
});

test("noise, whose leading values lie close together: still the leading direction", () => {
  const random = new Random(3);
  const [rows, columns] = [700, 500];
  const data = Float32Array.from({ length: rows * columns }, () => random.normal());
  const truth = topTriplets({ rows, columns, data }, 1, { tolerance: 1e-10 }).left[0]!;
  const { left } = leadingPair({ rows, columns, data }, go);
  expect(Math.abs(left.reduce((sum, value, i) => sum + value * truth[i]!, 0))).toBeGreaterThan(0.9999);
});

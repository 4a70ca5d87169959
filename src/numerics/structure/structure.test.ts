import { expect, test } from "vitest";
import { Random } from "../random.ts";
import { averageLinkage } from "../trees/averageLinkage.ts";
import { pairsOf } from "./classFit.ts";
import { clustersOf } from "./clusters.ts";
import { gridOf } from "./grid.ts";
import { doubleCentred, leadingAxes } from "./leadingAxes.ts";
import { ringOf } from "./ring.ts";

/** Inner products that fall with the distance of the items' places; the items are shuffled, so that no order in the file helps. */
function world(
  places: readonly (readonly number[])[],
  distance: (a: readonly number[], b: readonly number[]) => number,
) {
  const random = new Random(5);
  const order = places.map((place) => ({ place, key: random.uniform() })).sort((a, b) => a.key - b.key);
  const shuffled = order.map(({ place }) => place);
  const n = shuffled.length;
  const products = Float64Array.from({ length: n * n }, (_, at) =>
    Math.exp(-distance(shuffled[Math.floor(at / n)]!, shuffled[at % n]!)),
  );
  const centred = doubleCentred(products, n);
  return {
    n,
    shuffled,
    products,
    centred,
    pairs: pairsOf(products, n),
    axes: leadingAxes(centred, n, 3, random),
    whole: leadingAxes(products, n, 4, random),
  };
}

const euclidean = (a: readonly number[], b: readonly number[]) =>
  Math.hypot(...a.map((value, at) => value - b[at]!)) / 2;

test("leading axes: of a matrix whose eigenvectors are known, and none of a zero one", () => {
  // Circulant: eigenvalues Σ c_k cos(2πjk/n), the vectors cosines and sines.
  const n = 12;
  const row = [6, 3, 1, 0, 0, 0, 0, 0, 0, 0, 1, 3];
  const matrix = Float64Array.from({ length: n * n }, (_, at) => row[(Math.floor(at / n) - (at % n) + n) % n]!);
  const { values, vectors } = leadingAxes(matrix, n, 3, new Random(1));
  const expected = (j: number) => row.reduce((sum, c, k) => sum + c * Math.cos((2 * Math.PI * j * k) / n), 0);
  expect(values[0]).toBeCloseTo(expected(0), 9);
  expect(values[1]).toBeCloseTo(expected(1), 6);
  expect(values[2]).toBeCloseTo(expected(1), 6);
  for (let i = 0; i < n; i++) {
    const [c, s] = [vectors[n + i]!, vectors[2 * n + i]!];
    expect(c * c + s * s).toBeCloseTo(2 / n, 6);
  }
  expect(Array.from(leadingAxes(new Float64Array(16), 4, 2, new Random(1)).values)).toEqual([0, 0]);
});

test("a ring of shuffled items is put in its order again, all of its similarities explained", () => {
  const n = 17;
  const places = Array.from({ length: n }, (_, i) => [i]);
  const round = ([a = 0]: readonly number[], [b = 0]: readonly number[]) =>
    Math.min(Math.abs(a - b), n - Math.abs(a - b));
  const { shuffled, pairs, axes } = world(places, round);
  const ring = ringOf(axes, pairs, n)!;
  expect(ring.fit).toBeCloseTo(1, 9);
  expect(ring.order[0]).toBe(0);
  for (let at = 0; at < n; at++)
    expect(round(shuffled[ring.order[at]!]!, shuffled[ring.order[(at + 1) % n]!]!)).toBe(1);
});

test.each([
  { rows: 5, columns: 5 },
  { rows: 4, columns: 6 },
  { rows: 3, columns: 8 },
  { rows: 6, columns: 11 },
])(
  "a lattice of $rows × $columns shuffled items: sides and places found, equal sides and their rotation too",
  ({ rows, columns }) => {
    const places = Array.from({ length: rows * columns }, (_, i) => [Math.floor(i / columns), i % columns]);
    const { n, shuffled, products, pairs, axes, whole } = world(places, euclidean);
    const grid = gridOf(axes, whole, products, pairs, n)!;
    expect([grid.rows, grid.columns]).toEqual([rows, columns]);
    // Places are told up to reflections: steps between items are the same.
    for (let i = 1; i < n; i++) {
      const [[r0 = 0, c0 = 0], [r = 0, c = 0]] = [shuffled[0]!, shuffled[i]!];
      const steps = [Math.abs(grid.row[i]! - grid.row[0]!), Math.abs(grid.column[i]! - grid.column[0]!)];
      const real = [Math.abs(r - r0), Math.abs(c - c0)];
      expect(rows === columns ? steps.sort() : steps).toEqual(rows === columns ? real.sort() : real);
    }
    expect(grid.fit).toBeCloseTo(1, 9);
    expect(grid.fit).toBeGreaterThan(ringOf(axes, pairs, n)!.fit);
  },
);

test("clusters without order: their number, members and silhouette; nothing of it in one cloud", () => {
  const random = new Random(3);
  const centres = [
    [0, 0, 0],
    [9, 0, 0],
    [0, 9, 0],
    [0, 0, 9],
  ];
  const places = Array.from({ length: 28 }, (_, i) => centres[i % 4]!.map((value) => value + 0.3 * random.normal()));
  const { n, shuffled, pairs } = world(places, euclidean);
  const d = Float64Array.from({ length: n * n }, (_, at) =>
    euclidean(shuffled[Math.floor(at / n)]!, shuffled[at % n]!),
  );
  const found = clustersOf(d, averageLinkage(d, n), pairs, n)!;
  expect(found.count).toBe(4);
  expect(found.silhouette).toBeGreaterThan(0.9);
  expect(found.fit).toBeGreaterThan(0.9);
  const near = (i: number) => shuffled[i]!.findIndex((value) => value > 4);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) expect(found.labels[i] === found.labels[j]).toBe(near(i) === near(j));
  const cloud = Array.from({ length: 28 }, () => [random.normal(), random.normal(), random.normal()]);
  const c = world(cloud, euclidean);
  const dc = Float64Array.from({ length: n * n }, (_, at) =>
    euclidean(c.shuffled[Math.floor(at / n)]!, c.shuffled[at % n]!),
  );
  expect(clustersOf(dc, averageLinkage(dc, n), c.pairs, n)!.silhouette).toBeLessThan(0.5);
});

test("silhouette of four points on a line, by hand", () => {
  const x = [0, 1, 10, 12];
  const d = Float64Array.from({ length: 16 }, (_, at) => Math.abs(x[Math.floor(at / 4)]! - x[at % 4]!));
  const products = Float64Array.from({ length: 16 }, (_, at) => x[Math.floor(at / 4)]! * x[at % 4]!);
  const found = clustersOf(d, averageLinkage(d, 4), pairsOf(products, 4), 4)!;
  // a: 1, 1, 2, 2; b: 11, 10, 9.5, 11.5.
  expect(found.silhouette).toBeCloseTo((10 / 11 + 9 / 10 + 7.5 / 9.5 + 9.5 / 11.5) / 4, 12);
});

test("too few items, and items that are all equal, have no structure", () => {
  const flat = new Float64Array(16);
  const axes = leadingAxes(flat, 4, 3, new Random(1));
  expect(ringOf(axes, pairsOf(flat, 4), 4)).toBeNull();
  expect(gridOf(axes, axes, flat, pairsOf(flat, 4), 4)).toBeNull();
  const eight = new Float64Array(64);
  expect(ringOf(leadingAxes(eight, 8, 3, new Random(1)), pairsOf(eight, 8), 8)).toBeNull();
});

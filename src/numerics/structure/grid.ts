import { classFit, type Pairs, pairsOf } from "./classFit.ts";
import type { Axes } from "./leadingAxes.ts";

/**
 * Do the items lie on a lattice of rows × columns? On a lattice the leading modes rise along one side each, so cutting the items by one mode into rows and
 * sorting each row by another gives their places; the fit says how far similarity is a function of the steps between two places along both sides.
 * Equal sides make the two modes one degenerate pair, of which any rotation is as good: the two rotations that make the coordinates most independent
 * (extremes of the sum of fourth powers, closed form of quartimax) are tried beside the pair as it is. Every number of rows is tried, the last row may be
 * short, the second mode may be the second or the third (a side more than twice as long as the other has two modes before the short side's first), and modes
 * are taken as they are and over what all items share; the best fit is taken. The permutation null takes it the same way.
 * Special cases: fewer than six items, or fewer than two modes beside the constant: null.
 */
export interface Grid {
  readonly kind: "grid";
  readonly fit: number;
  readonly rows: number;
  readonly columns: number;
  /** Place of each item. */
  readonly row: Int32Array<ArrayBuffer>;
  readonly column: Int32Array<ArrayBuffer>;
}

const FEWEST_ON_GRID = 6;
const MOST_ROWS = 32;
/** Some hundred lattices are compared on so many pairs, the best of them on all. */
const PAIRS_OF_SEARCH = 3_000;

/** `axes`: three of the double-centred products; `whole`: four of the products themselves; `pairs`: of the products. */
export function gridOf(axes: Axes, whole: Axes, products: Float64Array, pairs: Pairs, n: number): Grid | null {
  if (n < FEWEST_ON_GRID || !((axes.values[1] ?? 0) > 1e-9 * (axes.values[0] ?? 0))) return null;
  const few = pairsOf(products, n, PAIRS_OF_SEARCH);
  const tried: { p: Float64Array; q: Float64Array; grid: Grid }[] = [];
  const most = Math.min(MOST_ROWS, Math.floor(n / 2));
  for (const coordinates of [coordinatesOf(axes, n), relativeCoordinates(whole, n)])
    for (const [x, y] of planesOf(coordinates))
      for (const [p, q] of [
        [x, y],
        [y, x],
      ] as const)
        for (let rows = 2; rows <= most && rows <= Math.ceil(n / rows); rows++)
          tried.push({ p, q, grid: placed(p, q, rows, n, few, 1) });
  // Straightening costs a few times as much as placing: the likeliest are straightened.
  tried.sort((a, b) => b.grid.fit - a.grid.fit);
  let best: Grid | null = null;
  for (const { p, q, grid } of tried.slice(0, STRAIGHTENED)) {
    const straight = placed(p, q, grid.rows, n, few, ROUNDS);
    if (straight.fit > (best?.fit ?? Number.NEGATIVE_INFINITY)) best = straight;
  }
  return best === null ? null : { ...best, fit: fitOf(pairs, best.row, best.column) };
}

function coordinatesOf({ values, vectors }: Axes, n: number): readonly Float64Array[] {
  const there = values.filter((value) => value > 1e-9 * values[0]!).length;
  return Array.from({ length: there }, (_, k) => vectors.subarray(k * n, (k + 1) * n));
}

/** How uneven the leading mode may be for others to be divided by it. */
const LEAST_SHARED = 0.05;

/**
 * The modes after the first over the first, where that has one sign. Items at the border have fewer neighbours, so all of their entries are small, and a mode
 * bends back there; its ratio to what all share does not.
 */
function relativeCoordinates(whole: Axes, n: number): readonly Float64Array[] {
  const [shared, ...others] = coordinatesOf(whole, n);
  if (shared === undefined) return [];
  const sign = Math.sign(shared[0]!);
  const least = LEAST_SHARED / Math.sqrt(n);
  return shared.every((value) => sign * value > least)
    ? others.map((x) => x.map((value, i) => value / shared[i]!))
    : [];
}

/** The first two as they are and turned, and the first with the third. */
function planesOf([first, second, third]: readonly Float64Array[]): (readonly [Float64Array, Float64Array])[] {
  if (first === undefined || second === undefined) return [];
  const quarter = quartimaxAngle(first, second);
  const planes = [0, quarter, quarter + Math.PI / 4].map((angle) => rotated(first, second, angle));
  return third === undefined ? planes : [...planes, [first, third]];
}

/** A group too long for the lattice reaches beyond its side: classes are counted from the places themselves. */
function fitOf(pairs: Pairs, row: Int32Array, column: Int32Array): number {
  const [rows, columns] = [row, column].map((places) => places.reduce((most, at) => Math.max(most, at + 1), 1)) as [
    number,
    number,
  ];
  const steps = (i: number, j: number) => Math.abs(row[i]! - row[j]!) * columns + Math.abs(column[i]! - column[j]!);
  return classFit(pairs, steps, rows * columns);
}

/** Sorting the rows anew within each column and the columns within each row: rows that are bent in the modes' plane come straight. */
const ROUNDS = 4;
const STRAIGHTENED = 6;

function placed(p: Float64Array, q: Float64Array, rows: number, n: number, pairs: Pairs, rounds: number): Grid {
  const columns = Math.ceil(n / rows);
  const row = new Int32Array(n);
  const column = new Int32Array(n);
  const byP = Int32Array.from({ length: n }, (_, i) => i).sort((i, j) => p[i]! - p[j]! || i - j);
  for (const [at, item] of byP.entries()) row[item] = Math.floor(at / columns);
  rankWithin(column, row, rows, q);
  let best: Grid | null = null;
  for (let round = 0; round < rounds; round++) {
    const fit = fitOf(pairs, row, column);
    if (fit > (best?.fit ?? Number.NEGATIVE_INFINITY))
      best = { kind: "grid", fit, rows, columns, row: row.slice(), column: column.slice() };
    if (round + 1 === rounds) break;
    const [oldRow, oldColumn] = [row.slice(), column.slice()];
    rankWithin(row, column, columns, p);
    rankWithin(column, row, rows, q);
    if (same(row, oldRow) && same(column, oldColumn)) break;
  }
  return best ?? { kind: "grid", fit: Number.NaN, rows, columns, row, column };
}

/** Rank of each item by `key` among those of its group. A group too long for the lattice pushes its last items into the next one's place. */
function rankWithin(rank: Int32Array, group: Int32Array, groups: number, key: Float64Array): void {
  const members: number[][] = Array.from({ length: groups }, () => []);
  for (const [item, g] of group.entries()) members[Math.min(g, groups - 1)]!.push(item);
  for (const list of members) {
    list.sort((i, j) => key[i]! - key[j]! || i - j);
    for (const [at, item] of list.entries()) rank[item] = at;
  }
}

function same(a: Int32Array, b: Int32Array): boolean {
  return a.every((value, at) => value === b[at]);
}

/** Where Σ x⁴ + y⁴ of the rotated pair has an extreme; the other is 45° on. */
function quartimaxAngle(x: Float64Array, y: Float64Array): number {
  let [a, b] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    const u = x[i]! ** 2 - y[i]! ** 2;
    const v = 2 * x[i]! * y[i]!;
    a += u * u - v * v;
    b += 2 * u * v;
  }
  return Math.atan2(b, a) / 4;
}

function rotated(x: Float64Array, y: Float64Array, angle: number): readonly [Float64Array, Float64Array] {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  return [x.map((value, i) => c * value + s * y[i]!), y.map((value, i) => c * value - s * x[i]!)];
}

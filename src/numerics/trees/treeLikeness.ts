import type { Random } from "../random.ts";
import type { Merge } from "./averageLinkage.ts";

/**
 * How far distances are from those of a tree.
 * Cophenetic correlation: Pearson's r between the distances and the heights at which the tree joins each pair (Sokal & Rohlf 1962).
 * Gromov's δ: the largest, over quadruples, of half the difference between the two greatest of the three sums d(a,b)+d(c,d); 0 for every tree
 * metric (Buneman 1974; Gromov 1987). Divided by the diameter it has no scale.
 * Special cases: fewer than three items, or all distances equal, have no correlation (NaN); fewer than four items have δ = 0.
 */

/** n × n heights of the merges that join each pair. Cost O(n²). */
export function copheneticDistances(merges: readonly Merge[], n: number): Float64Array<ArrayBuffer> {
  const heights = new Float64Array(n * n);
  const members: (number[] | undefined)[] = Array.from({ length: n }, (_, item) => [item]);
  for (const { left, right, height } of merges) {
    const [a, b] = [members[left] ?? [], members[right] ?? []];
    for (const i of a)
      for (const j of b) {
        heights[i * n + j] = height;
        heights[j * n + i] = height;
      }
    // The smaller list is poured into the larger: O(n log n) in all, apart from the pairs themselves.
    const [more, fewer] = a.length >= b.length ? [a, b] : [b, a];
    for (const item of fewer) more.push(item);
    members.push(more);
    members[left] = undefined;
    members[right] = undefined;
  }
  return heights;
}

export function copheneticCorrelation(distances: Float64Array, merges: readonly Merge[], n: number): number {
  const heights = copheneticDistances(merges, n);
  let pairs = 0;
  let [meanD, meanH] = [0, 0];
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      pairs++;
      meanD += (distances[i * n + j]! - meanD) / pairs;
      meanH += (heights[i * n + j]! - meanH) / pairs;
    }
  let [dd, hh, dh] = [0, 0, 0];
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      const [x, y] = [distances[i * n + j]! - meanD, heights[i * n + j]! - meanH];
      dd += x * x;
      hh += y * y;
      dh += x * y;
    }
  const noise = pairs * (1e-12 * meanD) ** 2;
  return n < 3 || dd <= noise || hh <= noise ? Number.NaN : dh / Math.sqrt(dd * hh);
}

export interface FourPoint {
  /** δ over the diameter; 0 for a tree. */
  readonly relativeDelta: number;
  /** False: the largest over a random sample of quadruples, a lower bound. */
  readonly exact: boolean;
  readonly quadruples: number;
}

/** All quadruples up to this many items (1.7 million of them take 20 ms), a seeded sample beyond. */
const ALL_QUADRUPLES = 80;
const SAMPLE = 200_000;
const ROUNDING = 1e-13;

export function fourPoint(distances: Float64Array, n: number, random: Random): FourPoint {
  let diameter = 0;
  for (const distance of distances) diameter = Math.max(diameter, distance);
  if (n < 4 || diameter === 0) return { relativeDelta: 0, exact: true, quadruples: 0 };
  const d = (i: number, j: number) => distances[i * n + j]!;
  const defect = (a: number, b: number, c: number, e: number): number => {
    const sums = [d(a, b) + d(c, e), d(a, c) + d(b, e), d(a, e) + d(b, c)].sort((x, y) => y - x);
    return (sums[0]! - sums[1]!) / 2;
  };
  let [delta, quadruples] = [0, 0];
  const exact = n <= ALL_QUADRUPLES;
  if (exact) {
    for (let a = 0; a < n; a++)
      for (let b = 0; b < a; b++)
        for (let c = 0; c < b; c++)
          for (let e = 0; e < c; e++, quadruples++) delta = Math.max(delta, defect(a, b, c, e));
  } else {
    const pick = () => Math.floor(random.uniform() * n);
    for (; quadruples < SAMPLE; quadruples++) delta = Math.max(delta, defect(pick(), pick(), pick(), pick()));
  }
  // Sums of distances are off by a few ε of the diameter: below that a tree is a tree.
  return { relativeDelta: delta <= ROUNDING * diameter ? 0 : delta / diameter, exact, quadruples };
}

import type { DenseMatrix } from "../dense.ts";
import { BLOCK, widenBlock } from "../inDoubles.ts";

/** What the single entries say about the spectrum, before any decomposition. */
export interface EntryFacts {
  readonly mean: number;
  /** Population standard deviation. */
  readonly std: number;
  readonly zeroShare: number;
}

const block = new Float64Array(BLOCK);

/**
 * One pass in float64: sums and squares about the mean of each block, blocks merged by the pairwise update of Chan, Golub & LeVeque (1979), so that a mean
 * far from zero costs the standard deviation no digits.
 */
export function entryFacts({ data }: DenseMatrix): EntryFacts {
  let n = 0;
  let mean = 0;
  let squares = 0;
  let zeros = 0;
  while (n < data.length) {
    const count = widenBlock(block, data, n);
    const centre = sumOf(block, count) / count;
    const delta = centre - mean;
    squares += squaresAbout(block, count, centre) + delta * delta * ((n / (n + count)) * count);
    zeros += zerosOf(block, count);
    mean += delta * (count / (n + count));
    n += count;
  }
  return { mean, std: n === 0 ? 0 : Math.sqrt(squares / n), zeroShare: n === 0 ? 0 : zeros / n };
}

/** Four sums side by side: an addition need not wait for the one before. */
function sumOf(values: Float64Array, count: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 3 < count; i += 4) {
    a += values[i]!;
    b += values[i + 1]!;
    c += values[i + 2]!;
    d += values[i + 3]!;
  }
  for (; i < count; i++) a += values[i]!;
  return a + b + (c + d);
}

function squaresAbout(values: Float64Array, count: number, centre: number): number {
  let a = 0;
  let b = 0;
  let i = 0;
  for (; i + 1 < count; i += 2) {
    const x = values[i]! - centre;
    const y = values[i + 1]! - centre;
    a += x * x;
    b += y * y;
  }
  if (i < count) a += (values[i]! - centre) ** 2;
  return a + b;
}

function zerosOf(values: Float64Array, count: number): number {
  let zeros = 0;
  for (let i = 0; i < count; i++) if (values[i] === 0) zeros++;
  return zeros;
}

/** A mean that is not zero is a rank-one part μ·1·1ᵀ: it makes an outlier near |μ|·√(nm), without anything else having been learned. */
export interface MeanOutlier {
  /** mean·√(nm)/std; |z| > 5 is no accident. */
  readonly z: number;
  /** |mean|·√(nm): the singular value that the mean alone has. */
  readonly strength: number;
}

export function meanOutlier({ mean, std }: EntryFacts, elements: number): MeanOutlier {
  const strength = Math.abs(mean) * Math.sqrt(elements);
  return { z: std === 0 ? 0 : (Math.sign(mean) * strength) / std, strength };
}

export interface HeavyEntry {
  readonly row: number;
  readonly column: number;
  readonly value: number;
}

/**
 * Entries larger than `threshold` in magnitude: the `limit` largest of them, largest first, and how many there are.
 * The threshold in use is β^¼·σ√M = σ·(nm)^¼: an entry of that size is a rank-one spike θ·eᵢeⱼᵀ that alone pushes a singular value out of
 * the noise bulk (Benaych-Georges & Nadakuditi 2012).
 */
export function heavyEntries(
  { data, columns }: DenseMatrix,
  threshold: number,
  limit: number,
): { readonly count: number; readonly largest: readonly HeavyEntry[] } {
  let count = 0;
  let largest: HeavyEntry[] = [];
  for (let start = 0; start < data.length; start += BLOCK) {
    const length = widenBlock(block, data, start);
    for (let i = nextAbove(block, length, 0, threshold); i < length; i = nextAbove(block, length, i + 1, threshold)) {
      count++;
      const at = start + i;
      largest.push({ row: Math.floor(at / columns), column: at % columns, value: block[i]! });
      if (largest.length > 4 * limit) largest = strongest(largest, limit);
    }
  }
  return { count, largest: strongest(largest, limit) };
}

/** The first place from `from` on with a magnitude above `threshold`; `length` if there is none. */
function nextAbove(values: Float64Array, length: number, from: number, threshold: number): number {
  let i = from;
  while (i < length && !(Math.abs(values[i]!) > threshold)) i++;
  return i;
}

function strongest(entries: readonly HeavyEntry[], limit: number): HeavyEntry[] {
  return [...entries].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, limit);
}

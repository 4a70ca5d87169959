import type { DenseMatrix } from "../dense.ts";
import { inDoubles } from "../inDoubles.ts";

/** What the single entries say about the spectrum, before any decomposition. */
export interface EntryFacts {
  readonly mean: number;
  /** Population standard deviation. */
  readonly std: number;
  readonly zeroShare: number;
}

/**
 * One pass in float64: sums and squares about the mean of each block, blocks merged by the pairwise update of Chan, Golub & LeVeque (1979), so that a mean
 * far from zero costs the standard deviation no digits.
 */
export function entryFacts({ data }: DenseMatrix): EntryFacts {
  let n = 0;
  let mean = 0;
  let squares = 0;
  let zeros = 0;
  inDoubles(data, (block, count) => {
    const sum = sumOf(block, count);
    const centre = sum / count;
    let own = 0;
    for (let i = 0; i < count; i++) {
      const x = block[i]!;
      if (x === 0) zeros++;
      own += (x - centre) * (x - centre);
    }
    const delta = centre - mean;
    squares += own + delta * delta * ((n / (n + count)) * count);
    mean += delta * (count / (n + count));
    n += count;
  });
  return { mean, std: n === 0 ? 0 : Math.sqrt(squares / n), zeroShare: n === 0 ? 0 : zeros / n };
}

/** Four sums side by side: an addition need not wait for the one before. */
function sumOf(block: Float64Array, count: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < count; i += 4) {
    a += block[i]!;
    b += block[i + 1]!;
    c += block[i + 2]!;
    d += block[i + 3]!;
  }
  for (; i < count; i++) a += block[i]!;
  return a + b + (c + d);
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
  inDoubles(data, (block, length, start) => {
    for (let i = 0; i < length; i++) {
      const value = block[i]!;
      if (!(Math.abs(value) > threshold)) continue;
      count++;
      largest.push({ row: Math.floor((start + i) / columns), column: (start + i) % columns, value });
      if (largest.length > 4 * limit) largest = strongest(largest, limit);
    }
  });
  return { count, largest: strongest(largest, limit) };
}

function strongest(entries: readonly HeavyEntry[], limit: number): HeavyEntry[] {
  return [...entries].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, limit);
}

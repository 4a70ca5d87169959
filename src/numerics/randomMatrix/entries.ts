import type { DenseMatrix } from "../dense.ts";

/** What the single entries say about the spectrum, before any decomposition. */
export interface EntryFacts {
  readonly mean: number;
  /** Population standard deviation. */
  readonly std: number;
  readonly zeroShare: number;
}

/** Two passes in float64. */
export function entryFacts({ data }: DenseMatrix): EntryFacts {
  const n = data.length;
  let sum = 0;
  let zeros = 0;
  for (let i = 0; i < n; i++) {
    const x = data[i]!;
    sum += x;
    if (x === 0) zeros++;
  }
  const mean = n === 0 ? 0 : sum / n;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (data[i]! - mean) ** 2;
  return { mean, std: n === 0 ? 0 : Math.sqrt(squares / n), zeroShare: n === 0 ? 0 : zeros / n };
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
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (!(Math.abs(value) > threshold)) continue;
    count++;
    largest.push({ row: Math.floor(i / columns), column: i % columns, value });
    if (largest.length > 4 * limit) largest = strongest(largest, limit);
  }
  return { count, largest: strongest(largest, limit) };
}

function strongest(entries: readonly HeavyEntry[], limit: number): HeavyEntry[] {
  return [...entries].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, limit);
}

/**
 * How far noise of independent entries (standard deviation σ) turns the singular vectors of an n × m matrix, to first order in σ:
 *   E sin²∠(u_i, û_i) ≈ σ²·( Σ_{j≠i} (s_i² + s_j²)/(s_i² − s_j²)² + (n − r)/s_i² ),     v_i the same with m
 * Source: first-order perturbation of the SVD (Stewart 1973; Wedin 1972 bounds it by ‖E‖/gap). Valid while it is well below 1; capped at 1.
 * Modes of a degenerate group turn freely inside it: for them it is the mean turn out of the group's subspace.
 */
export interface ModeError {
  readonly left: number;
  readonly right: number;
}

export function modeErrors(
  values: ArrayLike<number>,
  groups: readonly (readonly number[])[],
  rows: number,
  columns: number,
  noise: number,
): readonly ModeError[] {
  const rank = values.length;
  return Array.from({ length: rank }, (_, i) => {
    const square = values[i]! ** 2;
    const group = new Set(groups[i] ?? [i]);
    let inside = 0;
    for (let j = 0; j < rank; j++)
      if (!group.has(j)) inside += (square + values[j]! ** 2) / (square - values[j]! ** 2) ** 2;
    const turn = (length: number) => Math.min(1, noise ** 2 * (inside + Math.max(0, length - rank) / square));
    return { left: turn(rows), right: turn(columns) };
  });
}

/** First-order mixing sin² of two neighbours that σ alone makes: σ²(s² + t²)/(s² − t²)². Infinity where they are equal. */
function mixing(s: number, t: number, noise: number): number {
  const gap = s ** 2 - t ** 2;
  return gap === 0 ? Number.POSITIVE_INFINITY : (noise ** 2 * (s ** 2 + t ** 2)) / gap ** 2;
}

/** Neighbours that noise mixes by 30° and more are one subspace. */
const MOST_MIXING = 0.25;

/**
 * Which modes can be told apart: neighbours nearer than `gap`·s₁, or that noise would mix by more than 30°, are one group. Returns for each rank its group.
 */
export function modeGroups(values: ArrayLike<number>, gap: number, noise: number): readonly (readonly number[])[] {
  const groups: number[][] = [];
  for (let i = 0; i < values.length; i++) {
    const before = values[i - 1];
    const last = groups[groups.length - 1];
    const same =
      before !== undefined &&
      (before - values[i]! < gap * values[0]! || (noise > 0 && mixing(before, values[i]!, noise) > MOST_MIXING));
    if (same && last !== undefined) last.push(i);
    else groups.push([i]);
  }
  return groups.flatMap((group) => group.map(() => group));
}

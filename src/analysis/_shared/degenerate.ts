/** Neighbours closer than this part of σ₁ cannot be told apart (theory: exact data). */
const RELATIVE_GAP = 1e-6;

/**
 * Groups of ranks whose singular values are too close: inside one, only the subspace has a meaning. `gap` is relative to the
 * first value.
 */
export function degenerateGroups(values: ArrayLike<number>, gap = RELATIVE_GAP): readonly (readonly number[])[] {
  const groups: number[][] = [];
  for (let i = 0; i < values.length; i++) {
    const last = groups[groups.length - 1];
    const close = i > 0 && (values[i - 1] as number) - (values[i] as number) < gap * (values[0] as number);
    if (close && last !== undefined) last.push(i);
    else groups.push([i]);
  }
  return groups.flatMap((group) => group.map(() => group));
}

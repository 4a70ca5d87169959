export interface Poles {
  /** Indices, largest loading first. */
  readonly positive: readonly number[];
  readonly negative: readonly number[];
}

/** Relative difference of loadings that float32 vectors cannot tell from none. */
const TIE = 1e-5;

/** Half of a mode names it (its properties); nearly all of it says whom it concerns (its items). */
const PROPERTY_SHARE = 0.5;
const MOST_PROPERTIES = 16;
const ITEM_SHARE = 0.9;
const MOST_ITEMS = 64;

export function modePoles(items: ArrayLike<number>, properties: ArrayLike<number>) {
  return {
    itemPoles: polesOf(items, ITEM_SHARE, MOST_ITEMS),
    propertyPoles: polesOf(properties, PROPERTY_SHARE, MOST_PROPERTIES),
  };
}

/**
 * The fewest entries of a unit vector that carry `share` of its squared length, by sign: what to name a mode by. Entries that tie with the last one
 * come along, so that symmetric modes have symmetric poles; at most `limit` in all.
 */
export function polesOf(x: ArrayLike<number>, share: number, limit: number): Poles {
  let largest = 0;
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]!));
  // By rounded size, so that equal loadings keep the order of the table whatever their last bits.
  const sizes = Array.from({ length: x.length }, (_, i) => Math.round(Math.abs(x[i]!) / (TIE * (largest || 1))));
  const order = Array.from(sizes.keys()).sort((i, j) => sizes[j]! - sizes[i]! || i - j);
  let total = 0;
  for (let i = 0; i < x.length; i++) total += x[i]! ** 2;
  const taken: number[] = [];
  let held = 0;
  for (const i of order) {
    const size = Math.abs(x[i]!);
    const last = taken.length === 0 ? Number.POSITIVE_INFINITY : Math.abs(x[taken[taken.length - 1]!]!);
    const ties = size >= last * (1 - TIE);
    if (size === 0 || taken.length >= limit || (held >= share * total && !ties)) break;
    taken.push(i);
    held += size ** 2;
  }
  return { positive: taken.filter((i) => x[i]! > 0), negative: taken.filter((i) => x[i]! < 0) };
}

/** One unit of a singular vector and how much of it loads on the mode. */
export interface Loading {
  readonly unit: number;
  readonly loading: number;
  /** Whether it belongs to the smallest set of units that carries half of the mode. */
  readonly inHalf: boolean;
}

export interface Poles {
  /** Largest positive loadings, descending. */
  readonly positive: readonly Loading[];
  /** Most negative loadings, most negative first. */
  readonly negative: readonly Loading[];
  /** Size of the smallest set with Σu² ≥ ½ Σu² over all units. */
  readonly halfCount: number;
}

/** The `count` strongest loadings of each sign. Zero and NaN belong to neither pole; ties go to the lower unit. */
export function polesOf(vector: ArrayLike<number>, count: number): Poles {
  const half = halfMassSet(vector);
  const members = new Set(half);
  const order = Array.from({ length: vector.length }, (_, unit) => unit).filter((unit) => !Number.isNaN(vector[unit]!));
  order.sort((a, b) => vector[b]! - vector[a]! || a - b);
  const loadingOf = (unit: number): Loading => ({ unit, loading: vector[unit]!, inHalf: members.has(unit) });
  return {
    positive: order
      .filter((unit) => vector[unit]! > 0)
      .slice(0, count)
      .map(loadingOf),
    negative: order
      .filter((unit) => vector[unit]! < 0)
      .sort((a, b) => vector[a]! - vector[b]! || a - b)
      .slice(0, count)
      .map(loadingOf),
    halfCount: half.length,
  };
}

/** Relative difference of squares that float32 vectors cannot tell from none. */
const TIE = 1e-5;

/** Units of the smallest set whose squared loadings reach half of the whole, strongest first. */
export function halfMassSet(vector: ArrayLike<number>): readonly number[] {
  const square = (unit: number) => {
    const value = vector[unit]!;
    return Number.isNaN(value) ? 0 : value * value;
  };
  let total = 0;
  const order: number[] = [];
  for (let unit = 0; unit < vector.length; unit++) {
    total += square(unit);
    if (square(unit) > 0) order.push(unit);
  }
  order.sort((a, b) => square(b) - square(a) || a - b);
  const set: number[] = [];
  let mass = 0;
  for (const unit of order) {
    // Units that tie with the last one come along: which of equals is named must not depend on its last bit.
    const ties = set.length > 0 && square(unit) >= square(set[set.length - 1]!) * (1 - TIE);
    if (mass >= total / 2 - TIE * total && !ties) break;
    mass += square(unit);
    set.push(unit);
  }
  return set;
}

/**
 * A number that may hold names the code does not give a value: c·Πsᵖ. `4 * d` and `d` have a ratio of 4 whatever d is, and σ_w² often needs no more than
 * such a ratio. Sums of unlike terms and integer divisions become a name of their own, the same name for the same terms.
 */
export interface Quantity {
  readonly factor: number;
  /** Sorted by name; no power is 0. */
  readonly powers: readonly (readonly [string, number])[];
}

/** A name grows with every sum that it holds; beyond this it stands for nothing anyone could compare. */
const LONGEST_NAME = 200;

export function exactly(factor: number): Quantity {
  return { factor, powers: [] };
}

export function symbol(name: string): Quantity | null {
  return name.length > LONGEST_NAME ? null : { factor: 1, powers: [[name, 1]] };
}

/** Null while a name is left in it. */
export function knownNumber(quantity: Quantity | null): number | null {
  return quantity === null || quantity.powers.length > 0 ? null : quantity.factor;
}

export function times(a: Quantity | null, b: Quantity | null): Quantity | null {
  if (a === null || b === null) return null;
  const powers = new Map(a.powers);
  for (const [name, power] of b.powers) powers.set(name, (powers.get(name) ?? 0) + power);
  return made(a.factor * b.factor, powers);
}

export function over(a: Quantity | null, b: Quantity | null): Quantity | null {
  return b === null || b.factor === 0 ? null : times(a, raised(b, -1));
}

/** Of a quantity that is positive, or with a whole exponent. */
export function raised(a: Quantity | null, exponent: number): Quantity | null {
  if (a === null) return null;
  const factor = a.factor ** exponent;
  return Number.isFinite(factor)
    ? made(factor, new Map(a.powers.map(([name, power]) => [name, power * exponent])))
    : null;
}

export function plus(a: Quantity | null, b: Quantity | null): Quantity | null {
  if (a === null || b === null) return null;
  if (a.factor === 0) return b;
  if (b.factor === 0) return a;
  if (samePowers(a, b))
    return a.factor + b.factor === 0 ? exactly(0) : { factor: a.factor + b.factor, powers: a.powers };
  return symbol(`(${[nameOf(a), nameOf(b)].sort().join("+")})`);
}

/** Anything else of two quantities, under a name of its own. */
export function named(operation: string, a: Quantity | null, b: Quantity | null): Quantity | null {
  return a === null || b === null ? null : symbol(`(${nameOf(a)}${operation}${nameOf(b)})`);
}

export function equal(a: Quantity | null, b: Quantity | null): boolean {
  return a !== null && b !== null && a.factor === b.factor && samePowers(a, b);
}

/** As people write it: "4·d", "2/n". */
export function nameOf({ factor, powers }: Quantity): string {
  if (powers.length === 0) return String(factor);
  const part = (sign: number) =>
    powers
      .filter(([, power]) => power * sign > 0)
      .map(([name, power]) => (Math.abs(power) === 1 ? name : `${name}^${Math.abs(power)}`));
  const above = [...(factor === 1 && part(1).length > 0 ? [] : [String(factor)]), ...part(1)].join("·");
  const below = part(-1).join("·");
  return below === "" ? above : `${above}/${below}`;
}

function samePowers(a: Quantity, b: Quantity): boolean {
  return (
    a.powers.length === b.powers.length &&
    a.powers.every(([name, power], index) => name === b.powers[index]?.[0] && power === b.powers[index]?.[1])
  );
}

function made(factor: number, powers: ReadonlyMap<string, number>): Quantity {
  const kept = [...powers].filter(([, power]) => power !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
  return { factor, powers: factor === 0 ? [] : kept };
}

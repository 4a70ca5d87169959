import type { Place } from "../syntax/types.ts";

/**
 * A number that may hold names the code does not give a value: c·Πsᵖ. `4 * d` and `d` have a ratio of 4 whatever d is, and σ_w² often needs no more than
 * such a ratio. Sums of unlike terms and integer divisions become a name of their own, the same name for the same terms.
 */
export interface Quantity {
  readonly factor: number;
  /** Sorted by name; no power is 0. */
  readonly powers: readonly (readonly [string, number])[];
  /** Numbers written in the source that it is proportional to, each with its power. Kept only where somebody means to edit them (`literal`). */
  readonly written?: readonly (readonly [Place, number])[];
}

/** A name grows with every sum that it holds; beyond this it stands for nothing anyone could compare. */
const LONGEST_NAME = 200;

/** Of plain numbers, which most quantities are. */
const NO_POWERS: Quantity["powers"] = [];

const ONE: Quantity = { factor: 1, powers: NO_POWERS };
const ZERO: Quantity = { factor: 0, powers: NO_POWERS };

export function exactly(factor: number): Quantity {
  return factor === 1 ? ONE : Object.is(factor, 0) ? ZERO : { factor, powers: NO_POWERS };
}

/** A number as the source writes it, for an interpreter that is asked where numbers come from. */
export function literal(factor: number, place: Place): Quantity {
  return { factor, powers: [], written: [[place, 1]] };
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
  if (isPlain(a) && isPlain(b)) return exactly(a.factor * b.factor);
  const powers = new Map(a.powers);
  for (const [name, power] of b.powers) powers.set(name, (powers.get(name) ?? 0) + power);
  const product = made(a.factor * b.factor, powers);
  return a.written === undefined && b.written === undefined
    ? product
    : { ...product, written: joined(a.written ?? [], b.written ?? []) };
}

/** A number, and nobody asks where it is written. */
function isPlain({ powers, written }: Quantity): boolean {
  return powers.length === 0 && written === undefined;
}

function joined(a: NonNullable<Quantity["written"]>, b: NonNullable<Quantity["written"]>) {
  const powers = new Map(a);
  for (const [place, power] of b) powers.set(place, (powers.get(place) ?? 0) + power);
  return [...powers].filter(([, power]) => power !== 0);
}

export function over(a: Quantity | null, b: Quantity | null): Quantity | null {
  return b === null || b.factor === 0 ? null : times(a, raised(b, -1));
}

/** Of a quantity that is positive, or with a whole exponent. */
export function raised(a: Quantity | null, exponent: number): Quantity | null {
  if (a === null) return null;
  const factor = a.factor ** exponent;
  if (!Number.isFinite(factor)) return null;
  if (isPlain(a)) return exactly(factor);
  const power = made(factor, new Map(a.powers.map(([name, power]) => [name, power * exponent])));
  return a.written === undefined || exponent === 0
    ? power
    : { ...power, written: a.written.map(([place, one]) => [place, one * exponent]) };
}

export function plus(a: Quantity | null, b: Quantity | null): Quantity | null {
  if (a === null || b === null) return null;
  if (a.factor === 0) return b;
  if (b.factor === 0) return a;
  if (samePowers(a, b))
    // A sum is proportional to a number only where both of its terms are.
    return a.factor + b.factor === 0
      ? exactly(0)
      : {
          factor: a.factor + b.factor,
          powers: a.powers,
          ...(sameWritten(a, b) && a.written !== undefined ? { written: a.written } : {}),
        };
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

function sameWritten({ written: a = [] }: Quantity, { written: b = [] }: Quantity): boolean {
  return (
    a.length === b.length && a.every(([place, power]) => b.some((other) => other[0] === place && other[1] === power))
  );
}

function samePowers(a: Quantity, b: Quantity): boolean {
  return (
    a.powers.length === b.powers.length &&
    a.powers.every(([name, power], index) => name === b.powers[index]?.[0] && power === b.powers[index]?.[1])
  );
}

function made(factor: number, powers: ReadonlyMap<string, number>): Quantity {
  const kept = [...powers].filter(([, power]) => power !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
  return { factor, powers: factor === 0 ? NO_POWERS : kept };
}

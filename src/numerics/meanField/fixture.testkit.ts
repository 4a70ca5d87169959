import { readFileSync } from "node:fs";
import type { Activation } from "./activation.ts";
import { activationById } from "./activations.ts";

type Value = number | string | readonly number[] | Readonly<Record<string, number | string | readonly number[]>>;

interface Fixture {
  readonly reference: Readonly<Record<string, Value>>;
  readonly mean_square: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly covariance: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly erf: readonly (readonly [number, number])[];
}

const PATH = new URL("../../../test/fixtures/theory/mean-field.json", import.meta.url);

/** Reference values from the scientific specification and from SciPy; the file says where it comes from. */
export const FIXTURE = JSON.parse(readFileSync(PATH, "utf8")) as Fixture;

export function known(id: string): Activation {
  const activation = activationById(id);
  if (activation === undefined) throw new Error(`no activation ${id}`);
  return activation;
}

export function reference(key: string): Readonly<Record<string, number>> {
  const value = FIXTURE.reference[key];
  if (typeof value !== "object") throw new Error(`no reference values ${key}`);
  return value as Readonly<Record<string, number>>;
}

/** Gauss–Hermite for the normal law by Newton's method on He_n: here to show what it gets wrong. */
export function hermiteMean(count: number, f: (z: number) => number): number {
  const value = (x: number) => {
    let [before, here] = [0, 1];
    for (let k = 0; k < count; k++) [before, here] = [here, (x * here - Math.sqrt(k) * before) / Math.sqrt(k + 1)];
    return { here, slope: Math.sqrt(count) * before, before };
  };
  const reach = 2 * Math.sqrt(count);
  let sum = 0;
  let last = value(-reach).here;
  const steps = 200 * count;
  for (let k = 1; k <= steps; k++) {
    const x = -reach + (2 * reach * k) / steps;
    const now = value(x).here;
    if (now > 0 !== last > 0) {
      let root = x - reach / steps;
      for (let round = 0; round < 20; round++) root -= value(root).here / value(root).slope;
      sum += f(root) / (count * value(root).before ** 2);
    }
    last = now;
  }
  return sum;
}

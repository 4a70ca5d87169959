import { readFileSync } from "node:fs";

interface Fixture {
  readonly reference: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly airy: readonly (readonly [number, number, number])[];
  readonly log_erfc: readonly (readonly [number, number])[];
  /** [α, ln-likelihood ratio, z]. */
  readonly vuong_rayleigh: readonly [number, number, number];
  readonly vuong_pareto: readonly [number, number, number];
  readonly tracy_widom_1_cdf: readonly (readonly [number, number])[];
  readonly tracy_widom_1_quantiles: readonly (readonly [number, number])[];
}

const PATH = new URL("../../../test/fixtures/theory/random-matrix.json", import.meta.url);

/** Reference values from the scientific specification and from SciPy; the file says where it comes from. */
export const FIXTURE = JSON.parse(readFileSync(PATH, "utf8")) as Fixture;

export function reference(key: string): Readonly<Record<string, number>> {
  const values = FIXTURE.reference[key];
  if (values === undefined) throw new Error(`no reference values ${key}`);
  return values;
}

/** sin(a·i + b·j + c·i·j + d), the fill that the reference values were computed on. */
export function sines(
  rows: number,
  columns: number,
  a: number,
  b: number,
  c: number,
  d: number,
): Float64Array<ArrayBuffer> {
  return Float64Array.from({ length: rows * columns }, (_, k) => {
    const i = Math.floor(k / columns);
    const j = k % columns;
    return Math.sin(a * i + b * j + c * i * j + d);
  });
}

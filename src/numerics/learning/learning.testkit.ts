import { readFileSync } from "node:fs";
import type { DenseMatrix } from "../dense.ts";
import type { Law } from "./curves.ts";

interface Fixture {
  readonly specification: Readonly<Record<string, unknown>>;
  readonly courses: readonly {
    readonly kind: Law["kind"];
    readonly value: number;
    readonly s: number;
    readonly start: number;
    readonly tau: number;
    readonly times: readonly number[];
    readonly strengths: readonly number[];
  }[];
  readonly fits: readonly {
    readonly name: "deep" | "shallow";
    readonly s: number;
    readonly times: readonly number[];
    readonly strengths: readonly number[];
    readonly fits: Readonly<
      Record<"deep" | "shallow", { tau: number; tauError: number; start: number; rss: number; aic: number }>
    >;
  }[];
  readonly deeper: readonly {
    readonly depth: number;
    readonly s: number;
    readonly times: readonly number[];
    readonly strengths: readonly number[];
    readonly tau: number;
    readonly tauError: number;
    readonly start: number;
    readonly startError: number;
    readonly rss: number;
  }[];
  /** The random start of the specification's effective a₀: 16 × 4 and 7 × 16. */
  readonly initial: { readonly first: readonly number[]; readonly second: readonly number[] };
  readonly peaks: {
    readonly values: readonly number[];
    readonly peaks: readonly number[];
    readonly prominences: readonly number[];
  };
  readonly monotone: {
    readonly values: readonly number[];
    readonly rising: readonly number[];
    readonly rms: readonly number[];
  };
  readonly embedding: {
    readonly moments: readonly (readonly number[])[];
    readonly rows: number;
    readonly columns: number;
    readonly shares: readonly number[];
    readonly stress: number;
    readonly distances: readonly number[];
  };
  readonly descents: readonly {
    readonly activation: "linear" | "tanh";
    readonly depth: number;
    readonly losses: readonly number[];
    readonly map: readonly number[];
  }[];
}

/** Reference values from the scientific specification, and from SciPy and PyTorch (scripts/fixtures/learning.py). */
export const FIXTURE = JSON.parse(
  readFileSync(new URL("../../../test/fixtures/theory/learning.json", import.meta.url), "utf8"),
) as Fixture;

export function specified(key: string): Readonly<Record<string, number>> {
  const values = FIXTURE.specification[key];
  if (typeof values !== "object" || values === null) throw new Error(`no reference values ${key}`);
  return values as Readonly<Record<string, number>>;
}

/** Properties × items of the toy world: Grow, Move, Roots, Fly, Swim, Bark, Petals × Canary, Salmon, Oak, Rose. */
export const TOY: DenseMatrix = {
  rows: 7,
  columns: 4,
  data: new Float64Array([1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]),
};

/** sin(a·i + b·j + c·i·j + d) times a factor: what the reference values start from. */
export function sines(
  rows: number,
  columns: number,
  [a, b, c, d]: readonly [number, number, number, number],
  factor = 1,
) {
  const data = Float64Array.from({ length: rows * columns }, (_, k) => {
    const [i, j] = [Math.floor(k / columns), k % columns];
    return factor * Math.sin(a * i + b * j + c * i * j + d);
  });
  return { rows, columns, data };
}

import { readFileSync } from "node:fs";
import { Random } from "../random.ts";
import type { Matrix64 } from "./matrix.ts";
import type { MeasureOptions } from "./measures.ts";
import { RefusedError } from "./refusal.ts";

type Numbers = readonly number[];
type Rows = readonly Numbers[];
interface Pair {
  readonly biased: number;
  readonly debiased: number;
  readonly rbf: number;
  readonly rbf_debiased: number;
  readonly procrustes: number;
  readonly angle: number;
  readonly svcca90: number;
  readonly svcca90_kept: readonly [number, number];
  readonly predictivity: Predicted;
  readonly predictivity_reverse: Predicted;
  readonly biased_without: Numbers;
  readonly debiased_without: Numbers;
  readonly order: Numbers;
  readonly shuffled: { readonly biased: number; readonly debiased: number; readonly spearman: number };
  readonly cca?: Numbers;
  readonly pwcca?: number;
  readonly pwcca_reverse?: number;
  readonly alpha?: Readonly<Record<string, number>>;
}

interface Predicted {
  readonly r2: number;
  readonly correlations: Numbers;
  readonly penalties: Numbers;
}

interface Fixture {
  readonly reference: Readonly<
    Record<string, Readonly<Record<string, number>> & { svcca_dims?: readonly [number, number] }>
  >;
  readonly x: Rows;
  readonly y: Rows;
  readonly wide: Rows;
  readonly coarse: Rows;
  readonly noise_covariance: Rows;
  readonly rdm: Readonly<Record<string, Numbers>>;
  readonly compare: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly cityblock_coarse: Numbers;
  readonly ranks: { readonly a: Numbers; readonly b: Numbers; readonly average: Numbers; readonly tau_a: number };
  readonly pairs: { readonly y: Pair; readonly wide: Pair };
  readonly five: { readonly r: number; readonly p: number; readonly mean: number };
  readonly recording: {
    readonly sessions: readonly Rows[];
    readonly shrunk: Rows;
    readonly diagonal: Rows;
    readonly full: Rows;
    readonly crossnobis: Numbers;
    readonly crossnobis_white: Numbers;
    readonly model_whitened: number;
    readonly ceiling: Readonly<Record<string, readonly [number, number]>>;
    readonly reliability: Numbers;
  };
  readonly mds_eigenvalues: Numbers;
  readonly weights: {
    readonly cost: Rows;
    readonly assignment: Numbers;
    readonly assignment_cost: number;
    readonly a: Rows;
    readonly b: Rows;
    readonly angles: Numbers;
  };
}

const PATH = new URL("../../../test/fixtures/similarity/similarity.json", import.meta.url);

/** Made by rsatoolbox, scikit-learn, SciPy and NumPy; the file says which. */
export const FIXTURE = JSON.parse(readFileSync(PATH, "utf8")) as Fixture;

export function matrix(rows: Rows): Matrix64 {
  return { rows: rows.length, columns: rows[0]!.length, data: Float64Array.from(rows.flat()) };
}

/** sin(a·i + b·j + c·i·j + d): the fill that the specification's values were computed on. */
export function sines(rows: number, columns: number, a: number, b: number, c: number, d: number): Matrix64 {
  const data = Float64Array.from({ length: rows * columns }, (_, k) => {
    const [i, j] = [Math.floor(k / columns), k % columns];
    return Math.sin(a * i + b * j + c * i * j + d);
  });
  return { rows, columns, data };
}

/** The largest difference, relative to the largest expected size. */
export function worst(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  let [error, size] = [0, 0];
  for (let k = 0; k < expected.length; k++) {
    error = Math.max(error, Math.abs(found[k]! - expected[k]!));
    size = Math.max(size, Math.abs(expected[k]!));
  }
  return error / size;
}

export const OPTIONS: MeasureOptions = {
  distance: "squared-euclidean",
  comparison: "spearman",
  width: 0.8,
  share: 0.9,
  alpha: 0.5,
  batch: 10,
  folds: 5,
  seed: 1,
};

export function gaussian(n: number, p: number, seed: number): Matrix64 {
  const random = new Random(seed);
  return { rows: n, columns: p, data: Float64Array.from({ length: n * p }, () => random.normal()) };
}

/** By which name it was refused. */
export const condition = (run: () => unknown): string | undefined => {
  try {
    run();
  } catch (error) {
    if (error instanceof RefusedError) return error.condition;
    throw error;
  }
  return undefined;
};

import { readFileSync } from "node:fs";

type Numbers = readonly number[];
type Rows = readonly Numbers[];

interface DualMethod {
  /** Draws × models × (both factors, subjects, items). */
  readonly evaluations: readonly Rows[];
  /** (lower, upper) × draws × (both factors, subjects, items). */
  readonly noise_ceiling: readonly Rows[];
  readonly model_var: Numbers;
  readonly diff_var: Numbers;
  /** Models × (lower, upper): variance of the difference to the ceiling. */
  readonly ceiling_var: Rows;
  /** Models × subjects. */
  readonly single: Rows;
  readonly ceiling: readonly [number, number];
  readonly dof: number;
}

interface InferenceFixture {
  readonly family: {
    readonly observed: Numbers;
    readonly draws: Rows;
    readonly p: Numbers;
    readonly step_down: Numbers;
    readonly holm: Numbers;
  };
  readonly dual: {
    readonly data: readonly Rows[];
    readonly models: readonly Rows[];
    readonly draws: readonly { readonly subjects: Numbers; readonly items: Numbers }[];
    readonly methods: Readonly<Record<string, DualMethod>>;
  };
  /** t, degrees of freedom, chance above t. */
  readonly student: Rows;
  /** Share below, degrees of freedom, t. */
  readonly quantile: Rows;
}

const PATH = new URL("../../../test/fixtures/similarity/inference.json", import.meta.url);

/** Made by rsatoolbox, SciPy and NumPy; the file says which. */
export const INFERENCE = JSON.parse(readFileSync(PATH, "utf8")) as InferenceFixture;

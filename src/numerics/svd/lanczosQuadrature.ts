import { NEVER_CANCELLED } from "../../base/cancel.ts";
import { type DenseMatrix, finiteMagnitude } from "../dense.ts";
import { dense } from "../eigen/block.ts";
import { tridiagonalVectors } from "../eigen/tridiagonalVectors.ts";
import { loadKernels } from "../kernels/load.ts";
import { PANEL_WIDTH } from "../kernels/panels.ts";
import type { Kernels } from "../kernels/types.ts";
import { Random } from "../random.ts";
import { GramOperator, gramOperatorBytes } from "./gramOperator.ts";
import { powerOfTwo } from "./scaled.ts";
import type { KernelOptions } from "./singularValues.ts";

const B = PANEL_WIDTH;

/** Random starts, and Lanczos steps from each. */
export const QUADRATURE_PROBES = 16;
export const QUADRATURE_STEPS = 64;

export interface QuadratureOptions extends KernelOptions {
  /** A multiple of 8 (default 16). */
  readonly probes?: number;
  /** Default 64. */
  readonly steps?: number;
  /** Default: the best of this engine. */
  readonly kernels?: Kernels;
}

/** Nodes σ and weights (summing to 1) of one probe: Σ f(σᵢ)/p over the whole spectrum ≈ Σ weight·f(node), on average over probes. */
export interface Probe {
  readonly nodes: Float64Array<ArrayBuffer>;
  readonly weights: Float64Array<ArrayBuffer>;
}

export interface Quadrature {
  readonly probes: readonly Probe[];
  readonly steps: number;
  /** How many singular values there are: min(rows, columns). */
  readonly count: number;
  /** √(Σσ²/count), exact. */
  readonly rootMeanSquare: number;
}

/**
 * Stochastic Lanczos quadrature (Ubaru, Chen & Saad 2017) on the Gram matrix of the smaller side, eight probes a pass over the matrix. Products are summed in
 * float32, recurrences in float64, without reorthogonalization: a converged value may appear as several nodes that share its weight, which no average
 * over the spectrum notices (Greenbaum 1989). Nodes below about 1e-3·σ₁ are not resolved. Cost: 4·rows·columns flops a probe and step.
 */
export function lanczosQuadrature(matrix: DenseMatrix, seed: number, options: QuadratureOptions = {}): Quadrature {
  const {
    cancel = NEVER_CANCELLED,
    progress = () => {},
    probes = QUADRATURE_PROBES,
    steps = QUADRATURE_STEPS,
  } = options;
  const count = Math.min(matrix.rows, matrix.columns);
  const largest = finiteMagnitude(matrix);
  if (count === 0 || largest === 0) return { probes: [], steps: 0, count, rootMeanSquare: 0 };
  const kernels = options.kernels ?? loadKernels();
  const unit = powerOfTwo(largest);
  let squares = 0;
  for (let i = 0; i < matrix.data.length; i++) squares += ((matrix.data[i] as number) / unit) ** 2;
  const used = Math.min(steps, count);
  const length = Math.ceil(count / 12) * 12 * B;
  const found: Probe[] = [];
  kernels.memory.scope(gramOperatorBytes(matrix, "single") + 3 * 8 * length + 65536, () => {
    const operator = new GramOperator(kernels, matrix, unit, "single", cancel);
    const [before, now, next] = [0, 1, 2].map(() => kernels.memory.float64(length)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    for (let first = 0; first < probes; first += B) {
      const run = new EightRecurrences(operator, [before, now, next], new Random(seed + first));
      for (let step = 0; step < used; step++) {
        run.step();
        progress((first * used + B * (step + 1)) / (probes * used));
      }
      found.push(...run.probes(unit));
    }
  });
  return { probes: found, steps: used, count, rootMeanSquare: unit * Math.sqrt(squares / count) };
}

/** Eight three-term recurrences side by side, each from a random unit vector. */
class EightRecurrences {
  readonly #alphas: Float64Array[] = [];
  readonly #betas: Float64Array[] = [];

  constructor(
    private readonly operator: GramOperator,
    private vectors: [before: Float64Array, now: Float64Array, next: Float64Array],
    random: Random,
  ) {
    const [before, now] = vectors;
    before.fill(0);
    now.fill(0);
    for (let i = 0; i < operator.columns * B; i++) now[i] = random.normal();
    const norms = dots(now, now, operator.columns).map(Math.sqrt);
    for (let i = 0; i < operator.columns * B; i++) now[i] = (now[i] as number) / (norms[i % B] as number);
  }

  step(): void {
    const [before, now, next] = this.vectors;
    const n = this.operator.columns;
    this.operator.apply(next, now);
    const betas = this.#betas[this.#betas.length - 1] ?? new Float64Array(B);
    const alphas = dots(now, next, n);
    for (let i = 0, at = 0; i < n; i++) {
      for (let c = 0; c < B; c++, at++)
        next[at] =
          (next[at] as number) -
          (alphas[c] as number) * (now[at] as number) -
          (betas[c] as number) * (before[at] as number);
    }
    const norms = dots(next, next, n).map(Math.sqrt);
    // A probe whose space is used up stays at zero: its further nodes get no weight.
    const factors = norms.map((norm, c) => (norm > 1e-12 * Math.abs(alphas[c] as number) ? 1 / norm : 0));
    for (let i = 0, at = 0; i < n; i++)
      for (let c = 0; c < B; c++, at++) next[at] = (next[at] as number) * (factors[c] as number);
    this.#alphas.push(alphas);
    this.#betas.push(norms.map((norm, c) => (factors[c] === 0 ? 0 : norm)));
    this.vectors = [now, next, before];
  }

  /** Gauss quadrature from each tridiagonal matrix (Golub & Welsch 1969): weights are squared first components. */
  probes(unit: number): Probe[] {
    const steps = this.#alphas.length;
    return Array.from({ length: B }, (_, c) => {
      const d = Float64Array.from(this.#alphas, (alphas) => alphas[c] as number);
      const e = Float64Array.from(this.#betas, (betas) => betas[c] as number);
      const rows = new Float64Array(steps * steps);
      tridiagonalVectors(d, e, dense(rows, steps, steps), 0, steps);
      return {
        nodes: d.map((theta) => unit * Math.sqrt(Math.max(0, theta))),
        weights: d.map((_, k) => (rows[k * steps] as number) ** 2),
      };
    });
  }
}

/** Σᵢ x(i, c)·y(i, c) for each of the eight columns. */
function dots(x: Float64Array, y: Float64Array, n: number): Float64Array<ArrayBuffer> {
  const sums = new Float64Array(B);
  for (let i = 0, at = 0; i < n; i++)
    for (let c = 0; c < B; c++, at++) sums[c] = (sums[c] as number) + (x[at] as number) * (y[at] as number);
  return sums;
}

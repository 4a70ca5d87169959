/** Lanczos on JᵀJ from several random directions, for products that somebody else makes: at once, or in another thread or runtime. */
import { dense } from "../eigen/block.ts";
import { tridiagonalVectors } from "../eigen/tridiagonalVectors.ts";
import type { Random } from "../random.ts";

/** One random direction: nodes s² and weights of its Gauss quadrature, and how sure the largest is. */
export interface LanczosProbe {
  readonly nodes: Float64Array<ArrayBuffer>;
  readonly weights: Float64Array<ArrayBuffer>;
  /** Largest s², which no longer start would find below, and the residual of its pair: some s² lies within it. */
  readonly largest: { readonly value: number; readonly residual: number };
}

/** What is left of a new direction beside the product's size, below which it is rounding: of float64, and of products in float32. */
export const ROUNDING = { float64: 1e-14, float32: 1e-6 } as const;

export class LanczosRun {
  readonly #bases: Float64Array[][];
  readonly #alphas: Float64Array<ArrayBuffer>[];
  readonly #betas: Float64Array<ArrayBuffer>[];
  readonly #steps: number;
  #step = 0;

  constructor(
    private readonly n: number,
    count: number,
    steps: number,
    random: Random,
    private readonly rounding: number = ROUNDING.float64,
  ) {
    this.#steps = Math.min(steps, n);
    this.#bases = Array.from({ length: count }, () => [random.direction(n)]);
    this.#alphas = this.#bases.map(() => new Float64Array(this.#steps));
    this.#betas = this.#bases.map(() => new Float64Array(this.#steps));
  }

  /** Rows that JᵀJ is to be applied to next; null at the end. A direction that has ended gives zeros. */
  next(): Float64Array<ArrayBuffer> | null {
    if (this.#step >= this.#steps) return null;
    const rows = new Float64Array(this.#bases.length * this.n);
    for (const [c, basis] of this.#bases.entries()) {
      const now = basis[this.#step];
      if (now !== undefined) rows.set(now, c * this.n);
    }
    return rows;
  }

  take(images: Float64Array): void {
    const step = this.#step++;
    for (const [c, basis] of this.#bases.entries()) {
      const v = basis[step];
      if (v === undefined) continue;
      const w = images.slice(c * this.n, (c + 1) * this.n);
      this.#alphas[c]![step] = dot(v, w);
      // Twice: once leaves what cancellation brought in.
      for (let again = 0; again < 2; again++) for (const old of basis) subtract(w, old, dot(old, w));
      const norm = Math.sqrt(dot(w, w));
      this.#betas[c]![step] = norm;
      if (norm > this.rounding * Math.abs(this.#alphas[c]![0]!)) basis.push(w.map((value) => value / norm));
    }
  }

  probes(): LanczosProbe[] {
    return this.#bases.map((basis, c) => {
      const size = Math.min(this.#step, basis.length);
      const d = this.#alphas[c]!.slice(0, size);
      const last = this.#betas[c]![size - 1]!;
      const rows = new Float64Array(size * size);
      tridiagonalVectors(d, this.#betas[c]!.slice(0, size), dense(rows, size, size), 0, size);
      const top = d.indexOf(Math.max(...d));
      return {
        nodes: d.map((theta) => Math.max(0, theta)),
        weights: d.map((_, k) => rows[k * size]! ** 2),
        largest: { value: Math.max(0, d[top]!), residual: Math.abs(last * rows[top * size + size - 1]!) },
      };
    });
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function subtract(w: Float64Array, v: Float64Array, factor: number): void {
  for (let i = 0; i < w.length; i++) w[i] = w[i]! - factor * v[i]!;
}

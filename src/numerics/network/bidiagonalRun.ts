/** Golub–Kahan bidiagonalization from several random directions, for products that somebody else makes: at once, or in another thread or runtime. */
import { NEVER_CANCELLED } from "../../base/cancel.ts";
import { dense } from "../eigen/block.ts";
import { loadKernels } from "../kernels/load.ts";
import type { Kernels } from "../kernels/types.ts";
import type { Random } from "../random.ts";
import { jacobiSvd, jacobiSvdBytes } from "../svd/jacobiSvd.ts";

/** A singular value that was found, and its residual: some singular value lies within it. */
export interface Approached {
  readonly value: number;
  readonly residual: number;
}

/** One random direction: values s and weights of its Gauss quadrature, and how sure both ends are. */
export interface SpectrumProbe {
  readonly values: Float64Array<ArrayBuffer>;
  readonly weights: Float64Array<ArrayBuffer>;
  /** None that is found lies above the largest singular value, nor below the smallest. */
  readonly largest: Approached;
  readonly smallest: Approached;
}

/** What is left of a new direction beside the product's size, below which it is rounding: of float64, and of products in float32. */
export const ROUNDING = { float64: 1e-14, float32: 1e-6 } as const;

/** Rows that a product is to be made of next: `right` by J, `left` by Jᵀ. */
export interface Wanted {
  readonly side: "right" | "left";
  readonly rows: Float64Array<ArrayBuffer>;
}

/**
 * J·V = U·B and Jᵀ·U = V·Bᵀ + β·v·eᵀ with B bidiagonal (Golub & Kahan 1965), both bases orthogonalized in full, twice. BᵀB is what Lanczos makes of JᵀJ from the
 * same start, so that squared values of B and squared first entries of its right vectors are the same Gauss quadrature (Golub & Meurant 2010); but
 * JᵀJ is never rounded: values are right to about ε·s_max, where a Gram matrix loses those below √ε·s_max. A pair's residual is β times the last entry of its
 * left vector. Cost: a product with J and one with Jᵀ a step and direction, and 4·n·steps² flops.
 */
export class BidiagonalRun {
  readonly #directions: Direction[];
  readonly #steps: number;
  #step = 0;
  #side: "right" | "left" = "right";

  constructor(
    private readonly columns: number,
    private readonly rows: number,
    count: number,
    steps: number,
    random: Random,
    private readonly rounding: number = ROUNDING.float64,
  ) {
    this.#steps = Math.min(steps, columns, rows);
    this.#directions = Array.from({ length: count }, () => new Direction(random.direction(columns)));
  }

  /** Products that are still to come, for progress. */
  get steps(): number {
    return this.#steps;
  }

  /** Null at the end. A direction that has ended gives zeros. */
  next(): Wanted | null {
    if (this.#step >= this.#steps) return null;
    const side = this.#side;
    const length = side === "right" ? this.columns : this.rows;
    const rows = new Float64Array(this.#directions.length * length);
    for (const [c, direction] of this.#directions.entries()) {
      const now = direction.at(side, this.#step);
      if (now !== undefined) rows.set(now, c * length);
    }
    return { side, rows };
  }

  take(images: Float64Array): void {
    const side = this.#side;
    const length = side === "right" ? this.rows : this.columns;
    for (const [c, direction] of this.#directions.entries())
      direction.take(side, this.#step, images.slice(c * length, (c + 1) * length), this.rounding);
    if (side === "left") this.#step++;
    this.#side = side === "right" ? "left" : "right";
  }

  /** `kernels` by default the best of this engine. */
  probes(kernels: Kernels = loadKernels()): SpectrumProbe[] {
    return this.#directions.map((direction) => direction.probe(kernels));
  }
}

class Direction {
  readonly #right: Float64Array[];
  readonly #left: Float64Array[] = [];
  /** Diagonal of B and what stands right of it; the last β leads out. */
  readonly #alphas: number[] = [];
  readonly #betas: number[] = [];
  #size = 0;

  constructor(start: Float64Array) {
    this.#right = [start];
  }

  at(side: "right" | "left", step: number): Float64Array | undefined {
    return side === "right" ? this.#right[step] : this.#left[step];
  }

  take(side: "right" | "left", step: number, image: Float64Array, rounding: number): void {
    if (this.at(side, step) === undefined) return;
    const [basis, lengths] = side === "right" ? [this.#left, this.#alphas] : [this.#right, this.#betas];
    // Twice: once leaves what cancellation brought in. The coupling with the last vector is part of it.
    for (let again = 0; again < 2; again++) for (const old of basis) subtract(image, old, dot(old, image));
    const norm = Math.sqrt(dot(image, image));
    this.#size = Math.max(this.#size, norm);
    const there = norm > rounding * this.#size;
    lengths.push(there ? norm : 0);
    if (there) basis.push(image.map((value) => value / norm));
  }

  probe(kernels: Kernels): SpectrumProbe {
    // A direction that J sends to 0 has a column of zeros in B, and ends there. Bᵀ is taken, since of an exact zero one side alone has a vector: the right.
    const size = this.#alphas.length;
    const { memory } = kernels;
    return memory.scope(jacobiSvdBytes(size, size) + 3 * 8 * size * size + 4096, () => {
      const [b, smaller, larger] = [0, 1, 2].map(() => dense(memory.float64(size * size), size, size)) as [
        ReturnType<typeof dense>,
        ReturnType<typeof dense>,
        ReturnType<typeof dense>,
      ];
      for (let k = 0; k < size; k++) {
        b.data[k * size + k] = this.#alphas[k]!;
        if (k + 1 < size) b.data[(k + 1) * size + k] = this.#betas[k] ?? 0;
      }
      const values = Float64Array.from(jacobiSvd(kernels, b, { smaller, larger }, NEVER_CANCELLED));
      return { values, ...this.#read(values, smaller.data, larger.data, size) };
    });
  }

  #read(values: Float64Array, left: Float64Array, right: Float64Array, size: number) {
    const out = this.#betas[size - 1] ?? 0;
    // Rows are vectors; those of exact zeros are zero on the left.
    const weights = Float64Array.from(values, (_, k) => right[k * size]! ** 2);
    const found = (k: number): Approached => ({
      value: values[k] ?? 0,
      residual: size === 0 ? 0 : out * Math.abs(left[k * size + size - 1]!),
    });
    return { weights, largest: found(0), smallest: found(size - 1) };
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

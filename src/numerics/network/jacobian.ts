/**
 * The Jacobian between the pre-activations of two layers at one input, J = W_b·D_(b−1)…W_(a+1)·D_a with D = diag φ′(h), never formed: what it does to
 * vectors, and what random vectors tell of its singular values.
 */
import type { DenseMatrix } from "../dense.ts";
import { dense } from "../eigen/block.ts";
import { tridiagonalVectors } from "../eigen/tridiagonalVectors.ts";
import type { Random } from "../random.ts";
import type { DenseNetwork } from "./denseNetwork.ts";

export class Jacobian {
  readonly #slopes: readonly Float64Array[];

  /** `preActivations` of one input, layer by layer, as `forward` gives them. 0 ≤ from < to. */
  constructor(
    private readonly network: DenseNetwork,
    preActivations: readonly Float64Array[],
    readonly from: number,
    readonly to: number,
  ) {
    this.#slopes = preActivations.slice(from, to).map((h) => h.map(network.activation.slope));
  }

  get columns(): number {
    return this.network.width(this.from);
  }

  get rows(): number {
    return this.network.width(this.to);
  }

  /** J·v for rows v. */
  apply(v: Float64Array): Float64Array<ArrayBuffer> {
    let now = Float64Array.from(v);
    for (let layer = this.from; layer < this.to; layer++) now = this.network.times(layer + 1, this.#scaled(now, layer));
    return now;
  }

  /** Jᵀ·v for rows v. */
  applyTransposed(v: Float64Array): Float64Array<ArrayBuffer> {
    let now = Float64Array.from(v);
    for (let layer = this.to - 1; layer >= this.from; layer--)
      now = this.#scaled(this.network.timesTransposed(layer + 1, now), layer);
    return now;
  }

  /** W·D of each link, for the exact singular values of the product. */
  links(): DenseMatrix[] {
    return this.#slopes.map((slopes, at) => {
      const { rows, columns, data } = this.network.layers[this.from + at + 1]!.weight;
      return { rows, columns, data: Float64Array.from(data, (value, k) => value * slopes[k % columns]!) };
    });
  }

  #scaled(v: Float64Array<ArrayBuffer>, layer: number): Float64Array<ArrayBuffer> {
    const slopes = this.#slopes[layer - this.from]!;
    for (let i = 0; i < v.length; i++) v[i] = v[i]! * slopes[i % slopes.length]!;
    return v;
  }
}

/** One random direction: nodes s² and weights of its Gauss quadrature, and how sure the largest is. */
export interface LanczosProbe {
  readonly nodes: Float64Array<ArrayBuffer>;
  readonly weights: Float64Array<ArrayBuffer>;
  /** Largest s², which no longer start would find below, and the residual of its pair: some s² lies within it. */
  readonly largest: { readonly value: number; readonly residual: number };
}

/**
 * Lanczos on JᵀJ from `count` random directions at once, each with full reorthogonalization. Σ weight·f(node) is an unbiased estimate of the mean of f over
 * all s² (Ubaru, Chen & Saad 2017; Hutchinson 1990 for f(s²) = s²).
 */
export function lanczosProbes(jacobian: Jacobian, count: number, steps: number, random: Random): LanczosProbe[] {
  const n = jacobian.columns;
  const used = Math.min(steps, n);
  const bases: Float64Array[][] = Array.from({ length: count }, () => [random.direction(n)]);
  const alphas = bases.map(() => new Float64Array(used));
  const betas = bases.map(() => new Float64Array(used));
  for (let step = 0; step < used; step++) {
    const now = new Float64Array(count * n);
    for (const [c, basis] of bases.entries()) now.set(basis[step] ?? new Float64Array(n), c * n);
    const images = jacobian.applyTransposed(jacobian.apply(now));
    for (const [c, basis] of bases.entries()) {
      const v = basis[step];
      if (v === undefined) continue;
      const w = images.slice(c * n, (c + 1) * n);
      alphas[c]![step] = dot(v, w);
      // Twice: once leaves what cancellation brought in.
      for (let again = 0; again < 2; again++) for (const old of basis) subtract(w, old, dot(old, w));
      const norm = Math.sqrt(dot(w, w));
      betas[c]![step] = norm;
      if (norm > 1e-14 * Math.abs(alphas[c]![0]!)) basis.push(w.map((value) => value / norm));
    }
  }
  return bases.map((basis, c) => {
    const size = Math.min(used, basis.length);
    const d = alphas[c]!.slice(0, size);
    const last = betas[c]![size - 1]!;
    const rows = new Float64Array(size * size);
    tridiagonalVectors(d, betas[c]!.slice(0, size), dense(rows, size, size), 0, size);
    const top = d.indexOf(Math.max(...d));
    return {
      nodes: d.map((theta) => Math.max(0, theta)),
      weights: d.map((_, k) => rows[k * size]! ** 2),
      largest: { value: Math.max(0, d[top]!), residual: Math.abs(last * rows[top * size + size - 1]!) },
    };
  });
}

export interface Growth {
  /**
   * exp of the mean of ln of (‖J_l v‖²/n_l)/(‖v‖²/n_(l−1)) over inputs and tangents: the squared tangent a unit, which is what χ₁ is about; so is the total
   * squared norm of a gradient on its way back, whatever the widths.
   */
  readonly factor: number;
  /** Of ln factor, over inputs; all draws share the weights at hand. */
  readonly logError: number;
}

/**
 * How much each link from layer to layer stretches a tangent that came through all links before it, v renormalised at each: the measured counterpart of χ₁.
 * `forward` are pre-activations of `count` inputs, one tangent each.
 */
export function measuredGrowth(
  network: DenseNetwork,
  forward: readonly Float64Array[],
  count: number,
  random: Random,
): Growth[] {
  const { slope } = network.activation;
  const first = network.width(0);
  let v = Float64Array.from({ length: count * first }, () => random.normal());
  const found: Growth[] = [];
  for (let layer = 1; layer < network.layers.length; layer++) {
    const before = squareNorms(v, count);
    const h = forward[layer - 1]!;
    for (let i = 0; i < v.length; i++) v[i] = v[i]! * slope(h[i]!);
    v = network.times(layer, v);
    const after = squareNorms(v, count);
    const width = network.width(layer);
    const aUnit = network.width(layer - 1) / width;
    const logs = Array.from(after, (value, c) => Math.log((aUnit * value) / before[c]!)).filter(Number.isFinite);
    found.push(meanOfLogs(logs));
    for (let i = 0; i < v.length; i++) {
      const norm = Math.sqrt(after[Math.floor(i / width)]!);
      v[i] = norm === 0 ? random.normal() : v[i]! / norm;
    }
  }
  return found;
}

function meanOfLogs(logs: readonly number[]): Growth {
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  const spread = logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, logs.length - 1);
  return { factor: logs.length === 0 ? 0 : Math.exp(mean), logError: Math.sqrt(spread / Math.max(1, logs.length)) };
}

function squareNorms(v: Float64Array, count: number): Float64Array {
  const width = v.length / count;
  const sums = new Float64Array(count);
  for (let i = 0; i < v.length; i++) sums[Math.floor(i / width)] = sums[Math.floor(i / width)]! + v[i]! * v[i]!;
  return sums;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function subtract(w: Float64Array, v: Float64Array, factor: number): void {
  for (let i = 0; i < w.length; i++) w[i] = w[i]! - factor * v[i]!;
}

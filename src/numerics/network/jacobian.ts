/**
 * The Jacobian between the pre-activations of two layers at one input, J = W_b·D_(b−1)…W_(a+1)·D_a with D = diag φ′(h), never formed: what it does to
 * vectors, and what random vectors tell of its singular values.
 */
import type { DenseMatrix } from "../dense.ts";
import type { Random } from "../random.ts";
import { BidiagonalRun, type SpectrumProbe } from "./bidiagonalRun.ts";
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

/**
 * Bidiagonalization from `count` random directions of the smaller side at once, each with full reorthogonalization. Σ weight·f(value²) is an unbiased estimate of
 * the mean of f over the squares of all min(rows, columns) singular values (Ubaru, Chen & Saad 2017; Hutchinson 1990 for f(s²) = s²).
 */
export function spectrumProbes(jacobian: Jacobian, count: number, steps: number, random: Random): SpectrumProbe[] {
  const { rows, columns } = jacobian;
  const wide = columns > rows;
  const run = new BidiagonalRun(Math.min(rows, columns), Math.max(rows, columns), count, steps, random);
  for (let wanted = run.next(); wanted !== null; wanted = run.next())
    run.take((wanted.side === "right") === wide ? jacobian.applyTransposed(wanted.rows) : jacobian.apply(wanted.rows));
  return run.probes();
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

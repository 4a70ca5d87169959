/**
 * What gradient flow keeps while the weights change, and how far a run has kept it (Saxe, McClelland & Ganguli 2014, appendix A; Du, Hu & Lee 2018;
 * Kunin, Sagastuy-Brena, Ganguli, Yamins & Tanaka 2021). No data are needed: only checkpoints.
 *   balance      W₂ᵀW₂ − W₁W₁ᵀ                 two linear layers in a row, no bias between
 *   rescale      ‖w_in‖² + b² − ‖w_out‖²       each hidden unit with a positively homogeneous activation (ReLU, leaky ReLU, none)
 *   scale        ‖w‖² of each output            weights whose output is normalised next (batch norm: each channel; layer norm: the whole matrix)
 *   translation  column sums of W               weights that feed a softmax
 * All are constant under gradient flow of any loss. Finite steps add O(η); decay λ multiplies each by e^(−2ληt) (translation: e^(−ληt)); Adam keeps none.
 */
import type { DenseMatrix } from "../dense.ts";

/** h × h, row-major. */
export function balance(first: DenseMatrix, second: DenseMatrix): Float64Array<ArrayBuffer> {
  const h = first.rows;
  const out = new Float64Array(h * h);
  for (let r = 0; r < second.rows; r++)
    for (let i = 0; i < h; i++) {
      const factor = second.data[r * h + i]!;
      for (let j = 0; j < h; j++) out[i * h + j] = out[i * h + j]! + factor * second.data[r * h + j]!;
    }
  for (let i = 0; i < h; i++)
    for (let j = 0; j < h; j++) {
      let sum = 0;
      for (let k = 0; k < first.columns; k++)
        sum += first.data[i * first.columns + k]! * first.data[j * first.columns + k]!;
      out[i * h + j] = out[i * h + j]! - sum;
    }
  return out;
}

export function rowSquares({ rows, columns, data }: DenseMatrix): Float64Array<ArrayBuffer> {
  const out = new Float64Array(rows);
  for (let i = 0, at = 0; i < rows; i++)
    for (let j = 0; j < columns; j++, at++) out[i] = out[i]! + data[at]! * data[at]!;
  return out;
}

/** Squares summed over rows and over the columns of one input channel; `channelOf` maps a column to its channel. */
export function inputSquares(
  { rows, columns, data }: DenseMatrix,
  channels: number,
  channelOf: (column: number) => number,
): Float64Array<ArrayBuffer> {
  const out = new Float64Array(channels);
  for (let j = 0; j < columns; j++) {
    const channel = channelOf(j);
    for (let i = 0; i < rows; i++) out[channel] = out[channel]! + data[i * columns + j]! ** 2;
  }
  return out;
}

export function columnSums({ rows, columns, data }: DenseMatrix): Float64Array<ArrayBuffer> {
  const out = new Float64Array(columns);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < columns; j++, at++) out[j] = out[j]! + data[at]!;
  return out;
}

export interface Drift {
  /** ‖c(t) − c(0)‖/‖c(0)‖: 0 where the law is kept. */
  readonly relative: number;
  /** ⟨c(t), c(0)⟩/‖c(0)‖²: e^(−2ληt) under weight decay. */
  readonly kept: number;
  /** Cosine between c(t) and c(0): 1 where all of it only shrank or grew together. */
  readonly cosine: number;
  /** ‖c(t) − c(0)‖ over the scale of the weights that make it: a drift of small differences of large weights is small. */
  readonly ofWeights: number;
}

/** `scale`: what ‖c‖ would be without cancellation, at time t. NaN where c(0) is zero. */
export function driftOf(initial: Float64Array, now: Float64Array, scale: number): Drift {
  let [difference, start, end, inner] = [0, 0, 0, 0];
  for (let k = 0; k < initial.length; k++) {
    const [a, b] = [initial[k]!, now[k]!];
    difference += (b - a) ** 2;
    start += a * a;
    end += b * b;
    inner += a * b;
  }
  return {
    relative: Math.sqrt(difference / start),
    kept: inner / start,
    cosine: inner / Math.sqrt(start * end),
    ofWeights: Math.sqrt(difference) / scale,
  };
}

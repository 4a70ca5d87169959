import { ModeScopeError } from "../../base/errors.ts";
import type { DenseMatrix } from "../dense.ts";

/**
 * Input–output correlations of P items (Saxe, McClelland & Ganguli 2014, 2019).
 *   Y   properties × items (N₃ × P); X   inputs × items (N₁ × P), the unit matrix for one-hot items
 *   sum convention   Σ^yx = Σ_μ y x ᵀ = YXᵀ,      Σ^x = XXᵀ       (Saxe et al. 2014: τ = 1/λ, time in epochs of the whole batch)
 *   mean convention  Σ^yx = YXᵀ/P,                 Σ^x = XXᵀ/P     (PNAS 2019: τ = 1/(λP))
 * The two agree only if Σ^x is carried along: one-hot items give Σ^x = I in the first and I/P in the second.
 * Centring takes each property's mean over the items away (YH, H = I − 11ᵀ/P), which deletes the mode that all items share.
 * Cost: N₃·N₁·P products; nothing at all for one-hot items.
 */
export type Convention = "sum" | "mean";

export interface CorrelationInput {
  /** Properties × items. */
  readonly y: DenseMatrix;
  /** Inputs × items; null for one-hot items. */
  readonly x: DenseMatrix | null;
  readonly convention: Convention;
  readonly centre: boolean;
}

/** Σ^yx, properties × inputs. */
export function inputOutputCorrelation({ y, x, convention, centre }: CorrelationInput): DenseMatrix {
  if (x !== null && x.columns !== y.columns)
    throw new ModeScopeError(
      "bad-request",
      `The table of inputs has ${x.columns} items, the table of properties ${y.columns}: they must be the same items in the same order.`,
    );
  const factor = convention === "mean" ? 1 / y.columns : 1;
  const table = centre ? centredOverItems(y) : y;
  if (x === null)
    return { rows: y.rows, columns: y.columns, data: Float64Array.from(table.data, (one) => factor * one) };
  return timesTransposed(table, x, factor);
}

/** Each row minus its mean. */
function centredOverItems({ rows, columns, data }: DenseMatrix): DenseMatrix {
  const out = new Float64Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    let mean = 0;
    for (let c = 0; c < columns; c++) mean += data[r * columns + c]! / columns;
    for (let c = 0; c < columns; c++) out[r * columns + c] = data[r * columns + c]! - mean;
  }
  return { rows, columns, data: out };
}

/** factor·A·Bᵀ. */
export function timesTransposed(a: DenseMatrix, b: DenseMatrix, factor = 1): DenseMatrix {
  const out = new Float64Array(a.rows * b.rows);
  for (let i = 0; i < a.rows; i++)
    for (let j = 0; j < b.rows; j++) {
      let sum = 0;
      for (let p = 0; p < a.columns; p++) sum += a.data[i * a.columns + p]! * b.data[j * b.columns + p]!;
      out[i * b.rows + j] = factor * sum;
    }
  return { rows: a.rows, columns: b.rows, data: out };
}

export interface InputStructure {
  /** Off-diagonal share ‖D − diag D‖²/‖D‖² of D = VᵀΣ^xV: 0 where the decoupled theory holds (Saxe et al. 2014, eq. 18). */
  readonly offDiagonalShare: number;
  /** v_αᵀΣ^xv_α: the input strength of each mode. All equal (and nothing off the diagonal): white inputs. */
  readonly strengths: readonly number[];
  /** ‖Σ^x − c·I‖/‖Σ^x‖ with the best c, measured inside the span of all inputs: 0 for white ones. */
  readonly colour: number;
}

/** What the inputs' correlations do to the modes `v` (each of length N₁). One-hot items (null) are white. */
export function inputStructure(
  x: DenseMatrix | null,
  v: readonly ArrayLike<number>[],
  convention: Convention,
  items: number,
): InputStructure {
  const factor = convention === "mean" ? 1 / items : 1;
  if (x === null) return { offDiagonalShare: 0, strengths: v.map(() => factor), colour: 0 };
  const images = v.map((one) => {
    const out = new Float64Array(x.columns);
    for (let i = 0; i < x.rows; i++) {
      const weight = one[i]!;
      for (let p = 0; p < x.columns; p++) out[p] = out[p]! + weight * x.data[i * x.columns + p]!;
    }
    return out;
  });
  let [all, diagonal] = [0, 0];
  const strengths: number[] = [];
  for (const [a, left] of images.entries())
    for (const [b, right] of images.entries()) {
      let value = 0;
      for (let p = 0; p < left.length; p++) value += left[p]! * right[p]!;
      all += value * value;
      if (a === b) {
        diagonal += value * value;
        strengths.push(factor * value);
      }
    }
  return { offDiagonalShare: all === 0 ? 0 : Math.max(0, 1 - diagonal / all), strengths, colour: colourOf(x) };
}

/** By traces of the smaller Gram matrix, whose non-zero eigenvalues are those of Σ^x: ‖Σ − cI‖² = tr Σ² − (tr Σ)²/n on the n directions that can be non-zero. */
function colourOf(x: DenseMatrix): number {
  const gram = x.rows <= x.columns ? timesTransposed(x, x) : timesTransposed(transposed(x), transposed(x));
  let [trace, square] = [0, 0];
  for (let i = 0; i < gram.rows; i++) {
    trace += gram.data[i * gram.rows + i]!;
    for (let j = 0; j < gram.rows; j++) square += gram.data[i * gram.rows + j]! ** 2;
  }
  return square === 0 ? 0 : Math.sqrt(Math.max(0, 1 - trace ** 2 / (gram.rows * square)));
}

export function transposed({ rows, columns, data }: DenseMatrix): DenseMatrix {
  const out = new Float64Array(rows * columns);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = data[r * columns + c]!;
  return { rows: columns, columns: rows, data: out };
}

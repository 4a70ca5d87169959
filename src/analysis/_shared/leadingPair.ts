import type { RealArray } from "../../base/dtype.ts";
import type { DenseMatrix } from "../../numerics/dense.ts";
import { topTriplets } from "../../numerics/svd/topTriplets.ts";
import type { AnalysisContext } from "../types.ts";

interface LeadingPair {
  readonly left: Float64Array<ArrayBuffer>;
  readonly right: Float64Array<ArrayBuffer>;
  readonly singularValue: number;
}

/** ‖Av − σu‖ ≤ this part of σ₁: for an order by loadings far more than the eye tells. */
const TOLERANCE = 1e-3;
const SEED = 2016;

/**
 * Leading singular pair to order rows and columns by. Block Lanczos (thin SVD where it is small): of 4096 × 4096 Gaussian noise, where σ₂/σ₁ is 0.998, it is 1e-5 from
 * the true direction after half a second; forty steps of power iteration are 56° away after three. Sign: the largest |left| entry is positive.
 * Non-finite entries count as 0. A zero matrix gives zero vectors.
 */
export function leadingPair(
  matrix: DenseMatrix,
  { cancel, progress }: Pick<AnalysisContext, "cancel" | "progress">,
): LeadingPair {
  const { rows, columns } = matrix;
  const data = finite(matrix.data);
  const { values, left, right } = topTriplets({ rows, columns, data }, 1, {
    tolerance: TOLERANCE,
    seed: SEED,
    cancel,
    progress,
  });
  const [u, v, singularValue = 0] = [left[0], right[0], values[0]];
  if (u === undefined || v === undefined || singularValue === 0)
    return { left: new Float64Array(rows), right: new Float64Array(columns), singularValue: 0 };
  const sign = signOfLargest(u);
  return { left: u.map((value) => sign * value), right: v.map((value) => sign * value), singularValue };
}

/** Positions by rising value; ties keep the file's order. */
export function orderOf(values: Float64Array): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]! || a - b);
}

function finite(data: RealArray): RealArray {
  let check = 0;
  for (let i = 0; i < data.length; i++) check += data[i]! - data[i]!;
  if (check === 0) return data;
  const copy = data.slice();
  for (let i = 0; i < copy.length; i++) if (!Number.isFinite(copy[i]!)) copy[i] = 0;
  return copy;
}

function signOfLargest(vector: Float64Array): number {
  let largest = 0;
  for (const value of vector) if (Math.abs(value) > Math.abs(largest)) largest = value;
  return largest < 0 ? -1 : 1;
}

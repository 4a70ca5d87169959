/**
 * Where a network takes what it is newly told (Saxe, McClelland & Ganguli 2019, eq. 16, 17).
 *   H   hidden vectors as columns: of items (W₁ for one-hot items), or of properties (W₂ᵀ)
 *   A new property taught to item i by its output weights alone is believed of item j in proportion to h_jᵀh_i/‖h_i‖²; a new item known by one property m
 *   gets property n by the same formula on the properties' vectors.
 * With balanced weights h_iα = √a_α·v_iα and h_mα = √a_α·u_mα, so the answers depend on how far each mode is learned.
 * Assumption: only the new weights learn, from zero, to the taught value.
 */
import type { DenseMatrix } from "../dense.ts";

/** One value for each column, 1 for the taught one. NaN where its hidden vector is zero. */
export function projections({ rows, columns, data }: DenseMatrix, taught: number): Float64Array<ArrayBuffer> {
  const out = new Float64Array(columns);
  let square = 0;
  for (let h = 0; h < rows; h++) {
    const factor = data[h * columns + taught]!;
    square += factor * factor;
    for (let j = 0; j < columns; j++) out[j] = out[j]! + factor * data[h * columns + j]!;
  }
  return out.map((value) => value / square);
}

/**
 * ‖ŶᵀŶ/‖ŶᵀŶ‖ − (HᵀH)²/‖(HᵀH)²‖‖_F for a network of two weight matrices with white inputs, Ŷ its map. 0 exactly where its weights are of minimum norm among
 * all that make this map (balanced: small initial weights), up to √2 otherwise. NaN for a map of zero.
 */
export function minimumNormResidual(map: DenseMatrix, hidden: DenseMatrix): number {
  const outer = gram(map);
  const inner = gram(hidden);
  const n = map.columns;
  const squared = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) {
      const factor = inner[i * n + k]!;
      for (let j = 0; j < n; j++) squared[i * n + j] = squared[i * n + j]! + factor * inner[k * n + j]!;
    }
  const [a, b] = [frobenius(outer), frobenius(squared)];
  let sum = 0;
  for (let k = 0; k < outer.length; k++) sum += (outer[k]! / a - squared[k]! / b) ** 2;
  return Math.sqrt(sum);
}

function gram({ rows, columns: n, data }: DenseMatrix): Float64Array<ArrayBuffer> {
  const out = new Float64Array(n * n);
  for (let r = 0; r < rows; r++)
    for (let i = 0; i < n; i++) {
      const factor = data[r * n + i]!;
      for (let j = 0; j < n; j++) out[i * n + j] = out[i * n + j]! + factor * data[r * n + j]!;
    }
  return out;
}

function frobenius(data: Float64Array): number {
  return Math.sqrt(data.reduce((sum, value) => sum + value * value, 0));
}

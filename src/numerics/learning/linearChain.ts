/**
 * The modes of the data in a chain of linear layers over training (Saxe, McClelland & Ganguli 2014, 2019).
 *   Y   properties × items; Σ³¹ = Y for one-hot items (sum convention), Y = U S Vᵀ
 *   A(t) = Uᵀ W_D…W_1 V; its diagonal is the modes' strengths a_α(t), which tend to s_α
 *   ρ(t) = ‖A − diag A‖²/‖A‖²: where it is large the modes are not decoupled, and the theory's curves do not hold
 * In a degenerate group (equal s) single vectors are arbitrary: the group's mean strength tr(A_group)/g is what all choices share, and the group's block
 * counts as diagonal.
 */
import type { DenseMatrix } from "../dense.ts";
import { topTriplets } from "../svd/topTriplets.ts";

export interface DataMode {
  /** Ranks, from 0; several where singular values are equal. */
  readonly group: readonly number[];
  readonly s: number;
  readonly u: readonly Float64Array[];
  readonly v: readonly Float64Array[];
}

/** Relative to the first value: closer ones are one group. Tables are exact. */
const GAP = 1e-6;

export function dataModes(y: DenseMatrix): readonly DataMode[] {
  const { values, left, right } = topTriplets(y, Math.min(y.rows, y.columns));
  const top = values[0] ?? 0;
  const modes: { group: number[]; s: number; u: Float64Array[]; v: Float64Array[] }[] = [];
  for (const [index, s] of values.entries()) {
    if (s <= GAP * top) break;
    const last = modes[modes.length - 1];
    if (last === undefined || last.s - s >= GAP * top) modes.push({ group: [], s, u: [], v: [] });
    const mode = modes[modes.length - 1]!;
    mode.group.push(index);
    mode.u.push(left[index]!);
    mode.v.push(right[index]!);
  }
  return modes;
}

/** W_D…W_1. Layers from the input to the output. */
export function chainProduct(layers: readonly DenseMatrix[]): DenseMatrix {
  return layers.slice(1).reduce((product, layer) => {
    const [n, k, m] = [layer.rows, layer.columns, product.columns];
    const data = new Float64Array(n * m);
    for (let i = 0; i < n; i++)
      for (let l = 0; l < k; l++) {
        const factor = layer.data[i * k + l]!;
        for (let j = 0; j < m; j++) data[i * m + j] = data[i * m + j]! + factor * product.data[l * m + j]!;
      }
    return { rows: n, columns: m, data };
  }, layers[0]!);
}

/** uᵀWv. */
export function bilinear(u: Float64Array, w: DenseMatrix, v: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < w.rows; i++) {
    let row = 0;
    for (let j = 0; j < w.columns; j++) row += w.data[i * w.columns + j]! * v[j]!;
    sum += u[i]! * row;
  }
  return sum;
}

export interface ModeMoment {
  /** Mean strength of each mode (of each group). */
  readonly strengths: readonly number[];
  /** ρ over all of A: what lies outside the modes' own blocks, and outside the data's modes altogether. */
  readonly offDiagonal: number;
}

export function measureModes(modes: readonly DataMode[], total: DenseMatrix): ModeMoment {
  let square = 0;
  for (const value of total.data) square += value * value;
  let inside = 0;
  const strengths = modes.map(({ u, v }) => {
    let trace = 0;
    for (let i = 0; i < u.length; i++)
      for (let j = 0; j < v.length; j++) {
        const a = bilinear(u[i]!, total, v[j]!);
        inside += a * a;
        if (i === j) trace += a;
      }
    return trace / u.length;
  });
  return { strengths, offDiagonal: square === 0 ? 0 : Math.max(0, 1 - inside / square) };
}

/**
 * The strength from which a mode starts to grow in two randomly initialized layers: near the saddle only (W₁v + W₂ᵀu)/2 grows, so
 * a₀ = ¼‖W₁v + W₂ᵀu‖². uᵀW₂W₁v itself has mean zero and is as often negative. (Same physics as silent alignment, Atanasov, Bordelon & Pehlevan 2022.)
 */
export function effectiveStart({ u, v }: DataMode, first: DenseMatrix, second: DenseMatrix): number {
  let sum = 0;
  for (let k = 0; k < u.length; k++) {
    for (let h = 0; h < first.rows; h++) {
      let both = 0;
      for (let j = 0; j < first.columns; j++) both += first.data[h * first.columns + j]! * v[k]![j]!;
      for (let i = 0; i < second.rows; i++) both += second.data[i * second.columns + h]! * u[k]![i]!;
      sum += both * both;
    }
  }
  return sum / (4 * u.length);
}

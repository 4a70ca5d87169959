import type { Block64, TridiagonalForm } from "../types.ts";
import { gemv, symv64 } from "./vector.ts";

/**
 * One panel of the Householder reduction of a symmetric matrix to tridiagonal form (Dongarra, Sorensen & Hammarling 1989). Column j as it would be after the
 * reflections before it is A·e_j − V·(row j of W) − W·(row j of V); its reflector x joins V, and W gains tau·y − ½·tau²·(yᵀx)·x with y = A·x − V·(Wᵀx) − W·(Vᵀx).
 * V and W are kept by rows: column c of V is row c, where its elements are neighbours.
 */
export function tridiagonalPanel64(
  a: Block64,
  start: number,
  v: Block64,
  w: Block64,
  { diagonal, subdiagonal, taus }: TridiagonalForm,
): void {
  const n = a.rows;
  const { data, stride } = a;
  const small = new Float64Array(v.rows);
  for (let k = 0; k < v.rows; k++) {
    const j = start + k;
    const m = n - j - 1;
    const column = Float64Array.from({ length: m + 1 }, (_, i) => data[(j + i) * stride + j] as number);
    const from = (of: Block64, row: number): Block64 => ({
      data: of.data.subarray(row),
      rows: k,
      columns: n - row,
      stride: of.stride,
    });
    for (const [of, other] of [
      [v, w],
      [w, v],
    ] as const) {
      for (let c = 0; c < k; c++) small[c] = other.data[c * other.stride + j] as number;
      gemv(column, from(of, j), small, { transposeA: true, alpha: -1, beta: 1 });
    }
    diagonal[j] = column[0] as number;
    const x = column.subarray(1);
    taus[j] = reflect(x, subdiagonal, j);
    v.data.set(x, k * v.stride + j + 1);
    for (let i = 0; i < m; i++) data[(j + 1 + i) * stride + j] = x[i] as number;
    const y = w.data.subarray(k * w.stride + j + 1, k * w.stride + n);
    symv64(y, { data: data.subarray((j + 1) * (stride + 1)), rows: m, columns: m, stride }, x);
    for (const [of, other] of [
      [v, w],
      [w, v],
    ] as const) {
      gemv(small, from(other, j + 1), x);
      gemv(y, from(of, j + 1), small, { transposeA: true, alpha: -1, beta: 1 });
    }
    const tau = taus[j] as number;
    let inner = 0;
    for (let i = 0; i < m; i++) inner += (y[i] as number) * (x[i] as number);
    for (let i = 0; i < m; i++) y[i] = tau * (y[i] as number) - 0.5 * tau * tau * inner * (x[i] as number);
  }
}

/** x becomes v with v₀ = 1, and (I − tau·v·vᵀ)·x = beta·e₁; beta goes to `out[at]`. Returns tau. */
function reflect(x: Float64Array, out: Float64Array, at: number): number {
  let tail = 0;
  for (let i = 1; i < x.length; i++) tail += (x[i] as number) * (x[i] as number);
  const head = x[0] as number;
  x[0] = 1;
  out[at] = head;
  if (tail === 0) return 0;
  const norm = Math.sqrt(head * head + tail);
  const beta = head > 0 ? -norm : norm;
  for (let i = 1; i < x.length; i++) x[i] = (x[i] as number) / (head - beta);
  out[at] = beta;
  return (beta - head) / beta;
}

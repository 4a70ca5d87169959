import type { CancelToken } from "../../base/cancel.ts";
import type { DenseMatrix } from "../dense.ts";

/**
 * Householder reduction to upper bidiagonal form, A = U B Vᵀ (Golub & Kahan 1965), values only: U and V are not kept.
 * Tall matrices are reduced to R by Householder QR first (Chan 1982). Everything is in float64 and scaled to largest magnitude 1.
 * Backward stable: the singular values of B differ from those of A by a few n·ε·σ₁; there is no floor as with AᵀA.
 * Cost: 8/3·n³ flops for n×n; 2mn² + 8/3·n³ for m ≥ 1.6 n.
 */
export interface Bidiagonal {
  readonly diagonal: Float64Array<ArrayBuffer>;
  /** superdiagonal[i] stands right of diagonal[i]; the last one is 0. */
  readonly superdiagonal: Float64Array<ArrayBuffer>;
}

const QR_FIRST_ASPECT = 1.6;

export function bidiagonalize(
  matrix: DenseMatrix,
  scale: number,
  cancel: CancelToken,
  progress: (fraction: number) => void,
): Bidiagonal {
  const tall = tallCopy(matrix, scale);
  let { rows } = tall;
  const { columns: n, data: a } = tall;
  const qrFirst = rows >= QR_FIRST_ASPECT * n;
  if (qrFirst) {
    for (let k = 0; k < n; k++) {
      if ((k & 7) === 0) cancel.throwIfCancelled();
      eliminateColumn(a, rows, n, k, null);
      progress((0.5 * k) / n);
    }
    for (let i = 0; i < n; i++) a.fill(0, i * n, i * n + i);
    rows = n;
  }
  const diagonal = new Float64Array(n);
  const superdiagonal = new Float64Array(n);
  const right = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    if ((k & 7) === 0) cancel.throwIfCancelled();
    superdiagonal[k] = eliminateColumn(a, rows, n, k, right);
    diagonal[k] = a[k * n + k] as number;
    progress(qrFirst ? 0.5 + (0.5 * k) / n : k / n);
  }
  return { diagonal, superdiagonal };
}

/**
 * Zeroes column k below the diagonal by a reflector from the left; if `right` is given, also row k right of the superdiagonal by one from the right,
 * and returns that superdiagonal. The trailing rows are updated by both in one pass, so that each row is touched while it is in cache.
 */
function eliminateColumn(a: Float64Array, m: number, n: number, k: number, right: Float64Array | null): number {
  const w = new Float64Array(n);
  const v = new Float64Array(m);
  let tail = 0;
  for (let i = k + 1; i < m; i++) {
    const x = a[i * n + k] as number;
    v[i] = x;
    tail += x * x;
  }
  const head = a[k * n + k] as number;
  let tau = 0;
  if (tail > 0) {
    const norm = Math.sqrt(head * head + tail);
    const alpha = head > 0 ? -norm : norm;
    const lead = head - alpha;
    v[k] = lead;
    tau = 2 / (lead * lead + tail);
    a[k * n + k] = alpha;
    for (let i = k; i < m; i++) {
      const factor = v[i] as number;
      if (factor === 0) continue;
      const row = i * n;
      for (let j = k + 1; j < n; j++) w[j] = (w[j] as number) + factor * (a[row + j] as number);
    }
    for (let j = k + 1; j < n; j++) w[j] = (w[j] as number) * tau;
    const lead0 = v[k] as number;
    for (let j = k + 1; j < n; j++) a[k * n + j] = (a[k * n + j] as number) - lead0 * (w[j] as number);
  }
  let tauRight = 0;
  let superdiagonal = 0;
  if (right !== null && k + 1 < n) {
    let rest = 0;
    for (let j = k + 2; j < n; j++) {
      const x = a[k * n + j] as number;
      right[j] = x;
      rest += x * x;
    }
    const first = a[k * n + k + 1] as number;
    superdiagonal = first;
    if (rest > 0) {
      const norm = Math.sqrt(first * first + rest);
      superdiagonal = first > 0 ? -norm : norm;
      const lead = first - superdiagonal;
      right[k + 1] = lead;
      tauRight = 2 / (lead * lead + rest);
    }
  }
  if (tau === 0 && tauRight === 0) return superdiagonal;
  for (let i = k + 1; i < m; i++) {
    const row = i * n;
    const factor = v[i] as number;
    if (tau !== 0 && factor !== 0)
      for (let j = k + 1; j < n; j++) a[row + j] = (a[row + j] as number) - factor * (w[j] as number);
    if (tauRight !== 0 && right !== null) {
      let dot = 0;
      for (let j = k + 1; j < n; j++) dot += (a[row + j] as number) * (right[j] as number);
      dot *= tauRight;
      for (let j = k + 1; j < n; j++) a[row + j] = (a[row + j] as number) - dot * (right[j] as number);
    }
  }
  return superdiagonal;
}

/** A float64 copy with rows ≥ columns, divided by `scale`. */
function tallCopy(
  { rows, columns, data }: DenseMatrix,
  scale: number,
): { rows: number; columns: number; data: Float64Array } {
  const copy = new Float64Array(rows * columns);
  if (rows >= columns) {
    for (let i = 0; i < copy.length; i++) copy[i] = (data[i] as number) / scale;
    return { rows, columns, data: copy };
  }
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) copy[j * rows + i] = (data[i * columns + j] as number) / scale;
  return { rows: columns, columns: rows, data: copy };
}

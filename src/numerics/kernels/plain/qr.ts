import type { Block64 } from "../types.ts";

/**
 * Householder QR in place (Golub & Van Loan §5.2), one column at a time; the interface in ../types.ts states what is stored where.
 * Backward stable: ‖QR − A‖ ≤ a few m·ε·‖A‖ column by column. Entries are scaled to about 1 by the drivers. With pivots the longest column that is left
 * goes first (Businger & Golub 1965), lengths summed anew each time: the diagonal of R falls. Cost 4·m·n² − 4/3·n³ flops as it reads A twice a column.
 */
export function qr64({ data, rows: m, columns: n, stride }: Block64, taus: Float64Array, pivots?: Float64Array): void {
  if (pivots !== undefined) for (let j = 0; j < n; j++) pivots[j] = j;
  const v = new Float64Array(m);
  for (let k = 0; k < Math.min(m, n); k++) {
    if (pivots !== undefined) pivot(data, m, n, stride, k, pivots);
    const corner = k * stride + k;
    const length = m - k;
    let tail = 0;
    for (let i = 1; i < length; i++) tail += (data[corner + i * stride] as number) ** 2;
    taus[k] = 0;
    if (tail === 0) continue;
    const head = data[corner] as number;
    const norm = Math.sqrt(head * head + tail);
    const beta = head > 0 ? -norm : norm;
    v[0] = 1;
    for (let i = 1; i < length; i++) {
      v[i] = (data[corner + i * stride] as number) / (head - beta);
      data[corner + i * stride] = v[i] as number;
    }
    data[corner] = beta;
    taus[k] = (beta - head) / beta;
    reflectRows(data, corner + 1, stride, length, n - k - 1, v, taus[k] as number);
  }
}

function pivot(data: Float64Array, m: number, n: number, stride: number, k: number, pivots: Float64Array): void {
  const squares = new Float64Array(n);
  for (let i = k; i < m; i++)
    for (let j = k; j < n; j++) squares[j] = (squares[j] as number) + (data[i * stride + j] as number) ** 2;
  let best = k;
  for (let j = k + 1; j < n; j++) if ((squares[j] as number) > (squares[best] as number)) best = j;
  if (best === k) return;
  [pivots[k], pivots[best]] = [pivots[best] as number, pivots[k] as number];
  for (let at = 0; at < m * stride; at += stride)
    [data[at + k], data[at + best]] = [data[at + best] as number, data[at + k] as number];
}

/** A := (I − tau·v·vᵀ)·A for the m × n block at `at`. */
function reflectRows(
  data: Float64Array,
  at: number,
  stride: number,
  m: number,
  n: number,
  v: Float64Array,
  tau: number,
): void {
  const w = new Float64Array(n);
  for (let i = 0; i < m; i++) {
    const factor = tau * (v[i] as number);
    for (let j = 0; j < n; j++) w[j] = (w[j] as number) + factor * (data[at + i * stride + j] as number);
  }
  for (let i = 0; i < m; i++) {
    const factor = v[i] as number;
    const row = at + i * stride;
    for (let j = 0; j < n; j++) data[row + j] = (data[row + j] as number) - factor * (w[j] as number);
  }
}

/** C := Q·C, or Qᵀ·C, reflector by reflector. Cost 4·k·m·n flops for k of them. */
export function applyQ64(c: Block64, reflectors: Block64, taus: Float64Array, transpose = false): void {
  const { rows: m, columns: n, data, stride } = c;
  const count = Math.min(taus.length, m, reflectors.columns);
  const v = new Float64Array(m);
  for (let step = 0; step < count; step++) {
    const k = transpose ? step : count - 1 - step;
    const tau = taus[k] as number;
    if (tau === 0) continue;
    v[0] = 1;
    for (let i = 1; i < m - k; i++) v[i] = reflectors.data[(k + i) * reflectors.stride + k] as number;
    reflectRows(data, k * stride, stride, m - k, n, v, tau);
  }
}

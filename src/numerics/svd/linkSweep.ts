import type { CancelToken } from "../../base/cancel.ts";
import { dense } from "../eigen/block.ts";
import type { Kernels } from "../kernels/types.ts";
import { blockedQrBytes, factorQr, multiplyByQ } from "../qr/blockedQr.ts";

/** A factor of a chain; `rows` of one are `columns` of the next. */
export interface Link {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

const EPSILON = 2 ** -52;
/** Up to this size columns are chosen one by one; beyond, that would cost more than everything else, and they are sorted by length once. */
const PIVOT_LIMIT = 256;

export function transposedLinks(links: readonly Link[]): readonly Link[] {
  return links
    .map(({ rows, columns, data }) => {
      const out = new Float64Array(data.length);
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++) out[j * rows + i] = data[i * columns + j] as number;
      return { rows: columns, columns: rows, data: out };
    })
    .reverse();
}

/** Sums over the links of ln |R_kk|; links are square. */
export function diagonalLogs(links: readonly Link[]): Float64Array<ArrayBuffer> {
  const logs = new Float64Array(links[0]?.columns ?? 0);
  for (const { columns, data } of links)
    for (let k = 0; k < logs.length; k++)
      logs[k] = (logs[k] as number) + Math.log(Math.abs(data[k * columns + k] as number));
  return logs;
}

/**
 * R_l of Q_l·R_l = M_l·Q_{l−1} for every link, Q_0 = I: the product of the R has the singular values of the product of the M. `ranked`: with pivots, and rows of R
 * that are rounding of M_l are left out, so that the next links have fewer columns; these R are not triangular. Otherwise links are square, and the columns of
 * the first are sorted by the whole product's diagonal (`order`), which the next sweeps then bring into falling order.
 */
export function sweepLinks(
  kernels: Kernels,
  links: readonly Link[],
  ranked: boolean,
  cancel: CancelToken,
): readonly Link[] {
  const out: Link[] = [];
  let basis: Link | null = ranked ? null : sortingBasis(links);
  for (const link of links) {
    cancel.throwIfCancelled();
    const { triangle, next } = step(kernels, link, basis, ranked, cancel);
    out.push(triangle);
    basis = next;
    if (triangle.rows === 0) break;
  }
  return out;
}

/** The permutation that sorts the transposed triangles' diagonals over the whole chain. */
function sortingBasis(links: readonly Link[]): Link | null {
  const logs = diagonalLogs(links);
  const order = Array.from(logs.keys()).sort((a, b) => (logs[b] as number) - (logs[a] as number));
  if (order.every((from, at) => from === at)) return null;
  const n = order.length;
  const data = new Float64Array(n * n);
  for (const [at, from] of order.entries()) data[from * n + at] = 1;
  return { rows: n, columns: n, data };
}

function step(
  kernels: Kernels,
  link: Link,
  basis: Link | null,
  ranked: boolean,
  cancel: CancelToken,
): { triangle: Link; next: Link } {
  const m = link.rows;
  const n = basis?.columns ?? link.columns;
  const count = Math.min(m, n);
  const { memory } = kernels;
  const bytes =
    8 * (link.data.length + (basis?.data.length ?? 0) + m * n + m * count + count + n) +
    blockedQrBytes(m, Math.max(n, count));
  return memory.scope(bytes + 4096, () => {
    const a = dense(memory.float64(m * n), m, n);
    if (basis === null) a.data.set(link.data);
    else {
      const [left, right] = [memory.float64(link.data.length), memory.float64(basis.data.length)];
      left.set(link.data);
      right.set(basis.data);
      kernels.gemm64(a, dense(left, m, link.columns), dense(right, basis.rows, n));
    }
    const order = ranked ? byLength(a.data, m, n, n > PIVOT_LIMIT) : null;
    const taus = memory.float64(count);
    const pivots = memory.float64(n);
    if (order !== null && n <= PIVOT_LIMIT) kernels.qr64(a, taus, pivots);
    else {
      if (order !== null) permuteColumns(a.data, m, n, order.columns);
      for (let j = 0; j < n; j++) pivots[j] = order?.columns[j] ?? j;
      factorQr(kernels, a, taus, cancel);
    }
    const rank =
      order === null ? count : keptRows(a.data, n, count, Math.max(m, link.columns) * EPSILON * longestColumn(link));
    const triangle = new Float64Array(rank * n);
    for (let i = 0; i < rank; i++)
      for (let j = i; j < n; j++) triangle[i * n + (pivots[j] as number)] = a.data[i * n + j] as number;
    const q = dense(memory.float64(m * rank), m, rank);
    for (let k = 0; k < rank; k++) q.data[k * rank + k] = 1;
    multiplyByQ(kernels, q, a, taus, false, cancel);
    return {
      triangle: { rows: rank, columns: n, data: triangle },
      next: { rows: m, columns: rank, data: Float64Array.from(q.data) },
    };
  });
}

/** The columns from the longest to the shortest, if asked. */
function byLength(data: Float64Array, rows: number, columns: number, sort: boolean): { columns: Uint32Array } {
  const order = Uint32Array.from({ length: columns }, (_, j) => j);
  if (!sort) return { columns: order };
  const squares = new Float64Array(columns);
  for (let i = 0, at = 0; i < rows; i++)
    for (let j = 0; j < columns; j++, at++) squares[j] = (squares[j] as number) + (data[at] as number) ** 2;
  return { columns: order.sort((a, b) => (squares[b] as number) - (squares[a] as number)) };
}

function permuteColumns(data: Float64Array, rows: number, columns: number, order: Uint32Array): void {
  for (let i = 0; i < rows; i++) {
    const row = data.slice(i * columns, (i + 1) * columns);
    for (let j = 0; j < columns; j++) data[i * columns + j] = row[order[j] as number] as number;
  }
}

function longestColumn({ rows, columns, data }: Link): number {
  const squares = new Float64Array(columns);
  for (let i = 0, at = 0; i < rows; i++)
    for (let j = 0; j < columns; j++, at++) squares[j] = (squares[j] as number) + (data[at] as number) ** 2;
  return Math.sqrt(squares.reduce((most, square) => Math.max(most, square), 0));
}

/** How many rows of R are more than rounding: the rows behind, all together, are shorter than `least`. */
function keptRows(data: Float64Array, columns: number, rows: number, least: number): number {
  let square = 0;
  for (let i = rows; i > 0; i--) {
    for (let j = i - 1; j < columns; j++) square += (data[(i - 1) * columns + j] as number) ** 2;
    if (square > least * least) return i;
  }
  return 0;
}

import { dense } from "../eigen/block.ts";
import type { Block64, Kernels } from "../kernels/types.ts";

/** Rows that differ by more are sorted: less costs no digit that anyone would miss. */
const GRADED = 64;

export interface Arranged {
  /** q × p, tall: row i is row order[i] of the matrix (a column of a wide one). */
  readonly tall: Block64;
  readonly order: Uint32Array;
}

/** Bytes that `arrangedRows` takes from the running scope. */
export function arrangedRowsBytes(rows: number, columns: number): number {
  return 8 * rows * columns + 64;
}

/**
 * A tall float64 copy of a matrix, or of its transpose, divided by `scale`. Where rows differ much in size they go from the one with the largest entry to the
 * one with the smallest: with column pivots a Householder factorization is then right row by row, each to its own size (Cox & Higham 1998).
 */
export function arrangedRows(
  kernels: Kernels,
  matrix: {
    readonly rows: number;
    readonly columns: number;
    readonly stride?: number;
    readonly data: Float64Array | Float32Array;
  },
  scale: number,
): Arranged {
  const { rows, columns, data, stride = columns } = matrix;
  const [q, p] = [Math.max(rows, columns), Math.min(rows, columns)];
  const [down, along] = rows >= columns ? [stride, 1] : [1, stride];
  const sizes = new Float64Array(q);
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (let i = 0; i < q; i++) {
    let largest = 0;
    for (let j = 0, at = i * down; j < p; j++, at += along) largest = Math.max(largest, Math.abs(data[at] as number));
    sizes[i] = largest;
    most = Math.max(most, largest);
    if (largest > 0) least = Math.min(least, largest);
  }
  const order = Uint32Array.from(sizes.keys());
  if (most > GRADED * least) order.sort((a, b) => (sizes[b] as number) - (sizes[a] as number));
  const copy = kernels.memory.float64(q * p);
  for (let i = 0, to = 0; i < q; i++)
    for (let j = 0, at = (order[i] as number) * down; j < p; j++, at += along)
      copy[to++] = (data[at] as number) / scale;
  return { tall: dense(copy, q, p), order };
}

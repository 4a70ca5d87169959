import type { CancelToken } from "../../base/cancel.ts";
import type { Block64, Kernels } from "../kernels/types.ts";
import { dense, part } from "./block.ts";
import { secularRoot } from "./secular.ts";
import { rotate, tridiagonalVectors } from "./tridiagonalVectors.ts";

const LEAF = 32;
const EPSILON = 2 ** -53;

/** Bytes that `divideAndConquer` takes from the running scope. */
export function divideAndConquerBytes(n: number): number {
  return 16 * n * n;
}

/**
 * Eigenvalues and vectors of a symmetric tridiagonal matrix by divide and conquer (Cuppen 1981) with deflation and with the rank-one vector recomputed from
 * the roots by Löwner's formula (Gu & Eisenstat 1994), so that vectors are orthogonal to a few n·ε even in clusters. Merges are matrix products.
 * Destroys d and e. d becomes the eigenvalues, row k of `rows` (n×n) the vector of d[k]; unordered. Cost ≤ 4/3·n³ flops. Asks for a cancel at every merge
 * and every 64 roots.
 */
export function divideAndConquer(
  kernels: Kernels,
  d: Float64Array,
  e: Float64Array,
  rows: Block64,
  cancel: CancelToken,
): void {
  const n = d.length;
  kernels.memory.scope(divideAndConquerBytes(n), () => {
    const space = { gathered: kernels.memory.float64(n * n), small: kernels.memory.float64(n * n) };
    divide(kernels, d, e, rows, 0, n, space, cancel);
  });
}

interface Space {
  readonly gathered: Float64Array;
  readonly small: Float64Array;
}

function divide(
  kernels: Kernels,
  d: Float64Array,
  e: Float64Array,
  rows: Block64,
  low: number,
  high: number,
  space: Space,
  cancel: CancelToken,
): void {
  cancel.throwIfCancelled();
  if (high - low <= LEAF) {
    tridiagonalVectors(d, e, rows, low, high);
    return;
  }
  const middle = (low + high) >> 1;
  const coupling = e[middle - 1] as number;
  d[middle - 1] = (d[middle - 1] as number) - Math.abs(coupling);
  d[middle] = (d[middle] as number) - Math.abs(coupling);
  divide(kernels, d, e, rows, low, middle, space, cancel);
  divide(kernels, d, e, rows, middle, high, space, cancel);
  for (let i = low; i < middle; i++) rows.data.fill(0, i * rows.stride + middle, i * rows.stride + high);
  for (let i = middle; i < high; i++) rows.data.fill(0, i * rows.stride + low, i * rows.stride + middle);
  merge(kernels, d, rows, low, middle, high, coupling, space, cancel);
}

const TOP = 0;
const MIXED = 1;
const BOTTOM = 2;

/** The eigensystem of diag(d) + ρ·z·zᵀ, where `rows` holds those of the two halves. */
function merge(
  kernels: Kernels,
  d: Float64Array,
  rows: Block64,
  low: number,
  middle: number,
  high: number,
  coupling: number,
  space: Space,
  cancel: CancelToken,
): void {
  const { data, stride } = rows;
  const n = high - low;
  const z = new Float64Array(high);
  const kind = new Uint8Array(high);
  for (let i = low; i < high; i++) {
    const edge =
      i < middle
        ? (data[i * stride + middle - 1] as number)
        : Math.sign(coupling) * (data[i * stride + middle] as number);
    z[i] = edge * Math.SQRT1_2;
    kind[i] = i < middle ? TOP : BOTTOM;
  }
  const rho = 2 * Math.abs(coupling);
  const { kept, deflated } = deflate(d, z, kind, rho, rows, low, high);
  const k = kept.length;
  // Same kinds side by side, so that the products skip the zero halves.
  const grouped = [TOP, MIXED, BOTTOM].flatMap((which) =>
    kept.map((_, at) => at).filter((at) => kind[kept[at] as number] === which),
  );
  for (const [at, from] of [...grouped.map((index) => kept[index] as number), ...deflated].entries())
    space.gathered.set(data.subarray(from * stride + low, from * stride + high), at * n);
  const rest = deflated.map((from) => d[from] as number);
  const values = k > 0 ? rankOne(kept, d, z, rho, grouped, space.small, cancel) : [];
  for (const [at, value] of [...values, ...rest].entries()) d[low + at] = value;
  for (const [at] of rest.entries())
    data.set(space.gathered.subarray((k + at) * n, (k + at + 1) * n), (low + k + at) * stride + low);
  if (k === 0) return;
  const old = dense(space.gathered, k, n);
  const small = dense(space.small, k, k);
  const bottoms = kept.filter((i) => kind[i] === BOTTOM).length;
  const tops = kept.filter((i) => kind[i] === TOP).length;
  const side = (from: number, count: number, column: number, width: number): void => {
    // Bands of rows, so that a cancel is heard.
    for (let row = 0; row < k; row += 512) {
      cancel.throwIfCancelled();
      const height = Math.min(512, k - row);
      const out = part(rows, low + row, low + column, height, width);
      if (count > 0) kernels.gemm64(out, part(small, row, from, height, count), part(old, from, column, count, width));
      else for (let i = 0; i < height; i++) out.data.fill(0, i * stride, i * stride + width);
    }
  };
  side(0, k - bottoms, 0, middle - low);
  side(tops, k - tops, middle - low, high - middle);
}

/** Sets aside pairs that the rank-one update cannot move, and rotates nearly equal values into such pairs (as LAPACK's dlaed2). */
function deflate(
  d: Float64Array,
  z: Float64Array,
  kind: Uint8Array,
  rho: number,
  rows: Block64,
  low: number,
  high: number,
): { kept: number[]; deflated: number[] } {
  const order = Array.from({ length: high - low }, (_, i) => low + i).sort(
    (a, b) => (d[a] as number) - (d[b] as number),
  );
  let size = rho;
  for (const i of order) size = Math.max(size, Math.abs(d[i] as number));
  const tolerance = 8 * EPSILON * size;
  const kept: number[] = [];
  const deflated: number[] = [];
  let previous = -1;
  for (const i of order) {
    if (rho * Math.abs(z[i] as number) <= tolerance) {
      deflated.push(i);
      continue;
    }
    if (previous >= 0) {
      const t = Math.hypot(z[previous] as number, z[i] as number);
      const c = (z[i] as number) / t;
      const s = -(z[previous] as number) / t;
      const gap = (d[i] as number) - (d[previous] as number);
      if (Math.abs(gap * c * s) <= tolerance) {
        z[i] = t;
        z[previous] = 0;
        rotate(rows.data, previous * rows.stride + low, i * rows.stride + low, high - low, c, s);
        const [p, q] = [d[previous] as number, d[i] as number];
        d[previous] = p * c * c + q * s * s;
        d[i] = p * s * s + q * c * c;
        if (kind[i] !== kind[previous]) kind[i] = MIXED;
        deflated.push(previous);
      } else kept.push(previous);
    }
    previous = i;
  }
  if (previous >= 0) kept.push(previous);
  return { kept, deflated };
}

/** Roots and vectors of the deflated update; row r of `out` (k×k) is the vector of root r in the grouped order. */
function rankOne(
  kept: readonly number[],
  d: Float64Array,
  z: Float64Array,
  rho: number,
  grouped: readonly number[],
  out: Float64Array,
  cancel: CancelToken,
): number[] {
  const k = kept.length;
  const poles = Float64Array.from(kept, (i) => d[i] as number);
  const z2 = Float64Array.from(kept, (i) => (z[i] as number) ** 2);
  const values: number[] = [];
  for (let i = 0; i < k; i++) {
    if ((i & 63) === 0) cancel.throwIfCancelled();
    values.push(secularRoot(i, poles, z2, rho, out.subarray(i * k, (i + 1) * k)));
  }
  // Löwner: the z for which the computed roots are exact.
  const exact = new Float64Array(k).fill(1);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      const difference = out[i * k + j] as number;
      exact[j] =
        (exact[j] as number) * (i === j ? -difference : difference / ((poles[j] as number) - (poles[i] as number)));
    }
  }
  for (let j = 0; j < k; j++)
    exact[j] = Math.sign(z[kept[j] as number] as number) * Math.sqrt(Math.abs(exact[j] as number));
  const row = new Float64Array(k);
  for (let i = 0; i < k; i++) {
    let square = 0;
    for (let j = 0; j < k; j++) {
      const value = (exact[j] as number) / (out[i * k + j] as number);
      row[j] = value;
      square += value * value;
    }
    const norm = 1 / Math.sqrt(square);
    for (const [at, j] of grouped.entries()) out[i * k + at] = (row[j] as number) * norm;
  }
  return values;
}

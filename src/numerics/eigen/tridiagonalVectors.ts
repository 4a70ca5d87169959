import type { Block64 } from "../kernels/types.ts";
import { notConverged } from "./tridiagonalValues.ts";

/**
 * Implicit QL with vectors (Dubrulle, Martin & Wilkinson 1968) of the rows and columns low…high−1 of a tridiagonal matrix: the leaf of divide and conquer.
 * d becomes the eigenvalues, unordered; row low + k of `rows`, in columns low…high−1, the k-th eigenvector. e is destroyed. Cost about 6·(high−low)³ flops.
 */
export function tridiagonalVectors(d: Float64Array, e: Float64Array, rows: Block64, low: number, high: number): void {
  const { data, stride } = rows;
  for (let i = low; i < high; i++) {
    data.fill(0, i * stride + low, i * stride + high);
    data[i * stride + i] = 1;
  }
  let size = 0;
  for (let i = low; i < high; i++)
    size = Math.max(size, Math.abs(d[i] as number), i + 1 < high ? Math.abs(e[i] as number) : 0);
  for (let l = low, budget = 60 * (high - low); l < high; ) {
    let m = l;
    while (
      m + 1 < high &&
      Math.abs(e[m] as number) > 2 ** -53 * (Math.abs(d[m] as number) + Math.abs(d[m + 1] as number)) &&
      Math.abs(e[m] as number) > 2 ** -60 * size
    )
      m++;
    if (m === l) {
      l++;
      continue;
    }
    if (--budget < 0) throw notConverged();
    const half = ((d[l + 1] as number) - (d[l] as number)) / (2 * (e[l] as number));
    let g = (d[m] as number) - (d[l] as number) + (e[l] as number) / (half + (half < 0 ? -1 : 1) * Math.hypot(half, 1));
    let [s, c, p] = [1, 1, 0];
    let i = m - 1;
    for (; i >= l; i--) {
      const f = s * (e[i] as number);
      const b = c * (e[i] as number);
      const r = Math.hypot(f, g);
      if (i + 1 < m) e[i + 1] = r;
      if (r === 0) {
        d[i + 1] = (d[i + 1] as number) - p;
        break;
      }
      s = f / r;
      c = g / r;
      g = (d[i + 1] as number) - p;
      const t = ((d[i] as number) - g) * s + 2 * c * b;
      p = s * t;
      d[i + 1] = g + p;
      g = c * t - b;
      rotate(data, (i + 1) * stride + low, i * stride + low, high - low, c, s);
    }
    if (i >= l) {
      e[m] = m + 1 < high ? 0 : (e[m] as number);
      continue;
    }
    d[l] = (d[l] as number) - p;
    e[l] = g;
    // The element behind the block has vanished; where the block ends the matrix, it belongs to the neighbour and is kept.
    if (m + 1 < high) e[m] = 0;
  }
}

/** (x, y) := (c·x + s·y, c·y − s·x) for two rows of `length`. */
export function rotate(data: Float64Array, x: number, y: number, length: number, c: number, s: number): void {
  for (let k = 0; k < length; k++) {
    const [p, q] = [data[x + k] as number, data[y + k] as number];
    data[x + k] = c * p + s * q;
    data[y + k] = c * q - s * p;
  }
}

import { PANEL_WIDTH } from "../kernels/panels.ts";
import type { Block64, Kernels } from "../kernels/types.ts";
import type { Random } from "../random.ts";

const B = PANEL_WIDTH;
/** A column that keeps less than this part of itself beside those before it is rounding: the careful way takes over. */
const DEPENDENT = 1e-5;
/** What is left of a column, as a part of what it was before the basis was taken out: less than the first is rounding, less than the second has to be made orthogonal once more. */
const VANISHED = 1e-14;
const LOST = 1e-3;

/** Bytes that `orthonormalize` takes from the running scope. */
export function orthonormalizeBytes(length: number, basis: number): number {
  return 8 * (2 * length + B + B * basis + basis + length / B) + 1024;
}

/**
 * W = W′·R + (what vanished): makes the eight columns of `w` (rows × 8, contiguous) orthonormal and orthogonal to the columns of `basis`, to which they are
 * orthogonal up to rounding. By Householder QR, whatever their condition; where columns depend on each other or have vanished (`size` is what they were before
 * the basis was taken out), one by one, and a vanished column becomes a random direction with a zero in R. Writes R (8 × 8, upper).
 */
export function orthonormalize(
  kernels: Kernels,
  w: Block64,
  basis: Block64,
  r: Float64Array,
  size: number,
  random: Random,
): void {
  const tiny = VANISHED * size;
  const { memory } = kernels;
  memory.scope(orthonormalizeBytes(w.rows * B, basis.columns), () => {
    const [before, factored, taus] = [memory.float64(w.rows * B), memory.float64(w.rows * B), memory.float64(B)];
    before.set(w.data.subarray(0, before.length));
    const reflectors = { ...w, data: factored };
    const least = factor(kernels, w, reflectors, taus, r, tiny);
    if (least === null) {
      w.data.set(before);
      oneByOne(kernels, w, basis, r, tiny, random);
      return;
    }
    if (least >= LOST * size) return;
    projectOut(kernels, w, basis);
    const second = new Float64Array(B * B);
    // A column of length 1 that the basis takes most of again is no direction of its own.
    if (factor(kernels, w, reflectors, taus, second, 0) === null) {
      w.data.set(before);
      oneByOne(kernels, w, basis, r, tiny, random);
    } else upperProduct(r, second, r.slice());
  });
}

/** w becomes Q and `r` R. Gives the least of R's diagonal, or null (and `w` in pieces) where a column is nearly a combination of those before it. */
function factor(
  kernels: Kernels,
  w: Block64,
  reflectors: Block64,
  taus: Float64Array,
  r: Float64Array,
  tiny: number,
): number | null {
  const { data } = reflectors;
  data.set(w.data.subarray(0, data.length));
  kernels.qr64(reflectors, taus);
  let least = Number.POSITIVE_INFINITY;
  for (let c = 0; c < B; c++) {
    let square = 0;
    for (let i = 0; i < B; i++) {
      const value = i > c ? 0 : (data[i * B + c] as number);
      r[i * B + c] = value;
      square += value * value;
    }
    const own = Math.abs(r[c * B + c] as number);
    if (!(own > DEPENDENT * Math.sqrt(square)) || !(own > tiny)) return null;
    least = Math.min(least, own);
  }
  w.data.fill(0);
  for (let c = 0; c < B; c++) w.data[c * B + c] = 1;
  kernels.applyQ64(w, reflectors, taus);
  return least;
}

/** w := w − basis·(basisᵀ·w); returns the coefficients (basis columns × 8), which live in the running scope. */
export function projectOut(kernels: Kernels, w: Block64, basis: Block64): Float64Array {
  const coefficients = kernels.memory.float64(basis.columns * B);
  if (basis.columns === 0) return coefficients;
  const c: Block64 = { data: coefficients, rows: basis.columns, columns: B, stride: B };
  kernels.gemm64(c, basis, w, { transposeA: true });
  kernels.gemm64(w, basis, c, { alpha: -1, beta: 1 });
  return coefficients;
}

/** Gram–Schmidt, twice for every column, against the basis and the columns before. */
function oneByOne(kernels: Kernels, w: Block64, basis: Block64, r: Float64Array, tiny: number, random: Random): void {
  r.fill(0);
  const x = kernels.memory.float64(w.rows);
  const inner = kernels.memory.float64(basis.columns);
  for (let c = 0; c < B; c++) {
    for (let i = 0; i < w.rows; i++) x[i] = w.data[i * B + c] as number;
    const start = norm(x);
    const clean = (keep: boolean) => {
      for (let pass = 0; pass < 2; pass++) {
        if (basis.columns > 0) {
          kernels.gemv64(inner, basis, x, { transposeA: true });
          kernels.gemv64(x, basis, inner, { alpha: -1, beta: 1 });
        }
        for (let k = 0; k < c; k++) {
          let sum = 0;
          for (let i = 0; i < w.rows; i++) sum += (w.data[i * B + k] as number) * (x[i] as number);
          for (let i = 0; i < w.rows; i++) x[i] = (x[i] as number) - sum * (w.data[i * B + k] as number);
          if (keep) r[k * B + c] = (r[k * B + c] as number) + sum;
        }
      }
    };
    clean(true);
    let size = norm(x);
    if (size > tiny && size > 1e-12 * start) r[c * B + c] = size;
    else {
      x.set(random.direction(w.rows));
      clean(false);
      size = norm(x);
    }
    for (let i = 0; i < w.rows; i++) w.data[i * B + c] = (x[i] as number) / size;
  }
}

/** out := a·b for upper triangles. */
function upperProduct(out: Float64Array, a: Float64Array, b: Float64Array): void {
  out.fill(0);
  for (let i = 0; i < B; i++)
    for (let j = i; j < B; j++) {
      let sum = 0;
      for (let k = i; k <= j; k++) sum += (a[i * B + k] as number) * (b[k * B + j] as number);
      out[i * B + j] = sum;
    }
}

export function norm(x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (x[i] as number);
  return Math.sqrt(sum);
}

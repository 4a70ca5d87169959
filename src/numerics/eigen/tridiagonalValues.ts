import { ModeScopeError } from "../../base/errors.ts";
import type { Tridiagonal } from "./tridiagonalize.ts";

const EPSILON = 2 ** -53;
const SWEEPS = 60;
/** Shorter blocks are through before a second sweep could follow the first. */
const PAIRED = 8;

export function notConverged(): ModeScopeError {
  return new ModeScopeError("internal", "The eigenvalues did not converge.", { remedy: "Please report this matrix." });
}

/**
 * All eigenvalues of a symmetric tridiagonal matrix, ascending: rational QL (Reinsch 1973; Pal, Walker & Kahan as in LAPACK's dsterf), two sweeps at a time. No square root in
 * the inner loop. Error ≤ a few ε·‖T‖. Cost about 15·n² flops. The arguments are kept.
 */
export function tridiagonalValues({ diagonal, subdiagonal }: Tridiagonal): Float64Array<ArrayBuffer> {
  const d = Float64Array.from(diagonal);
  const n = d.length;
  const e2 = new Float64Array(n);
  let size = 0;
  for (let i = 0; i < n; i++) {
    const e = i + 1 < n ? (subdiagonal[i] as number) : 0;
    e2[i] = e * e;
    size = Math.max(size, Math.abs(d[i] as number), Math.abs(e));
  }
  const tiny = (EPSILON * size * 0.1) ** 2;
  for (let low = 0, budget = SWEEPS * n; low < n; ) {
    let high = low;
    while (high + 1 < n && !negligible(d, e2, high, tiny)) high++;
    if (high + 1 < n) e2[high] = 0;
    if (high === low) {
      low++;
      continue;
    }
    if (--budget < 0) throw notConverged();
    const root = Math.sqrt(e2[low] as number);
    const half = ((d[low + 1] as number) - (d[low] as number)) / (2 * root);
    const shift = (d[low] as number) - root / (half + (half < 0 ? -1 : 1) * Math.hypot(half, 1));
    if (high - low < PAIRED) sweep(d, e2, low, high, shift);
    else sweepTwice(d, e2, low, high, shift, (d[low] as number) + (d[low + 1] as number) - shift);
  }
  return d.sort();
}

function negligible(d: Float64Array, e2: Float64Array, i: number, tiny: number): boolean {
  const e = e2[i] as number;
  return e <= tiny || e <= EPSILON * EPSILON * Math.abs((d[i] as number) * (d[i + 1] as number));
}

function sweep(d: Float64Array, e2: Float64Array, low: number, high: number, shift: number): void {
  let c = 1;
  let s = 0;
  let gamma = (d[high] as number) - shift;
  let p = gamma * gamma;
  for (let i = high - 1; i >= low; i--) {
    const b = e2[i] as number;
    const r = p + b;
    if (i !== high - 1) e2[i + 1] = s * r;
    const before = c;
    c = p / r;
    s = b / r;
    const last = gamma;
    const alpha = d[i] as number;
    gamma = c * (alpha - shift) - s * last;
    d[i + 1] = last + (alpha - gamma);
    p = c !== 0 ? (gamma * gamma) / c : before * b;
  }
  e2[low] = s * p;
  d[low] = shift + gamma;
}

/**
 * Two sweeps in one loop, the second two rows behind the first, with both eigenvalues of the leading 2 × 2 block as shifts: a sweep is one chain of divisions, each waiting
 * for the one before, and two chains take little longer than one.
 */
function sweepTwice(d: Float64Array, e2: Float64Array, low: number, high: number, first: number, second: number): void {
  let [c, s, gamma, p] = [1, 0, (d[high] as number) - first, 0];
  p = gamma * gamma;
  let [c2, s2, gamma2, p2] = [1, 0, 0, 0];
  for (let i = high - 1; i >= low - 2; i--) {
    if (i >= low) {
      const b = e2[i] as number;
      const r = p + b;
      if (i !== high - 1) e2[i + 1] = s * r;
      const before = c;
      c = p / r;
      s = b / r;
      const last = gamma;
      const alpha = d[i] as number;
      gamma = c * (alpha - first) - s * last;
      d[i + 1] = last + (alpha - gamma);
      p = c !== 0 ? (gamma * gamma) / c : before * b;
      if (i === low) {
        e2[low] = s * p;
        d[low] = first + gamma;
      }
    }
    const j = i + 2;
    if (j === high) {
      gamma2 = (d[high] as number) - second;
      p2 = gamma2 * gamma2;
    } else if (j < high) {
      const b = e2[j] as number;
      const r = p2 + b;
      if (j !== high - 1) e2[j + 1] = s2 * r;
      const before = c2;
      // The first sweep may have left an exact zero here, where nothing has looked for one: no rotation then.
      c2 = r === 0 ? 1 : p2 / r;
      s2 = r === 0 ? 0 : b / r;
      const last = gamma2;
      const alpha = d[j] as number;
      gamma2 = c2 * (alpha - second) - s2 * last;
      d[j + 1] = last + (alpha - gamma2);
      p2 = c2 !== 0 ? (gamma2 * gamma2) / c2 : before * b;
    }
  }
  e2[low] = s2 * p2;
  d[low] = second + gamma2;
}

import { ModeScopeError } from "../../base/errors.ts";
import type { Tridiagonal } from "./tridiagonalize.ts";

const EPSILON = 2 ** -53;
const SWEEPS = 60;

export function notConverged(): ModeScopeError {
  return new ModeScopeError("internal", "The eigenvalues did not converge.", { remedy: "Please report this matrix." });
}

/**
 * All eigenvalues of a symmetric tridiagonal matrix, ascending: rational QL (Reinsch 1973; Pal, Walker & Kahan as in LAPACK's dsterf). No square root in
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
    sweep(d, e2, low, high);
  }
  return d.sort();
}

function negligible(d: Float64Array, e2: Float64Array, i: number, tiny: number): boolean {
  const e = e2[i] as number;
  return e <= tiny || e <= EPSILON * EPSILON * Math.abs((d[i] as number) * (d[i + 1] as number));
}

function sweep(d: Float64Array, e2: Float64Array, low: number, high: number): void {
  const root = Math.sqrt(e2[low] as number);
  const half = ((d[low + 1] as number) - (d[low] as number)) / (2 * root);
  const shift = (d[low] as number) - root / (half + (half < 0 ? -1 : 1) * Math.hypot(half, 1));
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

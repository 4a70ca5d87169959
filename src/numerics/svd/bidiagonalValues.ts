import { ModeScopeError } from "../../base/errors.ts";
import type { Bidiagonal } from "./bidiagonalize.ts";

/**
 * Singular values of an upper bidiagonal matrix by implicitly shifted QR (Golub & Reinsch 1970) with zero-shift sweeps where the shift would
 * harm small values (Demmel & Kahan 1990). Descending. Error: a few ε·σ₁; most small values to high relative accuracy.
 */
const EPSILON = 2 ** -52;
const MAX_SWEEPS_PER_VALUE = 60;
/** Between two equal values a rotation's own rounding is of this size: with a tighter bound their coupling never goes away. */
const NEGLIGIBLE = 4 * EPSILON;

export function bidiagonalValues({ diagonal, superdiagonal }: Bidiagonal): Float64Array<ArrayBuffer> {
  const d = diagonal.slice();
  const e = superdiagonal.slice();
  const n = d.length;
  let budget = MAX_SWEEPS_PER_VALUE * Math.max(1, n);
  let high = n - 1;
  while (high > 0) {
    if (negligible(d, e, high - 1)) {
      e[high - 1] = 0;
      high -= 1;
      continue;
    }
    let low = high - 1;
    while (low > 0 && !negligible(d, e, low - 1)) low -= 1;
    if (low > 0) e[low - 1] = 0;
    const zero = firstZero(d, low, high);
    if (zero >= 0) {
      if (zero === high) chaseUp(d, e, low, high);
      else chaseRight(d, e, zero, high);
      continue;
    }
    budget -= 1;
    if (budget < 0)
      throw new ModeScopeError("internal", "The singular values did not converge.", {
        remedy: "Please report this matrix.",
      });
    sweep(d, e, low, high, shiftOf(d, e, low, high));
  }
  for (let i = 0; i < n; i++) d[i] = Math.abs(d[i] as number);
  return d.sort().reverse();
}

function negligible(d: Float64Array, e: Float64Array, i: number): boolean {
  return (
    Math.abs(e[i] as number) <= NEGLIGIBLE * (Math.abs(d[i] as number) + Math.abs(d[i + 1] as number)) ||
    Math.abs(e[i] as number) < 1e-300
  );
}

function firstZero(d: Float64Array, low: number, high: number): number {
  for (let i = low; i <= high; i++) if (Math.abs(d[i] as number) < 1e-300) return i;
  return -1;
}

/** d[zero] = 0: row `zero` is rotated away to the right. */
function chaseRight(d: Float64Array, e: Float64Array, zero: number, high: number): void {
  d[zero] = 0;
  let f = e[zero] as number;
  e[zero] = 0;
  for (let j = zero + 1; j <= high && f !== 0; j++) {
    const t = Math.hypot(d[j] as number, f);
    const c = (d[j] as number) / t;
    const s = -f / t;
    d[j] = t;
    if (j < high) {
      f = s * (e[j] as number);
      e[j] = c * (e[j] as number);
    }
  }
}

/** d[high] = 0: column `high` is rotated away upwards. */
function chaseUp(d: Float64Array, e: Float64Array, low: number, high: number): void {
  d[high] = 0;
  let f = e[high - 1] as number;
  e[high - 1] = 0;
  for (let j = high - 1; j >= low && f !== 0; j--) {
    const t = Math.hypot(d[j] as number, f);
    const c = (d[j] as number) / t;
    const s = f / t;
    d[j] = t;
    if (j > low) {
      f = -s * (e[j - 1] as number);
      e[j - 1] = c * (e[j - 1] as number);
    }
  }
}

/** Wilkinson's shift from the last 2×2 of BᵀB; 0 where it is too small against the first value to be safe. */
function shiftOf(d: Float64Array, e: Float64Array, low: number, high: number): number {
  let scale = 0;
  for (let i = low; i <= high; i++) scale = Math.max(scale, Math.abs(d[i] as number), Math.abs(e[i] as number));
  const p = (d[high] as number) / scale;
  const q = (d[high - 1] as number) / scale;
  const r = (e[high - 1] as number) / scale;
  const before = high - 1 > low ? (e[high - 2] as number) / scale : 0;
  const t11 = q * q + before * before;
  const t22 = p * p + r * r;
  const t12 = q * r;
  const delta = (t11 - t22) / 2;
  const root = (delta < 0 ? -1 : 1) * Math.hypot(delta, t12);
  const shift = t22 - (delta + root === 0 ? 0 : (t12 * t12) / (delta + root));
  const sigma2 = Math.max(0, shift) * scale * scale;
  const first = (d[low] as number) * (d[low] as number);
  return sigma2 / first < EPSILON * (high - low + 1) ? 0 : sigma2;
}

function sweep(d: Float64Array, e: Float64Array, low: number, high: number, shift: number): void {
  const first = d[low] as number;
  let f = shift === 0 ? first * first : (first - Math.sqrt(shift)) * (first + Math.sqrt(shift));
  let g = first * (e[low] as number);
  const largest = Math.max(Math.abs(f), Math.abs(g));
  f /= largest;
  g /= largest;
  for (let j = low; j < high; j++) {
    let t = Math.hypot(f, g);
    let c = t === 0 ? 1 : f / t;
    let s = t === 0 ? 0 : g / t;
    if (j > low) e[j - 1] = t;
    f = c * (d[j] as number) + s * (e[j] as number);
    e[j] = c * (e[j] as number) - s * (d[j] as number);
    g = s * (d[j + 1] as number);
    d[j + 1] = c * (d[j + 1] as number);
    t = Math.hypot(f, g);
    c = t === 0 ? 1 : f / t;
    s = t === 0 ? 0 : g / t;
    d[j] = t;
    f = c * (e[j] as number) + s * (d[j + 1] as number);
    d[j + 1] = c * (d[j + 1] as number) - s * (e[j] as number);
    g = s * (e[j + 1] as number);
    e[j + 1] = c * (e[j + 1] as number);
  }
  e[high - 1] = f;
}

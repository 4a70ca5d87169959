import { madd64, sum64 } from "./lanes";

/** One sweep of one-sided Jacobi over all pairs of rows; ../plain/jacobi.ts explains it. Returns the largest cosine that was met. */
export function jacobi(
  rows: i32,
  columns: i32,
  a: usize,
  aRow: usize,
  exponents: usize,
  tolerance: f64,
  companions: i32,
  companion: usize,
  companionRow: usize,
): f64 {
  let largest: f64 = 0;
  for (let i: i32 = 0; i + 1 < rows; i++) {
    for (let j = i + 1; j < rows; j++) {
      const gap = load<f64>(exponents + ((<usize>j) << 3)) - load<f64>(exponents + ((<usize>i) << 3));
      // `p` is the row with the larger exponent.
      const p = gap > 0 ? j : i;
      const q = gap > 0 ? i : j;
      const x = a + <usize>p * aRow;
      const y = a + <usize>q * aRow;
      let sxx = f64x2.splat(0);
      let syy = f64x2.splat(0);
      let sxy = f64x2.splat(0);
      let k: i32 = 0;
      for (; k + 1 < columns; k += 2) {
        const at = (<usize>k) << 3;
        const xk = v128.load(x + at);
        const yk = v128.load(y + at);
        sxx = madd64(xk, xk, sxx);
        syy = madd64(yk, yk, syy);
        sxy = madd64(xk, yk, sxy);
      }
      let xx = sum64(sxx);
      let yy = sum64(syy);
      let xy = sum64(sxy);
      if (k < columns) {
        const at = (<usize>k) << 3;
        const xk = load<f64>(x + at);
        const yk = load<f64>(y + at);
        xx += xk * xk;
        yy += yk * yk;
        xy += xk * yk;
      }
      const size = sqrt(xx) * sqrt(yy);
      const cosine = size > 0 ? abs(xy) / size : 0;
      if (cosine > largest) largest = cosine;
      if (!(cosine > tolerance)) continue;
      const ratio = powerOfTwo(-abs(gap));
      const zeta = (ratio * ratio * yy - xx) / (2 * xy);
      const tangent = (zeta < 0 ? -1 : 1) / (abs(zeta) + sqrt(ratio * ratio + zeta * zeta));
      const shared = ratio * tangent;
      const c = 1 / sqrt(1 + shared * shared);
      rotate(columns, x, y, c, -c * ratio * shared, c * tangent);
      if (companions > 0) {
        const u = companion + <usize>p * companionRow;
        rotate(companions, u, companion + <usize>q * companionRow, c, -c * shared, c * shared);
      }
    }
  }
  return largest;
}

/** (x, y) := (c·x + f·y, c·y + g·x). */
function rotate(n: i32, x: usize, y: usize, c: f64, f: f64, g: f64): void {
  const cc = f64x2.splat(c);
  const ff = f64x2.splat(f);
  const gg = f64x2.splat(g);
  let k: i32 = 0;
  for (; k + 1 < n; k += 2) {
    const xk = v128.load(x);
    const yk = v128.load(y);
    v128.store(x, madd64(ff, yk, f64x2.mul(cc, xk)));
    v128.store(y, madd64(gg, xk, f64x2.mul(cc, yk)));
    x += 16;
    y += 16;
  }
  if (k < n) {
    const xk = load<f64>(x);
    const yk = load<f64>(y);
    store<f64>(x, c * xk + f * yk);
    store<f64>(y, c * yk + g * xk);
  }
}

/** 2 to a whole number ≤ 0; 0 where float64 has no normal number for it. */
function powerOfTwo(exponent: f64): f64 {
  return exponent < -1022 ? 0 : reinterpret<f64>((<i64>exponent + 1023) << 52);
}

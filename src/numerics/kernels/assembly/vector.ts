import { load2, madd64, sum64 } from "./lanes";

/** y := A·x for a symmetric A: each element of its lower triangle is read once and used twice; four rows share the traffic of x and y. */
export function symv(n: i32, y: usize, a: usize, aRow: usize, x: usize): void {
  memory.fill(y, 0, <usize>n * 8);
  let i: i32 = 0;
  for (; i + 3 < n; i += 4) {
    const xi = x + <usize>i * 8;
    const yi = y + <usize>i * 8;
    const x0 = v128.load64_splat(xi);
    const x1 = v128.load64_splat(xi, 8);
    const x2 = v128.load64_splat(xi, 16);
    const x3 = v128.load64_splat(xi, 24);
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    let s2 = f64x2.splat(0);
    let s3 = f64x2.splat(0);
    let a0 = a;
    let a1 = a + aRow;
    let a2 = a1 + aRow;
    let a3 = a2 + aRow;
    let xp = x;
    let yp = y;
    for (let j: i32 = 0; j < i; j += 4) {
      let v0 = v128.load(a0);
      let v1 = v128.load(a1);
      let v2 = v128.load(a2);
      let v3 = v128.load(a3);
      let xj = v128.load(xp);
      s0 = madd64(v0, xj, s0);
      s1 = madd64(v1, xj, s1);
      s2 = madd64(v2, xj, s2);
      s3 = madd64(v3, xj, s3);
      v128.store(yp, madd64(v3, x3, madd64(v2, x2, madd64(v1, x1, madd64(v0, x0, v128.load(yp))))));
      v0 = v128.load(a0, 16);
      v1 = v128.load(a1, 16);
      v2 = v128.load(a2, 16);
      v3 = v128.load(a3, 16);
      xj = v128.load(xp, 16);
      s0 = madd64(v0, xj, s0);
      s1 = madd64(v1, xj, s1);
      s2 = madd64(v2, xj, s2);
      s3 = madd64(v3, xj, s3);
      v128.store(yp, madd64(v3, x3, madd64(v2, x2, madd64(v1, x1, madd64(v0, x0, v128.load(yp, 16))))), 16);
      a0 += 32;
      a1 += 32;
      a2 += 32;
      a3 += 32;
      xp += 32;
      yp += 32;
    }
    store<f64>(yi, sum64(s0));
    store<f64>(yi, sum64(s1), 8);
    store<f64>(yi, sum64(s2), 16);
    store<f64>(yi, sum64(s3), 24);
    symvRows(4, yi, a + <usize>i * 8, aRow, xi, 0);
    a += aRow * 4;
  }
  for (; i < n; i++) {
    store<f64>(y + <usize>i * 8, 0);
    symvRows(1, y + <usize>i * 8, a + <usize>i * 8, aRow, x + <usize>i * 8, i);
    a += aRow;
  }
}

/** Adds the products of a small triangle whose diagonal starts at `a`, and of the `before` columns left of it. */
function symvRows(rows: i32, y: usize, a: usize, aRow: usize, x: usize, before: i32): void {
  for (let i: i32 = 0; i < rows; i++) {
    const xi = load<f64>(x + <usize>i * 8);
    let sum: f64 = 0;
    for (let j: i32 = -before; j < i; j++) {
      const value = load<f64>(a + <usize>j * 8);
      const at = y + <usize>j * 8;
      sum += value * load<f64>(x + <usize>j * 8);
      store<f64>(at, load<f64>(at) + value * xi);
    }
    const yi = y + <usize>i * 8;
    store<f64>(yi, load<f64>(yi) + sum + load<f64>(a + <usize>i * 8) * xi);
    a += aRow;
  }
}

function scaleVector(n: i32, beta: f64, y: usize): void {
  if (beta === 0) {
    memory.fill(y, 0, <usize>n * 8);
    return;
  }
  if (beta === 1) return;
  for (let i: i32 = 0; i < n; i++) {
    store<f64>(y, beta * load<f64>(y));
    y += 8;
  }
}

/** y := alpha·A·x + beta·y: four rows share the traffic of x. */
export function gemv<S>(m: i32, n: i32, alpha: f64, a: usize, aRow: usize, x: usize, beta: f64, y: usize): void {
  scaleVector(m, beta, y);
  let i: i32 = 0;
  for (; i + 3 < m; i += 4) {
    let s0 = f64x2.splat(0);
    let s1 = f64x2.splat(0);
    let s2 = f64x2.splat(0);
    let s3 = f64x2.splat(0);
    let t0 = f64x2.splat(0);
    let t1 = f64x2.splat(0);
    let t2 = f64x2.splat(0);
    let t3 = f64x2.splat(0);
    let a0 = a;
    let a1 = a + aRow;
    let a2 = a1 + aRow;
    let a3 = a2 + aRow;
    let xp = x;
    let j: i32 = 0;
    for (; j + 3 < n; j += 4) {
      const x0 = v128.load(xp);
      s0 = madd64(load2<S>(a0), x0, s0);
      s1 = madd64(load2<S>(a1), x0, s1);
      s2 = madd64(load2<S>(a2), x0, s2);
      s3 = madd64(load2<S>(a3), x0, s3);
      const x1 = v128.load(xp, 16);
      t0 = madd64(load2<S>(a0 + 2 * sizeof<S>()), x1, t0);
      t1 = madd64(load2<S>(a1 + 2 * sizeof<S>()), x1, t1);
      t2 = madd64(load2<S>(a2 + 2 * sizeof<S>()), x1, t2);
      t3 = madd64(load2<S>(a3 + 2 * sizeof<S>()), x1, t3);
      a0 += 4 * sizeof<S>();
      a1 += 4 * sizeof<S>();
      a2 += 4 * sizeof<S>();
      a3 += 4 * sizeof<S>();
      xp += 32;
    }
    let r0 = sum64(f64x2.add(s0, t0));
    let r1 = sum64(f64x2.add(s1, t1));
    let r2 = sum64(f64x2.add(s2, t2));
    let r3 = sum64(f64x2.add(s3, t3));
    for (; j < n; j++) {
      const xj = load<f64>(xp);
      r0 += <f64>load<S>(a0) * xj;
      r1 += <f64>load<S>(a1) * xj;
      r2 += <f64>load<S>(a2) * xj;
      r3 += <f64>load<S>(a3) * xj;
      a0 += sizeof<S>();
      a1 += sizeof<S>();
      a2 += sizeof<S>();
      a3 += sizeof<S>();
      xp += 8;
    }
    store<f64>(y, load<f64>(y) + alpha * r0);
    store<f64>(y, load<f64>(y, 8) + alpha * r1, 8);
    store<f64>(y, load<f64>(y, 16) + alpha * r2, 16);
    store<f64>(y, load<f64>(y, 24) + alpha * r3, 24);
    y += 32;
    a += 4 * aRow;
  }
  for (; i < m; i++) {
    let s0 = f64x2.splat(0);
    let j: i32 = 0;
    for (; j + 1 < n; j += 2) s0 = madd64(load2<S>(a + <usize>j * sizeof<S>()), v128.load(x + <usize>j * 8), s0);
    let r0 = sum64(s0);
    if (j < n) r0 += <f64>load<S>(a + <usize>j * sizeof<S>()) * load<f64>(x + <usize>j * 8);
    store<f64>(y, load<f64>(y) + alpha * r0);
    y += 8;
    a += aRow;
  }
}

/** y := alpha·Aᵀ·x + beta·y, A stored m × n: four rows at a time are added into y. */
export function gemvTransposed<S>(
  m: i32,
  n: i32,
  alpha: f64,
  a: usize,
  aRow: usize,
  x: usize,
  beta: f64,
  y: usize,
): void {
  scaleVector(n, beta, y);
  let i: i32 = 0;
  for (; i + 3 < m; i += 4) {
    const f0 = alpha * load<f64>(x);
    const f1 = alpha * load<f64>(x, 8);
    const f2 = alpha * load<f64>(x, 16);
    const f3 = alpha * load<f64>(x, 24);
    const x0 = f64x2.splat(f0);
    const x1 = f64x2.splat(f1);
    const x2 = f64x2.splat(f2);
    const x3 = f64x2.splat(f3);
    let a0 = a;
    let a1 = a + aRow;
    let a2 = a1 + aRow;
    let a3 = a2 + aRow;
    let yp = y;
    let j: i32 = 0;
    for (; j + 1 < n; j += 2) {
      const low = madd64(load2<S>(a1), x1, madd64(load2<S>(a0), x0, v128.load(yp)));
      v128.store(yp, madd64(load2<S>(a3), x3, madd64(load2<S>(a2), x2, low)));
      a0 += 2 * sizeof<S>();
      a1 += 2 * sizeof<S>();
      a2 += 2 * sizeof<S>();
      a3 += 2 * sizeof<S>();
      yp += 16;
    }
    if (j < n) {
      const low = load<f64>(yp) + <f64>load<S>(a0) * f0 + <f64>load<S>(a1) * f1;
      store<f64>(yp, low + <f64>load<S>(a2) * f2 + <f64>load<S>(a3) * f3);
    }
    x += 32;
    a += 4 * aRow;
  }
  for (; i < m; i++) {
    const factor = alpha * load<f64>(x);
    const xi = f64x2.splat(factor);
    let j: i32 = 0;
    for (; j + 1 < n; j += 2) {
      const yp = y + <usize>j * 8;
      v128.store(yp, madd64(load2<S>(a + <usize>j * sizeof<S>()), xi, v128.load(yp)));
    }
    if (j < n) {
      const yp = y + <usize>j * 8;
      store<f64>(yp, load<f64>(yp) + <f64>load<S>(a + <usize>j * sizeof<S>()) * factor);
    }
    x += 8;
    a += aRow;
  }
}

import { dot } from "./band";
import { madd64 } from "./lanes";
import { gemv, gemvTransposed, symv } from "./vector";
import { packedA, packedB } from "./workspace";

/** Columns start … start + width − 1 of the reduction; ../plain/tridiagonal.ts explains it. `vRow` is the step of both V and W, stored by rows. */
export function panel(
  n: i32,
  a: usize,
  aRow: usize,
  start: i32,
  width: i32,
  v: usize,
  w: usize,
  vRow: usize,
  diagonal: usize,
  subdiagonal: usize,
  taus: usize,
): void {
  const column = packedB();
  const small = packedA();
  const x = column + 8;
  for (let k: i32 = 0; k < width; k++) {
    const j = start + k;
    const at = (<usize>j) << 3;
    const m = n - j - 1;
    const corner = a + <usize>j * aRow + at;
    for (let i: i32 = 0; i <= m; i++) store<f64>(column + ((<usize>i) << 3), load<f64>(corner + <usize>i * aRow));
    if (k > 0) {
      gather(small, w + at, vRow, k);
      gemvTransposed<f64>(k, m + 1, -1, v + at, vRow, small, 1, column);
      gather(small, v + at, vRow, k);
      gemvTransposed<f64>(k, m + 1, -1, w + at, vRow, small, 1, column);
    }
    store<f64>(diagonal + at, load<f64>(column));
    const tau = reflect(x, m, subdiagonal + at);
    store<f64>(taus + at, tau);
    memory.copy(v + <usize>k * vRow + at + 8, x, (<usize>m) << 3);
    for (let i: i32 = 0; i < m; i++) store<f64>(corner + <usize>(i + 1) * aRow, load<f64>(x + ((<usize>i) << 3)));
    const y = w + <usize>k * vRow + at + 8;
    symv(m, y, corner + aRow + 8, aRow, x);
    if (k > 0) {
      gemv<f64>(k, m, 1, w + at + 8, vRow, x, 0, small);
      gemvTransposed<f64>(k, m, -1, v + at + 8, vRow, small, 1, y);
      gemv<f64>(k, m, 1, v + at + 8, vRow, x, 0, small);
      gemvTransposed<f64>(k, m, -1, w + at + 8, vRow, small, 1, y);
    }
    combine(m, y, tau, x, -0.5 * tau * tau * dot(y, x, m));
  }
}

function gather(to: usize, from: usize, step: usize, count: i32): void {
  for (let c: i32 = 0; c < count; c++) store<f64>(to + ((<usize>c) << 3), load<f64>(from + <usize>c * step));
}

/** x becomes v with v₀ = 1, (I − tau·v·vᵀ)·x = beta·e₁ goes to `beta`. Returns tau. */
function reflect(x: usize, n: i32, beta: usize): f64 {
  const head = load<f64>(x);
  const tail = dot(x + 8, x + 8, n - 1);
  store<f64>(x, 1);
  if (tail === 0) {
    store<f64>(beta, head);
    return 0;
  }
  const norm = sqrt(head * head + tail);
  const value = head > 0 ? -norm : norm;
  const factor = 1 / (head - value);
  for (let i: i32 = 1; i < n; i++) {
    const at = x + ((<usize>i) << 3);
    store<f64>(at, load<f64>(at) * factor);
  }
  store<f64>(beta, value);
  return (value - head) / value;
}

/** y := f·y + g·x. */
function combine(n: i32, y: usize, f: f64, x: usize, g: f64): void {
  const ff = f64x2.splat(f);
  const gg = f64x2.splat(g);
  let i: i32 = 0;
  for (; i + 1 < n; i += 2) {
    v128.store(y, madd64(gg, v128.load(x), f64x2.mul(ff, v128.load(y))));
    y += 16;
    x += 16;
  }
  if (i < n) store<f64>(y, f * load<f64>(y) + g * load<f64>(x));
}

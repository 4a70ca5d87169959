import { madd64 } from "./lanes";
import { gemvTransposed } from "./vector";
import { packedA, packedB } from "./workspace";

// Vectors of a factorization lie where a product would pack its operands: a reflector (as many elements as A has rows), the image of a row under it, and the
// squares of the columns that are left. `../compiled.ts` refuses more rows and columns than fit here.
const SQUARES: usize = 122880;

/** Householder QR in place; ../plain/qr.ts says what is stored where. `pivots` 0: columns stay in their order. */
export function qr(m: i32, n: i32, a: usize, aRow: usize, taus: usize, pivots: usize): void {
  const v = packedB();
  const squares = packedA() + SQUARES;
  if (pivots !== 0) for (let j: i32 = 0; j < n; j++) store<f64>(pivots + ((<usize>j) << 3), <f64>j);
  const count = min(m, n);
  for (let k: i32 = 0; k < count; k++) {
    const corner = a + <usize>k * aRow + ((<usize>k) << 3);
    if (pivots !== 0) pivot(m, n, k, a, aRow, squares, pivots);
    const tau = reflector(v, corner, aRow, m - k);
    store<f64>(taus + ((<usize>k) << 3), tau);
    if (tau !== 0) reflectRows(m - k, n - k - 1, corner + 8, aRow, v, tau);
  }
}

/** Brings the longest of the columns that are left to place k. Their squares are summed anew: an update would lose small ones to cancellation. */
function pivot(m: i32, n: i32, k: i32, a: usize, aRow: usize, squares: usize, pivots: usize): void {
  memory.fill(squares + ((<usize>k) << 3), 0, (<usize>(n - k)) << 3);
  for (let i = k; i < m; i++) {
    const row = a + <usize>i * aRow;
    let j = k;
    for (; j + 1 < n; j += 2) {
      const at = (<usize>j) << 3;
      const x = v128.load(row + at);
      v128.store(squares + at, madd64(x, x, v128.load(squares + at)));
    }
    if (j < n) {
      const at = (<usize>j) << 3;
      const x = load<f64>(row + at);
      store<f64>(squares + at, load<f64>(squares + at) + x * x);
    }
  }
  let best = k;
  for (let j = k + 1; j < n; j++)
    if (load<f64>(squares + ((<usize>j) << 3)) > load<f64>(squares + ((<usize>best) << 3))) best = j;
  if (best === k) return;
  swap(pivots + ((<usize>k) << 3), pivots + ((<usize>best) << 3));
  for (let i: i32 = 0; i < m; i++) {
    const row = a + <usize>i * aRow;
    swap(row + ((<usize>k) << 3), row + ((<usize>best) << 3));
  }
}

function swap(x: usize, y: usize): void {
  const value = load<f64>(x);
  store<f64>(x, load<f64>(y));
  store<f64>(y, value);
}

/** The reflector of the column at `at` goes to `v` (with its leading 1) and below the diagonal, the new diagonal element to `at`. Returns tau. */
function reflector(v: usize, at: usize, aRow: usize, length: i32): f64 {
  store<f64>(v, 1);
  let tail: f64 = 0;
  for (let i: i32 = 1; i < length; i++) {
    const value = load<f64>(at + <usize>i * aRow);
    tail += value * value;
  }
  if (tail === 0) return 0;
  const head = load<f64>(at);
  const norm = sqrt(head * head + tail);
  const beta = head > 0 ? -norm : norm;
  const factor = 1 / (head - beta);
  for (let i: i32 = 1; i < length; i++) {
    const entry = at + <usize>i * aRow;
    const value = load<f64>(entry) * factor;
    store<f64>(entry, value);
    store<f64>(v + ((<usize>i) << 3), value);
  }
  store<f64>(at, beta);
  return (beta - head) / beta;
}

/** A := (I − tau·v·vᵀ)·A for a block of m rows and n columns. */
function reflectRows(m: i32, n: i32, a: usize, aRow: usize, v: usize, tau: f64): void {
  if (n === 0) return;
  const w = packedA();
  gemvTransposed<f64>(m, n, tau, a, aRow, v, 0, w);
  for (let i: i32 = 0; i < m; i++) {
    const minus = -load<f64>(v + ((<usize>i) << 3));
    const factor = f64x2.splat(minus);
    let at = a;
    let from = w;
    let j: i32 = 0;
    for (; j + 3 < n; j += 4) {
      v128.store(at, madd64(v128.load(from), factor, v128.load(at)));
      v128.store(at, madd64(v128.load(from, 16), factor, v128.load(at, 16)), 16);
      at += 32;
      from += 32;
    }
    for (; j < n; j++) {
      store<f64>(at, load<f64>(at) + minus * load<f64>(from));
      at += 8;
      from += 8;
    }
    a += aRow;
  }
}

/** C := Q·C or Qᵀ·C for the `count` reflectors below the diagonal of `a`; C is m × n. */
export function applyQ(
  transposed: bool,
  m: i32,
  n: i32,
  count: i32,
  c: usize,
  cRow: usize,
  a: usize,
  aRow: usize,
  taus: usize,
): void {
  const v = packedB();
  for (let step: i32 = 0; step < count; step++) {
    const k = transposed ? step : count - 1 - step;
    const tau = load<f64>(taus + ((<usize>k) << 3));
    if (tau === 0) continue;
    store<f64>(v, 1);
    const column = a + <usize>k * aRow + ((<usize>k) << 3);
    for (let i: i32 = 1; i < m - k; i++) store<f64>(v + ((<usize>i) << 3), load<f64>(column + <usize>i * aRow));
    reflectRows(m - k, n, c + <usize>k * cRow, cRow, v, tau);
  }
}

import { pack } from "./pack";
import { ROWS, tile32, tile64 } from "./tile";
import { DEPTH, edgeTile, HEIGHT, packedA, packedB, tileColumns, WIDTH } from "./workspace";

/** So far below the diagonal that every tile is wanted. */
export const EVERYWHERE: i32 = 0x40000000;

/**
 * C := alpha·A·B + beta·C, packed and blocked after Goto and van de Geijn 2008. `aRow` and `aDepth` are the bytes from one row and from one column of
 * op(A) to the next, likewise B: a transposed operand differs by its steps only. With `lower`, tiles above the diagonal are left out;
 * `below` is how many rows the first row of C lies below the diagonal element of its first column.
 */
export function product<T, S>(
  m: i32,
  n: i32,
  k: i32,
  alpha: f64,
  a: usize,
  aRow: usize,
  aDepth: usize,
  b: usize,
  bColumn: usize,
  bDepth: usize,
  beta: f64,
  c: usize,
  cRow: usize,
  below: i32,
): void {
  if (k === 0) {
    scale<T>(m, n, beta, c, cRow, below);
    return;
  }
  const columns = tileColumns<T>();
  for (let jc: i32 = 0; jc < n; jc += WIDTH) {
    const nc = min(WIDTH, n - jc);
    for (let pc: i32 = 0; pc < k; pc += DEPTH) {
      const kc = min(DEPTH, k - pc);
      const factor = pc === 0 ? beta : 1;
      const panelB = (<usize>(kc * columns)) << alignof<T>();
      const panelA = (<usize>(kc * ROWS)) << alignof<T>();
      pack<T, S>(packedB(), panelB, b + <usize>jc * bColumn + <usize>pc * bDepth, nc, kc, bColumn, bDepth, columns);
      for (let ic: i32 = max(0, jc - below); ic < m; ic += HEIGHT) {
        const mc = min(HEIGHT, m - ic);
        pack<T, S>(packedA(), panelA, a + <usize>ic * aRow + <usize>pc * aDepth, mc, kc, aRow, aDepth, ROWS);
        const block = c + <usize>ic * cRow + ((<usize>jc) << alignof<T>());
        tiles<T>(mc, nc, kc, alpha, factor, block, cRow, ic - jc + below);
      }
    }
  }
}

/** Rows from…to−1 of the lower triangle of C := C − V·Wᵀ − W·Vᵀ in one pass over C: the two products are one of double depth, (V W)·(W V)ᵀ. */
export function syr2k(
  from: i32,
  to: i32,
  k: i32,
  v: usize,
  vRow: usize,
  vDepth: usize,
  w: usize,
  wRow: usize,
  wDepth: usize,
  c: usize,
  cRow: usize,
): void {
  const columns = tileColumns<f64>();
  for (let jc: i32 = 0; jc < to; jc += WIDTH) {
    const nc = min(WIDTH, to - jc);
    for (let pc: i32 = 0; pc < k; pc += DEPTH / 2) {
      const kc = min(DEPTH / 2, k - pc);
      const panelB = <usize>(2 * kc * columns * 8);
      const panelA = <usize>(2 * kc * ROWS * 8);
      const vs = v + <usize>pc * vDepth;
      const ws = w + <usize>pc * wDepth;
      pack<f64, f64>(packedB(), panelB, ws + <usize>jc * wRow, nc, kc, wRow, wDepth, columns);
      pack<f64, f64>(packedB() + panelB / 2, panelB, vs + <usize>jc * vRow, nc, kc, vRow, vDepth, columns);
      for (let ic: i32 = max(from, jc); ic < to; ic += HEIGHT) {
        const mc = min(HEIGHT, to - ic);
        pack<f64, f64>(packedA(), panelA, vs + <usize>ic * vRow, mc, kc, vRow, vDepth, ROWS);
        pack<f64, f64>(packedA() + panelA / 2, panelA, ws + <usize>ic * wRow, mc, kc, wRow, wDepth, ROWS);
        tiles<f64>(mc, nc, 2 * kc, -1, 1, c + <usize>ic * cRow + <usize>jc * 8, cRow, ic - jc);
      }
    }
  }
}

/** Rows from…to−1 of C := A·B for a symmetric A of which the lower triangle is read; only its packing differs from an ordinary product. */
export function symm(
  from: i32,
  to: i32,
  m: i32,
  n: i32,
  a: usize,
  aRow: usize,
  b: usize,
  bRow: usize,
  c: usize,
  cRow: usize,
): void {
  const columns = tileColumns<f64>();
  for (let jc: i32 = 0; jc < n; jc += WIDTH) {
    const nc = min(WIDTH, n - jc);
    for (let pc: i32 = 0; pc < m; pc += DEPTH) {
      const kc = min(DEPTH, m - pc);
      const panelB = <usize>(kc * columns * 8);
      pack<f64, f64>(packedB(), panelB, b + <usize>pc * bRow + <usize>jc * 8, nc, kc, 8, bRow, columns);
      for (let ic: i32 = from; ic < to; ic += HEIGHT) {
        const mc = min(HEIGHT, to - ic);
        for (let i: i32 = 0; i < mc; i += ROWS) {
          packSymmetric(packedA() + <usize>(i * kc * 8), a, aRow, ic + i, min(ROWS, mc - i), pc, kc);
        }
        tiles<f64>(mc, nc, kc, 1, pc === 0 ? 0 : 1, c + <usize>ic * cRow + <usize>jc * 8, cRow, EVERYWHERE);
      }
    }
  }
}

/** One panel: rows `row` …, columns `from` … of the whole matrix. Left of the diagonal as stored, right of it from the mirrored column. */
function packSymmetric(to: usize, a: usize, aRow: usize, row: i32, count: i32, from: i32, depth: i32): void {
  const end = from + depth;
  const left = max(0, min(row, end) - from);
  const right = max(0, end - max(from, row + count));
  const step = <usize>(ROWS * 8);
  if (left > 0) pack<f64, f64>(to, 0, a + <usize>row * aRow + <usize>from * 8, count, left, aRow, 8, ROWS);
  for (let p = from + left; p < end - right; p++) {
    const put = to + <usize>(p - from) * step;
    for (let i: i32 = 0; i < ROWS; i++) {
      const high = max(row + i, p);
      const low = min(row + i, p);
      store<f64>(put + <usize>i * 8, i < count ? load<f64>(a + <usize>high * aRow + <usize>low * 8) : 0);
    }
  }
  if (right > 0) {
    const first = end - right;
    const put = to + <usize>(first - from) * step;
    pack<f64, f64>(put, 0, a + <usize>first * aRow + <usize>row * 8, count, right, 8, aRow, ROWS);
  }
}

/** The tiles of one packed block; `below` is how many rows its first row lies below the diagonal element of its first column. */
function tiles<T>(mc: i32, nc: i32, kc: i32, alpha: f64, beta: f64, c: usize, cRow: usize, below: i32): void {
  const columns = tileColumns<T>();
  const panelB = (<usize>(kc * columns)) << alignof<T>();
  const panelA = (<usize>(kc * ROWS)) << alignof<T>();
  const edgeRow = (<usize>columns) << alignof<T>();
  let b: usize = packedB();
  for (let j: i32 = 0; j < nc; j += columns) {
    let a: usize = packedA();
    for (let i: i32 = 0; i < mc; i += ROWS) {
      if (below + i + ROWS > j) {
        const at = c + <usize>i * cRow + ((<usize>j) << alignof<T>());
        if (i + ROWS <= mc && j + columns <= nc && below + i >= j + columns - 1)
          tile<T>(kc, a, b, at, cRow, alpha, beta);
        else {
          tile<T>(kc, a, b, edgeTile(), edgeRow, alpha, 0);
          mergeEdge<T>(min(ROWS, mc - i), min(columns, nc - j), beta, at, cRow, edgeRow, below + i - j);
        }
      }
      a += panelA;
    }
    b += panelB;
  }
}

function tile<T>(kc: i32, a: usize, b: usize, c: usize, cRow: usize, alpha: f64, beta: f64): void {
  if (sizeof<T>() === 8) tile64(kc, a, b, c, cRow, alpha, beta);
  else tile32(kc, a, b, c, cRow, <f32>alpha, <f32>beta);
}

/** Of a tile that sticks out of C or crosses the diagonal, the part that belongs to C. */
function mergeEdge<T>(rows: i32, columns: i32, beta: f64, c: usize, cRow: usize, edgeRow: usize, below: i32): void {
  for (let i: i32 = 0; i < rows; i++) {
    const width = min(columns, below + i + 1);
    for (let j: i32 = 0; j < width; j++) {
      const at = c + ((<usize>j) << alignof<T>());
      const value = load<T>(edgeTile() + <usize>i * edgeRow + ((<usize>j) << alignof<T>()));
      store<T>(at, beta === 0 ? value : <T>(value + <T>beta * load<T>(at)));
    }
    c += cRow;
  }
}

function scale<T>(m: i32, n: i32, beta: f64, c: usize, cRow: usize, below: i32): void {
  for (let i: i32 = 0; i < m; i++) {
    const width = min(n, below + i + 1);
    for (let j: i32 = 0; j < width; j++) {
      const at = c + ((<usize>j) << alignof<T>());
      store<T>(at, beta === 0 ? <T>0 : <T>(<T>beta * load<T>(at)));
    }
    c += cRow;
  }
}

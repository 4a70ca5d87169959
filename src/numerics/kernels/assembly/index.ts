// What a compiled set exports: pointers and steps in bytes, sizes in elements. `../compiled.ts` calls these.

import { pairs } from "./pairs";
import { gram } from "./panels";
import { EVERYWHERE, product, symm, syr2k } from "./product";
import { gemv, gemvTransposed, symv } from "./vector";

export { chase as bandChase } from "./band";
export { jacobi as jacobiSweep64 } from "./jacobi";
export { applyQ as applyQ64, qr as qr64 } from "./qr";
export { panel as tridiagonalPanel64 } from "./tridiagonal";
export {
  widenAffine,
  widenBf16,
  widenE4m3,
  widenE4m3fnuz,
  widenE5m2,
  widenE5m2fnuz,
  widenF16,
  widenI8,
  widenU8,
} from "./widen";
export { useWorkspace, workspaceBytes } from "./workspace";

export function gemm64(
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
): void {
  product<f64, f64>(m, n, k, alpha, a, aRow, aDepth, b, bColumn, bDepth, beta, c, cRow, EVERYWHERE);
}

export function gemm32(
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
): void {
  product<f32, f32>(m, n, k, alpha, a, aRow, aDepth, b, bColumn, bDepth, beta, c, cRow, EVERYWHERE);
}

/** Rows from…to−1 of the lower triangle. `single`: A holds float32, widened while it is packed. */
export function syrk64(
  from: i32,
  to: i32,
  k: i32,
  alpha: f64,
  a: usize,
  aRow: usize,
  aDepth: usize,
  single: bool,
  beta: f64,
  c: usize,
  cRow: usize,
): void {
  const rows = to - from;
  const left = a + <usize>from * aRow;
  const out = c + <usize>from * cRow;
  if (single) product<f64, f32>(rows, to, k, alpha, left, aRow, aDepth, a, aRow, aDepth, beta, out, cRow, from);
  else product<f64, f64>(rows, to, k, alpha, left, aRow, aDepth, a, aRow, aDepth, beta, out, cRow, from);
}

export { symm as symm64, syr2k as syr2k64 };

export function symv64(n: i32, y: usize, a: usize, aRow: usize, x: usize): void {
  symv(n, y, a, aRow, x);
}

export function gemvDouble(
  transposed: bool,
  m: i32,
  n: i32,
  alpha: f64,
  a: usize,
  aRow: usize,
  x: usize,
  beta: f64,
  y: usize,
): void {
  if (transposed) gemvTransposed<f64>(m, n, alpha, a, aRow, x, beta, y);
  else gemv<f64>(m, n, alpha, a, aRow, x, beta, y);
}

export function gemvSingle(
  transposed: bool,
  m: i32,
  n: i32,
  alpha: f64,
  a: usize,
  aRow: usize,
  x: usize,
  beta: f64,
  y: usize,
): void {
  if (transposed) gemvTransposed<f32>(m, n, alpha, a, aRow, x, beta, y);
  else gemv<f32>(m, n, alpha, a, aRow, x, beta, y);
}

/** Panels from…to−1 of Y := Y + Aᵀ·(A·X); `kind` 0: all in float32, 1: A in float32 and sums in float64, 2: all in float64. */
export function gramPanels(
  kind: i32,
  from: i32,
  to: i32,
  columns: i32,
  a: usize,
  x: usize,
  y: usize,
  images: usize,
): void {
  if (kind === 0) gram<f32, f32>(from, to, columns, a, x, y, images);
  else if (kind === 1) gram<f64, f32>(from, to, columns, a, x, y, images);
  else gram<f64, f64>(from, to, columns, a, x, y, images);
}

/** Rows (or, `down`, columns) from…to−1 of the sums over `depth` places; `single`: the stack holds float32. */
export function pairSums(
  single: bool,
  down: bool,
  from: i32,
  to: i32,
  depth: i32,
  count: i32,
  stack: usize,
  matrixStep: usize,
  rowStep: usize,
  sums: usize,
  sumsRow: usize,
): void {
  if (single) pairs<f32>(down, from, to, depth, count, stack, matrixStep, rowStep, sums, sumsRow);
  else pairs<f64>(down, from, to, depth, count, stack, matrixStep, rowStep, sums, sumsRow);
}

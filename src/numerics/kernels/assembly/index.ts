// What a compiled set exports: pointers and steps in bytes, sizes in elements. `../compiled.ts` calls these.
import { product, symm, syr2k } from "./product";
import { gemv, gemvTransposed, symv } from "./vector";

export { chase as bandChase } from "./band";
export { widenBf16, widenE4m3, widenE5m2, widenF16, widenI8, widenU8 } from "./widen";
export { workspaceEnd } from "./workspace";

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
  product<f64, f64>(m, n, k, alpha, a, aRow, aDepth, b, bColumn, bDepth, beta, c, cRow, false);
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
  product<f32, f32>(m, n, k, alpha, a, aRow, aDepth, b, bColumn, bDepth, beta, c, cRow, false);
}

/** `single`: A holds float32, widened while it is packed. */
export function syrk64(
  n: i32,
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
  if (single) product<f64, f32>(n, n, k, alpha, a, aRow, aDepth, a, aRow, aDepth, beta, c, cRow, true);
  else product<f64, f64>(n, n, k, alpha, a, aRow, aDepth, a, aRow, aDepth, beta, c, cRow, true);
}

export function syr2k64(n: i32, k: i32, v: usize, vRow: usize, w: usize, wRow: usize, c: usize, cRow: usize): void {
  syr2k(n, k, v, vRow, w, wRow, c, cRow);
}

export function symm64(m: i32, n: i32, a: usize, aRow: usize, b: usize, bRow: usize, c: usize, cRow: usize): void {
  symm(m, n, a, aRow, b, bRow, c, cRow);
}

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

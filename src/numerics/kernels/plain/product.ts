import type { Block, Block32, Block64, ProductOptions } from "../types.ts";

/**
 * Matrix products in plain TypeScript: C := alpha·op(A)·op(B) + beta·C, row-major, or only its lower triangle.
 * Rows of op(B) are added into one float64 row of accumulators (four at a time), so float32 results carry one rounding, at the end.
 * Strips of columns keep the part of op(B) in use within a cache. A transposed B is copied once. Cost 2·m·n·k flops, half for the lower triangle.
 */
const STRIP = 256;

type Values = Float32Array | Float64Array;

export function gemm(c: Block<Values>, a: Block<Values>, b: Block<Values>, options: ProductOptions = {}): void {
  const right = options.transposeB === true ? transposed(b) : b;
  multiply(c, a, right, options, c.columns, false);
}

export function syrk64(c: Block64, a: Block64 | Block32, options: Omit<ProductOptions, "transposeB"> = {}): void {
  multiply(c, a, options.transposeA === true ? a : transposed(a), options, c.columns, true);
}

/** Lower triangle of C − V·Wᵀ − W·Vᵀ. */
export function syr2k64(c: Block64, v: Block64, w: Block64, byRows = false): void {
  const options = { alpha: -1, beta: 1, transposeA: byRows };
  multiply(c, v, byRows ? w : transposed(w), options, c.columns, true);
  multiply(c, w, byRows ? v : transposed(v), options, c.columns, true);
}

/** C := A·B, the lower triangle of A read. */
export function symm64(c: Block64, lower: Block64, b: Block64): void {
  const n = lower.rows;
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = lower.data[i * lower.stride + j] as number;
      data[i * n + j] = value;
      data[j * n + i] = value;
    }
  }
  multiply(c, { data, rows: n, columns: n, stride: n }, b, {}, c.columns, false);
}

function transposed({ data, rows, columns, stride }: Block<Values>): Block<Values> {
  const copy = data instanceof Float32Array ? new Float32Array(rows * columns) : new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) copy[j * rows + i] = data[i * stride + j] as number;
  }
  return { data: copy, rows: columns, columns: rows, stride: rows };
}

function multiply(
  c: Block<Values>,
  a: Block<Values>,
  b: Block<Values>,
  { transposeA = false, alpha = 1, beta = 0 }: ProductOptions,
  columns: number,
  lowerOnly: boolean,
): void {
  const depth = transposeA ? a.rows : a.columns;
  const rowStep = transposeA ? 1 : a.stride;
  const depthStep = transposeA ? a.stride : 1;
  const sums = new Float64Array(STRIP);
  for (let from = 0; from < columns; from += STRIP) {
    for (let i = lowerOnly ? from : 0; i < c.rows; i++) {
      const width = Math.min(STRIP, columns - from, lowerOnly ? i + 1 - from : STRIP);
      sums.fill(0, 0, width);
      if (alpha !== 0) addRows(sums, width, a.data, i * rowStep, depthStep, depth, b, from);
      const at = i * c.stride + from;
      if (beta === 0) for (let j = 0; j < width; j++) c.data[at + j] = alpha * (sums[j] as number);
      else {
        for (let j = 0; j < width; j++) {
          c.data[at + j] = alpha * (sums[j] as number) + beta * (c.data[at + j] as number);
        }
      }
    }
  }
}

/** sums += Σₚ a[p]·B[p, from … from + width). */
function addRows(
  sums: Float64Array,
  width: number,
  a: Values,
  start: number,
  step: number,
  depth: number,
  b: Block<Values>,
  from: number,
): void {
  const { data, stride } = b;
  let p = 0;
  for (; p + 3 < depth; p += 4) {
    const a0 = a[start + p * step] as number;
    const a1 = a[start + (p + 1) * step] as number;
    const a2 = a[start + (p + 2) * step] as number;
    const a3 = a[start + (p + 3) * step] as number;
    const r0 = p * stride + from;
    const r1 = r0 + stride;
    const r2 = r1 + stride;
    const r3 = r2 + stride;
    for (let j = 0; j < width; j++) {
      sums[j] =
        (sums[j] as number) +
        (a0 * (data[r0 + j] as number) + a1 * (data[r1 + j] as number)) +
        (a2 * (data[r2 + j] as number) + a3 * (data[r3 + j] as number));
    }
  }
  for (; p < depth; p++) {
    const factor = a[start + p * step] as number;
    const row = p * stride + from;
    for (let j = 0; j < width; j++) sums[j] = (sums[j] as number) + factor * (data[row + j] as number);
  }
}

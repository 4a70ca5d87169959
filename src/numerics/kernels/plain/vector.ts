import type { Block, Block64, ProductOptions } from "../types.ts";

/** Matrix times vector in plain TypeScript, float64 sums. Bound by reading the matrix once: 2·m·n flops. */
export function symv64(y: Float64Array, { data, rows, stride }: Block64, x: Float64Array): void {
  for (let i = 0; i < rows; i++) {
    const row = i * stride;
    const xi = x[i] as number;
    let sum = 0;
    for (let j = 0; j < i; j++) {
      const value = data[row + j] as number;
      sum += value * (x[j] as number);
      y[j] = (y[j] as number) + value * xi;
    }
    y[i] = sum + (data[row + i] as number) * xi;
  }
}

export function gemv(
  y: Float64Array,
  { data, rows, columns, stride }: Block<Float32Array | Float64Array>,
  x: Float64Array,
  { transposeA = false, alpha = 1, beta = 0 }: Omit<ProductOptions, "transposeB"> = {},
): void {
  const length = transposeA ? columns : rows;
  if (beta === 0) y.fill(0, 0, length);
  else for (let i = 0; i < length; i++) y[i] = beta * (y[i] as number);
  if (transposeA) {
    for (let i = 0; i < rows; i++) {
      const row = i * stride;
      const factor = alpha * (x[i] as number);
      for (let j = 0; j < columns; j++) y[j] = (y[j] as number) + factor * (data[row + j] as number);
    }
    return;
  }
  for (let i = 0; i < rows; i++) {
    const row = i * stride;
    let a = 0;
    let b = 0;
    let j = 0;
    for (; j + 1 < columns; j += 2) {
      a += (data[row + j] as number) * (x[j] as number);
      b += (data[row + j + 1] as number) * (x[j + 1] as number);
    }
    if (j < columns) a += (data[row + j] as number) * (x[j] as number);
    y[i] = (y[i] as number) + alpha * (a + b);
  }
}

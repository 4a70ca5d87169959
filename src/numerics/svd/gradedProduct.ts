import type { Link } from "./linkSweep.ts";

/**
 * R_N…R_1 of upper triangles, row i as 2^exponents[i] times what is written to `out`. With R_l = D_l·U_l and the product so far D·U, the next is
 * (D_l·D)·((D⁻¹·U_l·D)·U): where the diagonal falls, D⁻¹·U_l·D is no larger than U_l, and nothing is lost however far the rows are apart. Cost n³/3 a link.
 */
export function gradedProduct(links: readonly Link[], out: Float64Array, exponents: Float64Array): void {
  const n = exponents.length;
  const logs = new Float64Array(n);
  const signs = new Float64Array(n).fill(1);
  let unit = new Float64Array(n * n);
  for (let i = 0; i < n; i++) unit[i * n + i] = 1;
  let next = new Float64Array(n * n);
  for (const { data } of links) {
    next.fill(0);
    for (let i = 0; i < n; i++) {
      const pivot = data[i * n + i] as number;
      for (let k = i; k < n; k++) {
        const value = data[i * n + k] as number;
        if (value === 0) continue;
        const factor =
          k === i
            ? 1
            : (value / pivot) *
              Math.exp((logs[k] as number) - (logs[i] as number)) *
              (signs[k] as number) *
              (signs[i] as number);
        for (let j = k; j < n; j++)
          next[i * n + j] = (next[i * n + j] as number) + factor * (unit[k * n + j] as number);
      }
    }
    for (let i = 0; i < n; i++) {
      const pivot = data[i * n + i] as number;
      logs[i] = (logs[i] as number) + Math.log(Math.abs(pivot));
      if (pivot < 0) signs[i] = -(signs[i] as number);
    }
    [unit, next] = [next, unit];
  }
  for (let i = 0; i < n; i++) {
    const exponent = Math.round((logs[i] as number) / Math.LN2);
    // The sign of a row is none of a singular value's business.
    const factor = Math.exp((logs[i] as number) - exponent * Math.LN2);
    exponents[i] = exponent;
    for (let j = 0; j < n; j++) out[i * n + j] = factor * (unit[i * n + j] as number);
  }
}

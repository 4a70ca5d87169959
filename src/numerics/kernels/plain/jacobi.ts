import type { Block64 } from "../types.ts";

/**
 * One sweep of one-sided Jacobi over all pairs of rows (Hestenes 1958; Demmel & Veselić 1992 for its accuracy): each pair is turned until it is orthogonal.
 * Row i stands for 2^exponent times what is stored, so that rows of wildly different lengths meet without overflow or underflow: with X = x, Y = r·y and
 * r = 2^(difference) ≤ 1 the tangent is t = r·s, and x := c·(x − r²·s·y), y := c·(y + s·x) is the same rotation written for what is stored.
 * Every row keeps its own relative accuracy: the error does not grow with the ratio of the lengths. About 11·columns flops a pair.
 */
export function jacobiSweep64(
  { data, rows, columns, stride }: Block64,
  exponents: Float64Array,
  tolerance: number,
  companion?: Block64,
): number {
  let largest = 0;
  for (let i = 0; i + 1 < rows; i++) {
    for (let j = i + 1; j < rows; j++) {
      const gap = (exponents[j] as number) - (exponents[i] as number);
      const [p, q] = gap > 0 ? [j, i] : [i, j];
      const [x, y] = [p * stride, q * stride];
      let [xx, yy, xy] = [0, 0, 0];
      for (let k = 0; k < columns; k++) {
        const [a, b] = [data[x + k] as number, data[y + k] as number];
        xx += a * a;
        yy += b * b;
        xy += a * b;
      }
      const size = Math.sqrt(xx) * Math.sqrt(yy);
      const cosine = size > 0 ? Math.abs(xy) / size : 0;
      if (cosine > largest) largest = cosine;
      if (!(cosine > tolerance)) continue;
      const ratio = Math.abs(gap) > 1022 ? 0 : 2 ** -Math.abs(gap);
      const zeta = (ratio * ratio * yy - xx) / (2 * xy);
      const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(ratio * ratio + zeta * zeta));
      const shared = ratio * tangent;
      const c = 1 / Math.sqrt(1 + shared * shared);
      rotate(data, x, y, columns, c, -c * ratio * shared, c * tangent);
      if (companion !== undefined) {
        const { data: also, stride: step } = companion;
        rotate(also, p * step, q * step, companion.columns, c, -c * shared, c * shared);
      }
    }
  }
  return largest;
}

/** (x, y) := (c·x + f·y, c·y + g·x). */
function rotate(data: Float64Array, x: number, y: number, length: number, c: number, f: number, g: number): void {
  for (let k = 0; k < length; k++) {
    const [a, b] = [data[x + k] as number, data[y + k] as number];
    data[x + k] = c * a + f * b;
    data[y + k] = c * b + g * a;
  }
}

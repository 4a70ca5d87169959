/**
 * The monotone course nearest to a measured one in least squares: pool adjacent violators (Barlow, Bartholomew, Bremner & Brunk 1972). Of the rising and the
 * falling fit the nearer one. Cost linear. What a mode that only ever grew, or only ever faded, would have done.
 */
export function monotoneFit(values: readonly number[]): { readonly fit: readonly number[]; readonly residual: number } {
  const rising = rise(values);
  const falling = rise(values.map((value) => -value)).map((value) => -value);
  const [up, down] = [distance(values, rising), distance(values, falling)];
  return up <= down ? { fit: rising, residual: up } : { fit: falling, residual: down };
}

function rise(values: readonly number[]): number[] {
  const blocks: { sum: number; count: number }[] = [];
  for (const value of values) {
    blocks.push({ sum: value, count: 1 });
    for (;;) {
      const [before, last] = [blocks[blocks.length - 2], blocks[blocks.length - 1]!];
      if (before === undefined || before.sum / before.count <= last.sum / last.count) break;
      blocks.pop();
      before.sum += last.sum;
      before.count += last.count;
    }
  }
  return blocks.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count));
}

/** Root mean square. */
function distance(a: readonly number[], b: readonly number[]): number {
  return Math.sqrt(a.reduce((sum, value, k) => sum + (value - b[k]!) ** 2, 0) / Math.max(1, a.length));
}

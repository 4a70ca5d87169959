/** Entries of a symmetric n × n matrix above its diagonal, row by row: how many there are. */
export function triangleLength(n: number): number {
  return (n * (n - 1)) / 2;
}

/** Where the entry of row i and column j ≠ i, in either order, stands among them. */
export function triangleIndex(n: number, i: number, j: number): number {
  const [row, column] = i < j ? [i, j] : [j, i];
  return row * n - (row * (row + 1)) / 2 + column - row - 1;
}

/** The entry of two items; on the diagonal 0. */
export function entryOf(triangle: ArrayLike<number>, n: number, i: number, j: number): number {
  return i === j ? 0 : triangle[triangleIndex(n, i, j)]!;
}

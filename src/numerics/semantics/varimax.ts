/**
 * Varimax (Kaiser 1958): the rotation of g orthonormal vectors of length n after which each has few large and many small entries. It chooses one basis of
 * a subspace in which no basis is better founded than another: for reading, never as evidence. Jacobi sweeps over pairs; ends where no pair turns by more
 * than 1e-10. Ends in the same basis whatever basis the subspace came in, up to order and sign, unless the criterion itself has ties. Returns the g × g
 * rotation R: new vector k = Σ_j vector j · R[j][k].
 */
export function varimax(vectors: readonly ArrayLike<number>[]): readonly (readonly number[])[] {
  const g = vectors.length;
  const n = vectors[0]?.length ?? 0;
  const turned = vectors.map((vector) => Float64Array.from(vector));
  const rotation = Array.from({ length: g }, (_, i) => Array.from({ length: g }, (_one, j) => Number(i === j)));
  for (let sweep = 0; sweep < 100; sweep++) {
    let largest = 0;
    for (let a = 0; a < g; a++)
      for (let b = a + 1; b < g; b++) {
        const angle = planeAngle(turned[a]!, turned[b]!, n);
        largest = Math.max(largest, Math.abs(angle));
        if (angle === 0) continue;
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        for (let i = 0; i < n; i++) {
          const [x, y] = [turned[a]![i]!, turned[b]![i]!];
          turned[a]![i] = c * x + s * y;
          turned[b]![i] = c * y - s * x;
        }
        for (const row of rotation) [row[a], row[b]] = [c * row[a]! + s * row[b]!, c * row[b]! - s * row[a]!];
      }
    if (largest < 1e-10) break;
  }
  // One sign for each: the larger pole is positive (Bro, Acar & Kolda 2008).
  for (const [k, vector] of turned.entries()) {
    const vote = vector.reduce((sum, value) => sum + Math.sign(value) * value ** 2, 0);
    if (vote < 0) for (const row of rotation) row[k] = -row[k]!;
  }
  return rotation;
}

function planeAngle(x: Float64Array, y: Float64Array, n: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const u = x[i]! ** 2 - y[i]! ** 2;
    const v = 2 * x[i]! * y[i]!;
    a += u;
    b += v;
    c += u * u - v * v;
    d += 2 * u * v;
  }
  const [numerator, denominator] = [d - (2 * a * b) / n, c - (a * a - b * b) / n];
  const size = Math.hypot(numerator, denominator);
  return size < 1e-14 ? 0 : Math.atan2(numerator, denominator) / 4;
}

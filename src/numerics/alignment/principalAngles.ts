/**
 * Principal angles between two subspaces, 0 … π/2, ascending: the smallest is between the two closest directions, and so on orthogonally.
 * Definition: cos θ_k are the singular values of Q_A·Q_Bᵀ, rows of Q orthonormal. Cosines lose angles below 1e-8; those come from sines, the singular values of
 * Q_B − (Q_BQ_Aᵀ)Q_A. Source: Björck & Golub 1973, Math. Comp. 27, 579; Knyazev & Argentati 2002.
 * Special cases: as many angles as the smaller subspace has dimensions; none for an empty one. Error: about 1e-15/θ-free, 1e-9 with vectors of that orthogonality.
 * Null: k random directions of n against k: cos²θ averages k/n, so many directions in few dimensions are never far apart.
 */

import { type Matrix64, product, type Watched } from "../similarity/matrix.ts";
import { exactSingularValues } from "../svd/singularValues.ts";

export function principalAngles(first: Matrix64, second: Matrix64, options: Watched = {}): Float64Array<ArrayBuffer> {
  const [a, b] = first.rows >= second.rows ? [first, second] : [second, first];
  if (b.rows === 0) return new Float64Array(0);
  const overlap = product(b, a, { ...options, transposeB: true });
  const cosines = exactSingularValues(overlap, { route: "floorless" }).values;
  const along = product(overlap, a, options);
  const rest = { ...b, data: b.data.map((value, at) => value - along.data[at]!) };
  const sines = exactSingularValues(rest, { route: "floorless" }).values.slice(0, b.rows).reverse();
  return cosines.map((cosine, k) =>
    cosine * cosine > 0.5 ? Math.asin(Math.min(1, sines[k] ?? 0)) : Math.acos(Math.max(0, Math.min(1, cosine))),
  );
}

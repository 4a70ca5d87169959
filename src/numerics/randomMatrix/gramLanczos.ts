import type { CancelToken } from "../../base/cancel.ts";
import type { Block32, Block64, Kernels } from "../kernels/types.ts";
import { Random } from "../random.ts";

/** Bytes of the running scope that `gramLanczos` takes. */
export function gramLanczosBytes(rows: number, columns: number, steps: number): number {
  return 8 * ((steps + 2) * Math.min(rows, columns) + Math.max(rows, columns) + steps + 8);
}

/** The tridiagonal matrix so far: diagonal, off-diagonal, and the norm that would come next. */
export interface Tridiagonal {
  readonly diagonal: readonly number[];
  readonly offDiagonal: readonly number[];
  readonly residual: number;
}

/**
 * Lanczos on AAᵀ or AᵀA, whichever is smaller, of a matrix in the kernels' memory, fully reorthogonalized, from a seeded random start (Golub &
 * Van Loan, Matrix Computations, §10.1). `done` looks at the tridiagonal matrix after each step and ends it; so do `steps`, and an invariant
 * subspace. Its eigenvalues approach squared singular values from below; for eigenvalue θ with last eigenvector component e some squared
 * singular value lies within residual·|e|. Cost: 4·rows·columns flops a step.
 */
export function gramLanczos(
  kernels: Kernels,
  a: Block32,
  options: { readonly steps: number; readonly seed: number; readonly cancel: CancelToken },
  done: (found: Tridiagonal) => boolean,
): Tridiagonal {
  const wide = a.rows <= a.columns;
  const n = Math.min(a.rows, a.columns);
  const limit = Math.min(options.steps, n);
  const { memory } = kernels;
  return memory.scope(gramLanczosBytes(a.rows, a.columns, limit), () => {
    const image = memory.float64(Math.max(a.rows, a.columns));
    const next = memory.float64(n);
    const basis = memory.float64(limit * n);
    const overlaps = memory.float64(limit);
    const vector = (k: number) => basis.subarray(k * n, (k + 1) * n);
    vector(0).set(new Random(options.seed).direction(n));
    const diagonal: number[] = [];
    const offDiagonal: number[] = [];
    for (let k = 0; ; k++) {
      options.cancel.throwIfCancelled();
      kernels.gemv32(image, a, vector(k), { transposeA: wide });
      kernels.gemv32(next, a, image, { transposeA: !wide });
      diagonal.push(dot(next, vector(k)));
      const known: Block64 = { data: basis, rows: k + 1, columns: n, stride: n };
      const inner = overlaps.subarray(0, k + 1);
      for (let pass = 0; pass < 2; pass++) {
        kernels.gemv64(inner, known, next);
        kernels.gemv64(next, known, inner, { transposeA: true, alpha: -1, beta: 1 });
      }
      const residual = Math.sqrt(dot(next, next));
      const found = { diagonal, offDiagonal, residual };
      if (k + 1 === limit || !(residual > 1e-14 * Math.abs(diagonal[0] ?? 0)) || done(found)) return found;
      offDiagonal.push(residual);
      const into = vector(k + 1);
      for (let i = 0; i < n; i++) into[i] = next[i]! / residual;
    }
  });
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  return sum;
}

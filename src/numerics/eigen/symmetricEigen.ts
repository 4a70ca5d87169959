import type { CancelToken } from "../../base/cancel.ts";
import type { Block64, Kernels } from "../kernels/types.ts";
import { backTransform, backTransformBytes } from "./backTransform.ts";
import { dense } from "./block.ts";
import { divideAndConquer, divideAndConquerBytes } from "./divide.ts";
import { tridiagonalize, tridiagonalizeBytes } from "./tridiagonalize.ts";
import { tridiagonalValues } from "./tridiagonalValues.ts";
import { bandBytes, bandToValues, ONE_STAGE_LIMIT } from "./twoStage.ts";

export interface Watch {
  readonly cancel: CancelToken;
  readonly progress: (fraction: number) => void;
}

export function symmetricEigenvaluesBytes(n: number): number {
  return 24 * n + (n > ONE_STAGE_LIMIT ? bandBytes(n) : tridiagonalizeBytes(n));
}

/**
 * All eigenvalues of a symmetric matrix (lower triangle read and destroyed), ascending. Error ≤ a few √n·ε·‖A‖. One-stage tridiagonalization while the
 * triangle stays in cache, through a band beyond. Cost 4/3·n³ flops.
 */
export function symmetricEigenvalues(
  kernels: Kernels,
  a: Block64,
  { cancel, progress }: Watch,
): Float64Array<ArrayBuffer> {
  const n = a.rows;
  const { memory } = kernels;
  return memory.scope(symmetricEigenvaluesBytes(n), () => {
    const form = { diagonal: memory.float64(n), subdiagonal: memory.float64(n) };
    if (n > ONE_STAGE_LIMIT) bandToValues(kernels, a, form, cancel, progress);
    else tridiagonalize(kernels, a, form, memory.float64(n), cancel, progress);
    return tridiagonalValues(form);
  });
}

export function symmetricEigenBytes(n: number): number {
  return 24 * n + Math.max(tridiagonalizeBytes(n), divideAndConquerBytes(n), backTransformBytes(n, n));
}

/**
 * All eigenvalues and eigenvectors of a symmetric matrix (lower triangle read and destroyed). Row k of `vectors` (n×n) belongs to value k; unordered.
 * ‖EEᵀ − I‖ and ‖AE − EΛ‖/‖A‖ ≤ a few n·ε. Cost about 14/3·n³ flops.
 */
export function symmetricEigen(
  kernels: Kernels,
  a: Block64,
  vectors: Block64,
  { cancel, progress }: Watch,
): Float64Array<ArrayBuffer> {
  const n = a.rows;
  const { memory } = kernels;
  return memory.scope(symmetricEigenBytes(n), () => {
    const form = { diagonal: memory.float64(n), subdiagonal: memory.float64(n) };
    const taus = memory.float64(n);
    tridiagonalize(kernels, a, form, taus, cancel, (part) => progress(0.4 * part));
    divideAndConquer(kernels, form.diagonal, form.subdiagonal, dense(vectors.data, n, n), cancel);
    progress(0.6);
    backTransform(kernels, a, taus, vectors, cancel, (part) => progress(0.6 + 0.4 * part));
    return Float64Array.from(form.diagonal);
  });
}

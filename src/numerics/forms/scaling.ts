import type { CancelToken } from "../../base/cancel.ts";
import { dense } from "../eigen/block.ts";
import { symmetricEigen, symmetricEigenBytes } from "../eigen/symmetricEigen.ts";
import type { Kernels } from "../kernels/types.ts";

export interface Scaling {
  /** Descending eigenvalues of −½·H·D²·H, all n of them; negative ones say that the distances are not Euclidean. */
  readonly eigenvalues: Float64Array<ArrayBuffer>;
  /** The leading `count` with a positive eigenvalue, each item's coordinate scaled by its root. */
  readonly coordinates: readonly Float64Array<ArrayBuffer>[];
}

/** Classical scaling (Torgerson 1952): points whose distances are `distances` (n × n). Cost 14/3·n³. */
export function classicalScaling(
  kernels: Kernels,
  distances: Float64Array,
  n: number,
  count: number,
  cancel: CancelToken,
): Scaling {
  const rowMean = new Float64Array(n);
  let mean = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) rowMean[i] = rowMean[i]! + distances[i * n + j]! ** 2 / n;
    mean += rowMean[i]! / n;
  }
  return kernels.memory.scope(16 * n * n + symmetricEigenBytes(n), () => {
    const gram = dense(kernels.memory.float64(n * n), n, n);
    const vectors = dense(kernels.memory.float64(n * n), n, n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        gram.data[i * n + j] = -(distances[i * n + j]! ** 2 - rowMean[i]! - rowMean[j]! + mean) / 2;
    const lambda = symmetricEigen(kernels, gram, vectors, { cancel, progress() {} });
    const order = Array.from(lambda.keys()).sort((a, b) => lambda[b]! - lambda[a]!);
    const floor = 1e-12 * Math.max(0, lambda[order[0] ?? 0] ?? 0);
    const coordinates = order
      .slice(0, count)
      .filter((at) => lambda[at]! > floor)
      .map((at) =>
        Float64Array.from(vectors.data.subarray(at * n, (at + 1) * n), (one) => one * Math.sqrt(lambda[at]!)),
      );
    return { eigenvalues: Float64Array.from(order, (at) => lambda[at]!), coordinates };
  });
}

import type { CancelToken } from "../../base/cancel.ts";
import { dense } from "../../numerics/eigen/block.ts";
import { symmetricEigen, symmetricEigenBytes } from "../../numerics/eigen/symmetricEigen.ts";
import type { Kernels } from "../../numerics/kernels/types.ts";

export interface ItemModes {
  /** Descending singular values, min(items, properties) of them. */
  readonly values: Float64Array<ArrayBuffer>;
  /** modes × items, row-major: the vectors over the items. */
  readonly vectors: Float64Array<ArrayBuffer>;
}

/**
 * Singular values and item vectors of Y (items × properties, row-major) from the items' Gram matrix YYᵀ: enough for a null, whose vectors over
 * properties nobody looks at. Values below 1.5e-8·σ₁ are lost in it. Cost: items²·properties + 14/3·items³ flops.
 */
export function itemModes(
  kernels: Kernels,
  y: Float64Array,
  items: number,
  properties: number,
  cancel: CancelToken,
): ItemModes {
  const bytes = 8 * (items * properties + 2 * items * items) + symmetricEigenBytes(items);
  return kernels.memory.scope(bytes, () => {
    const data = kernels.memory.float64(items * properties);
    data.set(y);
    const gram = dense(kernels.memory.float64(items * items), items, items);
    const eigen = dense(kernels.memory.float64(items * items), items, items);
    kernels.syrk64(gram, dense(data, items, properties));
    const lambda = symmetricEigen(kernels, gram, eigen, { cancel, progress() {} });
    const order = Array.from(lambda.keys()).sort((a, b) => lambda[b]! - lambda[a]!);
    const count = Math.min(items, properties);
    const values = new Float64Array(count);
    const vectors = new Float64Array(count * items);
    for (let k = 0; k < count; k++) {
      const from = order[k]!;
      values[k] = Math.sqrt(Math.max(0, lambda[from]!));
      vectors.set(eigen.data.subarray(from * items, (from + 1) * items), k * items);
    }
    return { values, vectors };
  });
}

import type { CancelToken } from "../../base/cancel.ts";
import type { DenseMatrix } from "../dense.ts";
import { topTriplets } from "../svd/topTriplets.ts";
import { timesTransposed, transposed } from "./correlations.ts";

/**
 * How a chain of linear layers fits together (Saxe et al. 2014, §2; Arora, Cohen & Hazan 2018; Du, Hu & Lee 2018).
 *   alignment   A_l = (1/k)·‖U_l[:, :k]ᵀ V_{l+1}[:, :k]‖_F²: 1 where layer l + 1 reads the k directions that layer l writes; k/n_l for unrelated layers
 *               with n_l units between them (exact for a uniformly random subspace)
 *   balance     B_l = W_{l+1}ᵀW_{l+1} − W_lW_lᵀ: conserved by gradient flow, so its size tells the initialization's scale (and weight decay, Adam, …)
 * Modes of the product are the layers' own only where neighbours are aligned.
 */
export interface Joint {
  readonly units: number;
  /** Directions compared; at most half of the units, where the null is at most ½. */
  readonly k: number;
  readonly alignment: number;
  readonly alignmentNull: number;
  /** ‖B_l‖_F, and as part of ‖W_{l+1}ᵀW_{l+1}‖_F + ‖W_lW_lᵀ‖_F. */
  readonly imbalance: number;
  readonly relativeImbalance: number;
}

/** Relative to the first value: directions of smaller ones are rounding. */
const RANK_FLOOR = 1e-7;

export function layerJoints(layers: readonly DenseMatrix[], most: number, cancel: CancelToken): readonly Joint[] {
  const svds = layers.map((layer) => {
    const count = Math.min(most, layer.rows, layer.columns);
    return topTriplets(layer, count, { tolerance: 1e-9, cancel });
  });
  return layers.slice(1).map((next, at): Joint => {
    const before = layers[at]!;
    const units = before.rows;
    const [left, right] = [svds[at]!, svds[at + 1]!];
    const rankOf = (values: Float64Array) => values.filter((value) => value > RANK_FLOOR * values[0]!).length;
    const k = Math.min(most, rankOf(left.values), rankOf(right.values), Math.max(1, Math.floor(units / 2)));
    let overlap = 0;
    for (let i = 0; i < k; i++)
      for (let j = 0; j < k; j++) {
        let sum = 0;
        for (let h = 0; h < units; h++) sum += left.left[i]![h]! * right.right[j]![h]!;
        overlap += sum * sum;
      }
    const reads = timesTransposed(transposed(next), transposed(next));
    const writes = timesTransposed(before, before);
    let [difference, a, b] = [0, 0, 0];
    for (let e = 0; e < reads.data.length; e++) {
      difference += (reads.data[e]! - writes.data[e]!) ** 2;
      a += reads.data[e]! ** 2;
      b += writes.data[e]! ** 2;
    }
    const sum = Math.sqrt(a) + Math.sqrt(b);
    return {
      units,
      k,
      alignment: k === 0 ? Number.NaN : overlap / k,
      alignmentNull: k / units,
      imbalance: Math.sqrt(difference),
      relativeImbalance: sum === 0 ? Number.NaN : Math.sqrt(difference) / sum,
    };
  });
}

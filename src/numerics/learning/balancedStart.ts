/**
 * Weights from which a deep linear network follows the theory's course of each mode exactly, up to the length of its steps.
 *   W_1 = R_1 Q Vᵀ, W_l = R_l Q R_(l−1)ᵀ, W_D = U Q R_(D−1)ᵀ, with Q = u₀^(1/D) and the columns of each R orthonormal and random
 * All layers are equally strong in every mode (balanced), and aligned: W_D…W_1 = u₀·UVᵀ (Saxe, McClelland & Ganguli 2014, eq. 14).
 * Special cases: a hidden layer narrower than the table's rank carries the strongest modes only; the others stay at zero for ever.
 */
import type { DenseMatrix } from "../dense.ts";
import type { Random } from "../random.ts";
import { topTriplets } from "../svd/topTriplets.ts";
import type { NetworkShape } from "./descent.ts";
import type { DataMode } from "./linearChain.ts";

export function balancedLayers(
  modes: readonly DataMode[],
  { inputs, hidden, outputs, depth }: NetworkShape,
  start: number,
  random: Random,
): DenseMatrix[] {
  const [us, vs] = [modes.flatMap(({ u }) => u), modes.flatMap(({ v }) => v)];
  const rank = depth === 1 ? vs.length : Math.min(hidden, vs.length);
  const factor = start ** (1 / depth);
  const sides = [
    vs.slice(0, rank),
    ...Array.from({ length: depth - 1 }, () => orthonormal(hidden, rank, random)),
    us.slice(0, rank),
  ];
  return Array.from({ length: depth }, (_, l) => {
    const [from, to] = [sides[l]!, sides[l + 1]!];
    const [rows, columns] = [l === depth - 1 ? outputs : hidden, l === 0 ? inputs : hidden];
    const data = new Float64Array(rows * columns);
    for (const [k, left] of to.entries())
      for (let i = 0, at = 0; i < rows; i++)
        for (let j = 0; j < columns; j++, at++) data[at] = data[at]! + factor * left[i]! * from[k]![j]!;
    return { rows, columns, data };
  });
}

/** The singular vectors of a normal matrix: random, all directions alike. */
function orthonormal(length: number, count: number, random: Random): readonly Float64Array[] {
  const data = Float64Array.from({ length: length * count }, () => random.normal());
  return topTriplets({ rows: length, columns: count, data }, count).left;
}

import { NEVER_CANCELLED } from "../../base/cancel.ts";
import type { DenseMatrix } from "../dense.ts";
import { Random } from "../random.ts";
import { type KernelOptions, singularValues } from "../svd/singularValues.ts";
import { topTriplets } from "../svd/topTriplets.ts";

/** Up to this smaller dimension the exact route is the faster one. */
const EXACT_UP_TO = 64;
/** Residual relative to σ₁: the value itself is then off by about its square. */
const TOLERANCE = 1e-3;

/**
 * Sign-flip null (Hong, Sheng & Dobriban 2020, "Selecting the number of components in PCA via random signflips"): the largest singular
 * values of W∘R for `draws` matrices R of independent random signs. Flipping keeps every |Wᵢⱼ|, hence every row's and column's variance and
 * all heavy entries, and destroys what entries have in common.
 *
 * If the entries are independent with laws symmetric about 0, W is exchangeable with its flips and the p-value of σ₁ is exact. Signal counts
 * as noise after flipping, so strong signals make the test of the next mode conservative. Deterministic by seed. Returned ascending.
 */
export function signFlipNull(
  matrix: DenseMatrix,
  options: KernelOptions & { readonly draws: number; readonly seed: number },
): Float64Array<ArrayBuffer> {
  const cancel = options.cancel ?? NEVER_CANCELLED;
  const random = new Random(options.seed);
  const flipped = { ...matrix, data: matrix.data.slice() };
  const largest = new Float64Array(options.draws);
  for (let draw = 0; draw < options.draws; draw++) {
    cancel.throwIfCancelled();
    flipSigns(matrix.data, flipped.data, random);
    largest[draw] =
      Math.min(matrix.rows, matrix.columns) <= EXACT_UP_TO
        ? (singularValues(flipped, { cancel })[0] ?? 0)
        : (topTriplets(flipped, 1, { cancel, tolerance: TOLERANCE, seed: draw + 1 }).values[0] ?? 0);
    options.progress?.((draw + 1) / options.draws);
  }
  return largest.sort();
}

/** (1 + number of null values ≥ s)/(draws + 1): never below 1/(draws + 1). */
export function nullPValue(ascending: Float64Array, s: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < s) low = middle + 1;
    else high = middle;
  }
  return (1 + ascending.length - low) / (ascending.length + 1);
}

const BITS = 30;

function flipSigns(from: ArrayLike<number>, to: { [index: number]: number }, random: Random): void {
  let bits = 0;
  let left = 0;
  for (let i = 0; i < from.length; i++) {
    if (left === 0) {
      bits = Math.floor(random.uniform() * 2 ** BITS);
      left = BITS;
    }
    to[i] = (bits & 1) === 1 ? -from[i]! : from[i]!;
    bits >>= 1;
    left--;
  }
}

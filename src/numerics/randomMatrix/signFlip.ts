import { NEVER_CANCELLED } from "../../base/cancel.ts";
import { type DenseMatrix, largestMagnitude } from "../dense.ts";
import { loadKernels } from "../kernels/load.ts";
import { Random } from "../random.ts";
import type { KernelOptions } from "../svd/singularValues.ts";
import { largestValue, largestValueBytes } from "./largestValue.ts";

/** Draws that come first: where σ₁ is not above all of them, more could not make it significant at 5 % and would only cost time. */
export const FIRST_DRAWS = 19;
/** About two seconds of matrix–vector products: a large matrix gets fewer draws, and the number is said. Operations, not time: equal input, equal answer. */
const BUDGET = 8e9;
const STEPS_EXPECTED = 30;

export interface SignFlipNull {
  /** Largest singular value of each draw, ascending. */
  readonly largest: Float64Array<ArrayBuffer>;
  /** Why there are fewer draws than asked for; null if there are not. */
  readonly stopped: "not-significant" | "budget" | null;
}

/** How many draws of an n × m matrix the budget allows: never fewer than the first ones. */
export function affordableDraws(rows: number, columns: number, wanted: number): number {
  return Math.min(wanted, Math.max(FIRST_DRAWS, Math.floor(BUDGET / (4 * STEPS_EXPECTED * rows * columns))));
}

/**
 * Sign-flip null (Hong, Sheng & Dobriban 2020, "Selecting the number of components in PCA via random signflips"): the largest singular
 * values of W∘R for up to `draws` matrices R of independent random signs. Flipping keeps every |Wᵢⱼ|, hence every row's and column's variance
 * and all heavy entries, and destroys what entries have in common.
 *
 * If the entries are independent with laws symmetric about 0, W is exchangeable with its flips and the p-value of σ₁ is exact. Signal counts
 * as noise after flipping, so strong signals make the test of the next mode conservative. Deterministic by seed.
 * With `observed` (σ₁) it stops after the first 19 draws unless all lie below it: {p ≤ α} is then an event of the full or of the short test,
 * one inside the other, so that P(p ≤ α) ≤ α still holds for every α (test/bench/nulls.mjs).
 * Entries are taken in float32: relative error of a value below 1e-6; Lanczos adds up to 2e-4.
 */
export function signFlipNull(
  matrix: DenseMatrix,
  options: KernelOptions & { readonly draws: number; readonly seed: number; readonly observed?: number },
): SignFlipNull {
  const { cancel = NEVER_CANCELLED, observed = Number.POSITIVE_INFINITY } = options;
  const { rows, columns } = matrix;
  const scale = largestMagnitude(matrix.data);
  if (scale === 0) return { largest: new Float64Array(options.draws), stopped: null };
  const random = new Random(options.seed);
  const kernels = loadKernels();
  const affordable = affordableDraws(rows, columns, options.draws);
  const entries = new Uint32Array(Float32Array.from(matrix.data, (value) => value / scale).buffer);
  const bytes = 4 * rows * columns + largestValueBytes(rows, columns) + 64;
  return kernels.memory.scope(bytes, () => {
    const flipped = kernels.memory.float32(rows * columns);
    const patterns = new Uint32Array(flipped.buffer, flipped.byteOffset, flipped.length);
    const block = { data: flipped, rows, columns, stride: columns };
    const largest: number[] = [];
    const finish = (stopped: SignFlipNull["stopped"]) => ({
      largest: Float64Array.from(largest).sort(),
      stopped: largest.length < options.draws ? stopped : null,
    });
    for (let draw = 0; draw < affordable; draw++) {
      cancel.throwIfCancelled();
      if (draw === FIRST_DRAWS && largest.some((value) => value >= observed)) return finish("not-significant");
      flipSigns(entries, patterns, random);
      largest.push(scale * largestValue(kernels, block, draw + 1, cancel));
      options.progress?.((draw + 1) / affordable);
    }
    return finish("budget");
  });
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

const SIGN = 0x80000000;
const WORD = 32;

/** Float32 patterns with the sign bit of each flipped by a random bit. */
function flipSigns(from: Uint32Array, to: Uint32Array, random: Random): void {
  let bits = 0;
  for (let i = 0; i < from.length; i++) {
    bits = i % WORD === 0 ? Math.floor(random.uniform() * 2 ** WORD) | 0 : bits << 1;
    to[i] = from[i]! ^ (bits & SIGN);
  }
}

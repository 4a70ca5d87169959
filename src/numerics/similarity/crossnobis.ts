/**
 * Crossnobis: the squared Mahalanobis distance of two items from independent measurements, so that noise adds nothing on average.
 * Definition: d_ij = mean over partitions f of (x̄_i − x̄_j)^(f)·Σ⁻¹·((x̄_i − x̄_j)^(not f))ᵀ/p; ^(f) the mean of partition f, ^(not f) that of all
 * others. Unbiased, so it may be negative; its zero is meaningful.
 * Sources: Walther et al. 2016, NeuroImage 137, 188; Diedrichsen et al. 2016.
 * Special cases: fewer than two partitions, or an item that one of them lacks, is refused. Cost: partitions·n²p flops.
 */
import { type Matrix64, product, type Watched } from "./matrix.ts";
import { RefusedError, requireItems } from "./refusal.ts";

/** `partitions`: the same items measured independently, items × dimensions each (means of what was measured within). */
export function crossnobis(
  partitions: readonly Matrix64[],
  options: Watched & { readonly whitening?: Matrix64 } = {},
): Matrix64 {
  if (partitions.length < 2)
    throw new RefusedError(
      "no-repeats",
      "Cross-validated distances need at least two independent measurements of every item.",
      "A network without noise has none: take the plain distance, and resample stimuli or seeds.",
    );
  const { rows: n, columns: p } = partitions[0]!;
  requireItems(n, 2, "A dissimilarity matrix");
  const white =
    options.whitening === undefined ? partitions : partitions.map((one) => product(one, options.whitening!, options));
  const all = new Float64Array(n * p);
  for (const { data } of white) for (let at = 0; at < all.length; at++) all[at]! += data[at]!;
  const out = new Float64Array(n * n);
  for (const one of white) {
    const others = { ...one, data: all.map((value, at) => (value - one.data[at]!) / (white.length - 1)) };
    const { data: kernel } = product(one, others, { ...options, transposeB: true });
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        out[i * n + j]! +=
          (kernel[i * n + i]! + kernel[j * n + j]! - kernel[i * n + j]! - kernel[j * n + i]!) / (p * white.length);
  }
  return { rows: n, columns: n, data: out };
}

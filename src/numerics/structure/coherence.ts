import { outlierOf, overlapsOf } from "../randomMatrix/spiked.ts";

/**
 * Can a category be learned from examples? A block of K_o items × K_f properties with ones at rate p in a table of N_o × N_f with ones at rate q elsewhere is a
 * weak direction in noise: it stands out of the noise, and its mode points at it, where C > 1 (Saxe, McClelland & Ganguli 2019, eq. 15; threshold and overlaps
 * of Benaych-Georges & Nadakuditi 2012).
 *   SNR = (p−q)²/(q(1−q)),  C = SNR·K_o·K_f/√(N_o·N_f),  θ = (p−q)·√(K_o·K_f)/√(N·q(1−q)) with N the longer side, c = shorter/longer, θ² = C·√c.
 * Asymptotic in N at fixed c. Special cases: q = 0 or 1 has no noise: C is infinite where p ≠ q, else 0.
 */
export interface PlantedBlock {
  readonly inside: number;
  readonly outside: number;
  readonly items: number;
  readonly properties: number;
  readonly allItems: number;
  readonly allProperties: number;
}

export interface Coherence {
  readonly snr: number;
  readonly coherence: number;
  readonly strength: number;
  /** Of the strength: c^¼. */
  readonly threshold: number;
  /** Squared overlap of the mode with the category's items, and with its properties. */
  readonly itemOverlap: number;
  readonly propertyOverlap: number;
  /** Where its singular value is, noise entries of variance 1/N. */
  readonly outlier: number;
}

export function coherenceOf({ inside, outside, items, properties, allItems, allProperties }: PlantedBlock): Coherence {
  const noise = outside * (1 - outside);
  const difference = inside - outside;
  const long = Math.max(allItems, allProperties);
  const ratio = Math.min(allItems, allProperties) / long;
  const snr = noise > 0 ? difference ** 2 / noise : difference === 0 ? 0 : Number.POSITIVE_INFINITY;
  const coherence = snr === 0 ? 0 : (snr * items * properties) / Math.sqrt(allItems * allProperties);
  const strength = Math.sqrt(coherence * Math.sqrt(ratio));
  const threshold = ratio ** 0.25;
  const endless = strength === Number.POSITIVE_INFINITY;
  const { shortOverlap, longOverlap } = endless ? { shortOverlap: 1, longOverlap: 1 } : overlapsOf(strength, ratio);
  const [itemOverlap, propertyOverlap] =
    allItems <= allProperties ? [shortOverlap, longOverlap] : [longOverlap, shortOverlap];
  return {
    snr,
    coherence,
    strength,
    threshold,
    itemOverlap,
    propertyOverlap,
    outlier: endless ? strength : outlierOf(strength, ratio),
  };
}

/**
 * The block that a set of items makes in a table of zeros and ones: the properties are taken in the order of (rate inside − rate outside the set), and as many
 * of them as give the greatest C. A scan: the greatest of many is too great for random items as well, so it stands against the same scan of permuted tables.
 * `rates` may be those of any two-valued table with the lower value as 0. Cost: properties·log.
 */
export function blockOf(
  inside: ArrayLike<number>,
  totals: ArrayLike<number>,
  size: number,
  allItems: number,
): { readonly block: PlantedBlock; readonly properties: readonly number[] } {
  const allProperties = totals.length;
  const gap = Float64Array.from({ length: allProperties }, (_, m) => {
    return inside[m]! / size - (totals[m]! - inside[m]!) / (allItems - size);
  });
  const order = Int32Array.from({ length: allProperties }, (_, m) => m).sort((a, b) => gap[b]! - gap[a]! || a - b);
  let all = 0;
  for (let m = 0; m < allProperties; m++) all += totals[m]!;
  const cells = allItems * allProperties;
  let ones = 0;
  let best = { taken: 0, signal: 0, inside: 0, outside: all / cells };
  for (let at = 0; at < allProperties && gap[order[at]!]! > 0; at++) {
    ones += inside[order[at]!]!;
    const area = (at + 1) * size;
    const [p, q] = [ones / area, (all - ones) / (cells - area)];
    // C is this times what is the same for every block of these items.
    const noise = q * (1 - q);
    const signal = noise > 0 ? ((p - q) ** 2 / noise) * (at + 1) : p === q ? 0 : Number.POSITIVE_INFINITY;
    // Of blocks without noise the largest of the purest.
    const endless = signal === Number.POSITIVE_INFINITY && best.signal === Number.POSITIVE_INFINITY;
    if (endless ? p >= best.inside : signal > best.signal) best = { taken: at + 1, signal, inside: p, outside: q };
  }
  return {
    block: {
      inside: best.inside,
      outside: best.outside,
      items: size,
      properties: best.taken,
      allItems,
      allProperties,
    },
    properties: Array.from(order.subarray(0, best.taken)),
  };
}

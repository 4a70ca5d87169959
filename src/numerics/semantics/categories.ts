/**
 * Semantic quantities of categories (Saxe, McClelland & Ganguli 2019).
 *
 * Coherence (eq. 15, with the spiked-matrix threshold of Benaych-Georges & Nadakuditi 2012): a block of K_f properties × K_o items in which a property
 * occurs with probability p, in a table of N_f × N_o where it otherwise occurs with probability q:
 *   SNR = (p − q)²/(q(1 − q)),   C = SNR·K_oK_f/√(N_oN_f)
 * and with c = N_o/N_f, θ² = C·√c (c ≤ 1; else the two sides are exchanged). The category can be learned iff C > 1; then a mode overlaps it by
 *   items:      1 − c(1 + θ²)/(θ²(θ² + c))        properties:  1 − (c + θ²)/(θ²(θ² + 1))
 * Asymptotic: large tables, one weak block. 0 where C ≤ 1.
 */
export interface Coherence {
  readonly signalToNoise: number;
  readonly coherence: number;
  /** Squared overlap of the strongest mode with the category's items and with its properties, as the theory predicts. */
  readonly itemOverlap: number;
  readonly propertyOverlap: number;
}

export interface Block {
  readonly inside: number;
  readonly outside: number;
  readonly blockProperties: number;
  readonly blockItems: number;
  readonly properties: number;
  readonly items: number;
}

export function coherenceOf({
  inside: p,
  outside: q,
  blockProperties,
  blockItems,
  properties,
  items,
}: Block): Coherence {
  const signalToNoise = (p - q) ** 2 / (q * (1 - q));
  const coherence = (signalToNoise * blockItems * blockProperties) / Math.sqrt(items * properties);
  if (!(coherence > 1)) return { signalToNoise, coherence, itemOverlap: 0, propertyOverlap: 0 };
  if (coherence === Number.POSITIVE_INFINITY) return { signalToNoise, coherence, itemOverlap: 1, propertyOverlap: 1 };
  const c = Math.min(items, properties) / Math.max(items, properties);
  const square = coherence * Math.sqrt(c);
  const short = 1 - (c * (1 + square)) / (square * (square + c));
  const long = 1 - (c + square) / (square * (square + 1));
  return items <= properties
    ? { signalToNoise, coherence, itemOverlap: short, propertyOverlap: long }
    : { signalToNoise, coherence, itemOverlap: long, propertyOverlap: short };
}

/**
 * Level contrast of a category C with a sibling S (PNAS SI, S30), the mean over its items: λ_C = mean_{i∈C}( Σ_{j∈C} Σ^y_ij − Σ_{j∈S} Σ^y_ij ), with Σ^y = K/N₃
 * the items' inner products over the number of properties. With several siblings their sums are averaged. On a regular tree it is the eigenvalue of the
 * category's level. The level where it is largest is the "basic level"; pure tree data never show one below the top.
 */
export function levelContrast(
  similarity: (i: number, j: number) => number,
  category: readonly number[],
  siblings: readonly (readonly number[])[],
): number {
  const mean = (others: readonly number[]) => {
    let sum = 0;
    for (const i of category) for (const j of others) sum += similarity(i, j);
    return sum / category.length;
  };
  const against = siblings.length === 0 ? 0 : siblings.reduce((sum, one) => sum + mean(one), 0) / siblings.length;
  return mean(category) - against;
}

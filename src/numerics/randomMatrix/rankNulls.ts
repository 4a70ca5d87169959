import { johnstone, TRACY_WIDOM_MEAN, TRACY_WIDOM_STD } from "./tracyWidom.ts";

/** What a number would be for noise of the same shape, and how far one draw lies from it (one standard deviation). */
export interface NullValue {
  readonly value: number;
  readonly spread: number;
}

export interface RankNulls {
  readonly stableRank: NullValue;
  readonly effectiveRank: NullValue;
  readonly participationRatio: NullValue;
  readonly hoyer: NullValue;
}

/** Angles of the midpoint rule; 255 Fourier coefficients of it are right to 1e-5 for the kink that √λ has in square matrices. */
const ANGLES = 1024;
const COEFFICIENTS = 255;
/** cos(π·j/(2·ANGLES)) for a whole turn: cos(k·(i + ½)·π/ANGLES) is entry k·(2i + 1) of it. */
const COSINES = Float64Array.from({ length: 4 * ANGLES }, (_, j) => Math.cos((Math.PI * j) / (2 * ANGLES)));

/**
 * The rank measures of an n × m matrix of independent Gaussian entries (the scale drops out).
 *
 *   λ = s²/(Mv) on x(θ) = 1 + β + 2√β·cos θ, N = min, M = max, β = N/M.  For T_f = Σ f(λ_i), with aₖ the cosine coefficients of f(x(θ)):
 *   E T_f = N∫f dMP + [f(x₋) + f(x₊)]/4 − a₀/4,   Cov(T_f, T_g) = ½ Σ k·aₖ·bₖ
 *   (Bai & Silverstein 2004, "CLT for linear spectral statistics of large-dimensional sample covariance matrices", theorem 1.1, real case;
 *   in this form: Johansson 1998). The measures are smooth functions of such sums: first order (delta method) gives value and spread.
 *   Stable rank: Σλ over λ₁ with the Tracy–Widom mean and standard deviation in Johnstone's scaling.
 *   Participation ratio: nm/(n + m + 1), from the exact E tr S² and E (tr S)².
 * Simulated (test/bench/nulls.mjs): values within half of their spread, spreads within 15 %, from N = 16 on. N < 2: spreads are 0.
 * Entries of another law have other spreads by an amount that follows their kurtosis; values change by O(1/N) of themselves.
 */
export function rankNulls(rows: number, columns: number): RankNulls {
  const [n, m] = [Math.min(rows, columns), Math.max(rows, columns)];
  if (n < 2) {
    const one = { value: n, spread: 0 };
    return { stableRank: one, effectiveRank: one, participationRatio: one, hoyer: { value: 0, spread: 0 } };
  }
  const beta = n / m;
  const root = linear(n, beta, Math.sqrt);
  const square = linear(n, beta, (x) => x);
  const fourth = linear(n, beta, (x) => x * x);
  const entropy = linear(n, beta, (x) => (x > 0 ? (Math.sqrt(x) * Math.log(x)) / 2 : 0));
  const t = root.mean;
  const erank = Math.exp(Math.log(t) - entropy.mean / t);
  const rootN = Math.sqrt(n);
  const ratio = t / Math.sqrt(square.mean);
  const { centre, scale } = johnstone(rows, columns);
  const top = (centre + scale * TRACY_WIDOM_MEAN) / m;
  // λ₁/Σλ and Σλ of a Gaussian matrix are independent: what λ₁ varies by with the overall scale is not in the ratio.
  const relative = Math.sqrt(
    Math.max(0, ((scale * TRACY_WIDOM_STD) / m / top) ** 2 - deviation([[1 / square.mean, square]]) ** 2),
  );
  return {
    stableRank: {
      value: (square.mean / top) * (1 + relative ** 2),
      spread: (square.mean / top) * relative,
    },
    effectiveRank: {
      value: erank,
      spread:
        erank *
        deviation([
          [1 / t + entropy.mean / t ** 2, root],
          [-1 / t, entropy],
        ]),
    },
    participationRatio: {
      value: (rows * columns) / (rows + columns + 1),
      spread:
        ((rows * columns) / (rows + columns + 1)) *
        deviation([
          [2 / square.mean, square],
          [-1 / fourth.mean, fourth],
        ]),
    },
    hoyer: {
      value: (rootN - ratio) / (rootN - 1),
      spread:
        (ratio / (rootN - 1)) *
        deviation([
          [1 / t, root],
          [-1 / (2 * square.mean), square],
        ]),
    },
  };
}

interface LinearStatistic {
  readonly mean: number;
  /** Cosine coefficients a₁ … of f(x(θ)). */
  readonly waves: Float64Array;
}

function linear(n: number, beta: number, f: (x: number) => number): LinearStatistic {
  const step = Math.PI / ANGLES;
  const swing = 2 * Math.sqrt(beta);
  const values = new Float64Array(ANGLES);
  let law = 0;
  let level = 0;
  for (let i = 0; i < ANGLES; i++) {
    const angle = (i + 0.5) * step;
    const x = 1 + beta + swing * Math.cos(angle);
    values[i] = f(x);
    law += (values[i]! * Math.sin(angle) ** 2 * 2) / (x * ANGLES);
    level += (2 * values[i]!) / ANGLES;
  }
  const waves = new Float64Array(COEFFICIENTS);
  for (let k = 1; k <= COEFFICIENTS; k++) {
    let sum = 0;
    for (let i = 0; i < ANGLES; i++) sum += values[i]! * COSINES[(k * (2 * i + 1)) % (4 * ANGLES)]!;
    waves[k - 1] = (2 * sum) / ANGLES;
  }
  const edges = (f((1 - Math.sqrt(beta)) ** 2) + f((1 + Math.sqrt(beta)) ** 2)) / 4;
  return { mean: n * law + edges - level / 4, waves };
}

/** Standard deviation of Σ cⱼ·Tⱼ. */
function deviation(terms: readonly (readonly [number, LinearStatistic])[]): number {
  let variance = 0;
  for (let k = 0; k < COEFFICIENTS; k++) {
    const wave = terms.reduce((sum, [factor, { waves }]) => sum + factor * waves[k]!, 0);
    variance += ((k + 1) * wave * wave) / 2;
  }
  return Math.sqrt(variance);
}

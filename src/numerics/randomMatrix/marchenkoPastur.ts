/**
 * Marchenko–Pastur law (Marchenko & Pastur 1967): the bulk of the spectrum of a matrix of independent entries.
 *
 *   W is n × m, entries independent, mean 0, variance v.  N = min(n, m), M = max(n, m), β = N/M ≤ 1 (W and Wᵀ have the same singular
 *   values, so any shape is covered).  x = s²/(M·v) then has density √((x₊−x)(x−x₋))/(2πβx) on [x₋, x₊], x± = (1 ± √β)².
 *
 * All functions of `x` here are of this unit form; `bulkOf` and `singularValueDensity` go over to singular values.
 * CDF: closed form (arctangents). Quantiles: bisection on the CDF to 1e-14 of the support. Error below 1e-12 (tests: 1e-10 against
 * quadrature). The law holds as N → ∞ and for every law of entries with four moments; at finite N the edge is that of `tracyWidom.ts`.
 */

/** Edges of the unit law. */
export function unitEdges(beta: number): { readonly lower: number; readonly upper: number } {
  const root = Math.sqrt(beta);
  return { lower: (1 - root) ** 2, upper: (1 + root) ** 2 };
}

export function unitDensity(x: number, beta: number): number {
  const { lower, upper } = unitEdges(beta);
  if (x <= lower || x >= upper) return 0;
  return Math.sqrt((upper - x) * (x - lower)) / (2 * Math.PI * beta * x);
}

export function unitCdf(x: number, beta: number): number {
  const { lower, upper } = unitEdges(beta);
  if (x <= lower) return 0;
  if (x >= upper) return 1;
  const ratio = (upper - x) / (x - lower);
  const root = Math.sqrt(ratio);
  const first = Math.sqrt((upper - x) * (x - lower)) - (1 + beta) * Math.atan((ratio - 1) / (2 * root));
  const second = beta === 1 ? 0 : (1 - beta) * Math.atan((lower * ratio - upper) / (2 * (1 - beta) * root));
  return Math.min(1, Math.max(0, 0.5 + (first + second) / (2 * Math.PI * beta)));
}

export function unitQuantile(p: number, beta: number): number {
  let { lower, upper } = unitEdges(beta);
  if (p <= 0) return lower;
  if (p >= 1) return upper;
  for (let step = 0; step < 60; step++) {
    const middle = (lower + upper) / 2;
    if (unitCdf(middle, beta) < p) lower = middle;
    else upper = middle;
  }
  return (lower + upper) / 2;
}

const medians = new Map<number, number>();

/** μ_β: the median of the unit law; remembered, since every matrix of a network asks for the same few. */
export function unitMedian(beta: number): number {
  let median = medians.get(beta);
  if (median === undefined) {
    median = unitQuantile(0.5, beta);
    if (medians.size > 1000) medians.clear();
    medians.set(beta, median);
  }
  return median;
}

/** The bulk of the singular values of an n × m matrix whose entries have standard deviation `entryStd`. */
export interface Bulk {
  readonly beta: number;
  /** Standard deviation of the entries. */
  readonly entryStd: number;
  /** σ√M: the unit in which singular values fill [1 − √β, 1 + √β]. */
  readonly unit: number;
  readonly lower: number;
  readonly upper: number;
}

export function bulkOf(rows: number, columns: number, entryStd: number): Bulk {
  const long = Math.max(rows, columns);
  const beta = Math.min(rows, columns) / long;
  const unit = entryStd * Math.sqrt(long);
  const root = Math.sqrt(beta);
  return { beta, entryStd, unit, lower: unit * (1 - root), upper: unit * (1 + root) };
}

/** Density of the singular values (integrates to 1 over s): 2s/unit²·f(s²/unit²). */
export function singularValueDensity(s: number, { beta, unit }: Pick<Bulk, "beta" | "unit">): number {
  if (unit === 0) return 0;
  const t = s / unit;
  return (2 * t * unitDensity(t * t, beta)) / unit;
}

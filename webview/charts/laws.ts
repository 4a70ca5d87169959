import type { DistributionLaw } from "../../src/analysis/distribution/types.ts";

/** Density of a law at x. A law of zero width has none that could be drawn: 0. */
export function density(law: DistributionLaw, x: number): number {
  if (law.kind === "uniform") {
    const width = law.high - law.low;
    return width > 0 && x >= law.low && x <= law.high ? 1 / width : 0;
  }
  if (!(law.std > 0)) return 0;
  const z = (x - law.mean) / law.std;
  const bell = Math.exp((-z * z) / 2) / (law.std * Math.sqrt(2 * Math.PI));
  if (law.kind === "normal") return bell;
  return Math.abs(z) <= law.cut ? bell / (2 * normalCdf(law.cut) - 1) : 0;
}

/** Probability of at most x. */
export function cumulative(law: DistributionLaw, x: number): number {
  if (law.kind === "uniform") {
    if (!(law.high > law.low)) return x < law.low ? 0 : 1;
    return Math.max(0, Math.min(1, (x - law.low) / (law.high - law.low)));
  }
  if (!(law.std > 0)) return x < law.mean ? 0 : 1;
  const z = (x - law.mean) / law.std;
  if (law.kind === "normal") return normalCdf(z);
  const tail = normalCdf(-law.cut);
  const inside = (normalCdf(Math.max(-law.cut, Math.min(law.cut, z))) - tail) / (1 - 2 * tail);
  return Math.max(0, Math.min(1, inside));
}

/** Φ(z) by Abramowitz & Stegun 7.1.26, absolute error below 7.5e-8·2: enough for a picture and an expected count. */
function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const upper = (series * Math.exp(-x * x)) / 2;
  return z > 0 ? 1 - upper : upper;
}

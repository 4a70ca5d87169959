import { gaussLegendre } from "./gaussLegendre.ts";
import { normalTail } from "./normal.ts";

/**
 * Upper bounds on how probable it is that n independent draws of one known law look as they do: true at every n, not only for large ones. All take and
 * give natural logarithms; −Infinity is "never".
 *   mean of squares   P(S ≥ x) ≤ e^{−n·I(x)} for x > 1 (≤ for x < 1), S = (1/n)Σ(w/σ)², I(x) = sup_t tx − ln E e^{t(w/σ)²}  (Chernoff 1952); normal: I = (x − 1 − ln x)/2
 *   mean              P(|m̂ − μ| ≥ zσ/√n) ≤ 2e^{−z²/2}: normal, uniform and normal cut off evenly are strictly
 *                     sub-Gaussian (Arbel, Marchal, Nguyen 2020; Barreto, Marchal, Arbel 2024)
 *   whole law         P(sup|F̂ − F| ≥ d) ≤ 2e^{−2nd²}  (Dvoretzky, Kiefer, Wolfowitz; the constant by Massart 1990); at some points only it is no larger
 *   largest           P(max|w| ≤ bσ) = P(|w| ≤ bσ)ⁿ, exact
 */
export type BoundedLaw =
  | { readonly family: "normal" }
  | { readonly family: "uniform" }
  /** Cut off at ± this many standard deviations of what was cut. */
  | { readonly family: "truncated"; readonly cut: number };

/** Largest |w| over the standard deviation. */
export function boundOf(law: BoundedLaw): number {
  switch (law.family) {
    case "normal":
      return Number.POSITIVE_INFINITY;
    case "uniform":
      return Math.sqrt(3);
    case "truncated":
      return law.cut / Math.sqrt(varianceOfCut(law.cut));
  }
}

/** 1 − 2cφ(c)/(2Φ(c) − 1): the variance of a standard normal that is cut off at ±c. */
function varianceOfCut(cut: number): number {
  return 1 - (2 * cut * densityAt(cut)) / insideOf(cut);
}

function densityAt(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

function insideOf(x: number): number {
  return 1 - 2 * normalTail(x);
}

/** P(w ≤ x) of the law with mean 0 and variance 1. */
export function distribution(law: BoundedLaw, x: number): number {
  const bound = boundOf(law);
  if (x >= bound) return 1;
  if (x <= -bound) return 0;
  switch (law.family) {
    case "normal":
      return normalTail(-x);
    case "uniform":
      return (x / bound + 1) / 2;
    case "truncated": {
      const inner = (x * law.cut) / bound;
      return 0.5 + (0.5 - normalTail(inner)) / insideOf(law.cut);
    }
  }
}

/** Fourth moment over the square of the second, E w⁴ by the same rule as the rate. */
export function kurtosisOf(law: BoundedLaw): number {
  switch (law.family) {
    case "normal":
      return 3;
    case "uniform":
      return 1.8;
    case "truncated": {
      const v = varianceOfCut(law.cut);
      // E z⁴ = 3E z² − 2c³φ(c)/(2Φ(c) − 1) by parts.
      return (3 * v - (2 * law.cut ** 3 * densityAt(law.cut)) / insideOf(law.cut)) / v ** 2;
    }
  }
}

/** ln of the bound for a mean of squares x·σ², on the side of 1 where x lies, times two for both sides. */
export function logSquares(law: BoundedLaw, x: number, n: number): number {
  if (x === 1) return 0;
  return Math.min(0, Math.LN2 - n * rate(law, x));
}

export function logMean(z: number): number {
  return Math.min(0, Math.LN2 - (z * z) / 2);
}

export function logSupremum(distance: number, n: number): number {
  return Math.min(0, Math.LN2 - 2 * n * distance * distance);
}

/** ln P(no entry is larger than x standard deviations). */
export function logNoneBeyond(law: BoundedLaw, x: number, n: number): number {
  const share = 1 - distribution(law, -x) - (1 - distribution(law, x));
  return share <= 0 ? Number.NEGATIVE_INFINITY : n * Math.log(Math.min(1, share));
}

const NODES = 96;
/** Any t gives a bound; beyond this the best one is hardly better, and exponentials would be large. */
const FARTHEST = 300;

function rate(law: BoundedLaw, x: number): number {
  if (x <= 0 || x >= boundOf(law) ** 2) return Number.POSITIVE_INFINITY;
  if (law.family === "normal") return (x - 1 - Math.log(x)) / 2;
  const { squares, weights } = nodesOf(law);
  const tilted = (t: number) => {
    const shift = t > 0 ? t * squares[squares.length - 1]! : t * squares[0]!;
    let [mass, moment] = [0, 0];
    for (const [k, square] of squares.entries()) {
      const part = weights[k]! * Math.exp(t * square - shift);
      mass += part;
      moment += part * square;
    }
    return { log: Math.log(mass) + shift, mean: moment / mass };
  };
  // The tilted mean grows with t: the t whose mean is x by halving.
  let [low, high] = x > 1 ? [0, FARTHEST] : [-FARTHEST, 0];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (tilted(middle).mean < x) low = middle;
    else high = middle;
  }
  const t = (low + high) / 2;
  return Math.max(0, t * x - tilted(t).log);
}

const known = new Map<string, { readonly squares: Float64Array; readonly weights: Float64Array }>();

/** Squares of |w| at the nodes of a Gauss–Legendre rule, with the probability that each stands for. */
function nodesOf(law: BoundedLaw) {
  const key = law.family === "truncated" ? `truncated ${law.cut}` : law.family;
  const made = known.get(key);
  if (made !== undefined) return made;
  const bound = boundOf(law);
  const { nodes, weights } = gaussLegendre(NODES, 0, bound);
  const scale = law.family === "truncated" ? law.cut / bound : 1;
  const raw = weights.map((weight, k) => (law.family === "truncated" ? weight * densityAt(nodes[k]! * scale) : weight));
  const sum = raw.reduce((all, one) => all + one, 0);
  const own = { squares: nodes.map((node) => node * node), weights: raw.map((one) => one / sum) };
  known.set(key, own);
  return own;
}

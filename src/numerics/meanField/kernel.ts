/**
 * Covariances through an activation: K(c) = E[f(u₁)f(u₂)], f = φ or φ′, u₁ and u₂ normal of variance q and correlation c.
 *
 *   closed form   scale-free activations (arc-cosine kernels: Cho & Saul 2009), erf (Williams 1998), sine
 *   Hermite       K(c) = Σ a_k² c^k, a_k = E[f(√q z)·He_k(z)]/√k! (Mehler). Taken where what 128 terms leave out is below 1e-13 of K(1)
 *   quadrature    two-dimensional, u₂ = √q(c z₁ + √(1−c²) z₂), the inner panels ending where u₂ meets a kink
 * Error 1e-12 (tests: each against the others and against SciPy), for hard kinks by quadrature 1e-10 near c = 1.
 */
import type { Activation } from "./activation.ts";
import { type GaussianRule, gaussianRule, ruleFor } from "./gaussianRule.ts";
import { meanSquare, slopeMoment } from "./moments.ts";

export type Through = "value" | "slope";

const TERMS = 128;
const NEGLIGIBLE = 1e-13;

/** K as a function of c alone, everything about q done once. */
export interface Kernel {
  (c: number): number;
  /** (K(1) − K(c))/(1 − c), without cancellation as c → 1 where a series or closed form is known. */
  readonly drop: (c: number) => number;
}

export function kernelOf(activation: Activation, q: number, through: Through): Kernel {
  const exact = closedForm(activation, q, through);
  if (exact !== null) return withDrop(exact, exact(1));
  const whole = through === "value" ? meanSquare(activation, q) : slopeMoment(activation, q);
  const squares = hermiteSquares(activation, q, through, ruleFor(activation, q), TERMS);
  const known = squares.reduce((sum, square) => sum + square, 0);
  const missing = Math.max(0, whole - known);
  const planar = (c: number) => (Math.abs(c) >= 1 && c > 0 ? whole : planarMean(activation, q, c, through));
  const good = (c: number) => missing * Math.abs(c) ** TERMS <= NEGLIGIBLE * whole;
  const kernel = (c: number) => (good(c) ? polynomial(squares, c) : planar(c));
  const drop = (c: number) => (good(1) ? seriesDrop(squares, c) : (whole - kernel(c)) / (1 - c));
  return Object.assign(kernel, { drop });
}

const ROUGH_TERMS = 512;

/**
 * K by 512 terms of its series alone, what they leave out taken to sit at the power behind the last: for pictures. Relative error below 1e-5 up to
 * c = 0.98 even where φ′ jumps, and far below it for everything smoother.
 */
export function roughKernel(activation: Activation, q: number, through: Through): Kernel {
  const exact = closedForm(activation, q, through);
  if (exact !== null) return withDrop(exact, exact(1));
  const whole = through === "value" ? meanSquare(activation, q) : slopeMoment(activation, q);
  // Half a wave of the last term is 0.14 wide.
  const rule = gaussianRule(q, activation.kinks, { widest: 0.5 });
  const squares = new Float64Array(ROUGH_TERMS + 1);
  squares.set(hermiteSquares(activation, q, through, rule, ROUGH_TERMS));
  squares[ROUGH_TERMS] = Math.max(0, whole - squares.reduce((sum, square) => sum + square, 0));
  return Object.assign((c: number) => polynomial(squares, c), { drop: (c: number) => seriesDrop(squares, c) });
}

function withDrop(kernel: (c: number) => number, whole: number): Kernel {
  return Object.assign((c: number) => kernel(c), { drop: (c: number) => (whole - kernel(c)) / (1 - c) });
}

function closedForm(activation: Activation, q: number, through: Through): ((c: number) => number) | null {
  const { slopes, id } = activation;
  if (slopes !== null) {
    const [a, b] = slopes;
    const even = a * b;
    const rest = (b - a) ** 2;
    // φ = a·x + (b − a)·max(0, x), and the odd and even parts of ReLU are x/2 and |x|/2.
    if (through === "value") return (c) => q * (even * c + (rest / 2) * arcCosine(c));
    return (c) => even + (rest * (Math.PI - angle(c))) / (2 * Math.PI);
  }
  if (id === "erf") {
    const inside = (2 * q) / (1 + 2 * q);
    if (through === "value") return (c) => (2 / Math.PI) * Math.asin(inside * c);
    return (c) => 4 / (Math.PI * Math.sqrt((1 + 2 * q) ** 2 - (2 * q * c) ** 2));
  }
  if (id === "sin") {
    // e^(−q)·sinh(qc) and its cosine twin, without overflow for large q.
    const half = (c: number, sign: number) => (Math.exp(-q * (1 - c)) + sign * Math.exp(-q * (1 + c))) / 2;
    return (c) => half(c, through === "value" ? -1 : 1);
  }
  return null;
}

const angle = (c: number) => Math.acos(Math.min(1, Math.max(-1, c)));

/** [√(1−c²) + c(π − arccos c)]/π: 1 at c = 1. */
export function arcCosine(c: number): number {
  return (Math.sqrt(Math.max(0, (1 - c) * (1 + c))) + c * (Math.PI - angle(c))) / Math.PI;
}

function hermiteSquares(
  activation: Activation,
  q: number,
  through: Through,
  { z, weights }: GaussianRule,
  terms: number,
): Float64Array {
  const scale = Math.sqrt(q);
  const sums = new Float64Array(terms);
  for (let i = 0; i < z.length; i++) {
    const x = z[i]!;
    const mass = weights[i]! * (through === "value" ? activation.value(scale * x) : activation.slope(scale * x));
    if (mass === 0) continue;
    let before = 0;
    let here = 1;
    for (let k = 0; k < terms; k++) {
      sums[k] = sums[k]! + mass * here;
      const next = (x * here - Math.sqrt(k) * before) / Math.sqrt(k + 1);
      before = here;
      here = next;
    }
  }
  return sums.map((sum) => sum * sum);
}

function polynomial(squares: Float64Array, c: number): number {
  let sum = 0;
  for (let k = squares.length - 1; k >= 0; k--) sum = sum * c + squares[k]!;
  return sum;
}

/** Σ a_k²(1 − c^k)/(1 − c) = Σ a_k²(1 + c + … + c^(k−1)). */
function seriesDrop(squares: Float64Array, c: number): number {
  let [sum, geometric, power] = [0, 0, 1];
  for (let k = 1; k < squares.length; k++) {
    geometric += power;
    power *= c;
    sum += squares[k]! * geometric;
  }
  return sum;
}

/** Beyond |z| = 9 lies 1e-19 of the mass. */
const PLANAR_REACH = 9;

function planarMean(activation: Activation, q: number, c: number, through: Through): number {
  const scale = Math.sqrt(q);
  const rest = Math.sqrt(Math.max(0, (1 - c) * (1 + c)));
  const f = (x: number) => (through === "value" ? activation.value(x) : activation.slope(x));
  // What the inner mean leaves of a kink is a bend of width √(1−c²).
  const outer = gaussianRule(q, activation.kinks, { reach: PLANAR_REACH, finest: Math.max(rest / 2, 1e-6) });
  let sum = 0;
  for (let i = 0; i < outer.z.length; i++) {
    const mean = scale * c * outer.z[i]!;
    const here = outer.weights[i]! * f(scale * outer.z[i]!);
    if (here === 0) continue;
    const inner = gaussianRule(
      q * rest * rest,
      activation.kinks.map((kink) => kink - mean),
      { reach: PLANAR_REACH },
    );
    let part = 0;
    for (let k = 0; k < inner.z.length; k++) part += inner.weights[k]! * f(mean + scale * rest * inner.z[k]!);
    sum += here * part;
  }
  return sum;
}

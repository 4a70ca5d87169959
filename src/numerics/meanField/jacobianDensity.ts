/**
 * Density of the singular values of J = ∏ D_l W_l, L square layers as their width grows (Pennington, Schoenholz & Ganguli 2017, 2018): S-transforms of
 * free factors multiply. With M(y) = E[φ′²/(y − φ′²)] and z = M(y),
 *   ζ(y) = (1 + z)/z · σ_w^(2L) · (1 + z)^(gL) · (z·y/(1 + z))^L,   g = 1 for Gaussian weights, 0 for orthogonal ones,
 * is the inverse of the moment generating function of s²: at ζ = λ + i0 the density of ln λ is −Im z/π. Followed in ln ζ from large imaginary ζ, where
 * y ≈ μ₁ζ/χ₁^L, down to the axis, in steps that Newton's method can take.
 * Error: about the angle at which the axis is left, 1e-4 of the density; edges are rounded on that scale. Tests: moments, the edge of linear products.
 */
import type { Activation } from "./activation.ts";
import { gaussianRule } from "./gaussianRule.ts";
import type { WeightLaw } from "./jacobian.ts";
import { jacobianMoments } from "./jacobian.ts";

export interface JacobianDensity {
  /** ln s, rising, and the density of ln s there. */
  readonly logs: readonly number[];
  readonly density: readonly number[];
  /** Share of singular values that are exactly 0: units whose slope is 0. */
  readonly zero: number;
  /** Values that are all the same, at exp(log): slopes that most units share (hard tanh, few layers) through orthogonal weights leave them. Else null. */
  readonly atom: { readonly log: number; readonly share: number } | null;
}

interface Complex {
  readonly re: number;
  readonly im: number;
}

const multiply = (a: Complex, b: Complex): Complex => ({
  re: a.re * b.re - a.im * b.im,
  im: a.re * b.im + a.im * b.re,
});
const divide = (a: Complex, b: Complex): Complex => {
  const size = b.re * b.re + b.im * b.im;
  return { re: (a.re * b.re + a.im * b.im) / size, im: (a.im * b.re - a.re * b.im) / size };
};
const log = (a: Complex): Complex => ({ re: Math.log(Math.hypot(a.re, a.im)), im: Math.atan2(a.im, a.re) });
const exp = (a: Complex): Complex => ({ re: Math.exp(a.re) * Math.cos(a.im), im: Math.exp(a.re) * Math.sin(a.im) });

/** Small singular values of products of L matrices thin out like s^(2/(L+1)): their tail is the longer, the more layers there are. */
const LOW_TAIL = 16;

/** Angle above the real axis at which densities are read. */
const ANGLE = 1e-4;

/** Null where all singular values are the same: a δ, which no curve shows. */
export function jacobianDensity(
  activation: Activation,
  q: number,
  weight: number,
  layers: number,
  law: WeightLaw,
  points = 120,
): JacobianDensity | null {
  const { mean, relativeVariance } = jacobianMoments(activation, q, weight, layers, law);
  if (!(relativeVariance > 1e-10) || !(mean > 0)) return null;
  const curve = new Curve(activation, q, weight, layers, law);
  const middle = layers * Math.log(curve.slopeMean * weight);
  // Coarsely first, to see where it is at all.
  const reach = Math.min(60, 8 * Math.sqrt(Math.log1p(relativeVariance)) + 3);
  const coarse = grid(middle - 2 * reach - LOW_TAIL * layers, middle + reach, 600);
  const seen = curve.read(coarse);
  const tallest = Math.max(...seen);
  const there = coarse.filter((_, k) => seen[k]! > 1e-3 * tallest);
  const step = coarse[1]! - coarse[0]!;
  const fine = grid(Math.min(...there) - step, Math.max(...there) + step, points);
  return {
    logs: fine.map((at) => at / 2),
    density: curve.read(fine).map((value) => 2 * value),
    zero: curve.zero,
    atom: curve.atom(),
  };
}

function grid(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, k) => from + ((to - from) * k) / (count - 1));
}

class Curve {
  readonly slopeMean: number;
  readonly zero: number;
  readonly #squares: Float64Array;
  readonly #masses: Float64Array;
  readonly #offset: number;
  readonly #gaussian: number;

  constructor(
    activation: Activation,
    q: number,
    weight: number,
    private readonly layers: number,
    law: WeightLaw,
  ) {
    const { z, weights } = gaussianRule(q, activation.kinks, { reach: 8, finest: 0.05 });
    const atoms = new Map<number, number>();
    for (let i = 0; i < z.length; i++) {
      const square = activation.slope(Math.sqrt(q) * z[i]!) ** 2;
      atoms.set(square, (atoms.get(square) ?? 0) + weights[i]!);
    }
    this.#squares = Float64Array.from(atoms.keys());
    this.#masses = Float64Array.from(atoms.values());
    this.slopeMean = this.#squares.reduce((sum, square, i) => sum + square * this.#masses[i]!, 0);
    this.zero = atoms.get(0) ?? 0;
    this.#offset = layers * Math.log(weight);
    this.#gaussian = law === "gaussian" ? 1 : 0;
  }

  /** Free factors with an atom of mass α each share one of mass Lα − (L − 1) where that is positive (Bercovici & Voiculescu 1993). */
  atom(): JacobianDensity["atom"] {
    if (this.#gaussian === 1) return null;
    const most = Math.max(...this.#masses);
    const square = this.#squares[this.#masses.indexOf(most)]!;
    const share = this.layers * most - (this.layers - 1);
    return share > 1e-3 && square > 0 ? { log: (this.#offset + this.layers * Math.log(square)) / 2, share } : null;
  }

  /** The density of ln λ at each of these, rising. */
  read(logs: readonly number[]): number[] {
    const top = logs[logs.length - 1]! + 12;
    let at: Complex = { re: top, im: Math.PI / 2 };
    const mean = Math.log(this.slopeMean);
    let y: Complex = { re: mean + at.re - this.layers * mean - this.#offset, im: at.im };
    const found = new Array<number>(logs.length).fill(0);
    for (let k = logs.length - 1; k >= 0; k--) {
      // Along the imaginary axis to the height of this point, then down to the real one.
      const high: Complex = { re: logs[k]!, im: Math.PI / 2 };
      y = this.#follow(y, at, high);
      at = high;
      const low = this.#follow(y, high, { re: logs[k]!, im: ANGLE });
      found[k] = Math.max(0, -this.#moment(low).z.im / Math.PI);
    }
    return found;
  }

  /** ln y at `to`, from ln y at `from`, in as many steps as it takes. */
  #follow(start: Complex, from: Complex, to: Complex): Complex {
    let y = start;
    let done = 0;
    let step = 1;
    for (let round = 0; round < 2000 && done < 1; round++) {
      const next = Math.min(1, done + step);
      const target = { re: from.re + (to.re - from.re) * next, im: from.im + (to.im - from.im) * next };
      const found = this.#newton(y, target);
      if (found === null) {
        step /= 2;
        if (step < 1e-7) return y;
        continue;
      }
      y = found;
      done = next;
      step = Math.min(1, step * 1.5);
    }
    return y;
  }

  #newton(start: Complex, target: Complex): Complex | null {
    let y = start;
    for (let round = 0; round < 12; round++) {
      const { value, slope } = this.#logZeta(y);
      const turns = Math.round((value.im - target.im) / (2 * Math.PI));
      const miss = { re: value.re - target.re, im: value.im - target.im - 2 * Math.PI * turns };
      const move = divide(miss, slope);
      const size = Math.hypot(move.re, move.im);
      if (!(size < 0.7)) return null;
      y = { re: y.re - move.re, im: y.im - move.im };
      // The other half-plane belongs to another solution.
      if (y.im < -1e-9 || y.im > Math.PI + 1e-9) return null;
      if (size < 1e-10) return y;
    }
    return null;
  }

  /** z = M(y) and dz/d ln y. */
  #moment(logY: Complex): { z: Complex; slope: Complex; y: Complex } {
    const y = exp(logY);
    let [re, im, slopeRe, slopeIm] = [0, 0, 0, 0];
    const [squares, masses] = [this.#squares, this.#masses];
    for (let i = 0; i < squares.length; i++) {
      const square = squares[i]!;
      const gap = y.re - square;
      const size = gap * gap + y.im * y.im;
      const [a, b] = [gap / size, -y.im / size];
      const mass = masses[i]! * square;
      re += mass * a;
      im += mass * b;
      slopeRe -= mass * (a * a - b * b);
      slopeIm -= mass * 2 * a * b;
    }
    return { z: { re, im }, slope: multiply({ re: slopeRe, im: slopeIm }, y), y };
  }

  #logZeta(logY: Complex): { value: Complex; slope: Complex } {
    const { z, slope } = this.#moment(logY);
    const [L, g] = [this.layers, this.#gaussian];
    const one = { re: 1 + z.re, im: z.im };
    const [logOne, logZ] = [log(one), log(z)];
    const more = 1 + g * L - L;
    const value = {
      re: more * logOne.re + (L - 1) * logZ.re + L * logY.re + this.#offset,
      im: more * logOne.im + (L - 1) * logZ.im + L * logY.im,
    };
    const [a, b] = [divide(slope, one), divide(slope, z)];
    return { value, slope: { re: more * a.re + (L - 1) * b.re + L, im: more * a.im + (L - 1) * b.im } };
  }
}

/**
 * Deep or shallow, on the raw course: both laws are fitted to a(t) by least squares and compared by Akaike's criterion.
 *   deep     s/(1 + (s/a₀ − 1)e^(−2st/τ)), or the law of D > 2 weight matrices (`curves.ts`)      free: ln(a₀/(s − a₀)), ln τ
 *   shallow  s(1 − e^(−t/τ)) + b₀e^(−t/τ)       free: b₀, ln τ
 * s is given. AIC = n·ln(RSS/n) + 2k, k = 3 with the error's variance, with Hurvich & Tsai's (1989) correction for few points.
 * Deep: ∂a/∂ln τ = −t·da/dt, and ∂a/∂w₀ = a(s − a)/s·(a/a₀)^(1 − 2/D) with w₀ the logit of a₀, since the flow is autonomous.
 * Algorithm: Levenberg–Marquardt from the best of a grid of time constants. Standard errors from (JᵀJ)⁻¹·RSS/(n − 2): errors of checkpoints are taken as
 * independent and equal, which consecutive checkpoints of one run are not quite.
 */
import { learningCurve } from "./curves.ts";
import { depthTimeBetween } from "./deepLinear.ts";

export interface CurveFit {
  readonly kind: "deep" | "shallow";
  readonly tau: number;
  readonly tauError: number;
  /** a₀ or b₀: strength at t = 0 of the given times. */
  readonly start: number;
  readonly startError: number;
  /** Root mean square of what is left. */
  readonly residual: number;
  readonly aic: number;
}

export interface CurveComparison {
  readonly deep: CurveFit;
  readonly shallow: CurveFit;
  /** AIC(shallow) − AIC(deep): above 0 for deep; below 2 in size it decides nothing. */
  readonly difference: number;
}

/** AIC needs more points than it has parameters to correct for. */
const FEWEST = 6;

/** `depth`: weight matrices of the deep law; of a network of one, the law of two is what it is compared with. */
export function compareCurves(
  times: readonly number[],
  strengths: readonly number[],
  s: number,
  depth = 2,
): CurveComparison | null {
  const rises = strengths.some((a) => a < 0.5 * s) && strengths.some((a) => a > 0.5 * s);
  if (times.length < FEWEST || !(s > 0) || !rises) return null;
  const deep = fitLaw(deepLaw(s, Math.max(2, depth)), times, strengths);
  const shallow = fitLaw(shallowLaw(s), times, strengths);
  return { deep, shallow, difference: shallow.aic - deep.aic };
}

type Point = readonly [p: number, logTau: number];

interface FittedLaw {
  readonly kind: CurveFit["kind"];
  course(point: Point): (t: number) => number;
  /** By p and by ln τ, at a time where the course is `a`. */
  gradient(point: Point, t: number, a: number): readonly [number, number];
  /** Steps of the search for a beginning, each way: fewer where a course costs an integral. */
  readonly tries: number;
  /** A course that passes s/2 at `half`; `share` from 0 to 1 goes over all that may be met. */
  guess(half: number, share: number, span: number): Point;
  /** Standard error of the start for one of p. */
  startError(start: number, pError: number): number;
}

function deepLaw(s: number, depth: number): FittedLaw {
  const startOf = (p: number) => s / (1 + Math.exp(-p));
  return {
    kind: "deep",
    tries: depth === 2 ? 24 : 12,
    course: ([p, logTau]) => {
      const tau = Math.exp(logTau);
      if (depth === 2) return (t) => s / (1 + Math.exp(-p - (2 * s * t) / tau));
      return learningCurve({ kind: "depth", depth }, { s, start: startOf(p), tau });
    },
    gradient([p, logTau], t, a) {
      const speed = (depth * a ** (2 - 2 / depth) * (s - a)) / Math.exp(logTau);
      const byStart = ((a * (s - a)) / s) * (a / startOf(p)) ** (1 - 2 / depth);
      return [byStart, -t * speed];
    },
    guess(half, share, span) {
      // Two matrices: any rise, also one that began long before. More: any start, from which half takes its own time.
      if (depth === 2) {
        const rise = riseOf(share, span);
        return [-half / rise, Math.log(2 * s * rise)];
      }
      const p = -1 - 15 * share;
      return [p, Math.log(half / depthTimeBetween(depth, startOf(p), s / 2, s, 1))];
    },
    startError: (start, pError) => ((start * (s - start)) / s) * pError,
  };
}

function shallowLaw(s: number): FittedLaw {
  return {
    kind: "shallow",
    tries: 24,
    course: ([b0, logTau]) => {
      const tau = Math.exp(logTau);
      return (t) => s + (b0 - s) * Math.exp(-t / tau);
    },
    gradient([b0, logTau], t) {
      const tau = Math.exp(logTau);
      const decay = Math.exp(-t / tau);
      return [decay, ((b0 - s) * decay * t) / tau];
    },
    guess(half, share, span) {
      const rise = riseOf(share, span);
      return [s - (s / 2) * Math.exp(Math.min(50, half / rise)), Math.log(rise)];
    },
    startError: (_start, pError) => pError,
  };
}

/** From a hundredth of the run to ten times it. */
const riseOf = (share: number, span: number) => span * 10 ** (-2 + 3 * share);

function fitLaw(law: FittedLaw, times: readonly number[], strengths: readonly number[]): CurveFit {
  const n = times.length;
  const square = (point: Point) => {
    const course = law.course(point);
    return times.reduce((sum, t, k) => sum + (strengths[k]! - course(t)) ** 2, 0);
  };
  let point = coarse(law, times, square);
  let rss = square(point);
  let damping = 1e-3;
  for (let step = 0; step < 200 && damping < 1e12; step++) {
    const { h, g } = normalEquations(law, point, times, strengths);
    const [a, b, d] = [h[0] * (1 + damping), h[1], h[2] * (1 + damping)];
    const determinant = a * d - b * b;
    if (!(determinant > 0)) {
      damping *= 10;
      continue;
    }
    const next: Point = [
      point[0] + (d * g[0] - b * g[1]) / determinant,
      point[1] + (a * g[1] - b * g[0]) / determinant,
    ];
    const better = square(next);
    if (!(better < rss)) {
      damping *= 10;
      continue;
    }
    const done = rss - better < 1e-14 * rss;
    [point, rss, damping] = [next, better, damping / 10];
    if (done) break;
  }
  const { h } = normalEquations(law, point, times, strengths);
  const determinant = h[0] * h[2] - h[1] * h[1];
  const variance = rss / (n - 2);
  const [pError, logTauError] = [
    Math.sqrt((variance * h[2]) / determinant),
    Math.sqrt((variance * h[0]) / determinant),
  ];
  const tau = Math.exp(point[1]);
  const start = law.course(point)(0);
  // A course that is met exactly has no error to take a logarithm of: double precision sets its floor.
  const largest = strengths.reduce((most, a) => Math.max(most, Math.abs(a)), 0);
  const mean = Math.max(rss / n, (2 ** -52 * largest) ** 2);
  const k = 3;
  return {
    kind: law.kind,
    tau,
    tauError: tau * logTauError,
    start,
    startError: law.startError(start, pError),
    residual: Math.sqrt(rss / n),
    aic: n * Math.log(mean) + 2 * k + (2 * k * (k + 1)) / (n - k - 1),
  };
}

function normalEquations(
  law: FittedLaw,
  point: Point,
  times: readonly number[],
  strengths: readonly number[],
): { readonly h: readonly [number, number, number]; readonly g: readonly [number, number] } {
  let [pp, pt, tt, gp, gt] = [0, 0, 0, 0, 0];
  const course = law.course(point);
  for (const [k, t] of times.entries()) {
    const a = course(t);
    const [p, q] = law.gradient(point, t, a);
    const rest = strengths[k]! - a;
    pp += p * p;
    pt += p * q;
    tt += q * q;
    gp += p * rest;
    gt += q * rest;
  }
  return { h: [pp, pt, tt], g: [gp, gt] };
}

/** Half of the rise anywhere in the run, and each law's own range of shapes. */
function coarse(law: FittedLaw, times: readonly number[], square: (point: Point) => number): Point {
  const [from, to] = [times[0]!, times[times.length - 1]!];
  const span = to - from;
  let best: Point = law.guess(from + span / 2, 0.5, span);
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= law.tries; i++)
    for (let j = 0; j <= law.tries; j++) {
      const point = law.guess(from + (span * (j + 0.25)) / law.tries, i / law.tries, span);
      const error = square(point);
      if (error < least) [best, least] = [point, error];
    }
  return best;
}

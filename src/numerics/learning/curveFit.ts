/**
 * Deep or shallow, on the raw course: both laws are fitted to a(t) by least squares and compared by Akaike's criterion.
 *   deep     s/(1 + (s/a₀ − 1)e^(−2st/τ))      free: ln(a₀/(s − a₀)), ln τ
 *   shallow  s(1 − e^(−t/τ)) + b₀e^(−t/τ)       free: b₀, ln τ
 * s is given. AIC = n·ln(RSS/n) + 2k, k = 3 with the error's variance, with Hurvich & Tsai's (1989) correction for few points.
 * Algorithm: Levenberg–Marquardt from the best of a grid of time constants. Standard errors from (JᵀJ)⁻¹·RSS/(n − 2): errors of checkpoints are taken as
 * independent and equal, which consecutive checkpoints of one run are not quite.
 */
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

export function compareCurves(
  times: readonly number[],
  strengths: readonly number[],
  s: number,
): CurveComparison | null {
  const rises = strengths.some((a) => a < 0.5 * s) && strengths.some((a) => a > 0.5 * s);
  if (times.length < FEWEST || !(s > 0) || !rises) return null;
  const deep = fitLaw("deep", times, strengths, s);
  const shallow = fitLaw("shallow", times, strengths, s);
  return { deep, shallow, difference: shallow.aic - deep.aic };
}

type Point = readonly [p: number, logTau: number];

function value(kind: CurveFit["kind"], [p, logTau]: Point, t: number, s: number): number {
  const tau = Math.exp(logTau);
  if (kind === "deep") return s / (1 + Math.exp(-p - (2 * s * t) / tau));
  return s + (p - s) * Math.exp(-t / tau);
}

function gradient(kind: CurveFit["kind"], point: Point, t: number, s: number): readonly [number, number] {
  const [p, logTau] = point;
  const tau = Math.exp(logTau);
  if (kind === "deep") {
    const a = value(kind, point, t, s);
    const slope = (a * (s - a)) / s;
    return [slope, (slope * -2 * s * t) / tau];
  }
  const decay = Math.exp(-t / tau);
  return [decay, ((p - s) * decay * t) / tau];
}

function fitLaw(kind: CurveFit["kind"], times: readonly number[], strengths: readonly number[], s: number): CurveFit {
  const n = times.length;
  const square = (point: Point) =>
    times.reduce((sum, t, k) => sum + (strengths[k]! - value(kind, point, t, s)) ** 2, 0);
  let point = coarse(kind, times, s, square);
  let rss = square(point);
  let damping = 1e-3;
  for (let step = 0; step < 200 && damping < 1e12; step++) {
    const { h, g } = normalEquations(kind, point, times, strengths, s);
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
  const { h } = normalEquations(kind, point, times, strengths, s);
  const determinant = h[0] * h[2] - h[1] * h[1];
  const variance = rss / (n - 2);
  const [pError, logTauError] = [
    Math.sqrt((variance * h[2]) / determinant),
    Math.sqrt((variance * h[0]) / determinant),
  ];
  const tau = Math.exp(point[1]);
  const start = value(kind, point, 0, s);
  // A course that is met exactly has no error to take a logarithm of: double precision sets its floor.
  const mean = Math.max(rss / n, (2 ** -52 * s) ** 2);
  const k = 3;
  return {
    kind,
    tau,
    tauError: tau * logTauError,
    start,
    startError: kind === "deep" ? ((start * (s - start)) / s) * pError : pError,
    residual: Math.sqrt(rss / n),
    aic: n * Math.log(mean) + 2 * k + (2 * k * (k + 1)) / (n - k - 1),
  };
}

function normalEquations(
  kind: CurveFit["kind"],
  point: Point,
  times: readonly number[],
  strengths: readonly number[],
  s: number,
): { readonly h: readonly [number, number, number]; readonly g: readonly [number, number] } {
  let [pp, pt, tt, gp, gt] = [0, 0, 0, 0, 0];
  for (const [k, t] of times.entries()) {
    const [p, q] = gradient(kind, point, t, s);
    const rest = strengths[k]! - value(kind, point, t, s);
    pp += p * p;
    pt += p * q;
    tt += q * q;
    gp += p * rest;
    gt += q * rest;
  }
  return { h: [pp, pt, tt], g: [gp, gt] };
}

/** Half of the rise somewhere in the run, over time constants from a hundredth of it to ten times it. */
function coarse(kind: CurveFit["kind"], times: readonly number[], s: number, square: (point: Point) => number): Point {
  const [from, to] = [times[0]!, times[times.length - 1]!];
  const span = to - from;
  let best: Point = [0, Math.log(span)];
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= 24; i++)
    for (let j = 0; j <= 24; j++) {
      const half = from + (span * (j + 0.25)) / 24;
      const rise = span * 10 ** (-2 + i / 8);
      // `rise` is τ/(2s) of the deep law, τ of the shallow one; both pass s/2 at `half`.
      const point: Point =
        kind === "deep"
          ? [-half / rise, Math.log(2 * s * rise)]
          : [s - (s / 2) * Math.exp(Math.min(50, half / rise)), Math.log(rise)];
      const error = square(point);
      if (error < least) [best, least] = [point, error];
    }
  return best;
}

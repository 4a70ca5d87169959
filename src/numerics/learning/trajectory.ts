/**
 * What a measured course of a mode's strength a(t₀), a(t₁), … says. Times in any unit, rising.
 */

export interface HalfTime {
  /** Between the last checkpoint below s/2 and the first above it. */
  readonly bracket: readonly [number, number];
  /** Where ln(a/(s − a)), a straight line for two weight matrices, crosses zero within the bracket. */
  readonly time: number;
}

/** When the strength passes s/2 for the first time; null if it never does, or had before the first checkpoint. */
export function halfTime(times: ArrayLike<number>, strengths: ArrayLike<number>, s: number): HalfTime | null {
  return crossing(times, strengths, s, 0.5);
}

/** When the strength passes `share` of s for the first time, between checkpoints along the straight line of ln(a/(s − a)). */
export function crossing(
  times: ArrayLike<number>,
  strengths: ArrayLike<number>,
  s: number,
  share: number,
): HalfTime | null {
  const level = share * s;
  for (let k = 1; k < times.length; k++) {
    const [a, b] = [strengths[k - 1]!, strengths[k]!];
    if (!(a < level && b >= level)) continue;
    const [from, to] = [times[k - 1]!, times[k]!];
    const inside = (value: number) => value > 0 && value < s;
    const logit = (value: number) => Math.log(value / (s - value));
    // Outside (0, s) there is no logit: a straight line between the two must do.
    const part = inside(a) && inside(b) ? (logit(level) - logit(a)) / (logit(b) - logit(a)) : (level - a) / (b - a);
    return { bracket: [from, to], time: from + part * (to - from) };
  }
  return null;
}

/** (t₉₅ − t₀₅)/t₉₅ of a measured course, from its first time on: near 0 for a step, near 1 for a rise from the start. Null unless it passes both. */
export function measuredStageIndex(times: readonly number[], strengths: readonly number[], s: number): number | null {
  const [early, late] = [crossing(times, strengths, s, 0.05), crossing(times, strengths, s, 0.95)];
  if (early === null || late === null) return null;
  return (late.time - early.time) / (late.time - times[0]!);
}

export interface RiseFit {
  /** d ln(a/(s − a))/dt with its standard error: 2s/τ for two weight matrices. */
  readonly slope: number;
  readonly standardError: number;
  /** ln(a/(s − a)) at t = 0 of the times, with its standard error: the start a₀ = s/(1 + e^(−intercept)). */
  readonly intercept: number;
  readonly interceptError: number;
  readonly points: number;
}

/** Fewer points than this inside the rise give no slope worth the name. */
const FEWEST = 4;
const WINDOW = [0.05, 0.95] as const;

/** Weighted regression of ln(a/(s − a)) on t where 0.05 < a/s < 0.95, weights (a(s − a)/s)²: constant errors of a. Null with fewer than four points. */
export function fitRise(times: ArrayLike<number>, strengths: ArrayLike<number>, s: number): RiseFit | null {
  const points: { t: number; y: number; w: number }[] = [];
  for (let k = 0; k < times.length; k++) {
    const a = strengths[k]!;
    if (!(a > WINDOW[0] * s && a < WINDOW[1] * s)) continue;
    points.push({ t: times[k]!, y: Math.log(a / (s - a)), w: ((a * (s - a)) / s) ** 2 });
  }
  if (points.length < FEWEST) return null;
  let [w, t, y] = [0, 0, 0];
  for (const point of points) {
    w += point.w;
    t += point.w * point.t;
    y += point.w * point.y;
  }
  const [meanT, meanY] = [t / w, y / w];
  let [tt, ty] = [0, 0];
  for (const point of points) {
    tt += point.w * (point.t - meanT) ** 2;
    ty += point.w * (point.t - meanT) * (point.y - meanY);
  }
  if (tt === 0) return null;
  const slope = ty / tt;
  const rest = points.reduce((sum, point) => sum + point.w * (point.y - meanY - slope * (point.t - meanT)) ** 2, 0);
  const variance = rest / (points.length - 2);
  return {
    slope,
    standardError: Math.sqrt(variance / tt),
    intercept: meanY - slope * meanT,
    interceptError: Math.sqrt(variance * (1 / w + meanT ** 2 / tt)),
    points: points.length,
  };
}

export interface Exponent {
  /** Of slope ∝ s^exponent over the modes: 1 for a deep linear network, 0 for a shallow one. */
  readonly exponent: number;
  readonly standardError: number;
  readonly modes: number;
}

/**
 * Log-log regression of the modes' slopes on their singular values, each weighed by its slope's error. The error counts the slopes' alone.
 * Null with fewer than three modes, or where their values are the same.
 */
export function deepShallowExponent(fits: readonly { readonly s: number; readonly fit: RiseFit }[]): Exponent | null {
  const points = fits
    .filter(({ fit }) => fit.slope > 0)
    .map(({ s, fit }) => {
      const error = Math.max(fit.standardError / fit.slope, 1e-3);
      return { x: Math.log(s), y: Math.log(fit.slope), w: 1 / error ** 2 };
    });
  const w = points.reduce((sum, point) => sum + point.w, 0);
  const meanX = points.reduce((sum, point) => sum + point.w * point.x, 0) / w;
  const meanY = points.reduce((sum, point) => sum + point.w * point.y, 0) / w;
  const xx = points.reduce((sum, point) => sum + point.w * (point.x - meanX) ** 2, 0);
  if (points.length < 3 || xx < 1e-6 * w) return null;
  const xy = points.reduce((sum, point) => sum + point.w * (point.x - meanX) * (point.y - meanY), 0);
  return { exponent: xy / xx, standardError: Math.sqrt(1 / xx), modes: points.length };
}

export interface OrderStatistic {
  /** Spearman's correlation of the modes' singular values with −t½: 1 if stronger modes always come first. */
  readonly rho: number;
  /** One-sided, over all orders up to eight modes, over `draws` random ones beyond. */
  readonly p: number;
  readonly exact: boolean;
}

const ALL_ORDERS = 8;
const DRAWS = 10_000;

export function orderStatistic(
  strengths: readonly number[],
  times: readonly number[],
  uniform: () => number,
): OrderStatistic | null {
  const n = strengths.length;
  if (n < 3) return null;
  const [x, y] = [midranks(strengths), midranks(times.map((time) => -time))];
  const rho = correlation(x, y);
  if (Number.isNaN(rho)) return null;
  const reached = (order: readonly number[]) => correlation(x, order) >= rho - 1e-12;
  if (n <= ALL_ORDERS) {
    let [hits, all] = [0, 0];
    for (const order of permutations(y)) {
      all++;
      if (reached(order)) hits++;
    }
    return { rho, p: hits / all, exact: true };
  }
  let hits = 0;
  const order = [...y];
  for (let draw = 0; draw < DRAWS; draw++) {
    for (let i = n - 1; i > 0; i--) {
      const j = Math.floor(uniform() * (i + 1));
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    if (reached(order)) hits++;
  }
  return { rho, p: (1 + hits) / (1 + DRAWS), exact: false };
}

function midranks(values: readonly number[]): number[] {
  return values.map((value) => {
    let [less, equal] = [0, 0];
    for (const other of values) {
      if (other < value) less++;
      else if (other === value) equal++;
    }
    return less + (equal + 1) / 2;
  });
}

function correlation(x: readonly number[], y: readonly number[]): number {
  const n = x.length;
  const [mx, my] = [x.reduce((a, b) => a + b, 0) / n, y.reduce((a, b) => a + b, 0) / n];
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    xx += (x[i]! - mx) ** 2;
    yy += (y[i]! - my) ** 2;
    xy += (x[i]! - mx) * (y[i]! - my);
  }
  return xx === 0 || yy === 0 ? Number.NaN : xy / Math.sqrt(xx * yy);
}

/** Heap's algorithm (1963). */
function* permutations(values: readonly number[]): Generator<readonly number[]> {
  const order = [...values];
  const count = order.map(() => 0);
  yield order;
  for (let i = 0; i < order.length; ) {
    if (count[i]! < i) {
      const j = i % 2 === 0 ? 0 : count[i]!;
      [order[i], order[j]] = [order[j]!, order[i]!];
      yield order;
      count[i] = count[i]! + 1;
      i = 0;
    } else {
      count[i] = 0;
      i++;
    }
  }
}

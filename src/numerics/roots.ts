/**
 * Root of a continuous f in [a, b] whose ends have opposite signs (Brent 1973, chapter 4: bisection, secant and inverse quadratic steps).
 * Error: `tolerance`, absolute, plus 4ε relative to the root. NaN where the signs at the ends are the same. About ten evaluations for smooth f.
 */
export function brentRoot(f: (x: number) => number, a: number, b: number, tolerance = 1e-15): number {
  let [from, to, last] = [a, b, a];
  let [fFrom, fTo] = [f(from), f(to)];
  if (fFrom === 0) return from;
  if (fTo === 0) return to;
  if (!(fFrom < 0 !== fTo < 0)) return Number.NaN;
  let fLast = fFrom;
  let step = to - from;
  let before = step;
  for (let round = 0; round < 200; round++) {
    if (fTo < 0 === fLast < 0) {
      last = from;
      fLast = fFrom;
      step = to - from;
      before = step;
    }
    if (Math.abs(fLast) < Math.abs(fTo)) {
      [from, to, last] = [to, last, to];
      [fFrom, fTo, fLast] = [fTo, fLast, fTo];
    }
    const close = 2 * Number.EPSILON * Math.abs(to) + tolerance / 2;
    const half = (last - to) / 2;
    if (Math.abs(half) <= close || fTo === 0) return to;
    const fit =
      Math.abs(before) >= close && Math.abs(fFrom) > Math.abs(fTo)
        ? interpolate(from, to, last, fFrom, fTo, fLast)
        : null;
    if (fit !== null && 2 * Math.abs(fit) < Math.min(3 * Math.abs(half) - close, Math.abs(before))) {
      before = step;
      step = fit;
    } else {
      step = half;
      before = half;
    }
    from = to;
    fFrom = fTo;
    to += Math.abs(step) > close ? step : Math.sign(half) * close;
    fTo = f(to);
  }
  return to;
}

/** The step from b along the inverse parabola through the three points, or along the secant where a = c; null where it leads away from c. */
function interpolate(a: number, b: number, c: number, fa: number, fb: number, fc: number): number | null {
  const s = fb / fa;
  let p = (c - b) * s;
  let q = 1 - s;
  if (a !== c) {
    const u = fa / fc;
    const r = fb / fc;
    p = s * ((c - b) * u * (u - r) - (b - a) * (r - 1));
    q = (u - 1) * (r - 1) * (s - 1);
  }
  const step = -p / q;
  return q !== 0 && Math.sign(step) === Math.sign(c - b) ? step : null;
}

/**
 * Student's t law with a whole number of degrees of freedom: the chance above t, and the t below which a share lies.
 * Formula: finite sums in θ = arctan(t/√ν), Abramowitz & Stegun 26.7.3 and 26.7.4. Error: 1e-14 absolute (tests, against SciPy), so that a p below 1e-13 says no
 * more than that it is small. Quantile by bisection on the tail, to 1e-12. NaN gives NaN. Cost: ν terms.
 */

/** P(T > t). */
export function studentTail(t: number, freedom: number): number {
  if (Number.isNaN(t)) return Number.NaN;
  const inside = withinOf(Math.abs(t), freedom);
  return t >= 0 ? Math.max(0, (1 - inside) / 2) : (1 + inside) / 2;
}

/** P(|T| < t), t ≥ 0. */
function withinOf(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const odd = freedom % 2 === 1;
  let [sum, term] = [0, odd ? cosine : 1];
  for (let k = odd ? 3 : 2; k <= freedom; k += 2) {
    sum += term;
    term *= ((k - 1) / k) * cosine * cosine;
  }
  return odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}

/** The t with P(T < t) = share, 0 < share < 1. */
export function studentQuantile(share: number, freedom: number): number {
  if (share < 0.5) return -studentQuantile(1 - share, freedom);
  let [low, high] = [0, 1];
  while (studentTail(high, freedom) > 1 - share) high *= 2;
  while (high - low > 1e-13 * high) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (studentTail(middle, freedom) > 1 - share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

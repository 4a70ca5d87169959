/**
 * Root i of the secular equation 1 + ρ·Σ z_j²/(δ_j − λ) = 0, δ ascending and distinct, ρ > 0, all z_j ≠ 0: δ_i < λ_i < δ_{i+1} (the last ≤ δ + ρ‖z‖²).
 * Rational interpolation with poles at both neighbours ("middle way", Li 1993), kept inside a bracket that each step narrows.
 * λ is found relative to the nearer pole, so that every λ − δ_j has full relative accuracy (Gu & Eisenstat 1994).
 * Writes δ_j − λ_i into `differences` and returns λ_i. Cost: about 6 passes over the poles.
 */
export function secularRoot(
  i: number,
  poles: Float64Array,
  z2: Float64Array,
  rho: number,
  differences: Float64Array,
): number {
  const k = poles.length;
  const last = i === k - 1;
  let mass = 0;
  if (last) for (let j = 0; j < k; j++) mass += z2[j] as number;
  const gap = last ? rho * mass : (poles[i + 1] as number) - (poles[i] as number);
  // The sign at the middle tells which neighbour is nearer.
  let middle = 1;
  for (let j = 0; j < k; j++)
    middle += (rho * (z2[j] as number)) / ((poles[j] as number) - (poles[i] as number) - gap / 2);
  const right = !last && middle < 0;
  const origin = poles[right ? i + 1 : i] as number;
  let low = right ? -gap / 2 : 0;
  let high = right ? 0 : last ? gap * (1 + 2 ** -50) : gap / 2;
  if (last && middle < 0) low = gap / 2;
  else if (last) high = gap / 2;
  for (let j = 0; j < k; j++) differences[j] = (poles[j] as number) - origin;
  let mu = (low + high) / 2;
  const left0 = differences[i] as number;
  const right0 = last ? 0 : (differences[i + 1] as number);
  for (let step = 0; step < 120; step++) {
    let [psi, psi1, phi, phi1] = [0, 0, 0, 0];
    for (let j = 0; j <= i; j++) {
      const q = 1 / ((differences[j] as number) - mu);
      const t = (z2[j] as number) * q;
      psi += t;
      psi1 += t * q;
    }
    for (let j = i + 1; j < k; j++) {
      const q = 1 / ((differences[j] as number) - mu);
      const t = (z2[j] as number) * q;
      phi += t;
      phi1 += t * q;
    }
    psi *= rho;
    phi *= rho;
    psi1 *= rho;
    phi1 *= rho;
    const f = 1 + psi + phi;
    if (Math.abs(f) <= 2 ** -52 * (1 + 4 * (phi - psi))) break;
    if (f < 0) low = mu;
    else high = mu;
    const next = mu + stepOf(left0 - mu, right0 - mu, f, psi1, phi1, last);
    const bracket = Math.abs(high - low);
    mu = next > low && next < high ? next : middleOf(low, high);
    if (mu === low || mu === high || bracket <= 2 ** -52 * Math.abs(mu)) break;
  }
  for (let j = 0; j < k; j++) differences[j] = (differences[j] as number) - mu;
  return origin + mu;
}

function stepOf(a: number, b: number, f: number, psi1: number, phi1: number, last: boolean): number {
  if (last) return (a * f) / (f - a * psi1);
  const c = f - a * psi1 - b * phi1;
  const p = (a + b) * f - a * b * (psi1 + phi1);
  const q = a * b * f;
  const root = Math.sqrt(Math.max(0, p * p - 4 * q * c));
  return p <= 0 ? (p - root) / (2 * c) : (2 * q) / (p + root);
}

/** Geometric where both ends have one sign and differ much: roots crowd at a pole. */
function middleOf(low: number, high: number): number {
  if (low > 0 && high > 4 * low) return Math.sqrt(low) * Math.sqrt(high);
  if (high < 0 && low < 4 * high) return -Math.sqrt(-low) * Math.sqrt(-high);
  if (low === 0) return high * 2 ** -10;
  if (high === 0) return low * 2 ** -10;
  return (low + high) / 2;
}

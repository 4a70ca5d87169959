/**
 * Householder reflector H = I − τ·v·vᵀ with v[0] = 1 and H·x = β·e₁ (Golub & Van Loan §5.1). Overwrites x by v.
 * τ = 0 where x is already a multiple of e₁. Inputs are scaled to about 1 by the drivers, so squares neither overflow nor matter when they vanish.
 */
export function reflect(x: Float64Array): { tau: number; beta: number } {
  let tail = 0;
  for (let i = 1; i < x.length; i++) tail += (x[i] as number) * (x[i] as number);
  const head = x[0] as number;
  x[0] = 1;
  if (tail === 0) return { tau: 0, beta: head };
  const norm = Math.sqrt(head * head + tail);
  const beta = head > 0 ? -norm : norm;
  const factor = 1 / (head - beta);
  for (let i = 1; i < x.length; i++) x[i] = (x[i] as number) * factor;
  return { tau: (beta - head) / beta, beta };
}

/** The upper triangular T of H₀H₁… = I − V·T·Vᵀ (Schreiber & Van Loan 1989), from `gram` = VᵀV, both width × width. */
export function compactFactor(t: Float64Array, gram: Float64Array, taus: Float64Array): void {
  const width = taus.length;
  t.fill(0, 0, width * width);
  for (let i = 0; i < width; i++) {
    const tau = taus[i] as number;
    t[i * width + i] = tau;
    for (let r = 0; r < i; r++) {
      let sum = 0;
      for (let c = r; c < i; c++) sum += (t[r * width + c] as number) * (gram[c * width + i] as number);
      t[r * width + i] = -tau * sum;
    }
  }
}

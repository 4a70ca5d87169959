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

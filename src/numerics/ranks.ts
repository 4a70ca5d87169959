/**
 * Rank measures of a spectrum σ₁ ≥ … ≥ 0 (all finite). Each names its definition; none is "the" rank. Zero spectrum: 0 by convention.
 */

/** ‖W‖_F²/σ₁² (Rudelson & Vershynin 2007). */
export function stableRank(s: ArrayLike<number>): number {
  const top = s[0] ?? 0;
  if (top === 0) return 0;
  let sum = 0;
  for (let i = 0; i < s.length; i++) sum += ((s[i] as number) / top) ** 2;
  return sum;
}

/** exp of the entropy, natural logarithm, of σ/Σσ – on σ, not σ² (Roy & Vetterli 2007). */
export function effectiveRank(s: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < s.length; i++) total += s[i] as number;
  if (total === 0) return 0;
  let entropy = 0;
  for (let i = 0; i < s.length; i++) {
    const p = (s[i] as number) / total;
    if (p > 0) entropy -= p * Math.log(p);
  }
  return Math.exp(entropy);
}

/** (Σσ²)²/Σσ⁴. */
export function participationRatio(s: ArrayLike<number>): number {
  const top = s[0] ?? 0;
  if (top === 0) return 0;
  let squares = 0;
  let fourths = 0;
  for (let i = 0; i < s.length; i++) {
    const square = ((s[i] as number) / top) ** 2;
    squares += square;
    fourths += square * square;
  }
  return (squares * squares) / fourths;
}

/** Hoyer's sparsity of the list: (√N − Σσ/√Σσ²)/(√N − 1); 0 where all are equal, 1 where one is not zero (Hoyer 2004). A single value: 0. */
export function hoyerSparsity(s: ArrayLike<number>): number {
  const top = s[0] ?? 0;
  if (top === 0 || s.length < 2) return 0;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < s.length; i++) {
    const x = (s[i] as number) / top;
    sum += x;
    squares += x * x;
  }
  const root = Math.sqrt(s.length);
  return (root - sum / Math.sqrt(squares)) / (root - 1);
}

/**
 * Convolutions (Xiao et al. 2018): the plane is the same with fan_in = k²·C_in. What is new is space: at criticality a pattern of frequency ω across
 * the picture decays by χ_c·λ_ω a layer, λ the Fourier transform of the share of variance that each tap has.
 */

/** λ_ω of one-dimensional taps with these shares of variance (any scale), the middle one at place 0. */
export function tapTransfer(shares: readonly number[], omega: number): number {
  const total = shares.reduce((sum, share) => sum + share, 0);
  const middle = (shares.length - 1) / 2;
  return shares.reduce((sum, share, at) => sum + share * Math.cos(omega * (at - middle)), 0) / total;
}

/** Shares of variance of an orthogonal kernel in its middle tap alone ("delta-orthogonal"): λ_ω = 1, space is kept. */
export function deltaShares(taps: number): number[] {
  return Array.from({ length: taps }, (_, at) => (at === (taps - 1) / 2 ? 1 : 0));
}

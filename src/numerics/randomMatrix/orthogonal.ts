import { unitEdges } from "./marchenkoPastur.ts";

/**
 * Whether all singular values are (nearly) equal, as orthogonal and delta-orthogonal initializations make them: then independent entries are
 * the wrong null, and |σ − gain| is what to look at (Saxe, McClelland & Ganguli 2014; Xiao et al. 2018).
 *
 * gain = median singular value; `spread` = (σ_max − σ_min)/gain. "orthogonal": spread ≤ 1e-3 (16-bit storage included: bf16 rounds entries to
 * 2⁻⁹, singular values far less). "near": at most a quarter of the spread 2√β that independent entries would have, and at most 0.25.
 * A single row or column has nothing to compare and is "no".
 */
export interface OrthogonalFit {
  readonly verdict: "orthogonal" | "near" | "no";
  readonly gain: number;
  readonly spread: number;
  /** max |σ − gain|. */
  readonly largestDeviation: number;
}

const EXACT_SPREAD = 1e-3;
const NEAR_SPREAD = 0.25;
const NEAR_SHARE = 0.25;

/** `singularValues`: all of them, descending. */
export function orthogonalFit(singularValues: ArrayLike<number>, rows: number, columns: number): OrthogonalFit {
  const n = singularValues.length;
  const high = singularValues[0] ?? 0;
  const low = singularValues[n - 1] ?? 0;
  const gain = n === 0 ? 0 : ((singularValues[(n - 1) >> 1] as number) + (singularValues[n >> 1] as number)) / 2;
  const spread = gain === 0 ? Number.POSITIVE_INFINITY : (high - low) / gain;
  const { lower, upper } = unitEdges(Math.min(rows, columns) / Math.max(rows, columns));
  const independent = Math.sqrt(upper) - Math.sqrt(lower);
  const near = spread <= Math.min(NEAR_SPREAD, NEAR_SHARE * independent);
  const verdict =
    n < 2 ? "no" : spread <= EXACT_SPREAD && spread < independent / 2 ? "orthogonal" : near ? "near" : "no";
  return { verdict, gain, spread, largestDeviation: Math.max(high - gain, gain - low) };
}

/**
 * How many directions a matrix has, against how many noise of its size has.
 *   What cannot be told from zero: entries are stored with relative error ε/√3 (ε half a unit in the last place), so as noise matrix of edge
 *     τ = (ε/√3)·rms·(√n + √m), here three times it, and at least what the computation of the values itself resolves. rms is that of the median row:
 *     one huge entry is one rounding error, and makes no others.
 *   Expected below τ of independent entries: N·F(τ²/(M·v)), F the Marchenko–Pastur law, v = rms²; its error the root of that number.
 * Wedin (1972) for the noise in values; Marchenko & Pastur (1967); at the hard edge of square matrices Edelman (1988) gives the same order.
 */
import { bulkOf, unitCdf } from "../../numerics/randomMatrix/marchenkoPastur.ts";

export interface RankReading {
  /** Singular values that can be told from zero, of how many. */
  readonly rank: number;
  readonly full: number;
  readonly threshold: number;
  /** Values below the threshold that noise of this size has. */
  readonly expected: number;
  /** σ₁ over the 99 % noise edge; null where that is not known. */
  readonly edgeRatio: number | null;
}

/** How often the noise of rounding: its edge is that of a limit. */
const SAFETY = 3;

export interface KnownValues {
  readonly rows: number;
  readonly columns: number;
  /** All of them. */
  readonly singularValues: ArrayLike<number>;
  /** Below it the values themselves are not known. */
  readonly floor: number;
  readonly edgeRatio: number | null;
}

/** `rms`: of the entries of the median row. `rounding`: half a unit in the last place of the stored type, relative. */
export function rankOf(
  { rows, columns, singularValues, floor, edgeRatio }: KnownValues,
  rms: number,
  rounding: number,
): RankReading {
  const noise = ((SAFETY * rounding) / Math.sqrt(3)) * rms * (Math.sqrt(rows) + Math.sqrt(columns));
  const threshold = Math.max(noise, floor);
  let rank = 0;
  for (let at = 0; at < singularValues.length; at++) if (singularValues[at]! > threshold) rank++;
  const { beta, unit } = bulkOf(rows, columns, rms);
  const full = Math.min(rows, columns);
  return {
    rank,
    full,
    threshold,
    expected: unit === 0 ? full : full * unitCdf((threshold / unit) ** 2, beta),
    edgeRatio,
  };
}

/** Missing directions beyond what noise misses, by five of its errors. */
export function missingDirections({ rank, full, expected }: RankReading): number {
  const missing = full - rank;
  return missing > expected + 5 * Math.sqrt(expected) + 0.5 ? missing : 0;
}

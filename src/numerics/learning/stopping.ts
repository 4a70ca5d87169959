/**
 * When to stop, mode by mode (Lampinen & Ganguli 2019): the table is a low-rank truth plus independent noise of standard deviation σ per entry, which makes its
 * singular values too large and turns its vectors. Unit √M·σ, M the longer side (`../randomMatrix/spiked.ts`):
 *   ŝ = y(s̄), overlaps o_u, o_v; test error of a mode at strength a: s̄² + a² − 2·s̄·a·o_u·o_v, least at a* = s̄·o_u·o_v (the Frobenius shrinker of ŝ)
 *   a mode inside the bulk is all noise: a* = 0
 * Over all modes the error at time t is Σ(s̄² + a(t)² − 2·a(t)·a*): its minimum over t is the best common stop.
 * Assumptions: Gaussian-like noise, few signals, sides large (overlaps are limits); test data have noise of their own, which adds a constant.
 */
import { frobeniusShrinker } from "../randomMatrix/gavishDonoho.ts";
import { bulkOf } from "../randomMatrix/marchenkoPastur.ts";
import { spikeOf } from "../randomMatrix/spiked.ts";

export interface StoppingMode {
  /** Singular value of the table. */
  readonly s: number;
  /** Estimated strength of the truth behind it, 0 inside the bulk. */
  readonly truth: number;
  /** Product of the overlaps o_u·o_v of the table's vectors with the truth's. */
  readonly overlap: number;
  /** a*: the strength at which the mode's test error is least. */
  readonly best: number;
  /** Test error at a*, and when learned to the end, in units of s². */
  readonly errorAtBest: number;
  readonly errorAtEnd: number;
}

export function stoppingModes(
  values: readonly number[],
  rows: number,
  columns: number,
  entryStd: number,
): readonly StoppingMode[] {
  if (entryStd === 0) return values.map((s) => ({ s, truth: s, overlap: 1, best: s, errorAtBest: 0, errorAtEnd: 0 }));
  const { beta, unit } = bulkOf(rows, columns, entryStd);
  return values.map((s) => {
    const spike = spikeOf(s / unit, beta);
    const truth = unit * (spike?.strength ?? 0);
    const overlap = spike === null ? 0 : Math.sqrt(Math.max(0, spike.shortOverlap) * Math.max(0, spike.longOverlap));
    const best = unit * frobeniusShrinker(s / unit, beta);
    const error = (a: number) => truth * truth + a * a - 2 * a * truth * overlap;
    return { s, truth, overlap, best, errorAtBest: error(best), errorAtEnd: error(s) };
  });
}

/** Σ over the modes of the test error, with the modes' strengths as they are. */
export function testError(modes: readonly StoppingMode[], strengths: readonly number[]): number {
  return modes.reduce(
    (sum, { truth, best }, k) => sum + truth * truth + strengths[k]! ** 2 - 2 * strengths[k]! * best,
    0,
  );
}

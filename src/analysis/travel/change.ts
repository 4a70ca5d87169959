import type { CancelToken } from "../../base/cancel.ts";
import { type DenseMatrix, frobeniusSquare } from "../../numerics/dense.ts";
import { stableRank } from "../../numerics/ranks.ts";
import { singularValues } from "../../numerics/svd/singularValues.ts";
import { type Triplets, topTriplets } from "../../numerics/svd/topTriplets.ts";
import { MIN_VALUES, noiseAccount } from "../_shared/null/noise.ts";
import type { NoiseAccount, Said } from "../_shared/null/types.ts";
import type { ChangeSpectrum, LearnedMode } from "./types.ts";

const MODES = 16;
const LEADING = 32;
/** Leading singular vectors of the earlier and the later weights that learned modes are compared with. */
const SUBSPACE = 8;
const TOLERANCE = 1e-6;
const SEED = 2016;

export interface ChangeInput {
  readonly change: DenseMatrix;
  readonly initial: DenseMatrix;
  readonly trained: DenseMatrix;
  readonly exactLimit: number;
  readonly cancel: CancelToken;
  progress(fraction: number): void;
}

/** The spectrum of ΔW against its own noise, and each mode that leaves it beside the weights before and after. */
export function changeSpectrum({
  change,
  initial,
  trained,
  exactLimit,
  cancel,
  progress,
}: ChangeInput): ChangeSpectrum {
  const { rows, columns } = change;
  const whole = Math.min(rows, columns) <= exactLimit;
  const square = frobeniusSquare(change);
  const leading = (matrix: DenseMatrix, count: number) =>
    topTriplets(matrix, count, { tolerance: TOLERANCE, seed: SEED, cancel });
  const top = whole ? null : leading(change, LEADING);
  const s = top === null ? singularValues(change, { cancel }) : top.values.slice(0, Math.max(1, top.converged));
  progress(0.4);
  const noise: Said<NoiseAccount> =
    whole && s.length < MIN_VALUES
      ? {
          value: null,
          reason: `Only ${s.length} singular values: their median does not set a noise level for the change.`,
        }
      : noiseAccount({ singularValues: s, rows, columns, frobeniusSquare: square, known: null });
  const signal = (noise.value?.modes ?? []).slice(0, MODES);
  const learned = signal.length === 0 ? null : (top ?? leading(change, signal.length));
  const before = learned === null ? null : leading(initial, SUBSPACE);
  const after = learned === null ? null : leading(trained, Math.max(SUBSPACE, signal.length));
  progress(1);
  const largest = s[0] ?? 0;
  return {
    promise: whole ? "exact" : "top-k",
    singularValues: s,
    stableRank: {
      value: whole ? stableRank(s) : square / largest ** 2,
      how: {
        kind: "exact",
        method: whole ? "all singular values of ΔW" : "sum of squares over the largest value of ΔW",
      },
    },
    noise,
    subspace: Math.min(SUBSPACE, rows, columns),
    modes:
      learned === null || before === null || after === null
        ? []
        : signal.map((mode, k): LearnedMode => {
            const u = learned.left[k] ?? new Float64Array(rows);
            const v = learned.right[k] ?? new Float64Array(columns);
            return {
              ...mode,
              leftInInitial: inside(before.left, u),
              rightInInitial: inside(before.right, v),
              final: closest(after, u, v),
            };
          }),
  };
}

function inside(basis: readonly Float64Array[], x: Float64Array): number {
  return basis.reduce((sum, axis) => sum + dot(axis, x) ** 2, 0);
}

function closest({ left, right }: Triplets, u: Float64Array, v: Float64Array): LearnedMode["final"] {
  let best = { index: 0, overlap: 0 };
  for (const [index, axis] of left.entries()) {
    const overlap = Math.abs(dot(axis, u) * dot(right[index] ?? v, v));
    if (overlap > best.overlap) best = { index, overlap };
  }
  return best;
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  return sum;
}

import type { CancelToken } from "../../base/cancel.ts";
import { type DenseMatrix, multiply } from "../../numerics/dense.ts";
import { topTriplets } from "../../numerics/svd/topTriplets.ts";
import type { SignalMode } from "../_shared/null/types.ts";
import type { SpikeAccount } from "./types.ts";

const TOLERANCE = 1e-6;
const SEED = 2016;
const HALF = 0.5;

interface SpikeInput {
  readonly matrix: DenseMatrix;
  readonly modes: readonly SignalMode[];
  readonly mean: number;
  /** Sign-flip p of each mode, where there is one. */
  readonly p: ArrayLike<number> | null;
  readonly initial: DenseMatrix | null;
  readonly cancel: CancelToken;
}

/** Each signal mode taken apart: which entry, row, column or mean makes it, and what of it was there at the start. */
export function accountSpikes({ matrix, modes, mean, p, initial, cancel }: SpikeInput): readonly SpikeAccount[] {
  if (modes.length === 0) return [];
  const triplets = topTriplets(matrix, modes.length, { tolerance: TOLERANCE, seed: SEED, cancel });
  const top = triplets.values[0] ?? 0;
  return modes.slice(0, triplets.values.length).map((mode, k): SpikeAccount => {
    cancel.throwIfCancelled();
    const u = triplets.left[k] ?? new Float64Array(0);
    const v = triplets.right[k] ?? new Float64Array(0);
    const sigma = mode.singularValue;
    const entry = largestPart(matrix, u, v, sigma);
    const row = largestSquare(u);
    const column = largestSquare(v);
    const meanShare = (mean * sum(u) * sum(v)) / sigma;
    const cause =
      entry.share > HALF
        ? "entry"
        : meanShare > HALF
          ? "mean"
          : row.share > HALF
            ? "row"
            : column.share > HALF
              ? "column"
              : null;
    const parts = { entry, row, column, meanShare };
    const [leftIpr, rightIpr] = [participation(u), participation(v)];
    return {
      ...mode,
      flipP: p === null || k >= p.length ? null : (p[k] ?? null),
      residual: top === 0 ? 0 : (triplets.residuals[k] ?? 0) / top,
      leftIpr,
      rightIpr,
      ...parts,
      cause,
      explanation: explain(cause, parts, leftIpr, rightIpr),
      initialPart: initial === null ? null : bilinear(initial, u, v),
    };
  });
}

type Parts = Pick<SpikeAccount, "entry" | "row" | "column" | "meanShare">;

function explain(cause: SpikeAccount["cause"], { entry, row, column, meanShare }: Parts, left: number, right: number) {
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  switch (cause) {
    case "entry":
      return `The entry ${entry.value.toPrecision(4)} at row ${entry.row}, column ${entry.column} makes ${percent(entry.share)} of it.`;
    case "mean":
      return `The entries' common mean makes ${percent(meanShare)} of it.`;
    case "row":
      return `Output ${row.index} carries ${percent(row.share)} of it.`;
    case "column":
      return `Input ${column.index} carries ${percent(column.share)} of it.`;
    case null:
      return `Spread over about ${Math.round(1 / left)} outputs and ${Math.round(1 / right)} inputs (1/Σu⁴, 1/Σv⁴).`;
  }
}

function largestPart({ columns, data }: DenseMatrix, u: Float64Array, v: Float64Array, sigma: number) {
  let best = { row: 0, column: 0, value: 0, share: Number.NEGATIVE_INFINITY };
  for (let i = 0; i < u.length; i++) {
    const factor = u[i]! / sigma;
    for (let j = 0, at = i * columns; j < columns; j++, at++) {
      const share = factor * data[at]! * v[j]!;
      if (share > best.share) best = { row: i, column: j, value: data[at]!, share };
    }
  }
  return best;
}

function largestSquare(x: Float64Array) {
  let index = 0;
  for (let i = 1; i < x.length; i++) if (Math.abs(x[i]!) > Math.abs(x[index]!)) index = i;
  return { index, share: (x[index] ?? 0) ** 2 };
}

function bilinear(matrix: DenseMatrix, u: Float64Array, v: Float64Array): number {
  const image = new Float64Array(matrix.rows);
  multiply(matrix, v, image);
  return image.reduce((total, value, i) => total + value * u[i]!, 0);
}

function sum(x: Float64Array): number {
  return x.reduce((total, value) => total + value, 0);
}

function participation(x: Float64Array): number {
  return x.reduce((total, value) => total + value ** 4, 0);
}

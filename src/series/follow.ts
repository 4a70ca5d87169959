import { ModeScopeError } from "../base/errors.ts";
import type { DenseMatrix } from "../numerics/dense.ts";
import { deepTimeBetween } from "../numerics/learning/deepLinear.ts";
import { type Illusion, illusions } from "../numerics/learning/illusions.ts";
import { chainProduct, dataModes, effectiveStart, measureModes } from "../numerics/learning/linearChain.ts";
import {
  deepShallowExponent,
  type Exponent,
  fitRise,
  type HalfTime,
  halfTime,
  type OrderStatistic,
  orderStatistic,
  type RiseFit,
} from "../numerics/learning/trajectory.ts";
import { Random } from "../numerics/random.ts";
import type { DataTable, Series } from "./types.ts";

export interface FollowedMode {
  readonly group: readonly number[];
  readonly singularValue: number;
  /** Of the mode, or the mean over its degenerate group, at each checkpoint. */
  readonly strengths: readonly number[];
  readonly halfTime: HalfTime | null;
  readonly fit: RiseFit | null;
  /** ¼‖W₁v + W₂ᵀu‖² at the first checkpoint; null unless there are two layers. */
  readonly effectiveStart: number | null;
  /** In steps, from that start and τ; null where the theory gives none. */
  readonly predictedHalfTime: number | null;
}

export interface Followed {
  readonly steps: readonly number[];
  readonly modes: readonly FollowedMode[];
  readonly offDiagonal: readonly number[];
  /** ½‖Y − Ŷ‖² at each checkpoint. */
  readonly loss: readonly number[];
  readonly exponent: Exponent | null;
  readonly order: OrderStatistic | null;
  readonly illusions: readonly Illusion[];
}

const SEED = 2016;

/** The data's modes in the network at every checkpoint, and what the theory says of their times. `tau` in steps; null: not predicted. */
export function follow({ moments }: Series, { y }: DataTable, tau: number | null): Followed {
  const first = moments[0]!.layers;
  const [inputs, outputs] = [first[0]!.columns, first[first.length - 1]!.rows];
  if (inputs !== y.columns || outputs !== y.rows)
    throw new ModeScopeError(
      "bad-request",
      `The table has ${y.columns} items and ${y.rows} properties, the network ${inputs} inputs and ${outputs} outputs: each item must be one input (one-hot), each property one output.`,
      { remedy: "Name the table that this network was trained on with --data, items in its rows." },
    );
  const modes = dataModes(y);
  const steps = moments.map(({ step }) => step);
  const totals = moments.map(({ layers }) => chainProduct(layers));
  const measured = totals.map((total) => measureModes(modes, total));
  const [w1, w2] = first;
  const followed = modes.map((mode, k): FollowedMode => {
    const strengths = measured.map((moment) => moment.strengths[k]!);
    const start = first.length === 2 && w1 !== undefined && w2 !== undefined ? effectiveStart(mode, w1, w2) : null;
    const ahead = start === null || tau === null ? Number.NaN : deepTimeBetween(start, mode.s / 2, mode.s, tau);
    return {
      group: mode.group,
      singularValue: mode.s,
      strengths,
      halfTime: halfTime(steps, strengths, mode.s),
      fit: fitRise(steps, strengths, mode.s),
      effectiveStart: start,
      predictedHalfTime: Number.isNaN(ahead) ? null : steps[0]! + ahead,
    };
  });
  const random = new Random(SEED);
  const timed = followed.flatMap(({ singularValue, halfTime: at }) =>
    at === null ? [] : [{ s: singularValue, time: at.time }],
  );
  return {
    steps,
    modes: followed,
    offDiagonal: measured.map(({ offDiagonal }) => offDiagonal),
    loss: totals.map((total) => halfSquare(total, y)),
    exponent: deepShallowExponent(
      followed.flatMap(({ singularValue, fit }) => (fit === null ? [] : [{ s: singularValue, fit }])),
    ),
    order: orderStatistic(
      timed.map(({ s }) => s),
      timed.map(({ time }) => time),
      () => random.uniform(),
    ),
    illusions: illusions(y, modes, steps, totals),
  };
}

function halfSquare(a: DenseMatrix, b: DenseMatrix): number {
  let sum = 0;
  for (let k = 0; k < a.data.length; k++) sum += (a.data[k]! - b.data[k]!) ** 2;
  return sum / 2;
}

import { ModeScopeError } from "../base/errors.ts";
import type { DenseMatrix } from "../numerics/dense.ts";
import { type CurveComparison, compareCurves } from "../numerics/learning/curveFit.ts";
import { learningCurve } from "../numerics/learning/curves.ts";
import { type Illusion, illusions } from "../numerics/learning/illusions.ts";
import { chainProduct, measureModes } from "../numerics/learning/linearChain.ts";
import {
  deepShallowExponent,
  type Exponent,
  fitRise,
  type HalfTime,
  halfTime,
  measuredStageIndex,
  type OrderStatistic,
  orderStatistic,
  type RiseFit,
} from "../numerics/learning/trajectory.ts";
import { type Transition, transitions } from "../numerics/learning/transitions.ts";
import { Random } from "../numerics/random.ts";
import { type Foreseen, foresee, type Stability, stabilityOf } from "./foresee.ts";
import { answersOf, type TaughtModes } from "./modes.ts";
import type { Outlook } from "./training.ts";
import type { DataTable, Moment, Withheld } from "./types.ts";

export interface FollowedMode {
  readonly group: readonly number[];
  readonly singularValue: number;
  /** Of the mode, or the mean over its degenerate group, at each checkpoint. */
  readonly strengths: readonly number[];
  readonly halfTime: HalfTime | null;
  /** Of ln(a/(end − a)) on the clock. */
  readonly fit: RiseFit | null;
  /** τ̂ and â₀ with their standard errors, in steps at the first rate: two weight matrices by the line (τ̂ = 2s/slope), others by their own law on the raw course. */
  readonly fitted: {
    readonly tau: number;
    readonly tauError: number;
    readonly start: number;
    readonly startError: number;
  } | null;
  readonly comparison: CurveComparison | null;
  /** The two fitted courses of the comparison on the grid. */
  readonly fittedCourses: { readonly deep: readonly number[]; readonly shallow: readonly number[] } | null;
  readonly stageIndex: number | null;
  readonly foreseen: Foreseen;
}

export interface LossStep extends Transition {
  /** The mode whose half-time falls nearest, if it falls between the neighbouring checkpoints. */
  readonly mode: number | null;
}

export interface Followed {
  readonly steps: readonly number[];
  /** Steps on which the courses of theory and fits are drawn. */
  readonly grid: readonly number[];
  readonly modes: readonly FollowedMode[];
  readonly offDiagonal: readonly number[];
  /** ½‖Y − Ŷ‖² at each checkpoint. */
  readonly loss: readonly number[];
  readonly transitions: readonly LossStep[];
  readonly exponent: Exponent | null;
  readonly order: OrderStatistic | null;
  readonly illusions: readonly Illusion[] | Withheld;
  readonly stability: Stability | null;
  readonly inputMixing: number;
}

const SEED = 2016;
const GRID = 160;
/** Entries of the map times checkpoints that are searched for beliefs. */
const MAX_BELIEFS = 4e7;
const MAX_LISTED = 200;

/** The data's modes in the network at every checkpoint, and what the theory says of them. */
export function follow(moments: readonly Moment[], data: DataTable, taught: TaughtModes, outlook: Outlook): Followed {
  const first = moments[0]!;
  requireFit(first, data);
  const { clock } = outlook;
  const steps = moments.map(({ step }) => step);
  const times = steps.map(clock.toTime);
  const [from, to] = [steps[0]!, steps[steps.length - 1]!];
  const grid = Array.from({ length: GRID + 1 }, (_, k) => from + ((to - from) * k) / GRID);
  // Maps of a large table are too much to keep for all checkpoints: each is measured and let go, and beliefs are not searched.
  const searched = data.y.data.length * moments.length <= MAX_BELIEFS;
  const answers: DenseMatrix[] = [];
  const loss: number[] = [];
  const measured = moments.map(({ layers }) => {
    const total = chainProduct(layers);
    const answer = answersOf(total, data);
    loss.push(halfSquare(answer, data.y));
    if (searched) answers.push(answer);
    return measureModes(taught.modes, total);
  });
  const foreseen = foresee(taught, outlook, first, measured[0]!.strengths, grid);
  const modes = taught.modes.map((mode, k): FollowedMode => {
    const strengths = measured.map((moment) => moment.strengths[k]!);
    const { end } = foreseen[k]!;
    const half = end > 0 ? halfTime(times, strengths, end) : null;
    const fit = end > 0 ? fitRise(times, strengths, end) : null;
    const comparison = end > 0 ? compareCurves(times, strengths, end, first.layers.length) : null;
    return {
      group: mode.group,
      singularValue: mode.s,
      strengths,
      halfTime: half === null ? null : inSteps(half, clock.toStep),
      fit,
      fitted: fittedOf(first.layers.length, fit, comparison, mode.s, end),
      comparison,
      fittedCourses:
        comparison === null ? null : coursesOf(comparison, end, first.layers.length, grid.map(clock.toTime)),
      stageIndex: end > 0 ? measuredStageIndex(times, strengths, end) : null,
      foreseen: foreseen[k]!,
    };
  });
  const random = new Random(SEED);
  const timed = modes.flatMap(({ singularValue, halfTime: at }) =>
    at === null ? [] : [{ s: singularValue, time: at.time }],
  );
  return {
    steps,
    grid,
    modes,
    offDiagonal: measured.map(({ offDiagonal }) => offDiagonal),
    loss,
    transitions: transitions(times, loss).map((one) => lossStep(one, modes, steps, clock.toStep)),
    exponent: deepShallowExponent(
      modes.flatMap(({ singularValue, fit }) => (fit === null ? [] : [{ s: singularValue, fit }])),
    ),
    order: orderStatistic(
      timed.map(({ s }) => s),
      timed.map(({ time }) => time),
      () => random.uniform(),
    ),
    illusions: beliefs(data, taught, steps, answers),
    stability: stabilityOf(taught, outlook, first.layers.length),
    inputMixing: taught.inputMixing,
  };
}

function requireFit({ layers }: Moment, { y, x }: DataTable): void {
  const [inputs, outputs] = [layers[0]!.columns, layers[layers.length - 1]!.rows];
  const wanted = x === null ? y.columns : x.rows;
  if (inputs === wanted && outputs === y.rows) return;
  throw new ModeScopeError(
    "bad-request",
    x === null
      ? `The table has ${y.columns} items and ${y.rows} properties, the network ${inputs} inputs and ${outputs} outputs: each item must be one input (one-hot), each property one output.`
      : `Inputs have ${x.rows} entries and the table ${y.rows} properties, the network ${inputs} inputs and ${outputs} outputs.`,
    {
      remedy:
        x === null
          ? "Name the table that this network was trained on with --data, items in its rows; give inputs of their own with --inputs."
          : "Name the inputs that this network was shown with --inputs, items in its rows.",
    },
  );
}

function inSteps({ bracket, time }: HalfTime, toStep: (time: number) => number): HalfTime {
  return { bracket: [toStep(bracket[0]), toStep(bracket[1])], time: toStep(time) };
}

function fittedOf(
  layers: number,
  fit: RiseFit | null,
  comparison: CurveComparison | null,
  s: number,
  end: number,
): FollowedMode["fitted"] {
  if (layers === 2) return fit === null || !(fit.slope > 0) ? null : fittedStart(fit, s, end);
  if (comparison === null) return null;
  const { tau, tauError, start, startError } = layers === 1 ? comparison.shallow : comparison.deep;
  return { tau, tauError, start, startError };
}

function fittedStart(fit: RiseFit, s: number, end: number): NonNullable<FollowedMode["fitted"]> {
  const start = end / (1 + Math.exp(-fit.intercept));
  return {
    tau: (2 * s) / fit.slope,
    tauError: (2 * s * fit.standardError) / fit.slope ** 2,
    start,
    startError: ((start * (end - start)) / end) * fit.interceptError,
  };
}

function coursesOf({ deep, shallow }: CurveComparison, end: number, layers: number, times: readonly number[]) {
  const [rise, creep] = [
    learningCurve({ kind: "depth", depth: Math.max(2, layers) }, { s: end, start: deep.start, tau: deep.tau }),
    learningCurve({ kind: "depth", depth: 1 }, { s: end, start: shallow.start, tau: shallow.tau }),
  ];
  return { deep: times.map(rise), shallow: times.map(creep) };
}

/** A fall of the loss and the mode that made it: one whose half-time lies within an interval's length of the bracket. */
function lossStep(
  one: Transition,
  modes: readonly FollowedMode[],
  steps: readonly number[],
  toStep: (time: number) => number,
): LossStep {
  const bracket: readonly [number, number] = [toStep(one.bracket[0]), toStep(one.bracket[1])];
  const time = toStep(one.time);
  const reach = 2 * Math.max(bracket[1] - bracket[0], (steps[steps.length - 1]! - steps[0]!) / (8 * steps.length));
  let mode: number | null = null;
  let nearest = reach;
  for (const [k, { halfTime: at }] of modes.entries()) {
    if (at === null || Math.abs(at.time - time) > nearest) continue;
    nearest = Math.abs(at.time - time);
    mode = k;
  }
  return { ...one, time, bracket, mode };
}

function beliefs(
  data: DataTable,
  { modes }: TaughtModes,
  steps: readonly number[],
  answers: readonly DenseMatrix[],
): readonly Illusion[] | Withheld {
  const { y, x } = data;
  if (answers.length < steps.length)
    return { reason: `${y.columns} × ${y.rows} beliefs at ${steps.length} checkpoints are too many to search.` };
  if (x !== null)
    return {
      reason: "With inputs of their own a belief is no sum over modes of the items; it is listed for one-hot items.",
    };
  return illusions(y, modes, steps, answers).slice(0, MAX_LISTED);
}

function halfSquare(a: DenseMatrix, b: DenseMatrix): number {
  let sum = 0;
  for (let k = 0; k < a.data.length; k++) sum += (a.data[k]! - b.data[k]!) ** 2;
  return sum / 2;
}

import { deepTimeBetween } from "../numerics/learning/deepLinear.ts";
import { type StoppingMode, stoppingModes, testError } from "../numerics/learning/stopping.ts";
import { crossing } from "../numerics/learning/trajectory.ts";
import { medianNoiseLevel, type NoiseLevel } from "../numerics/randomMatrix/noiseLevel.ts";
import type { Followed } from "./follow.ts";
import type { Outlook } from "./training.ts";
import type { DataTable, Withheld } from "./types.ts";

export interface Stopping {
  /** Standard deviation of the table's noise, given or estimated from its bulk. */
  readonly noise: NoiseLevel;
  readonly estimated: boolean;
  readonly modes: readonly (StoppingMode & {
    /** Step at which the mode stands at its best strength: foreseen, and as measured. */
    readonly foreseen: number | null;
    readonly measured: number | null;
  })[];
  /** Predicted test error (beyond the test data's own noise) at each checkpoint, and the checkpoint where it is least. */
  readonly testError: readonly number[];
  readonly bestCheckpoint: number;
  /** The same on the theory's courses: the best step to stop at. */
  readonly bestStep: number | null;
}

/** Fewer singular values than these set no noise level. */
const FEWEST = 20;

/** When to stop for the least predicted test error. `given`: the noise of each entry of the table; null: estimate it. */
export function stoppingOf(
  followed: Followed,
  { y, x }: DataTable,
  outlook: Outlook,
  given: number | null,
): Stopping | Withheld {
  if (x !== null) return { reason: "Stopping is predicted for one-hot items." };
  const small = Math.min(y.rows, y.columns);
  const values = followed.modes.flatMap(({ group, singularValue }) => group.map(() => singularValue));
  if (given === null && small < FEWEST)
    return {
      reason: `The table has ${small} singular values: too few to tell its noise from its structure. Give the noise of its entries if you know it.`,
    };
  const padded = [...values, ...new Array<number>(small - values.length).fill(0)];
  const noise = given === null ? medianNoiseLevel(padded, y.rows, y.columns) : { entryStd: given, standardError: 0 };
  if (noise === null)
    return { reason: "The table has less than half of full rank: there is no bulk of noise to measure." };
  const best = stoppingModes(
    followed.modes.map(({ singularValue }) => singularValue),
    y.rows,
    y.columns,
    noise.entryStd,
  );
  const expand = (strengths: readonly number[]) =>
    followed.modes.flatMap(({ group }, k) => group.map(() => strengths[k]!));
  const all = followed.modes.flatMap(({ group }, k) => group.map(() => best[k]!));
  const errors = followed.steps.map((_, t) =>
    testError(all, expand(followed.modes.map(({ strengths }) => strengths[t]!))),
  );
  const courses = followed.modes.map(({ foreseen }) => foreseen.course);
  const known = courses.every((course) => course !== null);
  const ahead = known
    ? followed.grid.map((_, t) => testError(all, expand(courses.map((course) => course?.[t] ?? Number.NaN))))
    : [];
  return {
    noise,
    estimated: given === null,
    modes: followed.modes.map((mode, k) => {
      const target = best[k]!.best;
      const { effectiveStart, end } = mode.foreseen;
      const time =
        outlook.reason !== null || effectiveStart === null || mode.foreseen.course === null || !(target > 0)
          ? Number.NaN
          : deepTimeBetween(effectiveStart, target, end, outlook.tau);
      return {
        ...best[k]!,
        foreseen: time >= 0 ? outlook.clock.toStep(outlook.clock.toTime(followed.steps[0]!) + time) : null,
        measured: target > 0 ? (crossing(followed.steps, mode.strengths, end, target / end)?.time ?? null) : null,
      };
    }),
    testError: errors,
    bestCheckpoint: least(errors),
    bestStep: ahead.length === 0 ? null : followed.grid[least(ahead)]!,
  };
}

function least(values: readonly number[]): number {
  return values.reduce((best, value, k) => (value < values[best]! ? k : best), 0);
}

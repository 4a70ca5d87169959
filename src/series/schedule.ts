import { ModeScopeError } from "../base/errors.ts";

/** Learning rates over training: each holds from its step on. The first step is that of the schedule's beginning. */
export type Schedule = readonly { readonly step: number; readonly rate: number }[];

/**
 * A clock for a run whose learning rate changes: time = ∫η dt/η₀, "steps at the first rate". The theory's curves hold on it whatever the schedule, since
 * gradient flow depends on η only through ∫η dt. With one rate it is the step itself.
 */
export interface Clock {
  toTime(step: number): number;
  toStep(time: number): number;
}

/** "0.1", or pairs of step and rate: "0:0.1,5000:0.01". */
export function readSchedule(text: string): Schedule {
  const parts = text.split(",").map((part) => part.trim());
  const schedule = parts.map((part) => {
    const [step, rate] = part.includes(":") ? part.split(":").map(Number) : [0, Number(part)];
    return { step: step ?? Number.NaN, rate: rate ?? Number.NaN };
  });
  requireSchedule(schedule);
  return schedule;
}

export function requireSchedule(schedule: Schedule): void {
  const broken =
    schedule.length === 0 ||
    schedule.some(
      ({ step, rate }, k) =>
        !(rate > 0 && Number.isFinite(rate) && Number.isFinite(step)) || (k > 0 && step <= schedule[k - 1]!.step),
    );
  if (broken)
    throw new ModeScopeError(
      "bad-request",
      "A learning rate is a positive number, or steps and rates in rising order of steps.",
      {
        field: "rate",
        remedy: 'Give one number, such as 0.01, or pairs, such as "0:0.1,5000:0.01".',
      },
    );
}

/** Rates measured at checkpoints, each taken to hold from there to the next one that differs. Null where none is known. */
export function scheduleOf(steps: readonly number[], rates: readonly (number | null)[]): Schedule | null {
  const schedule: { step: number; rate: number }[] = [];
  for (const [k, rate] of rates.entries()) {
    if (rate === null || schedule[schedule.length - 1]?.rate === rate) continue;
    schedule.push({ step: schedule.length === 0 ? Math.min(0, steps[k]!) : steps[k]!, rate });
  }
  return schedule.length === 0 ? null : schedule;
}

export function clockOf(schedule: Schedule | null): Clock {
  const [first, ...changes] = schedule ?? [];
  if (first === undefined || changes.length === 0) return { toTime: (step) => step, toStep: (time) => time };
  // Corners of the piecewise straight map from steps to time.
  const corners: { step: number; time: number; slope: number }[] = [{ step: first.step, time: first.step, slope: 1 }];
  for (const { step, rate } of changes) {
    const last = corners[corners.length - 1]!;
    corners.push({ step, time: last.time + last.slope * (step - last.step), slope: rate / first.rate });
  }
  const before = (key: "step" | "time", value: number) =>
    corners.reduce((found, corner) => (corner[key] <= value ? corner : found), corners[0]!);
  return {
    toTime(step) {
      const corner = before("step", step);
      return corner.time + corner.slope * (step - corner.step);
    },
    toStep(time) {
      const corner = before("time", time);
      return corner.step + (time - corner.time) / corner.slope;
    },
  };
}

import type { Measured } from "../../analysis/types.ts";
import { halfTime } from "../../numerics/learning/trajectory.ts";
import type { Plan } from "./plan.ts";
import { exact, lawOf, theoryOf } from "./theory.ts";
import type { Course } from "./train.ts";
import type { SimulatedGroup } from "./types.ts";
import type { ModeGroup, World } from "./world.ts";

/** Theory and training of the modes, group by group. */
export function groupsOf(world: World, plan: Plan, course: Course | null): readonly SimulatedGroup[] {
  const places = new Map(world.modes.map((mode, k) => [mode, k]));
  return world.groups.map((group) => {
    const indices = group.modes.map((mode) => places.get(mode) ?? 0);
    return { ...facts(group), ...foreseen(world, plan, group, indices), ...trained(world, plan, course, indices) };
  });
}

function facts({ level, limit, spread, modes }: ModeGroup) {
  const values = modes.flatMap(({ s, group }) => group.map(() => s));
  return {
    level,
    limit,
    spread,
    ranks: modes.flatMap(({ group }) => group),
    singularValue: mean(values),
    range: [Math.min(...values), Math.max(...values)] as const,
  };
}

function foreseen(world: World, plan: Plan, { limit }: ModeGroup, indices: readonly number[]) {
  const known = indices.flatMap((k) => {
    const theory = plan.theory[k];
    return theory === null || theory === undefined ? [] : [{ theory, k }];
  });
  if (known.length < indices.length)
    return { start: null, theory: null, theoryHalfTime: null, limitHalfTime: null, theoryStage: null };
  const depth = plan.layers.length;
  const sizes = indices.map((k) => world.modes[k]!.group.length);
  // A layer too narrow for the mode never learns it: no time, and no course but zero.
  const whole = known.filter(({ k }) => plan.carried[k] === 1);
  const halves = whole.map(({ theory }) => theory.halfTime);
  const stages = whole.map(({ theory }) => theory.stage).filter((stage) => !Number.isNaN(stage));
  const start = weighted(
    known.map(({ theory, k }) => theory.start * plan.carried[k]!),
    sizes,
  );
  const all = whole.length === known.length;
  const several = halves.length > 1 ? `, mean over ${halves.length} modes` : "";
  return {
    start,
    theory: plan.times.map((t) =>
      weighted(
        known.map(({ theory, k }) => plan.carried[k]! * theory.at(t)),
        sizes,
      ),
    ),
    theoryHalfTime: all ? exact(mean(halves), `${lawOf(depth)}${several}`) : null,
    limitHalfTime:
      limit === null || !all
        ? null
        : exact(
            theoryOf({ ...world.modes[indices[0]!]!, s: limit }, depth, start, plan.tau).halfTime,
            `${lawOf(depth)}, at √(N·λ)`,
          ),
    theoryStage: stages.length > 0 && all ? mean(stages) : null,
  };
}

function trained(world: World, plan: Plan, course: Course | null, indices: readonly number[]) {
  if (course === null)
    return { trained: null, trainedLow: null, trainedHigh: null, trainedHalfTime: null, trainedStage: null };
  const strengths = indices.map((k) => course.strengths[k]!);
  const sizes = indices.map((k) => world.modes[k]!.group.length);
  const times = plan.times.subarray(0, course.looks);
  const crossings = (part: number) =>
    indices.map((k, at) => halfTime(times, strengths[at]!.subarray(0, course.looks), 2 * part * world.modes[k]!.s));
  const [early, half, late] = [crossings(0.05), crossings(0.5), crossings(0.95)];
  const stages = indices.flatMap((_, at) => {
    const [from, to] = [early[at]?.time, late[at]?.time];
    return from === undefined || to === undefined ? [] : [(to - from) / to];
  });
  const at = (pick: (values: readonly number[]) => number) =>
    plan.times.map((_, look) => pick(strengths.map((strength) => strength[look]!)));
  return {
    trained: at((values) => weighted(values, sizes)),
    trainedLow: at((values) => Math.min(...values)),
    trainedHigh: at((values) => Math.max(...values)),
    trainedHalfTime: measuredHalf(half),
    trainedStage: stages.length === indices.length ? mean(stages) : null,
  };
}

function measuredHalf(halves: readonly (ReturnType<typeof halfTime> | null)[]): Measured | null {
  const passed = halves.flatMap((half) => (half === null ? [] : [half]));
  const [first] = passed;
  if (first === undefined || passed.length < halves.length) return null;
  const [from, to] = first.bracket;
  if (passed.length === 1)
    return {
      value: first.time,
      how: {
        kind: "bound",
        residual: to - from,
        method: `between the looks at steps ${from} and ${to}, where ln(a/(s − a)) crosses zero`,
      },
    };
  const times = passed.map(({ time }) => time);
  const centre = mean(times);
  const deviation = Math.sqrt(times.reduce((sum, t) => sum + (t - centre) ** 2, 0) / (times.length - 1));
  return {
    value: centre,
    how: {
      kind: "estimate",
      standardError: deviation / Math.sqrt(times.length),
      method: `mean over ${times.length} modes, from ${Math.min(...times).toFixed(1)} to ${Math.max(...times).toFixed(1)}`,
    },
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function weighted(values: readonly number[], sizes: readonly number[]): number {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return values.reduce((sum, value, k) => sum + value * sizes[k]!, 0) / total;
}

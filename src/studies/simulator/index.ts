import type { DenseMatrix } from "../../numerics/dense.ts";
import type { Study, StudyContext } from "../types.ts";
import { seriesWriter } from "./export.ts";
import { groupsOf } from "./groups.ts";
import { manifest } from "./manifest.ts";
import { readParameters } from "./parameters.ts";
import { momentsOf, placed, theoryPaths, widthOf } from "./paths.ts";
import { type Plan, planOf } from "./plan.ts";
import { type Course, train } from "./train.ts";
import type { Differentiation, SimulatorParameters, SimulatorResult, TrainingState } from "./types.ts";
import { stepRefusal, warningsOf } from "./warnings.ts";
import { tableWorld, treeWorld, type World } from "./world.ts";

/** Whoever watches is told at most this often: a look may take less than drawing it does. */
const TELL_EVERY_MILLISECONDS = 120;

/** A deep linear network that learns a tree or a table: what theory says at once, and a real network beside it. */
export const simulatorStudy: Study<SimulatorResult> = {
  manifest,

  async run(context, asked) {
    const tableGiven = context.files.some(({ role }) => role === "table");
    const parameters = readParameters(asked, tableGiven);
    const world = (await tableWorld(context)) ?? treeWorld(parameters.tree, parameters.seed);
    const plan = planOf(world, parameters);
    const refusal = stepRefusal(plan);
    const seen = resultOf(world, plan, parameters);
    if (!parameters.train || refusal !== null) return seen(null, { kind: "off", reason: refusal }, null, []);
    context.publish(seen(null, { kind: "running", step: 0 }, null, []));
    return trainAndTell(context, world, plan, parameters, seen);
  },
};

type Seen = (
  course: Course | null,
  training: TrainingState,
  trainedPaths: Differentiation | null,
  files: SimulatorResult["files"],
) => SimulatorResult;

function resultOf(world: World, plan: Plan, parameters: SimulatorParameters): Seen {
  const fixed = {
    items: world.y.columns,
    properties: world.y.rows,
    itemNames: world.itemNames,
    branches: world.branches,
    table: world.table,
    depth: plan.layers.length,
    rate: plan.rate,
    steps: plan.steps,
    timeConstant: plan.tau,
    largestRate: plan.largestRate,
    ofLargestRate: plan.rate / plan.largestRate,
    times: plan.times,
    theoryLoss: theoryLoss(world, plan),
    theoryPaths: theoryPaths(world, plan),
    warnings: warningsOf(world, plan, parameters),
  };
  return (course, training, trainedPaths, files) => ({
    ...fixed,
    groups: groupsOf(world, plan, course),
    trainedLoss: course?.loss.slice() ?? null,
    offDiagonal: course?.offDiagonal.slice() ?? null,
    trainedPaths,
    training,
    files,
  });
}

/** ½Σ(s − a)²: the items are one-hot, and the table is its modes. */
function theoryLoss({ modes }: World, { theory, carried, times }: Plan): Float64Array<ArrayBuffer> | null {
  if (theory.some((mode) => mode === null)) return null;
  return times.map((t) =>
    modes.reduce((sum, { s, group }, k) => {
      const learned = group.length * carried[k]!;
      return sum + (learned * (s - (theory[k]?.at(t) ?? 0)) ** 2 + (group.length - learned) * s * s) / 2;
    }, 0),
  );
}

function trainAndTell(
  context: StudyContext,
  world: World,
  plan: Plan,
  parameters: SimulatorParameters,
  seen: Seen,
): SimulatorResult {
  const series = seriesWriter(world, plan, parameters);
  const looks = new Set(momentsOf(plan, world.y.columns, widthOf(plan)));
  const moments: DenseMatrix[] = [];
  const times: number[] = [];
  let told = Date.now();
  const course = train(world, plan, {
    cancel: context.cancel,
    stepped: (step, layers) => series.at(step, layers),
    looked(now, layers) {
      const look = now.looks - 1;
      if (looks.has(look)) {
        const [{ rows, columns, data }] = layers as readonly [DenseMatrix];
        moments.push({ rows, columns, data: Float64Array.from(data) });
        times.push(plan.times[look]!);
      }
      context.progress(now.looks / plan.times.length);
      if (Date.now() - told < TELL_EVERY_MILLISECONDS) return;
      told = Date.now();
      context.publish(seen(now, { kind: "running", step: plan.times[look]! }, null, []));
    },
  });
  const state: TrainingState =
    course.stopped === null
      ? { kind: "finished" }
      : { kind: "stopped", step: plan.times[Math.max(0, course.looks - 1)]!, reason: course.stopped };
  const paths = placed(moments, times, plan.layers.length === 1 ? "answers" : "hidden");
  return seen(course, state, paths, course.stopped === null ? series.files() : []);
}

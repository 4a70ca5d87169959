import type { CancelToken } from "../../base/cancel.ts";
import type { DenseMatrix } from "../../numerics/dense.ts";
import { answers, descend } from "../../numerics/learning/descent.ts";
import { measureModes } from "../../numerics/learning/linearChain.ts";
import type { Plan } from "./plan.ts";
import type { World } from "./world.ts";

/** What training has come to: arrays by look, NaN beyond the last. */
export interface Course {
  /** By mode. */
  readonly strengths: readonly Float64Array<ArrayBuffer>[];
  readonly loss: Float64Array<ArrayBuffer>;
  readonly offDiagonal: Float64Array<ArrayBuffer>;
  /** Looks that are done. */
  readonly looks: number;
  /** Why it ended early; null if it did not. */
  readonly stopped: string | null;
}

export interface TrainingOptions {
  readonly cancel: CancelToken;
  /** After each look. */
  looked(course: Course, layers: readonly DenseMatrix[]): void;
  /** Before the first step and after each one. */
  stepped(step: number, layers: readonly DenseMatrix[]): void;
}

/** A loss that has grown this much is on its way to infinity. */
const RUNAWAY = 100;

/** Full-batch gradient descent on ½Σ‖y − ŷ‖², one-hot items. The plan's layers are left as they are. */
export function train(world: World, plan: Plan, options: TrainingOptions): Course {
  const { y, modes } = world;
  const { times, rate, steps } = plan;
  const layers = plan.layers.map(({ rows, columns, data }) => ({ rows, columns, data: Float64Array.from(data) }));
  const empty = () => new Float64Array(times.length).fill(Number.NaN);
  const strengths = modes.map(empty);
  const [loss, offDiagonal] = [empty(), empty()];
  let looks = 0;
  const course = (stopped: string | null): Course => ({ strengths, loss, offDiagonal, looks, stopped });
  for (let step = 0; ; step++) {
    options.cancel.throwIfCancelled();
    options.stepped(step, layers);
    if (step === times[looks]) {
      const map = answers(layers, "linear");
      const moment = measureModes(modes, map);
      for (const [k, strength] of moment.strengths.entries()) strengths[k]![looks] = strength;
      offDiagonal[looks] = moment.offDiagonal;
      loss[looks] = halfSquare(map, y);
      if (!(loss[looks]! <= RUNAWAY * loss[0]!))
        return course(`The loss has grown ${RUNAWAY}-fold: the steps are too long for these weights.`);
      looks++;
      options.looked(course(null), layers);
    }
    if (step === steps) return course(null);
    descend(layers, y, rate, "linear");
  }
}

function halfSquare(a: DenseMatrix, b: DenseMatrix): number {
  let sum = 0;
  for (let k = 0; k < a.data.length; k++) sum += (a.data[k]! - b.data[k]!) ** 2;
  return sum / 2;
}

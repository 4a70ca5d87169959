import { learningCurve } from "../numerics/learning/curves.ts";
import { deepTimeBetween, leastStableTau } from "../numerics/learning/deepLinear.ts";
import { effectiveStart } from "../numerics/learning/linearChain.ts";
import type { TaughtModes } from "./modes.ts";
import type { Outlook } from "./training.ts";
import type { Moment } from "./types.ts";

/** What theory says of one mode before the run, from data, first checkpoint, learning rate and optimizer alone. */
export interface Foreseen {
  /** Strength that it tends to: (s − λ)/δ; null where decay keeps it from being learned. */
  readonly end: number;
  /** ¼‖W₁v + W₂ᵀu‖² of two layers; uᵀWv of one. Null for three and more, where no such start is known. */
  readonly effectiveStart: number | null;
  /** uᵀW_tot v at the first checkpoint, whose sign is that of the random start: shown so that nobody takes it for the start of growth. */
  readonly naiveStart: number;
  /** Step of half strength. */
  readonly halfTime: number | null;
  /** Courses on the common grid of steps: of this network, and of one without a hidden layer on the same data from zero. */
  readonly course: readonly number[] | null;
  readonly shallowCourse: readonly number[] | null;
}

export interface Stability {
  /** The least τ, in steps, at which gradient descent can settle on the strongest mode. */
  readonly leastTau: number;
  readonly stable: boolean;
}

export function foresee(
  { modes, deltas }: TaughtModes,
  outlook: Outlook,
  first: Moment,
  /** uᵀW_tot v of each mode (mean over its group) at the first checkpoint. */
  atStart: readonly number[],
  grid: readonly number[],
): readonly Foreseen[] {
  const { clock } = outlook;
  const start = clock.toTime(first.step);
  const depth = first.layers.length;
  return modes.map((mode, k): Foreseen => {
    const delta = deltas[k]!;
    const naiveStart = atStart[k]!;
    const [w1, w2] = first.layers;
    const begin =
      depth === 1
        ? naiveStart
        : depth === 2 && w1 !== undefined && w2 !== undefined
          ? effectiveStart(mode, w1, w2)
          : null;
    if (outlook.reason !== null)
      return {
        end: mode.s / delta,
        effectiveStart: begin,
        naiveStart,
        halfTime: null,
        course: null,
        shallowCourse: null,
      };
    const { tau, decay } = outlook;
    // One layer: τ ḃ = s − (δ + λ)b. Two: τ ȧ = 2a(s − λ − δa).
    const alone = { s: mode.s / (delta + decay), start: 0, tau: tau / (delta + decay) };
    const end = depth === 1 ? alone.s : Math.max(0, mode.s - decay) / delta;
    const shallow = learningCurve({ kind: "depth", depth: 1 }, depth === 1 ? { ...alone, start: naiveStart } : alone);
    const deep =
      begin === null || depth !== 2
        ? null
        : end > 0
          ? learningCurve({ kind: "depth", depth: 2 }, { s: end, start: begin, tau: tau / delta })
          : learningCurve({ kind: "decay", lambda: decay }, { s: mode.s, start: begin, tau });
    const course = depth === 1 ? shallow : deep;
    const ahead =
      depth === 1
        ? -alone.tau * Math.log(end / 2 / (end - naiveStart))
        : begin === null || depth !== 2
          ? Number.NaN
          : deepTimeBetween(begin, end / 2, end, tau / delta);
    return {
      end,
      effectiveStart: begin,
      naiveStart,
      halfTime: ahead > 0 ? clock.toStep(start + ahead) : null,
      course: course === null ? null : grid.map((step) => course(clock.toTime(step) - start)),
      shallowCourse: grid.map((step) => shallow(clock.toTime(step) - start)),
    };
  });
}

/** Whether steps of this length can settle on the strongest mode at all (whitened inputs; with others δ counts too). */
export function stabilityOf({ modes, deltas }: TaughtModes, outlook: Outlook, depth: number): Stability | null {
  const [strongest] = modes;
  if (outlook.reason !== null || strongest === undefined) return null;
  const delta = deltas[0]!;
  const leastTau = depth === 1 ? delta / 2 : delta * leastStableTau(depth, strongest.s / delta);
  return { leastTau, stable: outlook.tau > leastTau };
}

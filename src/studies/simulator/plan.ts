import { ModeScopeError } from "../../base/errors.ts";
import type { DenseMatrix } from "../../numerics/dense.ts";
import { balancedLayers } from "../../numerics/learning/balancedStart.ts";
import { leastStableTau } from "../../numerics/learning/deepLinear.ts";
import { type NetworkShape, randomLayers } from "../../numerics/learning/descent.ts";
import type { DataMode } from "../../numerics/learning/linearChain.ts";
import { Random } from "../../numerics/random.ts";
import { type ModeTheory, startOf, theoryOf, timeBetween } from "./theory.ts";
import type { SimulatorParameters } from "./types.ts";
import type { World } from "./world.ts";

/** Everything about a run that is known before its first step. */
export interface Plan {
  readonly layers: readonly DenseMatrix[];
  /** By mode; null where the theory has no course for it. */
  readonly theory: readonly (ModeTheory | null)[];
  /** Part of each mode (of its equal vectors) that the narrowest layer can carry: 1 or 0, between them where it cuts through a degenerate group. */
  readonly carried: readonly number[];
  /** Ranks below this can be carried. */
  readonly width: number;
  readonly rate: number;
  readonly steps: number;
  readonly tau: number;
  readonly largestRate: number;
  readonly times: Float64Array<ArrayBuffer>;
}

/** Looks at the network along the run. */
const LOOKS = 200;
/** Of the largest stable rate: small enough for theory, which is for small steps, to hold to about as much. */
const RATE_SHARE = 0.02;
/** Of s: effective starts of random weights above it are no start of a rise. */
const LARGEST_START = 0.1;
const SLOWEST = 20_000;
const NO_THEORY_STEPS = 2_000;
/** Multiplications of a run: some half an hour of one thread. */
const MOST_WORK = 2e12;
/** Entries of all layers together: with the states of a step and the gradient far below what the manifest allows. */
const MOST_WEIGHTS = 4_000_000;
/** The seed of the table must not be that of the weights. */
const WEIGHTS = 0x5eed;

export function planOf(world: World, parameters: SimulatorParameters): Plan {
  const { y, modes } = world;
  const { depth, hidden, start, scale } = parameters;
  const shape: NetworkShape = { inputs: y.columns, hidden, outputs: y.rows, depth };
  const sizes = sizesOf(shape);
  const weights = sizes.reduce((sum, [rows, columns]) => sum + rows * columns, 0);
  if (weights > MOST_WEIGHTS)
    throw new ModeScopeError("limit-exceeded", `The network has ${weights} weights; ${MOST_WEIGHTS} are the most.`, {
      field: "hidden",
      remedy: "Take narrower hidden layers, or a smaller world.",
    });
  const most = Math.floor(MOST_WORK / workOfStep(sizes, y.columns));
  const asked = parameters.steps ?? 0;
  if (parameters.train && asked > most)
    throw new ModeScopeError("limit-exceeded", `${asked} steps of this network are too many; ${most} can be taken.`, {
      field: "steps",
      remedy: "Take fewer steps, a narrower network or a smaller table, or look at theory alone.",
    });
  const random = new Random((parameters.seed ^ WEIGHTS) >>> 0);
  const layers =
    start === "balanced" ? balancedLayers(modes, shape, scale, random) : randomLayers(shape, scale, random);
  const largestRate = 1 / leastStableTau(depth, modes[0]!.s);
  const rate = parameters.rate ?? Number((RATE_SHARE * largestRate).toPrecision(2));
  const tau = 1 / rate;
  const width = depth === 1 ? Number.POSITIVE_INFINITY : hidden;
  const carried = modes.map(({ group }) => group.filter((rank) => rank < width).length / group.length);
  const starts = modes.map((mode) => startOf(mode, parameters, layers));
  // Two random layers: the effective start is that of growth from a saddle, and large weights are not near one.
  const small = start === "balanced" || depth !== 2 || modes.every(({ s }, k) => (starts[k] ?? 0) <= LARGEST_START * s);
  const theory = modes.map((mode, k) => {
    const from = small ? (starts[k] ?? null) : null;
    return from === null ? null : theoryOf(mode, depth, from, tau);
  });
  const steps = parameters.steps ?? Math.min(most, enoughSteps(modes, theory, carried, depth, tau));
  return { layers, theory, carried, width, rate, steps, tau, largestRate, times: looksAt(steps) };
}

/** Rows and columns of each layer. */
function sizesOf({ inputs, hidden, outputs, depth }: NetworkShape): readonly (readonly [number, number])[] {
  return Array.from({ length: depth }, (_, l) => [l === depth - 1 ? outputs : hidden, l === 0 ? inputs : hidden]);
}

/** Multiplications: forward, back and for the gradient. One-hot items cost the first layer nothing. */
function workOfStep(sizes: readonly (readonly [number, number])[], items: number): number {
  return sizes.reduce((sum, [rows, columns], l) => sum + (l === 0 ? rows * columns : 3 * rows * columns * items), 0);
}

/** Until theory has the slowest mode at 95 %, and a tenth more. */
function enoughSteps(
  modes: readonly DataMode[],
  theory: readonly (ModeTheory | null)[],
  carried: readonly number[],
  depth: number,
  tau: number,
): number {
  const ends = modes.flatMap(({ s }, k) => {
    const of = theory[k];
    const end =
      of === null || of === undefined || carried[k] === 0 ? 0 : timeBetween(depth, of.start, 0.95 * s, s, tau);
    return end > 0 ? [end] : [];
  });
  if (ends.length === 0) return NO_THEORY_STEPS;
  return Math.min(SLOWEST, Math.max(50, Math.ceil(1.1 * Math.max(...ends))));
}

function looksAt(steps: number): Float64Array<ArrayBuffer> {
  const count = Math.min(LOOKS, steps);
  return Float64Array.from({ length: count + 1 }, (_, k) => Math.round((k * steps) / count));
}

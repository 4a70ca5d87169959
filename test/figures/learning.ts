// The figures of the theory of learning (Saxe, McClelland & Ganguli 2014, 2019), by the product's own path: what docs/learning-theory.md shows.

import type { DenseMatrix } from "../../src/numerics/dense.ts";
import { balancedLayers } from "../../src/numerics/learning/balancedStart.ts";
import { learningCurve } from "../../src/numerics/learning/curves.ts";
import { answers, descend } from "../../src/numerics/learning/descent.ts";
import { excursionOf, type Illusion, illusions } from "../../src/numerics/learning/illusions.ts";
import { projections } from "../../src/numerics/learning/induction.ts";
import { type DataMode, dataModes } from "../../src/numerics/learning/linearChain.ts";
import { Random } from "../../src/numerics/random.ts";
import { coherenceOf } from "../../src/numerics/structure/coherence.ts";
import { topTriplets } from "../../src/numerics/svd/topTriplets.ts";
import { runStudyOn } from "../../src/studies/_shared/runStudy.testkit.ts";
import { simulatorStudy } from "../../src/studies/simulator/index.ts";
import type { SimulatorResult } from "../../src/studies/simulator/types.ts";

const TOY_TABLE = "samples/toy-world/four-items/data.csv";

async function simulate(parameters: unknown, table: string | null = null): Promise<SimulatorResult> {
  return (await runStudyOn(simulatorStudy, table === null ? [] : [{ role: "table", path: table }], parameters)).result;
}

/** Picture and numbers are of one run. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Figure 3 of 2014: 32 items in a tree of five levels, ε = 0.1, N = 1000, rate 5e-4, u₀ = 1e-6. */
const FIGURE_3 = {
  tree: { depth: 5, branching: 2, flip: 0.1, features: 1000, properties: "limit" },
  rate: 5e-4,
  hidden: 32,
};
export const figure3 = once(() => simulate({ ...FIGURE_3, scale: 1e-6 }));
/** The same from random weights whose effective start is 1e-6 on average: hidden·2σ²/4. */
export const figure3Random = once(() =>
  simulate({ ...FIGURE_3, start: "random", scale: Math.sqrt(4e-6 / 64), steps: 1500, seed: 3 }),
);

/** The four items with two weight matrices and with one. */
export const toyDeep = once(() => simulate({ rate: 0.005, scale: 1e-3, steps: 1000 }, TOY_TABLE));
export const toyShallow = once(() => simulate({ rate: 0.005, scale: 1e-3, depth: 1, steps: 1000 }, TOY_TABLE));

/** Eight items of a tree of three levels, random weights. */
export const differentiation = once(() =>
  simulate({
    tree: { depth: 3, branching: 2, flip: 0.1, features: 200 },
    start: "random",
    scale: 2e-4,
    hidden: 16,
    rate: 1e-3,
    steps: 1400,
    seed: 4,
  }),
);

export interface CoherencePoint {
  readonly coherence: number;
  /** Squared overlap of the leading mode with the category's items. */
  readonly overlap: number;
}

const SIDE = 400;
const INSIDE = 0.7;
const OUTSIDE = 0.1;

export const coherenceAt = (size: number, side = SIDE) =>
  coherenceOf({
    inside: INSIDE,
    outside: OUTSIDE,
    items: size,
    properties: size,
    allItems: side,
    allProperties: side,
  });

/** K × K blocks of ones at rate 0.7 in a table of 400 × 400 at rate 0.1, the rate subtracted: C = 4K²/400. */
export const coherenceSamples = once((): readonly CoherencePoint[] => {
  const random = new Random(2019);
  return [4, 6, 8, 10, 11, 12, 14, 16, 20, 24, 30].map((size) => {
    const data = Float64Array.from({ length: SIDE * SIDE }, (_, at) => {
      const block = at % SIDE < size && at < size * SIDE;
      return (random.uniform() < (block ? INSIDE : OUTSIDE) ? 1 : 0) - OUTSIDE;
    });
    const [v] = topTriplets({ rows: SIDE, columns: SIDE, data }, 1).right;
    let inner = 0;
    for (let i = 0; i < size; i++) inner += v![i]! / Math.sqrt(size);
    return { coherence: coherenceAt(size).coherence, overlap: inner * inner };
  });
});

/** Properties × items of the four items: Grow, Move, Roots, Fly, Swim, Bark, Petals × Canary, Salmon, Oak, Rose. */
const TOY: DenseMatrix = {
  rows: 7,
  columns: 4,
  data: new Float64Array([1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]),
};
const SWIM = 4;
const CANARY = 0;
const SHAPE = { inputs: 4, hidden: 8, outputs: 7 };

/** First-layer vectors of the items when every mode has the strength that theory gives it at t (τ = 1, a₀ = 1e-3). */
function hiddenAt(modes: readonly DataMode[], t: number): DenseMatrix {
  const rows: Float64Array[] = modes.flatMap(({ s, v }) => {
    const length = Math.sqrt(learningCurve({ kind: "depth", depth: 2 }, { s, start: 1e-3, tau: 1 })(t));
    return v.map((vector) => vector.map((entry) => length * entry));
  });
  return { rows: rows.length, columns: 4, data: Float64Array.from(rows.flatMap((row) => [...row])) };
}

export interface Projection {
  readonly t: number;
  /** What each item is believed to have of a new property that was taught of the canary alone. */
  readonly items: readonly number[];
}

/** Inductive projection by theory (eq. 16). */
export function projectionsByTheory(times: readonly number[]): readonly Projection[] {
  const modes = dataModes(TOY);
  return times.map((t) => ({ t, items: [...projections(hiddenAt(modes, t), CANARY)] }));
}

const RATE = 0.002;

/** The same from a network that is trained by gradient descent, at every so many steps; and its beliefs. */
export function trainedToy(depth: number, until: number, every: number) {
  const modes = dataModes(TOY);
  const layers = balancedLayers(modes, { ...SHAPE, depth }, 1e-3, new Random(1));
  const moments: { t: number; map: DenseMatrix; items: readonly number[] }[] = [];
  for (let step = 0; step * RATE <= until; step++) {
    if (step % every === 0)
      moments.push({ t: step * RATE, map: answers(layers, "linear"), items: [...projections(layers[0]!, CANARY)] });
    descend(layers, TOY, RATE, "linear");
  }
  return moments;
}

/** Ŷ by theory. */
function beliefs(depth: number, t: number, modes: readonly DataMode[]): DenseMatrix {
  const data = new Float64Array(28);
  for (const { s, u, v } of modes) {
    const a = learningCurve({ kind: "depth", depth }, { s, start: 1e-3, tau: 1 })(t);
    for (const [k, one] of u.entries())
      for (let m = 0; m < 7; m++)
        for (let i = 0; i < 4; i++) data[m * 4 + i] = data[m * 4 + i]! + a * one[m]! * v[k]![i]!;
  }
  return { rows: 7, columns: 4, data };
}

export interface Swimming {
  readonly times: readonly number[];
  readonly deep: readonly number[];
  readonly shallow: readonly number[];
  readonly found: Illusion | undefined;
  /** Largest size of the belief in the shallow network. */
  readonly shallowMost: number;
}

/** “A canary can swim” by theory, in a deep and in a shallow network. */
export function canarySwims(points: number): Swimming {
  const modes = dataModes(TOY);
  const times = Array.from({ length: points + 1 }, (_, k) => (8 * k) / points);
  const totals = times.map((t) => beliefs(2, t, modes));
  const course = (maps: readonly DenseMatrix[]) => maps.map(({ data }) => data[SWIM * 4 + CANARY]!);
  const shallow = course(times.map((t) => beliefs(1, t, modes)));
  return {
    times,
    deep: course(totals),
    shallow,
    found: illusions(TOY, modes, times, totals).find(({ property, item }) => property === SWIM && item === CANARY),
    shallowMost: Math.max(...shallow.map((belief) => Math.abs(excursionOf(belief, 0)))),
  };
}

export const swimming = ({ data }: DenseMatrix) => data[SWIM * 4 + CANARY]!;

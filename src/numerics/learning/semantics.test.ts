import { expect, test } from "vitest";
import { Random } from "../random.ts";
import { topTriplets } from "../svd/topTriplets.ts";
import { balance, columnSums, driftOf, inputSquares, rowSquares } from "./conservation.ts";
import { deepStrength, deepTimeBetween, shallowStrength } from "./deepLinear.ts";
import { answers, descend, randomLayers } from "./descent.ts";
import { excursionOf, illusions } from "./illusions.ts";
import { minimumNormResidual, projections } from "./induction.ts";
import { jointEmbedding } from "./jointEmbedding.ts";
import { FIXTURE, sines, specified, TOY } from "./learning.testkit.ts";
import { type DataMode, dataModes, effectiveStart, measureModes } from "./linearChain.ts";
import { stoppingModes, testError } from "./stopping.ts";
import { idealTree, sampleTree, treeLevels, treeStrengths } from "./treeWorld.ts";

const MODES = dataModes(TOY);

/** Balanced weights of two layers whose modes have the given strengths. */
function balanced(modes: readonly DataMode[], strengths: readonly number[]) {
  const flat = modes.flatMap(({ u, v }, k) =>
    u.map((one, i) => ({ u: one, v: v[i]!, root: Math.sqrt(strengths[k]!) })),
  );
  const first = new Float64Array(flat.length * TOY.columns);
  const second = new Float64Array(TOY.rows * flat.length);
  for (const [h, { u, v, root }] of flat.entries()) {
    for (let i = 0; i < TOY.columns; i++) first[h * TOY.columns + i] = root * v[i]!;
    for (let m = 0; m < TOY.rows; m++) second[m * flat.length + h] = root * u[m]!;
  }
  return {
    first: { rows: flat.length, columns: TOY.columns, data: first },
    second: { rows: TOY.rows, columns: flat.length, data: second },
  };
}

const transposed = ({ rows, columns, data }: typeof TOY) => ({
  rows: columns,
  columns: rows,
  data: Float64Array.from({ length: rows * columns }, (_, k) => data[(k % rows) * columns + Math.floor(k / rows)]!),
});

const ITEMS = ["Canary", "Salmon", "Oak", "Rose"];
const PROPERTIES = ["Grow", "Move", "Roots", "Fly", "Swim", "Bark", "Petals"];

test.each([1, 2, 3])(
  "a new property of the canary at t = %i goes as the specification says: widely, then narrowly",
  (t) => {
    const strengths = MODES.map(({ s }) => deepStrength(t, s, 1e-3, 1));
    const found = projections(balanced(MODES, strengths).first, 0);
    const reference = specified(`inductive/toy4_new_feature_on_Canary_t=${t}.0`);
    for (const [i, name] of ITEMS.entries()) expect(found[i]).toBeCloseTo(reference[name]!, 9);
  },
);

test("at the end of learning: a property of the canary, and an item that flies", () => {
  const { first, second } = balanced(
    MODES,
    MODES.map(({ s }) => s),
  );
  const onCanary = specified("inductive/toy4_new_feature_on_Canary");
  const flies = specified("inductive/toy4_new_item_with_Fly");
  const [items, properties] = [projections(first, 0), projections(transposed(second), 3)];
  for (const [i, name] of ITEMS.entries()) expect(items[i]).toBeCloseTo(onCanary[name]!, 9);
  for (const [m, name] of PROPERTIES.entries()) expect(properties[m]).toBeCloseTo(flies[name]!, 9);
});

test("minimum norm: balanced weights have the fingerprint, others of the same map have not", () => {
  const { first } = balanced(
    MODES,
    MODES.map(({ s }) => s),
  );
  expect(minimumNormResidual(TOY, first)).toBeLessThan(1e-13);
  const [w1, w2] = randomLayers({ inputs: 4, hidden: 16, outputs: 7, depth: 2 }, 1, new Random(1));
  const layers = [w1!, w2!];
  for (let k = 0; k < 600; k++) descend(layers, TOY, 0.01, "linear");
  expect(answers(layers, "linear").data[0]).toBeCloseTo(1, 1);
  expect(minimumNormResidual(answers(layers, "linear"), w1!)).toBeGreaterThan(0.1);
  expect(minimumNormResidual({ ...TOY, data: new Float64Array(28) }, first)).toBeNaN();
});

test("the canary swims for a while in a deep network, and never in a shallow one", () => {
  const reference = specified("illusory/toy4_canary_swim/a0=0.001,tau=1");
  const times = Array.from({ length: 8001 }, (_, k) => k / 1000);
  const totals = (strength: (t: number, s: number) => number) =>
    times.map((t) => {
      const data = new Float64Array(28);
      for (const { s, u, v } of MODES)
        for (const [k, one] of u.entries())
          for (let m = 0; m < 7; m++)
            for (let i = 0; i < 4; i++) data[m * 4 + i] = data[m * 4 + i]! + strength(t, s) * one[m]! * v[k]![i]!;
      return { rows: 7, columns: 4, data };
    });
  const deep = illusions(
    TOY,
    MODES,
    times,
    totals((t, s) => deepStrength(t, s, 1e-3, 1)),
  );
  const swims = deep.find(({ property, item }) => property === 4 && item === 0)!;
  expect(swims.excursion).toBeCloseTo(reference.peak_value!, 6);
  expect(swims.peakTime).toBeCloseTo(reference.peak_time!, 3);
  expect(swims.fromMonotone).toBeGreaterThan(0.05);
  expect(swims.cause).toEqual([1, 2]);
  const shallowTotals = totals((t, s) => shallowStrength(t, s, 1e-3, 1));
  expect(illusions(TOY, MODES, times, shallowTotals)).toEqual([]);
  const most = Math.max(...shallowTotals.map(({ data }) => Math.abs(data[16]!)));
  expect(most).toBeCloseTo(Number(FIXTURE.specification["illusory/toy4_canary_swim/shallow_max_abs"]), 6);
});

test("entries of ±1 have illusions too: the wrong sign, and overshooting", () => {
  expect(excursionOf(-0.4, 1)).toBe(-0.4);
  expect(excursionOf(1.25, 1)).toBeCloseTo(0.25, 15);
  expect(excursionOf(-0.7, -1)).toBe(0);
  expect(excursionOf(0.3, 0)).toBe(0.3);
  const y = { rows: 2, columns: 2, data: new Float64Array([1, -1, 1, 1]) };
  const course = [0, 0.3, 0.6, 0.2, -0.5, -1];
  const totals = course.map((value) => ({ ...y, data: new Float64Array([1, value, 1, 1]) }));
  const [found] = illusions(y, dataModes(y), [0, 1, 2, 3, 4, 5], totals);
  expect(found).toMatchObject({ property: 0, item: 1, truth: -1, peak: 0.6, peakTime: 2, onset: 1, offset: 2 });
});

test("one embedding of all checkpoints: distances, shares and stress of classical scaling by another route", () => {
  const { moments, rows, columns, shares, stress, distances } = FIXTURE.embedding;
  const found = jointEmbedding(moments.map((data) => ({ rows, columns, data: Float64Array.from(data) })));
  expect(found.axes).toBe(3);
  for (const [k, share] of shares.entries()) expect(found.shares[k]).toBeCloseTo(share, 10);
  expect(found.stress).toBeCloseTo(stress, 8);
  const at = (i: number) => found.points.subarray(3 * i, 3 * i + 3);
  let k = 0;
  for (let i = 0; i < moments.length * columns; i++)
    for (let j = i + 1; j < moments.length * columns; j++)
      expect(Math.hypot(...at(i).map((x, axis) => x - at(j)[axis]!))).toBeCloseTo(distances[k++]!, 8);
});

test("toy world: scaling of its items alone has eigenvalues 3, 1, 1, and the equal ones are named", () => {
  const found = jointEmbedding([TOY]);
  expect(found.shares).toEqual([3, 1, 1].map((value) => expect.closeTo(value / 5, 10)));
  expect(found.degenerate).toEqual([1]);
  expect(found.stress).toBeCloseTo(0, 10);
  expect(jointEmbedding([{ ...TOY, data: new Float64Array(28).fill(1) }]).axes).toBe(0);
});

test.each([1.2, 2, 5])("noisy teacher of strength %d: where to stop", (truth) => {
  const key = Number.isInteger(truth) ? `sbar=${truth}.0` : `sbar=${truth}`;
  const [observed, square, best] = (FIXTURE.specification["noisy_teacher/c=1"] as Record<string, number[]>)[key]!;
  const side = 400;
  const [mode] = stoppingModes([observed! * Math.sqrt(side) * 0.3], side, side, 0.3);
  const unit = 0.3 * Math.sqrt(side);
  expect(mode!.truth / unit).toBeCloseTo(truth, 8);
  expect(mode!.overlap).toBeCloseTo(square!, 8);
  expect(mode!.best / unit).toBeCloseTo(best!, 8);
  expect(mode!.errorAtBest).toBeLessThan(mode!.errorAtEnd);
});

test("early stopping as predicted is near the best of a real noisy table, and a mode of noise is never worth learning", () => {
  const [rows, columns, sigma] = [120, 60, 0.5];
  const random = new Random(7);
  const [a, b] = [random.direction(rows), random.direction(columns)];
  const truth = 14;
  const noisy = {
    rows,
    columns,
    data: Float64Array.from(
      { length: rows * columns },
      (_, k) => truth * a[Math.floor(k / columns)]! * b[k % columns]! + sigma * random.normal(),
    ),
  };
  const { values, left, right } = topTriplets(noisy, 60);
  const modes = stoppingModes(Array.from(values), rows, columns, sigma);
  expect(modes[0]!.truth / truth).toBeCloseTo(1, 1);
  expect(modes.slice(2).every(({ best }) => best < 0.35 * values[0]!)).toBe(true);
  // The true test error over the theory's course: its best time beside the predicted one.
  const times = Array.from({ length: 400 }, (_, k) => k * 0.002);
  const strengths = times.map((t) => Array.from(values, (s) => deepStrength(t, s, 1e-3, 1)));
  const inner = (k: number) =>
    left[k]!.reduce((sum, x, i) => sum + x * a[i]!, 0) * right[k]!.reduce((sum, x, i) => sum + x * b[i]!, 0);
  const overlaps = Array.from(values, (_, k) => inner(k));
  const real = strengths.map((now) =>
    now.reduce((sum, x, k) => sum + x * x - 2 * x * truth * overlaps[k]!, truth ** 2),
  );
  const predicted = strengths.map((now) => testError(modes, now));
  const best = (course: readonly number[]) => times[course.indexOf(Math.min(...course))]!;
  expect(Math.abs(best(predicted) - best(real))).toBeLessThan(0.02);
  expect(deepTimeBetween(1e-3, modes[0]!.best, modes[0]!.s, 1)).toBeGreaterThan(best(real) * 0.8);
});

test("balance: its size and its drift over 2,000 steps as the specification has them", () => {
  const reference = specified("balancedness/gd_lr1e-3_2000steps");
  const [w1, w2] = [sines(5, 4, [0.7, 1.3, 0.05, 0.3], 0.1), sines(7, 5, [0.4, 0.9, 0.11, 1.1], 0.2)];
  const before = balance(w1, w2);
  expect(Math.sqrt(before.reduce((sum, x) => sum + x * x, 0))).toBeCloseTo(reference["||B0||"]!, 10);
  for (let k = 0; k < 2000; k++) descend([w1, w2], TOY, 1e-3, "linear");
  const drift = driftOf(before, balance(w1, w2), 1);
  expect(drift.relative).toBeCloseTo(reference.rel_drift!, 8);
  expect(drift.cosine).toBeCloseTo(1, 4);
  const final = (reference as unknown as { modes_final: number[] }).modes_final;
  const strengths = measureModes(MODES, answers([w1, w2], "linear")).strengths;
  expect(strengths.slice(0, 2)).toEqual(final.slice(0, 2).map((value) => expect.closeTo(value, 8)));
});

test("rescale: the diagonal of balance; weight decay shrinks it as e^(−2λt); channels are summed over taps", () => {
  const [w1, w2] = [sines(5, 4, [0.7, 1.3, 0.05, 0.3]), sines(7, 5, [0.4, 0.9, 0.11, 1.1])];
  const b = balance(w1, w2);
  const [inner, outer] = [rowSquares(w1), inputSquares(w2, 5, (j) => j)];
  for (let h = 0; h < 5; h++) expect(outer[h]! - inner[h]!).toBeCloseTo(b[6 * h]!, 12);
  const shrunk = driftOf(
    b,
    b.map((x) => x * Math.exp(-0.6)),
    10,
  );
  expect(shrunk.kept).toBeCloseTo(Math.exp(-0.6), 12);
  expect(shrunk.cosine).toBeCloseTo(1, 12);
  expect(inputSquares({ rows: 1, columns: 4, data: new Float64Array([1, 2, 3, 4]) }, 2, (j) => j >> 1)).toEqual(
    new Float64Array([5, 25]),
  );
  expect(columnSums({ rows: 2, columns: 2, data: new Float64Array([1, 2, 3, 5]) })).toEqual(new Float64Array([4, 7]));
});

test.each(["tree/D=3,B=2,eps=0.1", "tree/D=5,B=2,eps=0.1", "tree/D=3,B=2,eps=0.15", "tree/D=2,B=3,eps=0.1"])(
  "%s: levels, and the ideal table has them",
  (key) => {
    const [depth, branching, flip] = key.match(/[\d.]+/g)!.map(Number) as [number, number, number];
    const reference = specified(key) as unknown as { eig_OtO_over_N3_by_level: number[]; degeneracy: number[] };
    const shape = { depth, branching, flip };
    const levels = treeLevels(shape);
    expect(levels.map(({ lambda }) => lambda)).toEqual(
      reference.eig_OtO_over_N3_by_level.map((value) => expect.closeTo(value, 9)),
    );
    expect(levels.map(({ degeneracy }) => degeneracy)).toEqual(reference.degeneracy);
    const table = idealTree(shape, 100);
    const found = dataModes(table);
    expect(found.map(({ s }) => s)).toEqual(treeStrengths(shape, 100).map((s) => expect.closeTo(s, 8)));
    expect(found.map(({ group }) => group.length)).toEqual(reference.degeneracy);
  },
);

test("a sampled tree has the levels' values to the spread of its finite number of properties", () => {
  const shape = { depth: 3, branching: 2, flip: 0.1 };
  const { values } = topTriplets(sampleTree(shape, 40_000, new Random(5)), 8);
  const expected = treeLevels(shape).flatMap(({ lambda, degeneracy }) =>
    Array.from({ length: degeneracy }, () => lambda),
  );
  for (const [k, lambda] of expected.entries()) expect(values[k]! ** 2 / 40_000 / lambda).toBeCloseTo(1, 1);
});

test("Saxe 2014, figure 3: half-times of the six levels", () => {
  const strengths = treeStrengths({ depth: 5, branching: 2, flip: 0.1 }, 1000);
  const [times, values] = [specified("saxe2013_fig3/t_half_epochs_by_level"), specified("saxe2013_fig3/s_by_level")];
  for (const [level, s] of strengths.entries()) {
    expect(s).toBeCloseTo(values[`level${level}`]!, 9);
    expect(deepTimeBetween(1e-6, s / 2, s, 1 / 5e-4)).toBeCloseTo(times[`level${level}`]!, 6);
  }
});

test.each(FIXTURE.descents)(
  "$activation network of depth $depth: losses and map as automatic differentiation has them",
  (run) => {
    const sizes = [4, ...Array.from({ length: run.depth - 1 }, () => 5), 7];
    const layers = Array.from({ length: run.depth }, (_, l) =>
      sines(sizes[l + 1]!, sizes[l]!, [0.7 + 0.1 * l, 1.3, 0.05, 0.3 + l], 0.3),
    );
    for (const expected of run.losses) expect(descend(layers, TOY, 0.05, run.activation).loss).toBeCloseTo(expected, 9);
    for (const [k, value] of answers(layers, run.activation).data.entries()) expect(value).toBeCloseTo(run.map[k]!, 9);
  },
);

test("a random start: effective strengths as specified and positive, naive ones negative; times that follow, and those of the simulation", () => {
  const reference = FIXTURE.specification["effective_a0/toy4_std0.001_hid16_seed0"] as Record<string, number[]>;
  const simulated = FIXTURE.specification["sim_gd_random_init/toy4/std0.001_hid16_seed0_t_half"] as number[];
  const first = { rows: 16, columns: 4, data: Float64Array.from(FIXTURE.initial.first) };
  const second = { rows: 7, columns: 16, data: Float64Array.from(FIXTURE.initial.second) };
  const starts = MODES.slice(0, 2).map((mode) => effectiveStart(mode, first, second));
  expect(starts.map((a0) => a0 * 1e6)).toEqual(reference.u0_eff!.map((a0) => expect.closeTo(a0 * 1e6, 8)));
  const naive = measureModes(MODES, answers([first, second], "linear")).strengths.slice(0, 2);
  expect(naive.map((a) => a * 1e6)).toEqual(reference["naive_u^T W2 W1 v"]!.map((a) => expect.closeTo(a * 1e6, 8)));
  expect(naive.every((a) => a < 0)).toBe(true);
  for (const [k, a0] of starts.entries())
    expect(deepTimeBetween(a0, MODES[k]!.s / 2, MODES[k]!.s, 1)).toBeCloseTo(reference.pred_t_half![k]!, 8);
  const passed: number[] = [];
  const layers = [first, second];
  for (let step = 0; step <= 4000 && passed.length < 2; step++) {
    const { strengths } = measureModes(MODES, answers(layers, "linear"));
    const next = MODES[passed.length]!;
    if (strengths[passed.length]! > next.s / 2) passed.push(step * 1e-3);
    descend(layers, TOY, 1e-3, "linear");
  }
  expect(passed).toEqual(simulated.slice(0, 2).map((time) => expect.closeTo(time, 9)));
});

test("permuting hidden units changes nothing that is shown", () => {
  const [w1, w2] = [sines(5, 4, [0.7, 1.3, 0.05, 0.3]), sines(7, 5, [0.4, 0.9, 0.11, 1.1])];
  const order = [3, 0, 4, 1, 2];
  const p1 = { ...w1, data: Float64Array.from(w1.data, (_, k) => w1.data[order[Math.floor(k / 4)]! * 4 + (k % 4)]!) };
  const p2 = { ...w2, data: Float64Array.from(w2.data, (_, k) => w2.data[Math.floor(k / 5) * 5 + order[k % 5]!]!) };
  for (const mode of MODES) expect(effectiveStart(mode, p1, p2)).toBeCloseTo(effectiveStart(mode, w1, w2), 12);
  const strengths = (layers: readonly [typeof w1, typeof w2]) =>
    measureModes(MODES, answers(layers, "linear")).strengths;
  for (const [k, a] of strengths([p1, p2]).entries()) expect(a).toBeCloseTo(strengths([w1, w2])[k]!, 12);
  expect(minimumNormResidual(answers([p1, p2], "linear"), p1)).toBeCloseTo(
    minimumNormResidual(answers([w1, w2], "linear"), w1),
    12,
  );
  for (const [j, value] of projections(p1, 1).entries()) expect(value).toBeCloseTo(projections(w1, 1)[j]!, 12);
  const [a, b] = [
    jointEmbedding([w1, { ...w1, data: w1.data.map((x) => 2 * x) }]),
    jointEmbedding([p1, { ...p1, data: p1.data.map((x) => 2 * x) }]),
  ];
  expect(b.shares).toEqual(a.shares.map((share) => expect.closeTo(share, 10)));
  const norm = (x: Float64Array) => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
  expect(norm(balance(p1, p2))).toBeCloseTo(norm(balance(w1, w2)), 10);
});

test("gradient descent of decoupled modes keeps the theory's course to the reference's distance", () => {
  const reference = specified("gd_decoupled/toy4/lr=0.001");
  const { first, second } = balanced(
    MODES,
    MODES.map(() => 1e-3),
  );
  const layers = [first, second];
  let worst = 0;
  for (let step = 0; step <= 6000; step++) {
    const { strengths } = measureModes(MODES, answers(layers, "linear"));
    for (const [k, { s }] of MODES.entries())
      worst = Math.max(worst, Math.abs(strengths[k]! - deepStrength(step * 1e-3, s, 1e-3, 1)));
    if (step === 1500) expect(strengths[0]).toBeCloseTo(reference.a1_step1500!, 8);
    if (step === 2000) expect(strengths[1]).toBeCloseTo(reference.a2_step2000!, 8);
    if (step === 3000) expect(strengths[2]).toBeCloseTo(reference.a3_step3000!, 8);
    descend(layers, TOY, 1e-3, "linear");
  }
  expect(worst).toBeCloseTo(reference.max_abs_err_vs_ode!, 4);
});

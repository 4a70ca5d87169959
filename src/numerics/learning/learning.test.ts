import { expect, test } from "vitest";
import { Random } from "../random.ts";
import {
  deepStrength,
  deepTimeBetween,
  depthTimeBetween,
  shallowStrength,
  unbalancedTimeBetween,
} from "./deepLinear.ts";
import { illusions } from "./illusions.ts";
import { chainProduct, dataModes, effectiveStart, measureModes } from "./linearChain.ts";
import { deepShallowExponent, fitRise, halfTime, orderStatistic } from "./trajectory.ts";

/** Properties × items of the toy world: Grow, Move, Fly, Swim, Roots, Bark, Petals × Canary, Salmon, Oak, Rose. */
const TOY = {
  rows: 7,
  columns: 4,
  data: new Float64Array([1, 1, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1]),
};

test.each([
  [0.5, 0.019958563622205872, 1.1810145515218125],
  [1, 0.35571247891885954, 1.8967295559268444],
  [1.5, 2.189611602768267, 2.3308326497148593],
  [2, 2.945720698615836, 2.5941294855733985],
  [3, 2.9998629821304883, 2.8506885819647763],
])("s = 3, a₀ = 0.001 at t = %d: deep and shallow", (t, deep, shallow) => {
  expect(deepStrength(t, 3, 1e-3, 1)).toBeCloseTo(deep, 12);
  expect(shallowStrength(t, 3, 1e-3, 1)).toBeCloseTo(shallow, 12);
});

test("the deep curve neither overflows nor leaves [a₀, s] at any time", () => {
  expect(deepStrength(1e6, 3, 1e-3, 1)).toBe(3);
  expect(deepStrength(0, 3, 1e-3, 1)).toBeCloseTo(1e-3, 15);
});

test.each([
  [3, 1e-3, 1.3343390297915017],
  [1, 1e-3, 3.453377389324277],
  [Math.sqrt(7), 1e-3, 1.4892428257777828],
  [Math.sqrt(3), 1e-3, 2.152501495259873],
  [1, 1e-6, 6.907754778981887],
])("half time of s = %d from %d", (s, a0, expected) => {
  expect(deepTimeBetween(a0, s / 2, s, 1)).toBeCloseTo(expected, 12);
});

test("from 10 to 90 % takes ln 81·τ/(2s); outside (0, s) there is no time", () => {
  expect(deepTimeBetween(0.1, 0.9, 1, 1)).toBeCloseTo(2.1972245773362196, 12);
  expect(deepTimeBetween(-1e-6, 0.5, 1, 1)).toBeNaN();
  expect(depthTimeBetween(3, 0, 0.5, 1, 1)).toBeNaN();
});

test.each([
  [1, 0.6921466802263616, 4.604169685654507],
  [2, 3.453377389324277, 5.750937314391572],
  [3, 9.14474730660827, 10.772590413718756],
  [4, 15.52915165123697, 16.789664154347328],
  [5, 20.953227323460887, 21.98166810846388],
  [10, 31.542376734361515, 32.07785186288313],
])("%i weight matrices: time to half and to 99 %%", (depth, half, most) => {
  expect(depthTimeBetween(depth, 1e-3, 0.5, 1, 1)).toBeCloseTo(half, 8);
  expect(depthTimeBetween(depth, 1e-3, 0.99, 1, 1)).toBeCloseTo(most, 8);
});

test.each([
  [0, 3.4533773893242765],
  [0.01, 2.8938283950524255],
  [0.1, 1.8099751237429296],
  [1, 0.5970290091089206],
  [10, 0.06907902101790638],
])("unbalanced by c₀ = %d: the plateau goes", (c0, expected) => {
  expect(unbalancedTimeBetween(c0, 1e-3, 0.5, 1, 1)).toBeCloseTo(expected, 8);
});

test("the table's modes; strengths of a network that is the table are its singular values", () => {
  const modes = dataModes(TOY);
  expect(modes.map(({ group }) => group)).toEqual([[0], [1], [2, 3]]);
  const moment = measureModes(modes, TOY);
  for (const [k, s] of [Math.sqrt(7), Math.sqrt(3), 1].entries()) expect(moment.strengths[k]).toBeCloseTo(s, 10);
  expect(moment.offDiagonal).toBeCloseTo(0, 10);
});

function gaussian(rows: number, columns: number, std: number, random: Random) {
  return { rows, columns, data: Float64Array.from({ length: rows * columns }, () => std * random.normal()) };
}

function transposed({ rows, columns, data }: { rows: number; columns: number; data: Float64Array }) {
  const out = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = data[i * columns + j]!;
  return { rows: columns, columns: rows, data: out };
}

/** Full-batch gradient descent on ½‖Y − W₂W₁‖², one-hot items. */
function train(steps: number, rate: number, every: number, seed: number) {
  const random = new Random(seed);
  const w1 = gaussian(16, 4, 1e-3, random);
  const w2 = gaussian(7, 16, 1e-3, random);
  const start = { w1: { ...w1, data: w1.data.slice() }, w2: { ...w2, data: w2.data.slice() } };
  const times: number[] = [];
  const totals = [];
  for (let step = 0; step <= steps; step++) {
    const total = chainProduct([w1, w2]);
    if (step % every === 0) {
      times.push(step * rate);
      totals.push(total);
    }
    const error = { ...total, data: Float64Array.from(total.data, (value, k) => TOY.data[k]! - value) };
    const d1 = chainProduct([error, transposed(w2)]);
    const d2 = chainProduct([transposed(w1), error]);
    for (let k = 0; k < w1.data.length; k++) w1.data[k] = w1.data[k]! + rate * d1.data[k]!;
    for (let k = 0; k < w2.data.length; k++) w2.data[k] = w2.data[k]! + rate * d2.data[k]!;
  }
  return { times, totals, start };
}

test("a network trained from small random weights keeps the predicted times, with the effective start and not the naive one", () => {
  const { times, totals, start } = train(9000, 1e-3, 10, 3);
  const modes = dataModes(TOY);
  const courses = modes.map((_, k) => totals.map((total) => measureModes(modes, total).strengths[k]!));
  for (const k of [0, 1]) {
    const { s } = modes[k]!;
    const a0 = effectiveStart(modes[k]!, start.w1, start.w2);
    const measured = halfTime(times, courses[k]!, s)!.time;
    expect(Math.abs(measured - deepTimeBetween(a0, s / 2, s, 1))).toBeLessThan(0.06);
  }
  const fits = modes.map(({ s }, k) => ({ s, fit: fitRise(times, courses[k]!, s)! }));
  for (const { s, fit } of fits.slice(0, 2)) expect(fit.slope / (2 * s)).toBeCloseTo(1, 1);
  expect(deepShallowExponent(fits.slice(0, 2))).toBeNull();
  expect(deepShallowExponent(fits)!.exponent).toBeGreaterThan(0.9);
  // A canary is believed to swim for a while: the mode that tells fish from birds comes last (0.3787 in theory).
  const [first] = illusions(TOY, modes, times, totals);
  expect(first!.peak).toBeGreaterThan(0.3);
  // Modes of a random start grow together a little, so that the fine one is later than alone.
  expect(first!.peak).toBeLessThan(0.5);
  expect(first!.cause).toEqual([1, 2]);
  expect(first!.onset).toBeLessThan(first!.peakTime);
  expect(first!.offset).toBeGreaterThan(first!.peakTime);
});

test("the theory's own course: canary swims, 0.3787 at t = 2.5974, then not", () => {
  const modes = dataModes(TOY);
  const times = Array.from({ length: 6001 }, (_, k) => k / 1000);
  const totals = times.map((t) => {
    const data = new Float64Array(28);
    for (const { s, u, v } of modes)
      for (const [k, one] of u.entries())
        for (let m = 0; m < 7; m++)
          for (let i = 0; i < 4; i++)
            data[m * 4 + i] = data[m * 4 + i]! + deepStrength(t, s, 1e-3, 1) * one[m]! * v[k]![i]!;
    return { rows: 7, columns: 4, data };
  });
  const found = illusions(TOY, modes, times, totals);
  const swims = found.find(({ property, item }) => property === 3 && item === 0)!;
  expect(swims.peak).toBeCloseTo(0.3787455616, 5);
  expect(swims.peakTime).toBeCloseTo(2.5974, 3);
  expect(found.every(({ truth }) => truth === 0)).toBe(true);
});

test("half times: bracket, interpolation exact for the deep curve, none where the course never crosses", () => {
  const times = [0, 0.5, 1, 1.5, 2];
  const course = times.map((t) => deepStrength(t, 3, 1e-3, 1));
  expect(halfTime(times, course, 3)).toEqual({ bracket: [1, 1.5], time: expect.closeTo(1.3343390297915017, 10) });
  expect(halfTime(times, [0, 0, 0, 0, 0.1], 3)).toBeNull();
  expect(halfTime(times, [2, 2.5, 3, 3, 3], 3)).toBeNull();
});

test("fits: the slope of an exact course is 2s/τ, and three points are too few", () => {
  const times = Array.from({ length: 40 }, (_, k) => k * 0.05);
  const fit = fitRise(
    times,
    times.map((t) => deepStrength(t, 3, 1e-3, 2)),
    3,
  )!;
  expect(fit.slope).toBeCloseTo(3, 8);
  expect(fit.standardError).toBeLessThan(1e-6);
  expect(fitRise([0, 1, 2], [0.3, 0.5, 0.7], 1)).toBeNull();
});

test("a shallow network's exponent is 0 by the curves' own slopes", () => {
  const times = Array.from({ length: 60 }, (_, k) => k * 0.05);
  const fits = [3, 2, 1].map((s) => ({
    s,
    fit: fitRise(
      times,
      times.map((t) => shallowStrength(t, s, 1e-6, 1)),
      s,
    )!,
  }));
  expect(Math.abs(deepShallowExponent(fits)!.exponent)).toBeLessThan(0.01);
});

test("the order of modes: four in order have p = 1/24, three one half smaller; ties and two modes say nothing", () => {
  const uniform = () => 0.5;
  expect(orderStatistic([4, 3, 2, 1], [1, 2, 3, 4], uniform)).toEqual({ rho: 1, p: 1 / 24, exact: true });
  expect(orderStatistic([3, 2, 1], [1, 2, 3], uniform)?.p).toBeCloseTo(1 / 6, 12);
  expect(orderStatistic([1, 1, 1], [1, 2, 3], uniform)).toBeNull();
  expect(orderStatistic([2, 1], [1, 2], uniform)).toBeNull();
  const random = new Random(1);
  const many = Array.from({ length: 12 }, (_, k) => k);
  expect(orderStatistic(many, [...many].reverse(), () => random.uniform())).toMatchObject({ rho: 1, exact: false });
});

import { describe, expect, test } from "vitest";
import { Random } from "../random.ts";
import { holm, stepDownMaximum } from "./familyWise.ts";
import { gaussian, OPTIONS, worst } from "./fixture.testkit.ts";
import { INFERENCE } from "./inference.testkit.ts";
import { pairTable } from "./measures.ts";
import { bootstrapItems, percentileInterval, permutationTest, stretchedDraws } from "./resampling.ts";

describe("p corrected for the number of cells", () => {
  const { observed, draws, p, step_down, holm: expected } = INFERENCE.family;
  const cells = observed.map((value, at) => ({ observed: value, draws: Float64Array.from(draws[at]!) }));

  test("the largest statistic, step by step, as written out in NumPy; distances the other way round", () => {
    expect(worst(stepDownMaximum(cells, "high", false), step_down)).toBeLessThan(1e-12);
    const turned = cells.map((cell) => ({ observed: -cell.observed, draws: cell.draws.map((value) => -value) }));
    expect(worst(stepDownMaximum(turned, "low", false), step_down)).toBeLessThan(1e-12);
    // Never below a cell's own p, and above it somewhere, or nothing would have been corrected.
    expect(step_down.every((value, at) => value >= p[at]!)).toBe(true);
    expect(step_down.some((value, at) => value > 2 * p[at]!)).toBe(true);
  });

  test("Holm's correction", () => {
    expect(worst(holm(p), expected)).toBeLessThan(1e-12);
    expect(Array.from(holm([]))).toEqual([]);
  });

  test("a cell that no order changes has p = 1, and one cell alone keeps its own", () => {
    const still = { observed: 1, draws: new Float64Array(99).fill(1) };
    expect(stepDownMaximum([...cells, still], "high", false)[cells.length]).toBe(1);
    const last = cells.length - 1;
    expect(stepDownMaximum([cells[last]!], "high", false)[0]).toBe(p[last]);
    expect(stepDownMaximum([], "high", false)).toHaveLength(0);
    // All orders counted: the observed one is among them.
    const all = { observed: 3, draws: Float64Array.of(3, 1, 2, 0) };
    expect(Array.from(stepDownMaximum([all], "high", true))).toEqual([0.25]);
  });

  test("where nothing is alike, one table in twenty has a cell below 5 %, and uncorrected most have", () => {
    let [corrected, plain] = [0, 0];
    const tables = 120;
    for (let seed = 0; seed < tables; seed++) {
      const layers = Array.from({ length: 6 }, (_, k) => ({ values: gaussian(10, 4, 100 * seed + k) }));
      const table = pairTable("debiased-cka", layers, null, OPTIONS);
      const found = [0, 1, 2].flatMap((a) =>
        [3, 4, 5].map((b) => permutationTest(10, 99, seed, "high", (order) => table.shuffled(a, b, order))),
      );
      const family = stepDownMaximum(
        found.map(({ observed: value, values }) => ({ observed: value, draws: values })),
        "high",
        false,
      );
      if (Math.min(...family) <= 0.05) corrected++;
      if (found.some((one) => one.p <= 0.05)) plain++;
    }
    // Binomial(120, 0.05): 6 ± 3·2.4.
    expect(corrected).toBeLessThanOrEqual(13);
    expect(corrected).toBeGreaterThanOrEqual(1);
    expect(plain).toBeGreaterThan(3 * corrected);
  });
});

test("drawn items without duplicates vary too little; stretched they vary as new samples of items do", () => {
  const n = 40;
  const spearman = (seed: number) => {
    const [signal, first, second] = [gaussian(n, 5, seed), gaussian(n, 5, seed + 1), gaussian(n, 5, seed + 2)];
    const layers = [first, second].map((noise) => ({
      values: { ...signal, data: signal.data.map((value, at) => value + 0.8 * noise.data[at]!) },
    }));
    return (items: Int32Array | null) => pairTable("rsa", layers, items, OPTIONS).value(0, 1);
  };
  const samples = Array.from({ length: 150 }, (_, k) => spearman(10 * k)(null));
  const truth = deviation(samples);
  const [plain, stretched] = [[] as number[], [] as number[]];
  for (let k = 0; k < 12; k++) {
    const value = spearman(5000 + 10 * k);
    const random = new Random(k);
    const draws = Array.from({ length: 100 }, () => bootstrapItems(n, random));
    const drawn = draws.map(value);
    plain.push(deviation(drawn));
    const sizes = draws.map(({ length }) => length);
    stretched.push(percentileInterval(stretchedDraws(value(null), drawn, sizes, n))!.standardError);
  }
  const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one / values.length, 0);
  expect(mean(stretched) / truth).toBeGreaterThan(0.85);
  expect(mean(stretched) / truth).toBeLessThan(1.3);
  expect(mean(plain) / mean(stretched)).toBeLessThan(0.85);
  expect(stretchedDraws(1, [2, 3], [5, 4], 5)[0]).toBeNaN();
});

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, one) => sum + one / values.length, 0);
  return Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1));
}

import { describe, expect, test } from "vitest";
import { Random } from "../random.ts";
import { studentQuantile, studentTail } from "../special/studentT.ts";
import { bestRanking, majorityBound } from "./bestRanking.ts";
import { rdmCeiling } from "./ceiling.ts";
import { condition, gaussian, matrix, worst } from "./fixture.testkit.ts";
import { INFERENCE } from "./inference.testkit.ts";
import { tauA } from "./ranks.ts";
import { fromTriangle, rdm } from "./rdm.ts";
import { PAIRWISE, type PairwiseComparison, twoFactorBootstrap, twoFactorDraw } from "./twoFactor.ts";

const { data, models, draws, methods } = INFERENCE.dual;
const distances = (rows: (typeof data)[number]) => rdm(matrix(rows), "squared-euclidean");
const [subjects, predictions] = [data.map(distances), models.map(distances)];
const drawn = draws.map((one) => ({ subjects: Int32Array.from(one.subjects), items: Int32Array.from(one.items) }));

describe("Student's t", () => {
  test("tails and quantiles are SciPy's", () => {
    for (const [t, freedom, tail] of INFERENCE.student)
      expect(Math.abs(studentTail(t!, freedom!) - tail!), `${t} ${freedom}`).toBeLessThan(1e-13);
    for (const [share, freedom, t] of INFERENCE.quantile)
      expect(Math.abs(studentQuantile(share!, freedom!) / t! - 1), `${share} ${freedom}`).toBeLessThan(1e-10);
    expect(studentQuantile(0.1, 3)).toBeCloseTo(-INFERENCE.quantile.find(([q, d]) => q === 0.9 && d === 3)![2]!, 9);
    expect(studentTail(Number.NaN, 3)).toBeNaN();
  });
});

describe("two-factor bootstrap", () => {
  test.each(PAIRWISE)(
    "%s: every evaluation and corrected variance is rsatoolbox's",
    (comparison: PairwiseComparison) => {
      const expected = methods[comparison]!;
      const found = twoFactorBootstrap(predictions, subjects, comparison, drawn);
      expect(found.draws).toBe(drawn.length);
      for (const factor of [0, 1, 2])
        for (const [at, one] of found.evaluations[factor]!.entries()) {
          const wanted = expected.evaluations[at]!.map((model) => model[factor]!);
          const ceiling = expected.noise_ceiling.map((end) => end[at]![factor]!);
          expect(worst(one, [...wanted, ...ceiling])).toBeLessThan(1e-9);
        }
      expect(worst(found.variances, expected.model_var)).toBeLessThan(1e-8);
      const pairs = [1, 2, 5].map((k) => found.differences[k]!);
      expect(worst(pairs, expected.diff_var)).toBeLessThan(1e-8);
      expect(worst(found.toCeiling.flat(), expected.ceiling_var.flat())).toBeLessThan(1e-8);
      expect(worst([found.ceiling.lower, found.ceiling.upper], expected.ceiling)).toBeLessThan(1e-10);
      const mean = expected.single.map((row) => row.reduce((sum, value) => sum + value / row.length, 0));
      expect(worst(found.values, mean)).toBeLessThan(1e-10);
      expect(found.degreesOfFreedom).toBe(expected.dof);
    },
  );

  test("one subject is refused, and draws of two items or one subject do not count", () => {
    expect(condition(() => twoFactorBootstrap(predictions, subjects.slice(0, 1), "spearman", []))).toBe("no-repeats");
    const poor = [
      { subjects: Int32Array.of(0, 1, 2, 3, 4), items: new Int32Array(14).fill(2) },
      { subjects: new Int32Array(5).fill(1), items: drawn[0]!.items },
    ];
    expect(twoFactorBootstrap(predictions, subjects, "spearman", [...poor, ...drawn.slice(0, 3)]).draws).toBe(3);
  });

  test("the standard error is that of new items and new subjects; items alone give too small a one", () => {
    const [n, s] = [16, 6];
    const world = (seed: number) => {
      // What the model misses is shared by some subjects more than by others.
      const [signal, other] = [gaussian(n, 4, seed), gaussian(n, 4, seed + 1)];
      const measured = Array.from({ length: s }, (_, k) => {
        const noise = gaussian(n, 4, seed + 10 + k);
        const share = 1.5 * gaussian(1, 1, seed + 30 + k).data[0]!;
        return rdm(
          { ...signal, data: signal.data.map((value, at) => value + share * other.data[at]! + 0.7 * noise.data[at]!) },
          "squared-euclidean",
        );
      });
      return { model: [rdm(signal, "squared-euclidean")], measured };
    };
    const values = Array.from({ length: 80 }, (_, k) => {
      const { model, measured } = world(1000 * k);
      return twoFactorBootstrap(model, measured, "pearson", []).values[0]!;
    });
    const truth = varianceOf(values);
    const random = new Random(4);
    const [corrected, itemsAlone] = [[] as number[], [] as number[]];
    for (let k = 0; k < 12; k++) {
      const { model, measured } = world(500_000 + 1000 * k);
      const all = Array.from({ length: 60 }, () => twoFactorDraw(s, n, random));
      const found = twoFactorBootstrap(model, measured, "pearson", all);
      corrected.push(found.variances[0]!);
      itemsAlone.push(varianceOf(found.evaluations[2].map((one) => one[0]!)));
    }
    const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value / list.length, 0);
    expect(mean(corrected) / truth).toBeGreaterThan(0.6);
    expect(mean(corrected) / truth).toBeLessThan(1.8);
    expect(mean(itemsAlone)).toBeLessThan(0.85 * mean(corrected));
  });
});

describe("ceilings under τ_a", () => {
  /** Every order of so many entries. */
  function* orders(m: number): Generator<Float64Array<ArrayBuffer>> {
    const walk = function* (taken: readonly number[]): Generator<Float64Array<ArrayBuffer>> {
      if (taken.length === m) yield Float64Array.from(taken);
      else for (let k = 0; k < m; k++) if (!taken.includes(k)) yield* walk([...taken, k]);
    };
    yield* walk([]);
  }

  test("the search finds the best of all 720 rankings of six entries, and none exceeds the bound", () => {
    const random = new Random(9);
    let [best, tight] = [0, 0];
    for (let k = 0; k < 20; k++) {
      const lists = Array.from({ length: 3 }, () =>
        Float64Array.from({ length: 6 }, () => (k % 2 === 0 ? random.normal() : Math.round(2 * random.normal()))),
      );
      const score = (ranks: Float64Array<ArrayBuffer>) => lists.reduce((sum, list) => sum + tauA(ranks, list) / 3, 0);
      const most = Math.max(...Array.from(orders(6), score));
      const found = score(bestRanking(lists));
      expect(found).toBeLessThanOrEqual(most + 1e-12);
      expect(majorityBound(lists)).toBeGreaterThanOrEqual(most - 1e-12);
      if (found > most - 1e-12) best++;
      if (majorityBound(lists) < most + 1e-12) tight++;
    }
    expect(best).toBeGreaterThanOrEqual(18);
    expect(tight).toBeGreaterThanOrEqual(5);
  });

  test("lower is rsatoolbox's, upper is at least its mean ranks and at most what majorities allow", () => {
    const [lower, meanRanks] = methods["tau-a"]!.ceiling;
    const found = rdmCeiling(subjects, "tau-a");
    expect(found.lower).toBeCloseTo(lower, 10);
    expect(found.upper).toBeGreaterThan(meanRanks);
    expect(found.upper).toBeLessThanOrEqual(found.bound!);
    expect(rdmCeiling(subjects, "rho-a").bound).toBeNull();
  });

  test("without noise the ceiling is 1 where no distances tie, and below where they do", () => {
    const d = subjects[0]!;
    const same = rdmCeiling([d, d, d], "tau-a");
    expect([same.lower, same.upper, same.bound]).toEqual([1, 1, 1]);
    const tied = fromTriangle(Float64Array.of(1, 1, 2, 2, 3, 3), 4);
    expect(rdmCeiling([tied, tied], "tau-a").upper).toBeCloseTo(12 / 15, 12);
  });
});

function varianceOf(values: readonly number[]): number {
  const mean = values.reduce((sum, one) => sum + one / values.length, 0);
  return values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1);
}

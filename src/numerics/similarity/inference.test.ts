import { describe, expect, test } from "vitest";
import { Random } from "../random.ts";
import { halves, rdmCeiling, splitHalfReliability } from "./ceiling.ts";
import { crossnobis } from "./crossnobis.ts";
import { condition, FIXTURE, gaussian, matrix, OPTIONS, worst } from "./fixture.testkit.ts";
import { ckaOf, ckaWithoutEach, gaussianBiasedCka, shuffledBiasedCka } from "./hsic.ts";
import { inner, RDM_COMPARISONS, type RdmComparison, rdmForm } from "./itemForms.ts";
import { contiguousBatches, linearCka, minibatchCka, pairSums } from "./linearCka.ts";
import { centred, type Matrix64 } from "./matrix.ts";
import { alignedTo, classicalScaling } from "./mds.ts";
import { MEASURES, pairTable } from "./measures.ts";
import { NOISE_ESTIMATORS, noiseCovariance, whitening } from "./noise.ts";
import { linearPredictivity } from "./predictivity.ts";
import { fromTriangle, rdm, upperTriangle } from "./rdm.ts";
import { bootstrapItems, groupsLeftOut, jackknifeInterval, percentileInterval, permutationTest } from "./resampling.ts";
import { meanCca, pwcca, shape, subspaceOf, svcca } from "./subspaces.ts";

const [x, y, wide] = [FIXTURE.x, FIXTURE.y, FIXTURE.wide].map(matrix) as [Matrix64, Matrix64, Matrix64];

describe("conditions are refused by name", () => {
  test("as many dimensions as items, for CCA", () => {
    const [p, q] = [subspaceOf(wide), subspaceOf(x)];
    for (const run of [() => meanCca(p, q), () => pwcca(p, q), () => shape(p, q, 0), () => svcca(p, q, 1)])
      expect(condition(run)).toBe("too-many-dimensions");
    expect(condition(() => shape(p, q, 1))).toBeUndefined();
  });

  test("too few items", () => {
    for (const measure of MEASURES)
      expect(condition(() => pairTable(measure, [{ values: x }, { values: y }], Int32Array.of(0, 1, 2), OPTIONS))).toBe(
        "too-few-items",
      );
    expect(condition(() => linearPredictivity(x, y, { folds: 20 }))).toBe("too-few-items");
  });

  test("debiased CKA below four items is no number, not a clipped one", () => {
    const [a, b] = [gaussian(3, 5, 1), gaussian(3, 5, 2)];
    expect(linearCka(a, b, "debiased")).toBeNaN();
    expect(minibatchCka(x, y, contiguousBatches(30, 3))).toBeNaN();
    const unrelated = Array.from({ length: 8 }, (_, k) =>
      linearCka(gaussian(12, 40, k), gaussian(12, 40, 50 + k), "debiased"),
    );
    expect(Math.min(...unrelated)).toBeLessThan(0);
  });

  test("representations without shape", () => {
    const constant: Matrix64 = { rows: 30, columns: 4, data: new Float64Array(120).fill(2) };
    for (const measure of MEASURES.filter((one) => one !== "minibatch-cka"))
      expect(
        condition(() => pairTable(measure, [{ values: constant }, { values: constant }], null, OPTIONS).value(0, 1)),
      ).toBe("degenerate");
    expect(condition(() => rdm(constant, "correlation"))).toBe("degenerate");
    expect(condition(() => rdm({ rows: 2, columns: 2, data: new Float64Array(4) }, "cosine"))).toBe("degenerate");
    expect(condition(() => rdm(x, "mahalanobis"))).toBe("no-repeats");
    expect(() => centred({ rows: 1, columns: 2, data: Float64Array.of(1, Number.NaN) })).toThrow(/row 0, column 1/);
  });
});

describe("chance", () => {
  test("biased CKA of independent representations is near 1 when dimensions outnumber items; debiased is not", () => {
    const [a, b] = [gaussian(100, 1000, 11), gaussian(100, 1000, 12)];
    const biased = linearCka(a, b, "biased");
    const expected = FIXTURE.reference["cka_null_gaussian/n=100,p=1000"]!;
    expect(gaussianBiasedCka(100, 1000, 1000)).toBeCloseTo(0.909, 3);
    expect(gaussianBiasedCka(100, 1000, 1000)).toBeCloseTo(expected.approx!, 3);
    expect(biased).toBeGreaterThan(0.9);
    const [p, q] = [centred(a), centred(b)];
    const shuffled = shuffledBiasedCka(pairSums(p, q), pairSums(p, p), pairSums(q, q));
    expect(Math.abs(shuffled - biased)).toBeLessThan(0.01);
    expect(Math.abs(linearCka(a, b, "debiased"))).toBeLessThan(0.05);
  });

  test.each(["cka", "debiased-cka", "rsa", "rbf-cka"] as const)(
    "the mean over all orders of %s is what shuffling gives",
    (measure) => {
      const items = Int32Array.of(3, 9, 11, 17, 20);
      const table = pairTable(measure, [{ values: x }, { values: y }], items, OPTIONS);
      const test5 = permutationTest(5, 10, 1, "high", (order) => table.shuffled(0, 1, order));
      expect(test5.draws).toBe(120);
      expect(test5.enumerated).toBe(true);
      expect(Math.abs(table.shuffledMean(0, 1)! - test5.mean)).toBeLessThan(1e-12);
    },
  );

  test("the exact permutation test of the specification's four leaves: p = 1/3 and nothing below", () => {
    const [sibling, cross] = [Math.SQRT2, Math.sqrt(6)];
    const tree = fromTriangle(Float64Array.of(sibling, cross, cross, cross, cross, sibling), 4);
    const measured = fromTriangle(Float64Array.of(1, 3, 3.5, 3.2, 3.1, 1.4), 4);
    const table = pairTable(
      "rsa",
      [tree, measured].map((d) => ({ values: d, dissimilarities: d })),
      null,
      { ...OPTIONS, comparison: "pearson" },
    );
    const expected = FIXTURE.reference["rsa/exact_perm_toy4"]!;
    expect(table.value(0, 1)).toBeCloseTo(expected.r!, 9);
    const found = permutationTest(4, 999, 1, "high", (order) => table.shuffled(0, 1, order));
    expect(found.draws).toBe(expected.n_perm);
    expect(found.p).toBeCloseTo(expected.p_exact!, 12);
  });

  test("all orders of five items, as NumPy counts them", () => {
    const items = Int32Array.of(0, 1, 2, 3, 4);
    const options = { ...OPTIONS, distance: "euclidean", comparison: "pearson" } as const;
    const table = pairTable("rsa", [{ values: x }, { values: y }], items, options);
    const found = permutationTest(5, 999, 1, "high", (order) => table.shuffled(0, 1, order));
    expect([found.p, found.mean]).toEqual([expect.closeTo(FIXTURE.five.p, 12), expect.closeTo(FIXTURE.five.mean, 12)]);
    expect(table.value(0, 1)).toBeCloseTo(FIXTURE.five.r, 12);
  });

  test("p has a floor and distances count the other way", () => {
    expect(FIXTURE.reference.perm_p_floor_n10000).toBeCloseTo(1 / 10001, 12);
    const table = pairTable("angular", [{ values: x }, { values: x }], null, OPTIONS);
    const found = permutationTest(30, 99, 1, "low", (order) => table.shuffled(0, 1, order));
    expect([found.p, found.floor]).toEqual([0.01, 0.01]);
  });

  test("unrelated representations are significant at 5 % about one time in twenty", () => {
    let below = 0;
    for (let seed = 0; seed < 200; seed++) {
      const table = pairTable(
        "rsa",
        [{ values: gaussian(12, 5, 1000 + seed) }, { values: gaussian(12, 5, 5000 + seed) }],
        null,
        OPTIONS,
      );
      if (permutationTest(12, 99, seed, "high", (order) => table.shuffled(0, 1, order)).p <= 0.05) below++;
    }
    // Binomial(200, 0.05): 10 ± 3·3.1.
    expect(below).toBeGreaterThanOrEqual(1);
    expect(below).toBeLessThanOrEqual(20);
  });
});

describe("intervals", () => {
  test("bootstrap items are distinct and about 63 % of all", () => {
    const items = bootstrapItems(1000, new Random(1));
    expect(new Set(items).size).toBe(items.length);
    expect(Math.abs(items.length - 632)).toBeLessThan(50);
  });

  test("identity has no uncertainty", () => {
    const a = centred(x);
    const sums = pairSums(a, a);
    const interval = jackknifeInterval(
      ckaOf("debiased", sums, sums, sums),
      ckaWithoutEach("debiased", sums, sums, sums),
    )!;
    expect(interval.high - interval.low).toBeLessThan(1e-12);
  });

  test("the jackknife of a mean is its textbook standard error", () => {
    const values = Array.from(gaussian(40, 1, 2).data);
    const mean = values.reduce((total, value) => total + value / 40, 0);
    const found = jackknifeInterval(
      mean,
      values.map((value) => (40 * mean - value) / 39),
    )!;
    const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / 39;
    expect(found.standardError).toBeCloseTo(Math.sqrt(variance / 40), 12);
    expect(jackknifeInterval(1, [1, Number.NaN, 1, 1])).toBeNull();
  });

  test("percentiles need twenty numbers, and groups cover every item once", () => {
    expect(percentileInterval(Array.from({ length: 19 }, (_, k) => k))).toBeNull();
    const interval = percentileInterval(Array.from({ length: 101 }, (_, k) => k))!;
    expect([interval.low, interval.high]).toEqual([2.5, 97.5]);
    const groups = groupsLeftOut(23, 5, 1);
    const left = groups.flatMap((kept) => Array.from({ length: 23 }, (_, i) => i).filter((i) => !kept.includes(i)));
    expect(left.sort((i, j) => i - j)).toEqual(Array.from({ length: 23 }, (_, i) => i));
  });

  test("the jackknife of debiased CKA covers the truth about as often as it says", () => {
    // Truth by one large sample; 95 % of intervals of 60 items should hold it.
    const draw = (n: number, seed: number) => {
      const random = new Random(seed);
      const [a, b] = [new Float64Array(n * 6), new Float64Array(n * 6)];
      for (let i = 0; i < n; i++)
        for (let j = 0; j < 6; j++) {
          const shared = random.normal();
          a[i * 6 + j] = shared + random.normal();
          b[i * 6 + j] = shared + random.normal();
        }
      return [a, b].map((data) => centred({ rows: n, columns: 6, data })) as [Matrix64, Matrix64];
    };
    const [p, q] = draw(20_000, 1);
    const truth = ckaOf("debiased", pairSums(p, q), pairSums(p, p), pairSums(q, q));
    let covered = 0;
    for (let seed = 0; seed < 200; seed++) {
      const [a, b] = draw(60, 100 + seed);
      const sums = [pairSums(a, b), pairSums(a, a), pairSums(b, b)] as const;
      const interval = jackknifeInterval(ckaOf("debiased", ...sums), ckaWithoutEach("debiased", ...sums))!;
      if (interval.low <= truth && truth <= interval.high) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(176);
  });
});

describe("recordings with repeats", () => {
  const sessions = FIXTURE.recording.sessions.map(matrix);
  const residuals = ((): Matrix64 => {
    const [n, p] = [12, 8];
    const data = new Float64Array(4 * n * p);
    for (let at = 0; at < n * p; at++) {
      const mean = sessions.reduce((total, one) => total + one.data[at]! / 4, 0);
      for (const [k, one] of sessions.entries()) data[k * n * p + at] = one.data[at]! - mean;
    }
    return { rows: 4 * n, columns: p, data };
  })();

  test.each(NOISE_ESTIMATORS)("%s covariance of the noise is rsatoolbox's", (estimator) => {
    const found = noiseCovariance(residuals, 36, estimator).covariance;
    expect(worst(found.data, FIXTURE.recording[estimator].flat())).toBeLessThan(1e-11);
  });

  test("crossnobis with and without the noise's precision, and the whitened unbiased cosine, are rsatoolbox's", () => {
    expect(worst(upperTriangle(crossnobis(sessions)), FIXTURE.recording.crossnobis)).toBeLessThan(1e-11);
    const white = crossnobis(sessions, { whitening: whitening(noiseCovariance(residuals, 36, "shrunk").covariance) });
    expect(worst(upperTriangle(white), FIXTURE.recording.crossnobis_white)).toBeLessThan(1e-9);
    const mean = Float64Array.from({ length: 60 }, (_, at) => {
      const [i, j] = [Math.floor(at / 5), at % 5];
      return sessions.reduce((total, one) => total + one.data[i * 8 + j]! / 4, 0);
    });
    const model = rdm({ rows: 12, columns: 5, data: mean }, "squared-euclidean");
    const cosine = inner(rdmForm(model, "whitened-cosine"), rdmForm(white, "whitened-cosine"));
    expect(cosine).toBeCloseTo(FIXTURE.recording.model_whitened, 9);
  });

  test("noise adds to plain distances and nothing to crossnobis", () => {
    const signal = gaussian(10, 30, 1);
    const noisy = (seed: number) => {
      const noise = gaussian(10, 30, seed);
      return { ...signal, data: signal.data.map((value, at) => value + 2 * noise.data[at]!) };
    };
    const mean = (d: Matrix64) => upperTriangle(d).reduce((total, value) => total + value / 45, 0);
    const truth = mean(rdm(signal, "squared-euclidean"));
    const found = mean(crossnobis(Array.from({ length: 40 }, (_, k) => noisy(50 + k))));
    expect(Math.abs(found - truth)).toBeLessThan(0.1 * truth);
    expect(mean(rdm(noisy(50), "squared-euclidean"))).toBeGreaterThan(3 * truth);
  });

  test.each(RDM_COMPARISONS)("the ceiling by %s is rsatoolbox's", (comparison: RdmComparison) => {
    const rdms = sessions.map((one) => rdm(one, "squared-euclidean"));
    const { lower, upper } = rdmCeiling(rdms, comparison);
    expect(worst([lower, upper], FIXTURE.recording.ceiling[comparison]!)).toBeLessThan(1e-10);
  });

  test("reliability by halves", () => {
    expect(halves(4)).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
    ]);
    expect(halves(3)).toHaveLength(3);
    expect(worst(splitHalfReliability(sessions, halves(4)), FIXTURE.recording.reliability)).toBeLessThan(1e-11);
  });

  test("one measurement is refused", () => {
    const one = sessions.slice(0, 1);
    expect(condition(() => crossnobis(one))).toBe("no-repeats");
    expect(condition(() => rdmCeiling(one, "spearman"))).toBe("no-repeats");
    expect(condition(() => splitHalfReliability(one, [[0]]))).toBe("no-repeats");
    expect(condition(() => noiseCovariance(residuals, 0, "full"))).toBe("no-repeats");
    expect(condition(() => noiseCovariance(residuals, 5, "full"))).toBe("too-many-dimensions");
  });
});

describe("scaling", () => {
  const d = rdm(x, "euclidean");
  const plain = { ...d, data: d.data.map((value) => value * Math.sqrt(10)) };

  test("eigenvalues are NumPy's and all dimensions give the distances back", () => {
    const { eigenvalues, points, negativeShare } = classicalScaling(plain, 10);
    expect(worst(eigenvalues, FIXTURE.mds_eigenvalues)).toBeLessThan(1e-11);
    expect(negativeShare).toBeLessThan(1e-12);
    expect(worst(rdm(points, "euclidean").data, d.data)).toBeLessThan(1e-7);
  });

  test("a turned, mirrored and shifted map is laid onto the first", () => {
    const { points } = classicalScaling(plain, 2);
    const [c, s] = [Math.cos(1), Math.sin(1)];
    const moved = points.data.map((_, at) => {
      const [u, v] = [points.data[at - (at % 2)]!, points.data[at - (at % 2) + 1]!];
      return at % 2 === 0 ? c * u + s * v + 5 : s * u - c * v - 2;
    });
    expect(worst(alignedTo(points, { ...points, data: moved }).data, points.data)).toBeLessThan(1e-10);
  });
});

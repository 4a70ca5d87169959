import { expect, test } from "vitest";
import { sharedCancelToken } from "../../base/cancel.ts";
import { Random } from "../random.ts";
import { singularValues } from "../svd/singularValues.ts";
import { FIXTURE, reference } from "./fixture.testkit.ts";
import { fitPowerLaw, fitSorted } from "./powerLaw.ts";
import { againstLogNormal, powerLawGoodness } from "./powerLawTests.ts";
import { weightWatcherNorms } from "./weightWatcher.ts";

const uniform = Array.from({ length: 500 }, (_, i) => (i + 0.5) / 500);
const pareto = uniform.map((u) => (1 - u) ** -0.5);

test("the specification's sample of a power law with α = 3", () => {
  const expected = reference("powerlaw/pareto_alpha3_n500");
  const fit = fitPowerLaw(pareto)!;
  expect(fit.alpha / expected.clauset_alpha!).toBeCloseTo(1, 8);
  expect(fit.xMin / expected.clauset_xmin!).toBeCloseTo(1, 8);
  expect(fit.tailCount).toBe(expected.clauset_ntail);
  expect(fit.distance / expected.clauset_D!).toBeCloseTo(1, 8);
  expect(fit.standardError / expected.sigma!).toBeCloseTo(1, 8);
  const s = pareto.map(Math.sqrt).reverse();
  const { alphaWeighted } = weightWatcherNorms(s, fit.alpha, null);
  expect(alphaWeighted! / expected["alpha_hat=alpha*log10(lmax)"]!).toBeCloseTo(1, 8);
});

test("a tail above a body that is none: x_min is found", () => {
  const body = Array.from({ length: 400 }, (_, i) => 0.2 + (0.8 * (i + 0.5)) / 400);
  const fit = fitPowerLaw([...body, ...pareto.map((x) => x)])!;
  expect(fit.xMin).toBeGreaterThan(0.9);
  expect(fit.xMin).toBeLessThan(1.2);
  expect(fit.alpha).toBeCloseTo(3, 0);
});

test("nothing to fit", () => {
  expect(fitPowerLaw([])).toBeNull();
  expect(fitPowerLaw([2])).toBeNull();
  expect(fitPowerLaw([3, 3, 3])).toBeNull();
  expect(fitPowerLaw([0, -1, Number.NaN, 1])).toBeNull();
});

test.each([
  ["vuong_rayleigh", (u: number) => 1.5 * Math.sqrt(-2 * Math.log1p(-u))],
  ["vuong_pareto", (u: number) => -Math.log1p(-u) / 2],
] as const)("%s: likelihood ratio against the log-normal as SciPy finds it", (name, quantile) => {
  const [alpha, ratio, z] = FIXTURE[name];
  const values = Array.from({ length: 300 }, (_, i) => Math.exp(quantile((i + 0.5) / 300)));
  const result = againstLogNormal(values, { alpha, xMin: values[0]!, tailCount: 300, distance: 0, standardError: 0 });
  expect(Math.abs(result.ratio - ratio)).toBeLessThan(1e-3 * Math.max(1, Math.abs(ratio)));
  if (name === "vuong_rayleigh") {
    expect(result.z).toBeCloseTo(z, 3);
    expect(result.p).toBeLessThan(0.01);
  } else expect(result.p).toBeGreaterThan(0.1);
});

test("goodness of fit: kept for a power law, refused for a bent one, the same by seed, and cancellable", () => {
  const random = new Random(3);
  const drawn = Array.from({ length: 200 }, () => (1 - random.uniform()) ** -0.5);
  const options = { draws: 99, seed: 5 };
  const good = powerLawGoodness(drawn, fitPowerLaw(drawn)!, options);
  expect(good.p).toBeGreaterThan(0.1);
  expect(powerLawGoodness(drawn, fitPowerLaw(drawn)!, options)).toEqual(good);
  const bent = uniform.map((u) => 1 + u);
  const whole = { alpha: 1 + 500 / bent.reduce((sum, x) => sum + Math.log(x / bent[0]!), 0), xMin: bent[0]! };
  const poor = powerLawGoodness(bent, { ...whole, tailCount: 500, distance: 0.2, standardError: 0 }, options);
  expect(poor.p).toBe(1 / 100);
  const flag = new Int32Array([1]);
  expect(() => powerLawGoodness(drawn, fitPowerLaw(drawn)!, { ...options, cancel: sharedCancelToken(flag) })).toThrow();
});

test("a Gaussian matrix has no power law, and the fit returns an exponent all the same", () => {
  const random = new Random(1);
  const data = Float64Array.from({ length: 200 * 200 }, () => random.normal());
  const lambda = singularValues({ rows: 200, columns: 200, data }).map((s) => s * s);
  const fit = fitPowerLaw(lambda)!;
  expect(fit.alpha).toBeGreaterThan(3.5);
  const few = fit.tailCount < 50;
  const refused = againstLogNormal(lambda, fit).ratio < 0;
  expect(few || refused).toBe(true);
});

test("WeightWatcher's norms of the spectrum (4, 3, 2, 1)", () => {
  const expected = reference("rank_metrics/sv=4,3,2,1");
  const norms = weightWatcherNorms([4, 3, 2, 1], 2, 2);
  expect(norms.logSpectralNorm).toBeCloseTo(expected.log10_spectral_norm_ww!, 10);
  expect(norms.logNorm).toBeCloseTo(expected.log10_fro2_ww!, 10);
  expect(norms.logAlphaNorm).toBeCloseTo(Math.log10(256 + 81 + 16 + 1), 10);
  expect(norms.mpSoftrank).toBe(0.25);
  expect(weightWatcherNorms([0, 0], 2, 1)).toEqual({
    logNorm: Number.NEGATIVE_INFINITY,
    logSpectralNorm: Number.NEGATIVE_INFINITY,
    alphaWeighted: null,
    logAlphaNorm: null,
    mpSoftrank: null,
  });
});

test("the search from coarse to fine finds what trying every tail in order finds", () => {
  const random = new Random(41);
  for (let sample = 0; sample < 200; sample++) {
    const n = 2 + Math.floor(300 * random.uniform() ** 2);
    const tail = 0.2 + 0.8 * random.uniform();
    const logs = Float64Array.from({ length: n }, () =>
      random.uniform() < tail ? -Math.log(1 - random.uniform()) / 1.7 : 0.8 * random.uniform() - 0.7,
    ).sort();
    let best = { distance: Number.POSITIVE_INFINITY, first: -1 };
    for (let first = 0; first < n - 1; first++) {
      const count = n - first;
      const origin = logs[first]!;
      const slope = count / logs.subarray(first).reduce((sum, x) => sum + x - origin, 0);
      let distance = 0;
      for (let j = 0; j < count; j++) {
        const cdf = 1 - Math.exp(-slope * (logs[first + j]! - origin));
        distance = Math.max(distance, Math.abs(cdf - j / count), Math.abs((j + 1) / count - cdf));
      }
      if (distance < best.distance) best = { distance, first };
    }
    const fit = fitSorted(logs);
    expect(fit?.distance).toBeCloseTo(best.distance, 12);
    expect(fit?.tailCount).toBe(n - best.first);
  }
});

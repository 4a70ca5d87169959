import { expect, test } from "vitest";
import { Random } from "../random.ts";
import {
  type BoundedLaw,
  boundOf,
  distribution,
  kurtosisOf,
  logMean,
  logNoneBeyond,
  logSquares,
  logSupremum,
} from "./largeDeviations.ts";

const LAWS: readonly BoundedLaw[] = [
  { family: "normal" },
  { family: "uniform" },
  { family: "truncated", cut: 2 },
  { family: "truncated", cut: 1 },
];

/** SciPy 1.15: stats.truncnorm(-2, 2) and stats.uniform, standardized; scipy.optimize over scipy.integrate for the rates. */
test("bounds, kurtosis and distribution are those of SciPy", () => {
  expect(boundOf({ family: "truncated", cut: 2 })).toBeCloseTo(2.273_694_468_7, 9);
  expect(kurtosisOf({ family: "truncated", cut: 2 })).toBeCloseTo(2.365_536_717, 8);
  expect(kurtosisOf({ family: "truncated", cut: 8 })).toBeCloseTo(3, 8);
  expect(distribution({ family: "truncated", cut: 2 }, 1)).toBeCloseTo(0.825_268_747_4, 9);
  expect(distribution({ family: "uniform" }, 1)).toBeCloseTo(0.5 + 1 / (2 * Math.sqrt(3)), 12);
  expect(distribution({ family: "normal" }, 1)).toBeCloseTo(0.841_344_746, 8);
});

test("each bound is one: among many draws fewer are beyond it than it says, at every size", () => {
  const random = new Random(3);
  const draw: Record<string, () => number> = {
    normal: () => random.normal(),
    uniform: () => Math.sqrt(3) * (2 * random.uniform() - 1),
  };
  const cut = (at: number) => () => {
    for (;;) {
      const z = random.normal();
      if (Math.abs(z) <= at) return (z * boundOf({ family: "truncated", cut: at })) / at;
    }
  };
  const LEVEL = Math.log(0.05);
  for (const law of LAWS) {
    const one = law.family === "truncated" ? cut(law.cut) : draw[law.family]!;
    for (const n of [3, 10, 60]) {
      const beyond = { squares: 0, mean: 0, supremum: 0, largest: 0 };
      const rounds = 1200;
      for (let round = 0; round < rounds; round++) {
        const w = Float64Array.from({ length: n }, one).sort();
        const mean = w.reduce((sum, x) => sum + x, 0) / n;
        const squares = w.reduce((sum, x) => sum + x * x, 0) / n;
        const largest = w.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
        const far = w.reduce(
          (most, x, k) =>
            Math.max(most, Math.abs(distribution(law, x) - k / n), Math.abs(distribution(law, x) - (k + 1) / n)),
          0,
        );
        if (logSquares(law, squares, n) < LEVEL) beyond.squares++;
        if (logMean(mean * Math.sqrt(n)) < LEVEL) beyond.mean++;
        if (logSupremum(far, n) < LEVEL) beyond.supremum++;
        if (logNoneBeyond(law, largest, n) < LEVEL) beyond.largest++;
      }
      // Three binomial errors above the level at most.
      const most = 0.05 * rounds + 3 * Math.sqrt(0.05 * 0.95 * rounds);
      for (const [name, count] of Object.entries(beyond))
        expect(count, `${law.family} ${name} ${n}`).toBeLessThan(most);
      // What is exact is met, not only kept.
      expect(beyond.largest, `${law.family} ${n}`).toBeGreaterThan(0.05 * rounds - 4 * Math.sqrt(0.05 * 0.95 * rounds));
    }
  }
});

test("what a law never does has no probability, and what it does mostly has no small one", () => {
  expect(logSquares({ family: "uniform" }, 3.1, 2)).toBe(Number.NEGATIVE_INFINITY);
  expect(logSquares({ family: "normal" }, 0, 1)).toBe(Number.NEGATIVE_INFINITY);
  for (const law of LAWS) {
    expect(logSquares(law, 1.01, 10)).toBe(0);
    expect(logSquares(law, 1.5, 1000)).toBeLessThan(-40);
    expect(logSquares(law, 0.6, 1000)).toBeLessThan(-40);
  }
  // Rates by SciPy: quad inside minimize_scalar.
  const rate = (law: BoundedLaw, x: number) => (Math.LN2 - logSquares(law, x, 1000)) / 1000;
  expect(rate({ family: "normal" }, 2)).toBeCloseTo((1 - Math.LN2) / 2, 9);
  expect(rate({ family: "uniform" }, 1.5)).toBeCloseTo(0.144_280_421_8, 8);
  expect(rate({ family: "uniform" }, 0.5)).toBeCloseTo(0.188_061_279_6, 8);
  expect(rate({ family: "truncated", cut: 2 }, 1.5)).toBeCloseTo(0.077_235_467_5, 8);
  expect(rate({ family: "truncated", cut: 2 }, 0.5)).toBeCloseTo(0.123_060_587, 8);
});

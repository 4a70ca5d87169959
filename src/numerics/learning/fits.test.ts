import { expect, test } from "vitest";
import { compareCurves } from "./curveFit.ts";
import { deepStrength, shallowStrength } from "./deepLinear.ts";
import { monotoneFit } from "./isotonic.ts";
import { FIXTURE } from "./learning.testkit.ts";
import { peaks, prominence, transitions } from "./transitions.ts";

test.each(FIXTURE.fits)(
  "$name with noise: both laws, their errors and Akaike's criterion as SciPy fits them",
  (one) => {
    const found = compareCurves(one.times, one.strengths, one.s)!;
    for (const kind of ["deep", "shallow"] as const) {
      const [fit, reference] = [found[kind], one.fits[kind]];
      expect(fit.tau / reference.tau).toBeCloseTo(1, 5);
      expect(fit.start).toBeCloseTo(reference.start, 5);
      expect(fit.tauError / reference.tauError).toBeCloseTo(1, 3);
      expect(fit.residual ** 2 * one.times.length).toBeCloseTo(reference.rss, 8);
      expect(fit.aic).toBeCloseTo(reference.aic, 4);
    }
    expect(found.difference > 2 ? "deep" : found.difference < -2 ? "shallow" : "undecided").toBe(one.name);
  },
);

test.each(FIXTURE.deeper)("$depth weight matrices with noise: the law of that depth, fitted as SciPy does", (one) => {
  const { deep, difference } = compareCurves(one.times, one.strengths, one.s, one.depth)!;
  // SciPy takes its gradients by differences here: its minimum is good to a few 1e-5.
  expect(deep.tau / one.tau).toBeCloseTo(1, 3);
  expect(deep.start / one.start).toBeCloseTo(1, 3);
  expect(deep.tauError / one.tauError).toBeCloseTo(1, 2);
  expect(deep.startError / one.startError).toBeCloseTo(1, 2);
  expect(deep.residual ** 2 * one.times.length).toBeCloseTo(one.rss, 8);
  expect(difference).toBeGreaterThan(20);
  // The law of two layers does not fit what three or five did.
  expect(compareCurves(one.times, one.strengths, one.s, 2)!.deep.residual).toBeGreaterThan(1.5 * deep.residual);
});

test("exact courses are told apart, and their parameters found", () => {
  const times = Array.from({ length: 30 }, (_, k) => k * 10);
  const deep = compareCurves(
    times,
    times.map((t) => deepStrength(t, 3, 1e-5, 50)),
    3,
  )!;
  expect(deep.difference).toBeGreaterThan(50);
  expect(deep.deep.tau).toBeCloseTo(50, 6);
  expect(deep.deep.start / 1e-5).toBeCloseTo(1, 5);
  const shallow = compareCurves(
    times,
    times.map((t) => shallowStrength(t, 3, 0.01, 50)),
    3,
  )!;
  expect(shallow.difference).toBeLessThan(-50);
  expect(shallow.shallow.tau).toBeCloseTo(50, 6);
  expect(shallow.shallow.start).toBeCloseTo(0.01, 8);
});

test("nothing is compared on few points, or on a course that does not rise through the middle", () => {
  expect(compareCurves([0, 1, 2, 3, 4], [0, 0.1, 0.6, 0.9, 1], 1)).toBeNull();
  expect(compareCurves([0, 1, 2, 3, 4, 5, 6], [0, 0, 0, 0.1, 0.1, 0.2, 0.3], 1)).toBeNull();
});

test("peaks and their prominence as SciPy's find_peaks has them", () => {
  const { values, peaks: at, prominences } = FIXTURE.peaks;
  expect(peaks(values)).toEqual(at);
  for (const [k, peak] of at.entries()) expect(prominence(values, peak)).toBeCloseTo(prominences[k]!, 12);
});

test("the loss of two modes falls in two steps, each where its mode passes half", () => {
  const times = Array.from({ length: 400 }, (_, k) => k * 0.02);
  const loss = times.map(
    (t) => (3 - deepStrength(t, 3, 1e-4, 1)) ** 2 / 2 + (1 - deepStrength(t, 1, 1e-4, 1)) ** 2 / 2 + 1e-3,
  );
  const found = transitions(times, loss);
  expect(found).toHaveLength(2);
  // −d ln(L)/dt is greatest a little after half: the loss is a square.
  const [first, second] = [Math.log(3e4) / 6, Math.log(1e4) / 2];
  expect(Math.abs(found[0]!.time - first)).toBeLessThan(0.5);
  expect(Math.abs(found[1]!.time - second)).toBeLessThan(1.2);
  expect(transitions([0, 1, 2, 3], [1, 1, 1, 1])).toEqual([]);
  expect(transitions([0, 1, 2], [1, 0, -1])).toEqual([]);
});

test("the nearest monotone course as SciPy's isotonic regression has it", () => {
  const { values, rising, rms } = FIXTURE.monotone;
  const { fit, residual } = monotoneFit(values);
  expect(residual).toBeCloseTo(Math.min(...rms), 12);
  if (rms[0]! < rms[1]!) for (const [k, value] of rising.entries()) expect(fit[k]).toBeCloseTo(value, 12);
  expect(monotoneFit([3, 2, 1]).residual).toBe(0);
  expect(monotoneFit([]).residual).toBe(0);
});

import { expect, test } from "vitest";
import { type Law, learningCurve } from "./curves.ts";
import {
  deepTimeBetween,
  depthTimeBetween,
  infiniteDepthTimeBetween,
  leastStableTau,
  stageIndex,
} from "./deepLinear.ts";
import { FIXTURE, specified } from "./learning.testkit.ts";

const lawOf = (kind: Law["kind"], value: number): Law =>
  kind === "depth"
    ? { kind, depth: value }
    : kind === "unbalanced"
      ? { kind, c0: value }
      : kind === "correlated"
        ? { kind, delta: value }
        : { kind, lambda: value };

test.each(FIXTURE.courses)("$kind $value: the whole course as an ODE solver has it", (course) => {
  const curve = learningCurve(lawOf(course.kind, course.value), course);
  for (const [k, t] of course.times.entries()) expect(Math.abs(curve(t) / course.strengths[k]! - 1)).toBeLessThan(2e-9);
});

test("every closed form of the specification", () => {
  const number = (text: string, name: string) => Number(new RegExp(`${name}=([\\d.e-]+)`).exec(text)?.[1]);
  let checked = 0;
  for (const [key, value] of Object.entries(FIXTURE.specification)) {
    const expected = value as Record<string, number>;
    if (key.startsWith("saxe_a/")) {
      const facts = { s: number(key, "s"), start: number(key, "a0"), tau: 1 };
      const t = number(key, "t");
      expect(learningCurve({ kind: "depth", depth: 2 }, facts)(t)).toBeCloseTo(expected.deep!, 9);
      expect(learningCurve({ kind: "depth", depth: 1 }, facts)(t)).toBeCloseTo(expected.shallow!, 9);
      checked++;
    } else if (key.startsWith("saxe_depth/")) {
      const curve = learningCurve({ kind: "depth", depth: number(key, "D") }, { s: 1, start: 1e-3, tau: 1 });
      expect(curve(expected.t_half!)).toBeCloseTo(0.5, 8);
      expect(curve(expected.t_99!)).toBeCloseTo(0.99, 8);
      checked++;
    } else if (key.startsWith("saxe_unbalanced/")) {
      for (const [c0, half] of Object.entries(expected)) {
        const curve = learningCurve({ kind: "unbalanced", c0: number(c0, "c0") }, { s: 1, start: 1e-3, tau: 1 });
        expect(curve(half)).toBeCloseTo(0.5, 8);
        checked++;
      }
    } else if (key.startsWith("saxe_t_10,t_90/")) {
      expect(deepTimeBetween(1e-3, 0.1, 1, 1)).toBeCloseTo(expected.t10!, 9);
      expect(deepTimeBetween(1e-3, 0.9, 1, 1)).toBeCloseTo(expected.t90!, 9);
      checked++;
    }
  }
  expect(checked).toBe(6 + 6 + 5 + 1);
});

test("correlated inputs: rate from s, end at s/δ, as the specification has it", () => {
  const reference = specified("saxe_correlated/s=1,delta=0.25,a0=0.001");
  const curve = learningCurve({ kind: "correlated", delta: 0.25 }, { s: 1, start: 1e-3, tau: 1 });
  for (const t of [2, 4, 6]) expect(curve(t)).toBeCloseTo(reference[`t=${t}`]!, 10);
  expect(curve(1e4)).toBeCloseTo(reference.a_inf!, 12);
});

test("weight decay: what is weaker than λ is never learned, what is stronger ends at s − λ", () => {
  const weak = learningCurve({ kind: "decay", lambda: 1 }, { s: 0.8, start: 1e-3, tau: 1 });
  expect(weak(50)).toBeLessThan(1e-8);
  const strong = learningCurve({ kind: "decay", lambda: 1 }, { s: 3, start: 1e-3, tau: 1 });
  expect(strong(50)).toBeCloseTo(2, 12);
});

test("a course passes half where its time says; outside its domain there is none", () => {
  for (const depth of [3, 5, 20]) {
    const curve = learningCurve({ kind: "depth", depth }, { s: 1.7, start: 1e-4, tau: 2 });
    expect(curve(depthTimeBetween(depth, 1e-4, 0.85, 1.7, 2))).toBeCloseTo(0.85, 8);
    expect(curve(0)).toBe(1e-4);
    expect(curve(1e12)).toBe(1.7);
  }
  expect(learningCurve({ kind: "depth", depth: 3 }, { s: 1, start: -1e-3, tau: 1 })(1)).toBeNaN();
  expect(learningCurve({ kind: "unbalanced", c0: 1 }, { s: 1, start: 2, tau: 1 })(1)).toBeNaN();
});

test("infinite depth", () => {
  const reference = FIXTURE.specification["saxe_depth_inf_formula/Nl=101,s=1,u0=0.001,uf=0.5"];
  expect(infiniteDepthTimeBetween(101, 1e-3, 0.5, 1, 1)).toBeCloseTo(Number(reference), 10);
});

test("stage index: a step for deep networks from a small start, none for a shallow one", () => {
  // t₉₅ = (ln 19 + ln 999)/2, t₀₅ = (ln 999 − ln 19)/2 for s = 1, a₀ = 0.001.
  expect(stageIndex(2, 1e-3, 1)).toBeCloseTo((2 * Math.log(19)) / (Math.log(19) + Math.log(999)), 8);
  expect(stageIndex(2, 1e-12, 1)).toBeLessThan(0.2);
  expect(stageIndex(1, 0, 1)).toBeCloseTo(1 - Math.log(1 / 0.95) / Math.log(20), 12);
  expect(stageIndex(2, 0.1, 1)).toBeNaN();
});

test.each([2, 3, 5])(
  "%i matrices: gradient descent stays at the mode just above the least τ, and leaves it just below",
  (depth) => {
    const s = 2;
    const run = (tau: number) => {
      // One mode, all layers equally strong: a ← a + a^(D−1)(s − a^D)/τ.
      let a = 0.999 * s ** (1 / depth);
      for (let k = 0; k < 4000; k++) a += (a ** (depth - 1) * (s - a ** depth)) / tau;
      return Math.abs(a ** depth - s);
    };
    const least = leastStableTau(depth, s);
    expect(run(1.02 * least)).toBeLessThan(1e-6);
    expect(run(0.98 * least)).toBeGreaterThan(0.01);
  },
);

import { expect, test } from "vitest";
import { FIXTURE } from "../randomMatrix/fixture.testkit.ts";
import { airyAi } from "./airy.ts";
import { gaussLegendre } from "./gaussLegendre.ts";
import { logErfc, logNormalTail, normalBelow, normalTail } from "./normal.ts";

test.each(FIXTURE.airy)("Ai(%f)", (x, value) => {
  expect(Math.abs(airyAi(x) - value)).toBeLessThanOrEqual(x > -2 ? 1e-13 * Math.abs(value) : 1e-13);
});

test("Ai goes smoothly over the seams of its expansions", () => {
  for (const seam of [-10.5, -9.5, 0.5, 11.5, 12.5]) {
    const jump = airyAi(seam + 1e-9) - airyAi(seam - 1e-9);
    expect(Math.abs(jump)).toBeLessThan(1e-8);
  }
  expect(airyAi(Number.NaN)).toBeNaN();
});

test.each(FIXTURE.log_erfc)("ln erfc(%f)", (x, value) => {
  expect(Math.abs(logErfc(x) - value)).toBeLessThanOrEqual(1e-13 * Math.max(1, Math.abs(value)));
});

test("normal tails: the classical quantiles, and far out without underflow", () => {
  expect(normalTail(1.959963984540054)).toBeCloseTo(0.025, 14);
  expect(normalTail(-1.959963984540054)).toBeCloseTo(0.975, 14);
  expect(logNormalTail(50)).toBeCloseTo(-1250 - Math.log(50) - Math.log(2 * Math.PI) / 2 - 1 / 2500, 4);
});

test("the quick Φ is the slow one, over its table, its seams and beyond", () => {
  for (let x = -11.987; x < 11; x += 0.0173) {
    expect(Math.abs(normalBelow(x) / normalTail(-x) - 1), `Φ(${x})`).toBeLessThan(
      3e-15 * Math.max(1, x < 0 ? x * x : 1),
    );
  }
  expect(normalBelow(0)).toBe(0.5);
  expect([normalBelow(Number.NEGATIVE_INFINITY), normalBelow(40)]).toEqual([0, 1]);
});

test("Gauss–Legendre integrates polynomials up to degree 2n−1 and fails beyond", () => {
  const { nodes, weights } = gaussLegendre(5, -1, 3);
  const integral = (power: number) => nodes.reduce((sum, x, i) => sum + weights[i]! * x ** power, 0);
  for (let power = 0; power <= 9; power++) {
    const exact = (3 ** (power + 1) - (-1) ** (power + 1)) / (power + 1);
    expect(integral(power) / exact).toBeCloseTo(1, 12);
  }
  expect(integral(10) / ((3 ** 11 + 1) / 11)).not.toBeCloseTo(1, 6);
});

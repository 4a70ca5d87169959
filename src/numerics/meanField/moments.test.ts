import { expect, test } from "vitest";
import { erf, normalTail } from "../special/normal.ts";
import { slopeSquareAtZero } from "./activation.ts";
import { ACTIVATIONS, activationById } from "./activations.ts";
import { FIXTURE, known } from "./fixture.testkit.ts";
import { gaussianMean } from "./gaussianRule.ts";
import { arcCosine, kernelOf } from "./kernel.ts";
import { curvatureMoment, meanSquare, meanSquareSlope, slopeMoment } from "./moments.ts";

const QS = [1e-3, 0.5, 1, 5, 100];

/** Quadrature itself, past the closed forms that scale-free activations take. */
const square = (id: string, q: number) => gaussianMean(known(id), q, (x) => known(id).value(x) ** 2);
const slope = (id: string, q: number) => gaussianMean(known(id), q, (x) => known(id).slope(x) ** 2);

const CLOSED: Readonly<Record<string, readonly [(q: number) => number, (q: number) => number]>> = {
  linear: [(q) => q, () => 1],
  relu: [(q) => q / 2, () => 0.5],
  "leaky_relu_0.2": [(q) => 0.52 * q, () => 0.52],
  erf: [(q) => (2 / Math.PI) * Math.asin((2 * q) / (1 + 2 * q)), (q) => 4 / (Math.PI * Math.sqrt(1 + 4 * q))],
  sin: [(q) => -Math.expm1(-2 * q) / 2, (q) => (1 + Math.exp(-2 * q)) / 2],
  hardtanh: [
    (q) =>
      q * (1 - 2 * normalTail(1 / Math.sqrt(q))) -
      Math.sqrt((2 * q) / Math.PI) * Math.exp(-1 / (2 * q)) +
      2 * normalTail(1 / Math.sqrt(q)),
    (q) => erf(1 / Math.sqrt(2 * q)),
  ],
};

test.each(Object.keys(CLOSED))("%s: quadrature meets the closed forms to 1e-12 for q from 0.001 to 100", (id) => {
  const [first, second] = CLOSED[id]!;
  for (const q of QS) {
    expect(Math.abs(square(id, q) / first(q) - 1), `E φ² at ${q}`).toBeLessThan(1e-12);
    expect(Math.abs(slope(id, q) / second(q) - 1), `E φ′² at ${q}`).toBeLessThan(1e-12);
  }
});

test.each(Object.keys(FIXTURE.mean_square))("%s: E φ² meets SciPy's adaptive quadrature", (id) => {
  for (const [q, value] of Object.entries(FIXTURE.mean_square[id]!))
    expect(Math.abs(meanSquare(known(id), Number(q)) / value - 1), `q = ${q}`).toBeLessThan(1e-12);
});

test.each(FIXTURE.erf)("erf(%d)", (x, value) => {
  expect(Math.abs(erf(x) - value)).toBeLessThan(1e-15);
});

test.each(ACTIVATIONS.map(({ id }) => id))(
  "%s: slope and curvature are the derivatives of what stands above them, kinks are where they jump",
  (id) => {
    const { value, slope, curvature, kinks, odd } = known(id);
    for (let x = -7.93; x < 8; x += 0.1) {
      if (kinks.some((kink) => Math.abs(x - kink) < 0.02)) continue;
      expect(slope(x), `φ′(${x})`).toBeCloseTo((value(x + 1e-5) - value(x - 1e-5)) / 2e-5, 8);
      if (curvature !== null)
        expect(curvature(x), `φ″(${x})`).toBeCloseTo((slope(x + 1e-5) - slope(x - 1e-5)) / 2e-5, 8);
      if (odd) expect(value(-x)).toBeCloseTo(-value(x), 14);
      // No kink that is not listed.
      expect(Math.abs(slope(x + 0.01) - slope(x - 0.01))).toBeLessThan(0.04);
    }
    if (curvature === null)
      expect(kinks.some((kink) => Math.abs(slope(kink + 1e-9) - slope(kink - 1e-9)) > 0.005)).toBe(true);
  },
);

test("there are at least sixteen activations, found by id; parameters are read and bounded", () => {
  expect(ACTIVATIONS.length).toBeGreaterThanOrEqual(16);
  for (const activation of ACTIVATIONS) expect(activationById(activation.id)).toBe(activation);
  expect(activationById("leaky_relu_0.3")?.value(-1)).toBe(-0.3);
  expect(activationById("elu_0.5")?.value(-30)).toBeCloseTo(-0.5, 10);
  for (const wrong of ["", "ReLU", "leaky_relu_", "leaky_relu_x", "elu_-1", "celu_0", "leaky_relu_1e9", "__proto__"])
    expect(activationById(wrong), wrong).toBeUndefined();
});

test("the slope of the q-map is right at kinks, where automatic differentiation of φ′ gives another", () => {
  for (const [id, q] of [
    ["relu", 1],
    ["selu", 1],
    ["hardtanh", 0.7],
    ["softsign", 2],
    ["gelu", 3],
  ] as const) {
    const step = 1e-4 * q;
    const difference = (meanSquare(known(id), q + step) - meanSquare(known(id), q - step)) / (2 * step);
    expect(meanSquareSlope(known(id), q)).toBeCloseTo(difference, 7);
  }
  // E[φ′² + φφ″] without the δ of φ″ at ±1 would be E φ′² = 0.683.
  expect(meanSquareSlope(known("hardtanh"), 1)).toBeCloseTo(0.1987480430987992, 12);
});

test("where φ′ jumps, E φ″² is infinite, not 0", () => {
  for (const id of ["relu", "leaky_relu_0.01", "hardtanh", "selu", "relu6"])
    expect(curvatureMoment(known(id), 1), id).toBe(Number.POSITIVE_INFINITY);
  // φ″ of ELU only jumps: E e^(2x) over x < 0, which is e²·Φ(−2).
  expect(curvatureMoment(known("elu"), 1)).toBeCloseTo(Math.exp(2) * normalTail(2), 12);
});

test.each(Object.keys(FIXTURE.covariance))("%s: E[φφ] meets SciPy's nested quadrature", (id) => {
  for (const [at, value] of Object.entries(FIXTURE.covariance[id]!)) {
    const [q, c] = at.split(",").map(Number);
    expect(Math.abs(kernelOf(known(id), q!, "value")(c!) / value - 1), at).toBeLessThan(1e-11);
  }
});

test.each([
  "tanh",
  "gelu",
  "silu",
  "hardtanh",
  "selu",
  "softsign",
  "elu",
  "relu6",
  "relu",
  "leaky_relu_0.2",
  "erf",
  "sin",
])("%s: the kernel ends in the moments, rises, and its slope is that of φ′", (id) => {
  for (const q of [0.3, 4]) {
    const values = kernelOf(known(id), q, "value");
    const slopes = kernelOf(known(id), q, "slope");
    expect(values(1)).toBeCloseTo(meanSquare(known(id), q), 11);
    expect(slopes(1)).toBeCloseTo(slopeMoment(known(id), q), 11);
    for (const c of [0, 0.5, 0.97]) {
      const difference = (values(c + 1e-5) - values(c - 1e-5)) / 2e-5;
      expect(slopes(c)).toBeCloseTo(difference / q, 7);
      expect(values.drop(c)).toBeCloseTo((values(1) - values(c)) / (1 - c), 9);
    }
  }
});

test("closed kernels: arc-cosine, erf, sine", () => {
  for (const c of [-0.5, 0, 0.3, 0.99]) {
    const q = 1.7;
    expect(kernelOf(known("relu"), q, "value")(c)).toBeCloseTo((q / 2) * arcCosine(c), 14);
    expect(kernelOf(known("erf"), q, "value")(c)).toBeCloseTo((2 / Math.PI) * Math.asin((2 * q * c) / (1 + 2 * q)), 14);
    expect(kernelOf(known("sin"), q, "value")(c)).toBeCloseTo(Math.exp(-q) * Math.sinh(q * c), 14);
  }
  // The quadrature that other kinks take, on one whose closed form is known.
  const slow = { ...known("leaky_relu_0.2"), slopes: null };
  for (const c of [0.1, 0.8, 0.999])
    expect(kernelOf(slow, 2, "value")(c)).toBeCloseTo(kernelOf(known("leaky_relu_0.2"), 2, "value")(c), 11);
});

test("φ′(0±)² is the limit of the mean of φ′² as q → 0", () => {
  for (const id of ["gelu", "selu", "relu", "tanh", "mish"])
    expect(slopeMoment(known(id), 1e-10)).toBeCloseTo(slopeSquareAtZero(known(id)), 4);
});

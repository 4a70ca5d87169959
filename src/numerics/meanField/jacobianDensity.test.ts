import { expect, test } from "vitest";
import { criticalAt } from "./criticalLine.ts";
import { known } from "./fixture.testkit.ts";
import { jacobianMoments, linearGaussianEdge, type WeightLaw } from "./jacobian.ts";
import { jacobianDensity } from "./jacobianDensity.ts";

/** ∫ over ln s by the trapezoid rule. */
function integral(logs: readonly number[], values: readonly number[]): number {
  let sum = 0;
  for (let k = 1; k < logs.length; k++) sum += ((values[k]! + values[k - 1]!) / 2) * (logs[k]! - logs[k - 1]!);
  return sum;
}

const CASES: readonly (readonly [string, number, number, number, WeightLaw])[] = [
  ["linear", 1, 1, 1, "gaussian"],
  ["linear", 1, 1, 5, "gaussian"],
  ["tanh", 0.57, 1.7609, 1, "gaussian"],
  ["tanh", 0.57, 1.7609, 10, "gaussian"],
  ["tanh", 0.57, 1.7609, 10, "orthogonal"],
  ["tanh", 0.57, 1.7609, 40, "orthogonal"],
  ["relu", 1, 2, 1, "gaussian"],
  ["relu", 1, 2, 4, "orthogonal"],
  ["hardtanh", 0.4639, 1.1655, 6, "orthogonal"],
  ["tanh", 4.08, 6.25, 6, "gaussian"],
];

test.each(CASES)(
  "%s at q = %d, σ_w² = %d, %i layers, %s: mass 1, first moment χ₁^L, spread L(μ₂/μ₁² − 1 − s₁)",
  (id, q, weight, layers, law) => {
    const found = jacobianDensity(known(id), q, weight, layers, law, 600)!;
    const squares = found.logs.map((log) => Math.exp(2 * log));
    const { mean, relativeVariance } = jacobianMoments(known(id), q, weight, layers, law);
    const atom = found.atom?.share ?? 0;
    const atomSquare = Math.exp(2 * (found.atom?.log ?? 0));
    expect(found.zero + atom + integral(found.logs, found.density)).toBeCloseTo(1, 1.2);
    const first =
      atom * atomSquare +
      integral(
        found.logs,
        found.density.map((value, k) => value * squares[k]!),
      );
    expect(first / mean).toBeCloseTo(1, 1.2);
    const second =
      atom * atomSquare ** 2 +
      integral(
        found.logs,
        found.density.map((value, k) => value * squares[k]! ** 2),
      );
    expect((second / first ** 2 - 1) / relativeVariance).toBeCloseTo(1, 1);
  },
);

test("linear Gaussian products end at (L+1)^(L+1)/L^L", () => {
  for (const layers of [1, 2, 10]) {
    const { logs, density } = jacobianDensity(known("linear"), 1, 1, layers, "gaussian", 1500)!;
    const last = logs.filter((_, k) => density[k]! > 0.003).pop()!;
    expect(Math.exp(2 * last) / linearGaussianEdge(layers)).toBeCloseTo(1, 1);
  }
});

test("orthogonal linear layers leave a δ; tanh of small q comes near it, ReLU keeps half its values at 0", () => {
  expect(jacobianDensity(known("linear"), 1, 1, 10, "orthogonal")).toBeNull();
  const { q, weight } = criticalAt(known("tanh"), 0.001)!;
  const narrow = jacobianDensity(known("tanh"), q, weight, 3, "orthogonal")!;
  const wide = jacobianDensity(known("tanh"), q, weight, 3, "gaussian")!;
  const width = (logs: readonly number[]) => logs[logs.length - 1]! - logs[0]!;
  expect(width(narrow.logs)).toBeLessThan(width(wide.logs) / 2);
  expect(jacobianDensity(known("hardtanh"), 0.4639, 1.1655, 6, "orthogonal")!.atom!.share).toBeCloseTo(0.148, 2);
  expect(jacobianDensity(known("hardtanh"), 0.4639, 1.1655, 9, "orthogonal")!.atom).toBeNull();
  expect(jacobianDensity(known("relu"), 1, 2, 2, "orthogonal")!.zero).toBeCloseTo(0.5, 10);
});

import { expect, test } from "vitest";
import { Random } from "../../numerics/random.ts";
import { singularValueDensity } from "../../numerics/randomMatrix/marchenkoPastur.ts";
import { matrixContext } from "../_shared/testCheckpoint.testkit.ts";
import { spectrumAnalysis } from "./index.ts";

/** Toy world of four items (Canary, Salmon, Oak, Rose) and seven properties: σ = √7, √3, 1, 1. */
const TOY = new Float32Array([1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);

test("the toy world's spectrum and ranks", async () => {
  const result = await spectrumAnalysis.run(matrixContext(7, 4, TOY), {});
  expect(result.promise).toBe("exact");
  for (const [i, expected] of [Math.sqrt(7), Math.sqrt(3), 1, 1].entries())
    expect(result.singularValues[i]).toBeCloseTo(expected, 12);
  expect(result.stableRank.value).toBeCloseTo(12 / 7, 12);
  expect(result.frobeniusNorm.value).toBeCloseTo(Math.sqrt(12), 12);
  expect(result.spectralNorm.how.kind).toBe("exact");
});

test("above the exact limit: leading values with residuals, ranks as estimates or bounds", async () => {
  const rows = 140;
  const columns = 150;
  const values = Float32Array.from(
    { length: rows * columns },
    (_, k) =>
      Math.sin(
        0.7 * Math.floor(k / columns) + 1.3 * (k % columns) + 0.05 * Math.floor(k / columns) * (k % columns) + 0.3,
      ) +
      0.3 * Math.cos(k * k),
  );
  const exact = await spectrumAnalysis.run(matrixContext(rows, columns, values), {});
  const top = await spectrumAnalysis.run(matrixContext(rows, columns, values), { exactLimit: 100, topK: 6 });
  expect(top.promise).toBe("top-k");
  expect(top.singularValues.length).toBe(6);
  for (let i = 0; i < 6; i++)
    expect((top.singularValues[i] as number) / (exact.singularValues[i] as number)).toBeCloseTo(1, 5);
  expect(top.spectralNorm.how.kind).toBe("bound");
  expect(top.effectiveRank?.how.kind).toBe("estimate");
  expect(top.stableRank.value).toBeCloseTo(exact.stableRank.value, 4);
  const how = top.effectiveRank?.how;
  const error = how?.kind === "estimate" ? how.standardError : Number.NaN;
  expect(Math.abs((top.effectiveRank?.value ?? 0) - (exact.effectiveRank?.value ?? 0))).toBeLessThan(5 * error);
});

test("a zero matrix is said to be one; NaN is refused with its place", async () => {
  const zero = await spectrumAnalysis.run(matrixContext(3, 2, new Float32Array(6)), {});
  expect(zero.degenerate).toContain("zero");
  expect([zero.stableRank.value, zero.effectiveRank?.value]).toEqual([0, 0]);
  const broken = new Float32Array(6);
  broken[3] = Number.NaN;
  await expect(spectrumAnalysis.run(matrixContext(3, 2, broken), {})).rejects.toMatchObject({ code: "non-finite" });
});

test.each([
  ["optimizer-state", "f32", /optimizer state/],
  ["buffer", "f32", /buffer/],
  ["weight", "i64", /i64/],
] as const)("no spectrum of %s in %s", (role, dtype, reason) => {
  const { tensor, target } = matrixContext(2, 2, new Float32Array(4), { role, dtype });
  expect(spectrumAnalysis.applies(tensor, target)?.reason).toMatch(reason);
});

test("every rank measure comes with its value for noise of this shape, and the bulk with its edge", async () => {
  const random = new Random(4);
  const values = Float32Array.from({ length: 64 * 96 }, () => random.normal());
  const result = await spectrumAnalysis.run(matrixContext(64, 96, values), {});
  for (const field of ["stableRank", "effectiveRank", "participationRatio", "hoyer"] as const) {
    const { value, spread } = result.rankNulls[field];
    expect(Math.abs(result[field]!.value - value)).toBeLessThan(4 * spread);
  }
  expect(result.rankNulls.participationRatio.value).toBeCloseTo((64 * 96) / 161, 10);
  const noise = result.noise.value!;
  expect(noise.signalModes.value).toBe(0);
  expect(noise.edgeRatio.value).toBeLessThan(1);
  expect(noise.bulk.below.at(-1)).toBeCloseTo(1, 6);
  expect(noise.bulk.sigma.at(-1)).toBeCloseTo(noise.bulkEdge.value, 4);
  expect(result.powerLaw.reason).toMatch(/no tail/);
  expect(result.remarks).toEqual([]);
});

test("a sketch is a first look: leading values with bounds, nothing that needs the rest", async () => {
  const random = new Random(5);
  const values = Float32Array.from({ length: 80 * 90 }, (_, k) => random.normal() + (k % 90 === 3 ? 2 : 0));
  const sketch = await spectrumAnalysis.run(matrixContext(80, 90, values), { sketchAbove: 64 });
  const exact = await spectrumAnalysis.run(matrixContext(80, 90, values), { sketchAbove: 100 });
  expect([sketch.promise, exact.promise]).toEqual(["sketch", "exact"]);
  expect(sketch.singularValues.length).toBe(8);
  expect(Math.abs(sketch.spectralNorm.value / exact.spectralNorm.value - 1)).toBeLessThan(1e-4);
  expect(sketch.spectralNorm.how.kind).toBe("bound");
  expect(sketch.noise.value?.signalModes.value).toBe(exact.noise.value?.signalModes.value);
  expect([sketch.effectiveRank, sketch.hoyer]).toEqual([null, null]);
});

test("the floorless route names itself and agrees", async () => {
  const random = new Random(6);
  const values = Float32Array.from({ length: 70 * 80 }, () => random.normal());
  const [auto, floorless] = [
    await spectrumAnalysis.run(matrixContext(70, 80, values), {}),
    await spectrumAnalysis.run(matrixContext(70, 80, values), { route: "floorless" }),
  ];
  expect(auto.spectralNorm.how).toMatchObject({ kind: "exact", floor: auto.floor });
  expect(auto.floor).toBeGreaterThan(0);
  expect([floorless.floor, "floor" in floorless.spectralNorm.how]).toEqual([0, false]);
  for (const [k, value] of floorless.singularValues.entries()) expect(auto.singularValues[k]).toBeCloseTo(value, 8);
});

test("above the exact limit the density of all values comes with its error, and holds them all", async () => {
  const random = new Random(7);
  const values = Float32Array.from({ length: 150 * 200 }, () => random.normal());
  const { density, promise } = await spectrumAnalysis.run(matrixContext(150, 200, values), { exactLimit: 64 });
  expect(promise).toBe("top-k");
  const { sigma, density: at, densityError, method } = density!;
  const step = sigma[1]! - sigma[0]!;
  expect(at.reduce((sum, value) => sum + value * step, 0)).toBeCloseTo(1, 1);
  // Marchenko–Pastur in the middle of the bulk, to the widening and four standard errors.
  const middle = sigma.findIndex((s) => s >= Math.sqrt(200));
  const law = singularValueDensity(sigma[middle]!, { beta: 0.75, unit: Math.sqrt(200) });
  expect(Math.abs(at[middle]! - law)).toBeLessThan(4 * densityError[middle]! + 0.05 * law);
  expect(method).toMatch(/quadrature, \d+ probes/);
});

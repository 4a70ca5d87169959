import { expect, test } from "vitest";
import { sharedCancelToken } from "../../base/cancel.ts";
import type { DenseMatrix } from "../dense.ts";
import { loadKernels } from "../kernels/load.ts";
import { Random } from "../random.ts";
import { effectiveRank, hoyerSparsity, participationRatio, stableRank } from "../ranks.ts";
import { singularValues } from "../svd/singularValues.ts";
import { operatorSpectrum } from "./convolution.ts";
import { entryFacts, heavyEntries, meanOutlier } from "./entries.ts";
import { reference, sines } from "./fixture.testkit.ts";
import { largestValue, largestValueBytes } from "./largestValue.ts";
import { medianNoiseLevel, uncertainNoiseEdge } from "./noiseLevel.ts";
import { orthogonalFit } from "./orthogonal.ts";
import { rankNulls } from "./rankNulls.ts";
import { affordableDraws, FIRST_DRAWS, nullPValue, signFlipNull } from "./signFlip.ts";
import { sketchLeading } from "./sketch.ts";
import { outlierOf, spikeOf } from "./spiked.ts";
import { noiseEdge } from "./tracyWidom.ts";
import { travelOf } from "./travel.ts";

function gaussian(rows: number, columns: number, std: number, seed: number): DenseMatrix & { data: Float64Array } {
  const random = new Random(seed);
  return { rows, columns, data: Float64Array.from({ length: rows * columns }, () => std * random.normal()) };
}

test("ranks of (4, 3, 2, 1) and the Gaussian expectations", () => {
  const expected = reference("rank_metrics/sv=4,3,2,1");
  expect(stableRank([4, 3, 2, 1])).toBeCloseTo(expected.stable_rank!, 10);
  expect(effectiveRank([4, 3, 2, 1])).toBeCloseTo(expected.roy_vetterli_erank!, 10);
  expect(effectiveRank([16, 9, 4, 1])).toBeCloseTo(expected.erank_on_squares!, 10);
  expect(participationRatio([4, 3, 2, 1])).toBeCloseTo(expected.participation_ratio!, 10);
  expect(hoyerSparsity([4, 3, 2, 1])).toBeCloseTo(expected.hoyer!, 10);
  expect(hoyerSparsity([2, 2, 2])).toBeCloseTo(0, 12);
  expect([hoyerSparsity([3, 0]), hoyerSparsity([5]), hoyerSparsity([0, 0])]).toEqual([1, 0, 0]);
  for (const [n, m] of [
    [100, 100],
    [64, 784],
  ] as const) {
    const s = singularValues(gaussian(n, m, 1, 9));
    const values = reference(`gaussian_null/${n}x${m}`);
    expect(Math.abs(participationRatio(s) / values.participation_ratio! - 1)).toBeLessThan(0.02);
    expect(Math.abs(stableRank(s) / values.stable_rank_asym! - 1)).toBeLessThan(0.1);
  }
});

test("the noise level of pure noise, and of noise with strong signal on top", () => {
  const noise = gaussian(100, 300, 0.03, 4);
  const level = medianNoiseLevel(singularValues(noise), 100, 300)!;
  expect(Math.abs(level.entryStd - 0.03)).toBeLessThan(4 * level.standardError);
  expect(level.standardError).toBeLessThan(0.0006);
  const data = noise.data.map((x, k) => x + 0.5 * Math.sin(Math.floor(k / 300)) * Math.cos(0.3 * (k % 300)));
  const loud = medianNoiseLevel(singularValues({ ...noise, data }), 100, 300)!;
  expect(Math.abs(loud.entryStd / level.entryStd - 1)).toBeLessThan(0.02);
  expect(medianNoiseLevel([3, 0, 0, 0], 4, 4)).toBeNull();
  expect(medianNoiseLevel([], 0, 4)).toBeNull();
});

test("an uncertain σ widens the edge, a given one does not", () => {
  const given = { entryStd: 0.1, standardError: 0 };
  expect(uncertainNoiseEdge(64, 64, given, 0.99)).toBe(noiseEdge(64, 64, 0.1, 0.99));
  const wider = uncertainNoiseEdge(64, 64, { entryStd: 0.1, standardError: 0.002 }, 0.99);
  expect(wider).toBeGreaterThan(noiseEdge(64, 64, 0.1, 0.99));
});

test("a planted spike is found again with its strength", () => {
  const [rows, columns] = [120, 240];
  const unit = 1 / Math.sqrt(columns);
  const noise = gaussian(rows, columns, unit, 11);
  const random = new Random(12);
  const u = random.direction(rows);
  const v = random.direction(columns);
  const data = noise.data.map((x, k) => x + 2 * u[Math.floor(k / columns)]! * v[k % columns]!);
  const s = singularValues({ rows, columns, data });
  expect(s[0]).toBeGreaterThan(noiseEdge(rows, columns, unit, 0.99));
  expect(s[1]).toBeLessThan(noiseEdge(rows, columns, unit, 0.99));
  expect(Math.abs(s[0]! / outlierOf(2, 0.5) - 1)).toBeLessThan(0.06);
  expect(Math.abs(spikeOf(s[0]!, 0.5)!.strength / 2 - 1)).toBeLessThan(0.08);
});

test("sign flips: pure noise is one of its flips, aligned entries are not; the same by seed; cancellable", () => {
  const noise = gaussian(24, 40, 1, 21);
  const { largest: draws, stopped } = signFlipNull(noise, { draws: 40, seed: 1 });
  expect(stopped).toBeNull();
  expect(draws).toEqual(signFlipNull(noise, { draws: 40, seed: 1 }).largest);
  expect([...draws]).toEqual([...draws].sort((a, b) => a - b));
  const p = nullPValue(draws, singularValues(noise)[0]!);
  expect(p).toBeGreaterThan(0.02);
  const data = noise.data.map((x) => x + 0.6);
  const shifted = { ...noise, data };
  const lifted = signFlipNull(shifted, { draws: 40, seed: 1 }).largest;
  expect(nullPValue(lifted, singularValues(shifted)[0]!)).toBe(1 / 41);
  // One huge entry survives every flip: no evidence of alignment.
  const heavy = { ...noise, data: noise.data.map((x, k) => (k === 17 ? 1e6 : x)) };
  expect(nullPValue(signFlipNull(heavy, { draws: 40, seed: 1 }).largest, singularValues(heavy)[0]!)).toBeGreaterThan(
    0.05,
  );
  expect(nullPValue(Float64Array.of(1, 2, 3), 2)).toBe(3 / 4);
  const cancel = sharedCancelToken(new Int32Array([1]));
  expect(() => signFlipNull(noise, { draws: 4, seed: 1, cancel })).toThrow();
});

test("draws stop early where more could not help: σ₁ inside the first ones, or a matrix too large for all", () => {
  const noise = gaussian(24, 40, 1, 21);
  const top = singularValues(noise)[0]!;
  const short = signFlipNull(noise, { draws: 200, seed: 1, observed: top });
  expect([short.stopped, short.largest.length]).toEqual(["not-significant", FIRST_DRAWS]);
  expect(signFlipNull(noise, { draws: 60, seed: 1, observed: 100 })).toMatchObject({ stopped: null });
  expect(affordableDraws(4096, 11008, 200)).toBe(FIRST_DRAWS);
  expect(affordableDraws(64, 64, 200)).toBe(200);
});

test("the largest value by Lanczos is that of the full decomposition, tall and wide, every set of kernels", () => {
  for (const name of [undefined, "plain"] as const) {
    const kernels = loadKernels(name === undefined ? {} : { only: name });
    for (const [rows, columns] of [
      [1, 5],
      [16, 16],
      [80, 120],
      [200, 60],
      [160, 160],
    ] as const) {
      const matrix = gaussian(rows, columns, 1, 22 + rows);
      const found = kernels.memory.scope(4 * rows * columns + largestValueBytes(rows, columns) + 64, () => {
        const data = kernels.memory.float32(rows * columns);
        data.set(matrix.data);
        return largestValue(kernels, { data, rows, columns, stride: columns }, 3);
      });
      const exact = singularValues(matrix)[0]!;
      expect(Math.abs(found / exact - 1)).toBeLessThan(2e-4);
    }
  }
});

test("a sketch of the leading values: below the true ones, within its bounds, exact where one stands apart", () => {
  const matrix = gaussian(150, 90, 1, 40);
  for (let i = 0; i < 150; i++) for (let j = 0; j < 90; j++) matrix.data[i * 90 + j]! += Math.cos(i) * Math.sin(3 * j);
  const exact = singularValues(matrix);
  const { values, residuals } = sketchLeading(matrix, 4);
  expect(Math.abs(values[0]! / exact[0]! - 1)).toBeLessThan(1e-6);
  for (let k = 0; k < 4; k++) {
    expect(values[k]!).toBeLessThan(exact[k]! * (1 + 1e-6));
    expect(Math.min(...exact.map((sigma) => Math.abs(sigma - values[k]!)))).toBeLessThan(residuals[k]! + 1e-5);
  }
  expect(sketchLeading({ rows: 3, columns: 2, data: new Float64Array(6) }, 8).values).toEqual(new Float64Array(2));
  expect(() => sketchLeading({ rows: 1, columns: 2, data: Float64Array.of(1, Number.NaN) }, 1)).toThrow(
    /row 0, column 1/,
  );
});

test("rank measures of noise: the specification's values, and a seeded matrix within four spreads", () => {
  for (const [n, m] of [
    [100, 100],
    [64, 784],
  ] as const) {
    const values = reference(`gaussian_null/${n}x${m}`);
    const nulls = rankNulls(n, m);
    expect(nulls.participationRatio.value).toBeCloseTo(values.participation_ratio!, 8);
    // The reference is the limit; at finite size the edge lies lower and the rank is higher.
    expect(nulls.stableRank.value).toBeGreaterThan(values.stable_rank_asym!);
    expect(nulls.stableRank.value / values.stable_rank_asym!).toBeLessThan(1.08);
    const s = singularValues(gaussian(n, m, 0.02, 31));
    for (const [found, { value, spread }] of [
      [stableRank(s), nulls.stableRank],
      [effectiveRank(s), nulls.effectiveRank],
      [participationRatio(s), nulls.participationRatio],
      [hoyerSparsity(s), nulls.hoyer],
    ] as const)
      expect(Math.abs(found - value)).toBeLessThan(4 * spread);
  }
  expect(rankNulls(1, 9).effectiveRank).toEqual({ value: 1, spread: 0 });
  expect(rankNulls(784, 64)).toEqual(rankNulls(64, 784));
});

test("orthogonal, nearly orthogonal and independent entries are told apart", () => {
  const flat = Float64Array.from({ length: 64 }, (_, i) => 1.5 * (1 - 1e-7 * i));
  expect(orthogonalFit(flat, 64, 64)).toMatchObject({ verdict: "orthogonal" });
  expect(orthogonalFit(flat, 64, 64).gain).toBeCloseTo(1.5, 4);
  const nearly = flat.map((s, i) => s * (1 - 0.002 * i));
  expect(orthogonalFit(nearly, 64, 64).verdict).toBe("near");
  expect(orthogonalFit(singularValues(gaussian(64, 64, 1, 5)), 64, 64).verdict).toBe("no");
  // Thin Gaussian matrices have a narrow band of their own: not orthogonal.
  expect(orthogonalFit(singularValues(gaussian(4, 4000, 1, 5)), 4, 4000).verdict).toBe("no");
  expect(orthogonalFit([2], 1, 9).verdict).toBe("no");
  expect(orthogonalFit([0, 0], 2, 2).verdict).toBe("no");
});

test("entries: mean, spread, zeros, and the heavy ones by place", () => {
  const matrix = { rows: 2, columns: 3, data: Float32Array.of(0, 1, -9, 0, 2, 7) };
  const facts = entryFacts(matrix);
  expect(facts.mean).toBeCloseTo(1 / 6, 12);
  expect(facts.zeroShare).toBeCloseTo(1 / 3, 12);
  expect(facts.std ** 2 + facts.mean ** 2).toBeCloseTo(135 / 6, 12);
  expect(heavyEntries(matrix, 1.5, 2)).toEqual({
    count: 3,
    largest: [
      { row: 0, column: 2, value: -9 },
      { row: 1, column: 2, value: 7 },
    ],
  });
  const { z, strength } = meanOutlier({ mean: -0.5, std: 2, zeroShare: 0 }, 400);
  expect([z, strength]).toEqual([-5, 10]);
  expect(meanOutlier({ mean: 1, std: 0, zeroShare: 0 }, 4)).toEqual({ z: 0, strength: 2 });
  expect(entryFacts({ rows: 0, columns: 0, data: new Float32Array(0) })).toEqual({ mean: 0, std: 0, zeroShare: 0 });
});

/** The specification's kernel, 2 × 2 channels and 3 × 3 taps, as taps × out × in. */
function kernelOfSpecification() {
  const source = sines(4, 9, 0.9, 0.4, 0.3, 0.2);
  const data = Float64Array.from({ length: 36 }, (_, k) => source[(k % 4) * 9 + Math.floor(k / 4)]!);
  return { kernel: { outputs: 2, inputs: 2, height: 3, width: 3, data }, reshaped: source };
}

test("a convolution by frequency: the specification's kernel on 8 × 8", () => {
  const expected = reference("conv_operator/K_det_2x2x3x3_n8");
  const { kernel, reshaped } = kernelOfSpecification();
  const { all, largest } = operatorSpectrum(kernel, 8, 8);
  expect(all).toHaveLength(128);
  expect(all![0]! / expected.op_norm_fft!).toBeCloseTo(1, 8);
  expect(all![127]! / expected.min_sv_fft!).toBeCloseTo(1, 8);
  expect(Math.max(...largest)).toBe(all![0]);
  const squares = all!.reduce((sum, s) => sum + s * s, 0) / 64;
  expect(squares / expected["fro2_fft/n^2"]!).toBeCloseTo(1, 8);
  expect(squares / expected.fro2_kernel!).toBeCloseTo(1, 8);
  const norm = singularValues({ rows: 2, columns: 18, data: reshaped })[0]!;
  expect(norm / expected.reshaped_2x18_norm!).toBeCloseTo(1, 8);
  expect((3 * norm) / expected["bound_sqrt(k)*reshaped"]!).toBeCloseTo(1, 8);
  const top = operatorSpectrum(kernel, 8, 8, { onlyLargest: true });
  expect(top.all).toBeNull();
  for (const [i, s] of top.largest.entries()) expect(s / largest[i]!).toBeCloseTo(1, 8);
});

test("the operator written out as one matrix has the same singular values", () => {
  const { kernel } = kernelOfSpecification();
  const n = 4;
  const dense = new Float64Array((2 * n * n) ** 2);
  for (let y = 0; y < n; y++)
    for (let x = 0; x < n; x++)
      for (let tap = 0; tap < 9; tap++)
        for (let o = 0; o < 2; o++)
          for (let i = 0; i < 2; i++) {
            const pixel = ((y + Math.floor(tap / 3)) % n) * n + ((x + (tap % 3)) % n);
            dense[((y * n + x) * 2 + o) * (2 * n * n) + pixel * 2 + i]! += kernel.data[tap * 4 + o * 2 + i]!;
          }
  const direct = singularValues({ rows: 2 * n * n, columns: 2 * n * n, data: dense });
  const { all } = operatorSpectrum(kernel, n, n);
  for (const [k, s] of direct.entries()) expect(all![k]! - s).toBeCloseTo(0, 11);
});

test("travel from the first checkpoint", () => {
  const initial = { rows: 1, columns: 2, data: Float64Array.of(3, 4) };
  const { difference, relative } = travelOf(initial, { rows: 1, columns: 2, data: Float32Array.of(3, 5) });
  expect([...difference.data]).toEqual([0, 1]);
  expect(relative).toBeCloseTo(0.2, 12);
  expect(travelOf({ ...initial, data: Float64Array.of(0, 0) }, initial).relative).toBe(Number.POSITIVE_INFINITY);
  expect(() => travelOf(initial, { rows: 2, columns: 1, data: Float64Array.of(1, 1) })).toThrow(/1 × 2/);
});

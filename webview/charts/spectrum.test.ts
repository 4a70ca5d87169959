import { expect, test } from "vitest";
import {
  densityBins,
  densityLimit,
  isSpectrumScale,
  readSpectrum,
  readSpectrumBin,
  type SpectrumData,
  spectrumCaption,
} from "./spectrumData.ts";

const PLAIN: SpectrumData = {
  singularValues: [3, 1, 0],
  total: 3,
  exact: true,
  residuals: null,
  promise: "All 3 singular values.",
  null: null,
  density: null,
};
const AGAINST: NonNullable<SpectrumData["null"]> = {
  bulk: { sigma: [0, 1, 2], density: [0.5, 0.5, 0.5], below: [0, 0.5, 1] },
  lines: [
    { id: "noise-edge", label: "99 % noise edge", value: 2 },
    { id: "threshold", label: "denoising threshold", value: 2.4 },
  ],
  signal: 1,
  sentence: "1 singular value stands out.",
};

test("the caption says what is promised and what a log axis leaves out", () => {
  expect(spectrumCaption(PLAIN, "linear")).toBe("All 3 singular values.");
  expect(spectrumCaption(PLAIN, "log")).toContain("1 of them is zero");
  expect(spectrumCaption({ ...PLAIN, exact: false }, "density")).toContain("compute them exactly");
  const density = { sigma: [0], density: [1], densityError: [0], method: "by quadrature" };
  expect(spectrumCaption({ ...PLAIN, exact: false, density }, "density")).toContain("95 % band: by quadrature");
  expect([isSpectrumScale("density"), isSpectrumScale("pie")]).toEqual([true, false]);
});

test("a value is read with its size, its residual, and whether it stands out", () => {
  expect(readSpectrum({ ...PLAIN, residuals: [1e-9, 2e-9, 0] }, 1)).toBe("σ2 = 1.00000, 33.3 % of σ1, residual 2.0e-9");
  expect(readSpectrum({ ...PLAIN, null: AGAINST }, 0)).toContain("stands out of the noise");
  expect(readSpectrum({ ...PLAIN, null: AGAINST }, 1)).toContain("within the noise");
});

test("bars hold every value once, and are read beside what the bulk expects", () => {
  const singularValues = Float64Array.from({ length: 100 }, (_, k) => 2 - k / 50);
  const data = { ...PLAIN, singularValues, total: 100, null: AGAINST };
  const bins = densityBins(data);
  expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(100);
  expect(bins.reduce((sum, { density, low, high }) => sum + density * (high - low), 0)).toBeCloseTo(1, 12);
  const whole = { low: 0, high: 1, count: 51, density: 0 };
  // 99 of the 100 are noise, and half of the bulk lies below 1.
  expect(readSpectrumBin(data, whole)).toBe("0.00 … 1.00: 51 of 100 values, the bulk expects 49.5");
  expect(densityBins({ ...data, exact: false })).toEqual([]);
});

test("a far outlier does not press everything else together; it is said instead", () => {
  const data = { ...PLAIN, singularValues: [1e6, 1.5, 1], null: AGAINST };
  expect(densityLimit(data)).toBeCloseTo(4.8, 12);
  expect(densityBins(data).reduce((sum, { count }) => sum + count, 0)).toBe(2);
  expect(spectrumCaption(data, "density")).toContain("One value lies beyond the axis, up to 1.000e+6.");
  expect(densityLimit({ ...data, singularValues: [3, 1] })).toBeCloseTo(3.12, 12);
  expect(densityLimit({ ...PLAIN, singularValues: [0, 0] })).toBe(1);
});

import { expect, test } from "vitest";
import { formatBytes, formatCount, formatDuration, formatNumber, formatShape } from "./format.ts";
import { formatMeasured } from "./measured.ts";

test.each([
  [0.0312345, "0.03123"],
  [-1.5, "\u22121.5"],
  [123456, "123456"],
  [1234567, "1.235e6"],
  [0.00012, "1.2e\u22124"],
  [999999.9, "1e6"],
  [0, "0"],
  [-0, "0"],
  [1e-3, "0.001"],
  [99.996, "100"],
  [Number.POSITIVE_INFINITY, "∞"],
  [Number.NEGATIVE_INFINITY, "\u2212∞"],
])("%f reads %s", (value, text) => {
  expect(formatNumber(value).text).toBe(text);
});

test("NaN, and the null that JSON makes of it, is a dash that says why", () => {
  for (const value of [Number.NaN, null, undefined]) {
    expect(formatNumber(value).text).toBe("–");
    expect(formatNumber(value).title).toMatch(/not a number/);
  }
});

test("digits and unit", () => {
  expect(formatNumber(2 / 3, 2, "nat")).toEqual({ text: "0.67 nat", title: `${2 / 3} nat` });
});

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [1536, "1.5 KiB"],
  [2 * 1024 ** 3, "2 GiB"],
])("%i bytes read %s", (bytes, text) => {
  expect(formatBytes(bytes).text).toBe(text);
});

test("counts keep all digits in the title", () => {
  expect(formatCount(1_234_567, "parameters")).toEqual({ text: "1.23 M", title: "1\u202f234\u202f567 parameters" });
  expect(formatCount(9999).text).toBe("9\u202f999");
  expect(formatCount(999_999).text).toBe("1 M");
});

test.each([
  [12.34, "12.3 ms"],
  [1500, "1.5 s"],
  [61_000, "1 min 1 s"],
  [3_660_000, "1 h 1 min"],
])("%f ms read %s", (milliseconds, text) => {
  expect(formatDuration(milliseconds).text).toBe(text);
});

test("shapes", () => {
  expect(formatShape([3, 4]).text).toBe("3 × 4");
  expect(formatShape([]).text).toBe("scalar");
});

test("an estimate is marked and carries its standard error", () => {
  const estimate = formatMeasured({ value: 12.345, how: { kind: "estimate", standardError: 0.25, method: "Lanczos" } });
  expect(estimate.text).toBe("≈ 12.35");
  expect(estimate.title).toContain("± 0.25");
  expect(formatMeasured({ value: 2, how: { kind: "exact", method: "SVD" } }).text).toBe("2");
  expect(formatMeasured(null).text).toBe("–");
});

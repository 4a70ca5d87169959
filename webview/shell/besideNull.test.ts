import { expect, test } from "vitest";
import { besideEdge, besideNoise } from "./besideNull.ts";

test("a rank beside noise of its shape: value, spread, and how far away on which side", () => {
  const noise = { value: 512.25, spread: 0.5 };
  expect(besideNoise([768, 1024], noise, 500.25, 4)).toEqual({
    short: "noise 512.3 ± 0.5",
    long: "Gaussian noise of 768 × 1024 has 512.3 ± 0.5 (mean and one draw's spread), so this one lies 24 spreads below.",
  });
  expect(besideNoise([768, 1024], noise, 513.25, 4).long).toMatch(/lies 2 spreads above\.$/);
  // A vector has one value: no spread to count in.
  expect(besideNoise([1, 9], { value: 1, spread: 0 }, 1, 4).long).not.toMatch(/spreads/);
  expect(besideNoise([1, 9], noise, null, 4).long).not.toMatch(/lies/);
});

test("the largest singular value beside the edge of the fitted noise, or the reason why there is none", () => {
  const { short, long } = besideEdge({ value: { source: "median", edgeRatio: { value: 2.5 } } }, 10, 4);
  expect(short).toBe("noise by median ≤ 4");
  expect(long).toMatch(
    /matched to the median singular value, stays below 4 in 99 of 100 draws; this one is 2\.5 times that/,
  );
  expect(besideEdge({ value: null, reason: "Only 2 singular values." }, 10, 4).long).toBe(
    "No noise edge to compare with: Only 2 singular values.",
  );
});

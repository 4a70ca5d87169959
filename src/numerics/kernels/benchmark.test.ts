import { expect, test } from "vitest";
import { benchmark, clearlyFastest } from "./benchmark.ts";
import { SETS } from "./kernels.testkit.ts";

test.each([
  [[], 0],
  [[30], 0],
  [[48.0, 44.4, 48.7], 0],
  [[50, 57, 30], 0],
  [[50, 58, 30], 1],
  [[30, 28, 44], 2],
  [[24, 30, 31], 1],
])("of %j the one at %i: a lead within the noise changes nothing", (speeds, expected) => {
  expect(clearlyFastest(speeds)).toBe(expected);
});

test("every set gets a speed", () => {
  const compiled = SETS.filter(({ name }) => name !== "plain");
  const speeds = benchmark(compiled);
  expect(speeds).toHaveLength(compiled.length);
  for (const speed of speeds) expect(speed).toBeGreaterThan(0);
});

import { expect, test } from "vitest";
import { pairMean } from "./acrossNetworks.ts";
import { condition, gaussian, OPTIONS } from "./fixture.testkit.ts";
import { pairTable } from "./measures.ts";

/** s_ij of every two networks. */
function tableOf(layers: readonly ReturnType<typeof gaussian>[]): Float64Array {
  const table = pairTable(
    "debiased-cka",
    layers.map((values) => ({ values })),
    null,
    OPTIONS,
  );
  const k = layers.length;
  return Float64Array.from({ length: k * k }, (_, at) => table.value(Math.floor(at / k), at % k));
}

test("the mean and its jackknife, written out", () => {
  const k = 4;
  const values = Float64Array.from({ length: 16 }, (_, at) => (at % 5 === 0 ? 99 : Math.sin(at)));
  const meanOf = (kept: readonly number[]) => {
    const all = kept.flatMap((i) => kept.flatMap((j) => (i === j ? [] : [values[i * k + j]!])));
    return all.reduce((sum, value) => sum + value, 0) / all.length;
  };
  const everyone = [0, 1, 2, 3];
  const without = everyone.map((left) => meanOf(everyone.filter((one) => one !== left)));
  const mean = without.reduce((sum, value) => sum + value / k, 0);
  const found = pairMean(values, k);
  expect(found.mean).toBeCloseTo(meanOf(everyone), 12);
  expect(found.variance).toBeCloseTo((3 / 4) * without.reduce((sum, value) => sum + (value - mean) ** 2, 0), 12);
  expect(condition(() => pairMean(new Float64Array(4), 2))).toBe("no-repeats");
});

test("its standard error is that of other networks on the same items", () => {
  const [n, k] = [40, 6];
  const items = gaussian(n, 4, 1);
  const networks = (seed: number) =>
    Array.from({ length: k }, (_, net) => {
      const share = 1 + 0.5 * gaussian(1, 1, seed + 50 + net).data[0]!;
      const noise = gaussian(n, 4, seed + net);
      return { ...items, data: items.data.map((value, at) => value + share * noise.data[at]!) };
    });
  const found = Array.from({ length: 60 }, (_, run) => pairMean(tableOf(networks(1000 * run)), k));
  const mean = found.reduce((sum, one) => sum + one.mean / 60, 0);
  const truth = found.reduce((sum, one) => sum + (one.mean - mean) ** 2 / 59, 0);
  const told = found.reduce((sum, one) => sum + one.variance / 60, 0);
  expect(told / truth).toBeGreaterThan(0.7);
  expect(told / truth).toBeLessThan(1.9);
});

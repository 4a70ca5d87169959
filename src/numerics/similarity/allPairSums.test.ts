import { describe, expect, test } from "vitest";
import { loadKernels } from "../kernels/load.ts";
import { Random } from "../random.ts";
import { allPairSums, tilesAreCheaper } from "./allPairSums.ts";
import { worst } from "./fixture.testkit.ts";
import { type CkaKind, ckaOf, ckaOfSome, ckaWithoutEach } from "./hsic.ts";
import { linearCka, pairSums } from "./linearCka.ts";
import { centred, type Matrix64, rowsOf } from "./matrix.ts";
import { jackknifeInterval } from "./resampling.ts";

const KINDS: readonly CkaKind[] = ["biased", "debiased"];

/** Layers of different widths that share some of their directions, far from zero and of very different sizes. */
function layersOf(n: number, widths: readonly number[], seed: number) {
  const random = new Random(seed);
  const shared = Float64Array.from({ length: n * 3 }, () => random.normal());
  return widths.map((columns, k) => {
    const size = 10 ** (2 * (k % 3) - 2);
    const data = Float32Array.from({ length: n * columns }, (_, at) => {
      const [i, j] = [Math.floor(at / columns), at % columns];
      return size * (5 + shared[i * 3 + (j % 3)]! + random.normal());
    });
    return { rows: n, columns, data };
  });
}

describe.each(["tiles", "dimensions"] as const)("by %s", (route) => {
  // 1100 items of 40 layers are two tiles on a side, 201 dimensions two strips.
  const layers = layersOf(1100, [201, ...Array.from({ length: 39 }, (_, k) => 2 + (k % 4))], 3);
  const doubles = [0, 1, 39].map((at) => centred(layers[at]!)) as [Matrix64, Matrix64, Matrix64];
  const expected = [
    [0, 0, pairSums(doubles[0], doubles[0])],
    [0, 1, pairSums(doubles[0], doubles[1])],
    [39, 1, pairSums(doubles[2], doubles[1])],
  ] as const;

  test.each([
    [false, 1e-11],
    [true, 2e-6],
  ])("sums of many layers are those of every pair alone; float32: %s", (single, tolerance) => {
    const all = allPairSums(layers, { route, single });
    for (const [a, b, pair] of expected) {
      const found = all.at(a, b);
      expect(worst([found.total], [pair.total])).toBeLessThan(tolerance);
      for (const key of ["byItem", "firstBySecond", "secondByFirst", "first", "second"] as const)
        expect(worst(found[key], pair[key])).toBeLessThan(tolerance);
    }
  });

  test("in float32 CKA keeps seven digits, its values without one item six", () => {
    const [single, double] = [true, false].map((how) => allPairSums(layers, { route, single: how }));
    for (const kind of KINDS)
      for (const [a, b] of [
        [0, 1],
        [3, 2],
        [7, 7],
      ] as const) {
        const [x, y] = [single!, double!].map((all) => [all.at(a, b), all.at(a, a), all.at(b, b)] as const);
        expect(Math.abs(ckaOf(kind, ...x!) - ckaOf(kind, ...y!))).toBeLessThan(1e-7);
        expect(worst(ckaWithoutEach(kind, ...x!), ckaWithoutEach(kind, ...y!))).toBeLessThan(1e-6);
      }
  });

  test("the plain kernels agree", () => {
    const few = layersOf(60, [7, 20, 3], 5);
    const [fast, plain] = [loadKernels(), loadKernels({ only: "plain" })].map((kernels) =>
      allPairSums(few, { route, kernels, single: true }).at(2, 1),
    );
    expect(worst(fast!.byItem, plain!.byItem)).toBeLessThan(1e-6);
  });

  test("a cancel is heard between two tiles", () => {
    let looks = 0;
    const cancel = {
      cancelled: false,
      throwIfCancelled() {
        looks++;
        if (looks > 4) throw new Error("cancelled");
      },
    };
    expect(() => allPairSums(layers, { route, cancel })).toThrow("cancelled");
    // The kernels' memory is free again.
    expect(allPairSums(layers.slice(0, 2), { route }).at(0, 0).total).toBeGreaterThan(0);
  });

  test("progress rises to the end", () => {
    const seen: number[] = [];
    allPairSums(layers.slice(0, 3), { route, progress: (fraction) => seen.push(fraction) });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBeCloseTo(1, 9);
  });
});

test("of many items a draw tells the spread through the dimensions, and says which", () => {
  const layers = layersOf(5000, [6, 4], 8);
  const [all, some, none] = (["all", "some", "none"] as const).map((byItem) => {
    const sums = allPairSums(layers, { byItem });
    return [sums.at(0, 1), sums.at(0, 0), sums.at(1, 1)] as const;
  });
  const told = some![0].told!;
  expect(told).toHaveLength(2048);
  expect(all![0].told).toBeNull();
  for (const kind of KINDS) {
    const value = ckaOf(kind, ...all!);
    expect([ckaOf(kind, ...some!), ckaOf(kind, ...none!)]).toEqual([value, value]);
    const [whole, drawn] = [ckaWithoutEach(kind, ...all!), ckaWithoutEach(kind, ...some!)];
    expect(
      worst(
        drawn,
        Array.from(told, (item) => whole[item]!),
      ),
    ).toBeLessThan(1e-9);
    const [exact, estimate] = [jackknifeInterval(value, whole), jackknifeInterval(value, drawn, { of: 5000 })];
    expect(estimate!.draws).toBe(2048);
    expect(Math.abs(estimate!.standardError / exact!.standardError - 1)).toBeLessThan(0.06);
    expect(ckaWithoutEach(kind, ...none!)).toHaveLength(0);
  }
});

test("by tiles the first items speak before all are through: exactly what they say by themselves", () => {
  const layers = layersOf(1100, [12, 9, ...Array.from({ length: 38 }, () => 2)], 4);
  const told: number[] = [];
  allPairSums(layers, {
    route: "tiles",
    onItems(some) {
      told.push(some.items);
      const first = Int32Array.from({ length: some.items }, (_, i) => i);
      const [a, b] = [0, 1].map((at) => rowsOf(layers[at]!, first)) as [Matrix64, Matrix64];
      for (const kind of KINDS) {
        const found = ckaOfSome(kind, some.at(0, 1), some.at(0, 0), some.at(1, 1));
        expect(Math.abs(found - linearCka(a, b, kind))).toBeLessThan(1e-6);
      }
    },
  });
  expect(told.length).toBeGreaterThan(0);
  for (const [k, items] of told.entries()) expect(items).toBeGreaterThanOrEqual(2 * (told[k - 1] ?? 1));
  expect(told.at(-1)).toBeLessThan(1100);
});

test("through the dimensions a row is known when its layer is through, the last first, and stays as it is", () => {
  const layers = layersOf(400, [70, 400, 65], 6);
  const heard: [number, number, number][] = [];
  const all = allPairSums(layers, {
    route: "dimensions",
    onLayer(a, known) {
      for (let b = a; b < 3; b++) heard.push([a, b, ckaOf("debiased", known.at(a, b), known.at(a, a), known.at(b, b))]);
    },
  });
  expect(heard.map(([a, b]) => [a, b])).toEqual([
    [2, 2],
    [1, 1],
    [1, 2],
    [0, 0],
    [0, 1],
    [0, 2],
  ]);
  for (const [a, b, value] of heard) expect(value).toBe(ckaOf("debiased", all.at(a, b), all.at(a, a), all.at(b, b)));
});

test("few items are multiplied in float64, whatever they come as", () => {
  const layers = layersOf(80, [12, 9], 2);
  const [a, b] = layers.map((layer) => centred(layer)) as [Matrix64, Matrix64];
  const all = allPairSums(layers);
  const found = ckaOf("debiased", all.at(0, 1), all.at(0, 0), all.at(1, 1));
  expect(Math.abs(found - linearCka(a, b, "debiased"))).toBeLessThan(1e-13);
});

test("tiles win when layers are many and dimensions when items are", () => {
  expect(tilesAreCheaper(10_000, new Array(24).fill(768))).toBe(true);
  expect(tilesAreCheaper(10_000, [768, 768])).toBe(false);
});

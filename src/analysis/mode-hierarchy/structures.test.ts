import { expect, test } from "vitest";
import { Random } from "../../numerics/random.ts";
import { contextOf as contextIn, memoryCheckpoint } from "../_shared/testCheckpoint.testkit.ts";
import { modeHierarchyAnalysis } from "./index.ts";

const contextOf = (rows: number, columns: number, values: Float64Array) =>
  contextIn(memoryCheckpoint({ w: { shape: [rows, columns], values, dtype: "f64" } }), { tensor: "w" });

/** Items whose properties are bumps at places: similar where near. */
function places(items: readonly (readonly number[])[], near: (a: readonly number[], b: readonly number[]) => number) {
  const n = items.length;
  return Float64Array.from({ length: n * n }, (_, at) =>
    Math.exp(-(near(items[Math.floor(at / n)]!, items[at % n]!) ** 2) / 3),
  );
}

test("items on a ring: not tree-like, a ring offered, in its order, and it passes its null", async () => {
  const n = 20;
  const round = ([a = 0]: readonly number[], [b = 0]: readonly number[]) =>
    Math.min(Math.abs(a - b), n - Math.abs(a - b));
  const values = places(
    Array.from({ length: n }, (_, i) => [i]),
    round,
  );
  const result = await modeHierarchyAnalysis.run(contextOf(n, n, values), { items: "rows", draws: 60 });
  expect(result.treeLike.verdict).toBe(false);
  expect(result.offered?.kind).toBe("ring");
  expect(result.offered?.reason).toMatch(/^A ring, .*explains 100 % .*p 0\.016\)\. A description, the best of 3/);
  const ring = result.structures.find(({ kind }) => kind === "ring")!;
  expect(ring.placement).toMatchObject({ kind: "ring", order: Int32Array.from({ length: n }, (_, i) => i) });
  expect(ring.fit).toBeCloseTo(1, 9);
  expect(ring.fitNull).toBeLessThan(0.5);
  expect(result.structures.map(({ kind }) => kind)).toEqual(["tree", "ring", "grid", "clusters"]);
  expect(result.structures[0]!.fit).toBeLessThan(ring.fit);
});

test("items on a lattice: a grid with its sides offered", async () => {
  const items = Array.from({ length: 30 }, (_, i) => [Math.floor(i / 6), i % 6]);
  const values = places(items, (a, b) => Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!));
  const result = await modeHierarchyAnalysis.run(contextOf(30, 30, values), { items: "rows", draws: 60 });
  expect(result.treeLike.verdict).toBe(false);
  expect(result.offered?.kind).toBe("grid");
  expect(result.offered?.reason).toMatch(/^A grid of 5 × 6 places/);
});

test("random items are offered nothing, and each structure says its null", async () => {
  const random = new Random(21);
  const values = Float64Array.from({ length: 24 * 60 }, () => random.normal());
  const result = await modeHierarchyAnalysis.run(contextOf(24, 60, values), { items: "rows", draws: 100 });
  expect(result.offered?.kind).toBeNull();
  expect(result.offered?.reason).toMatch(/^No ring, grid or clusters describes them either.*ring .*grid .*clusters /);
  for (const { fit, fitNull, p } of result.structures) {
    expect(p).toBeGreaterThan(0.02);
    expect(fit).toBeLessThan(Math.max(0.5, fitNull + 0.1));
  }
  // Relatives: no two of them are closer than the closest of permuted ones.
  for (const { heightP } of result.nodes) expect(heightP).toBeGreaterThan(0.02);
});

test("two near-copies among random items are relatives, and nobody else is", async () => {
  const random = new Random(4);
  const values = Float64Array.from({ length: 20 * 50 }, () => random.normal());
  for (let p = 0; p < 50; p++) values[7 * 50 + p] = values[3 * 50 + p]! + 0.3 * random.normal();
  const result = await modeHierarchyAnalysis.run(contextOf(20, 50, values), {
    items: "rows",
    draws: 100,
    geometry: "direction",
  });
  const pair = result.nodes.find(({ children }) => children.includes(-1 - 3) && children.includes(-1 - 7))!;
  expect(pair.heightP).toBeCloseTo(1 / 101, 9);
  for (const node of result.nodes) if (node !== pair) expect(node.heightP).toBeGreaterThan(0.05);
});

test("directions: items of any length stand where their properties point", async () => {
  const random = new Random(8);
  const values = Float64Array.from({ length: 12 * 9 }, () => random.normal());
  const longer = values.map((value, at) => value * (1 + Math.floor(at / 9)));
  const options = { items: "rows", draws: 20, geometry: "direction" };
  const one = await modeHierarchyAnalysis.run(contextOf(12, 9, values), options);
  const other = await modeHierarchyAnalysis.run(contextOf(12, 9, longer), options);
  expect(other.nodes.map(({ children }) => children)).toEqual(one.nodes.map(({ children }) => children));
  for (let i = 0; i < 12; i++) expect(one.similarity![i * 13]).toBeCloseTo(1, 6);
  const cosine = (a: number, b: number) => {
    const [x, y] = [values.subarray(9 * a, 9 * a + 9), values.subarray(9 * b, 9 * b + 9)];
    const dot = (u: Float64Array, v: Float64Array) => u.reduce((sum, value, at) => sum + value * v[at]!, 0);
    return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
  };
  expect(other.similarity![2 * 12 + 5]).toBeCloseTo(cosine(2, 5), 6);
});

test("a planted category is coherent beyond its threshold and its null; noise of the same rates is not", async () => {
  const [items, properties] = [36, 120];
  const table = (planted: boolean, seed: number) => {
    const random = new Random(seed);
    return Float64Array.from({ length: items * properties }, (_, at) => {
      const inside = planted && Math.floor(at / properties) < 10 && at % properties < 30;
      return random.uniform() < (inside ? 0.75 : 0.15) ? 1 : 0;
    });
  };
  const options = { items: "rows", draws: 60, geometry: "behaviour" };
  const found = await modeHierarchyAnalysis.run(contextOf(items, properties, table(true, 1)), options);
  const category = found.nodes.find(({ size, coherence }) => size === 10 && coherence?.kind === "planted");
  expect(category?.coherence).toMatchObject({ kind: "planted", threshold: 1, p: expect.closeTo(1 / 61, 9) });
  if (category?.coherence?.kind !== "planted") throw new Error("no category");
  // C = (0.6²/(0.15·0.85))·10·30/√(36·120) = 12.9, from samples.
  expect(category.coherence.value).toBeGreaterThan(10);
  expect(category.coherence.value).toBeLessThan(17);
  expect(category.coherence.inside).toBeCloseTo(0.75, 1);
  expect(category.coherence.outside).toBeCloseTo(0.15, 1);
  expect(category.coherence.named.every((m) => m < 30)).toBe(true);
  const noise = await modeHierarchyAnalysis.run(contextOf(items, properties, table(false, 2)), options);
  // Many nodes of noise pass C > 1 because their properties were chosen: the permutation null is what holds them.
  const ps = noise.nodes.flatMap(({ coherence }) => (coherence?.kind === "planted" ? [coherence.p] : []));
  expect(Math.min(...ps)).toBeGreaterThan(0.02);
  // Centring and scaling the table change neither rates nor coherence.
  const centred = await modeHierarchyAnalysis.run(
    contextOf(
      items,
      properties,
      table(true, 1).map((one) => 3 * one - 1),
    ),
    { ...options, centre: true },
  );
  const same = centred.nodes.find(({ size, coherence }) => size === 10 && coherence?.kind === "planted");
  expect(same?.coherence?.value).toBeCloseTo(category.coherence.value, 9);
});

test("of more than two values the coherence of a split is its mode's strength against the null's", async () => {
  const random = new Random(5);
  const values = Float64Array.from(
    { length: 16 * 40 },
    (_, at) => (Math.floor(at / 40) < 8 ? 1 : -1) * (at % 40 < 12 ? 1 : 0) + 0.3 * random.normal(),
  );
  const result = await modeHierarchyAnalysis.run(contextOf(16, 40, values), { items: "rows", draws: 60 });
  const [root] = result.nodes;
  expect(root!.coherence).toMatchObject({ kind: "mode", value: result.modes[0]!.singularValue });
  expect(root!.coherence!.value).toBeGreaterThan(root!.coherence!.threshold);
  expect(result.modes[0]!.singularValueP).toBeCloseTo(1 / 61, 9);
  expect(result.modes[15]!.singularValueP).toBeGreaterThan(0.05);
});

test("typicality and attribute centrality are each other's weighted means over the table (eqs. 12–14)", async () => {
  const random = new Random(13);
  const [n, m] = [14, 22];
  const values = Float64Array.from({ length: n * m }, () => random.normal());
  // Signs of whole modes are free, but u and v turn together: the identities hold for the negated table as well.
  for (const table of [values, values.map((value) => -value)]) {
    const result = await modeHierarchyAnalysis.run(contextOf(n, m, table), { items: "rows", draws: 20 });
    for (const { index, singularValue } of result.modes) {
      const v = result.itemVectors.subarray(index * n, (index + 1) * n);
      const u = result.propertyVectors.subarray(index * m, (index + 1) * m);
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let p = 0; p < m; p++) sum += u[p]! * table[i * m + p]!;
        expect(sum / singularValue).toBeCloseTo(v[i]!, 5);
      }
      for (let p = 0; p < m; p++) {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += v[i]! * table[i * m + p]!;
        expect(sum / singularValue).toBeCloseTo(u[p]!, 5);
      }
    }
  }
});

test("negating the table or the order of its properties changes no split, purity or similarity", async () => {
  const random = new Random(17);
  const [n, m] = [10, 15];
  const values = Float64Array.from({ length: n * m }, () => random.normal());
  const turned = values.map((_, at) => -values[Math.floor(at / m) * m + (m - 1 - (at % m))]!);
  const one = await modeHierarchyAnalysis.run(contextOf(n, m, values), { items: "rows", draws: 20 });
  const other = await modeHierarchyAnalysis.run(contextOf(n, m, turned), { items: "rows", draws: 20 });
  expect(other.nodes.map(({ children, modes }) => [children, modes])).toEqual(
    one.nodes.map(({ children, modes }) => [children, modes]),
  );
  for (const [at, mode] of one.modes.entries()) expect(other.modes[at]!.purity).toBeCloseTo(mode.purity, 9);
  for (const [at, value] of one.similarity!.entries()) expect(other.similarity![at]).toBeCloseTo(value, 5);
});

test("two modes of one strength are one subspace: its purity is not that of the vectors that happened to come out", async () => {
  // The toy world's third and fourth mode, of strength 1 both: any mixture is as good, and alone it lies half in either split.
  const toy = [1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 1, 0, 1];
  const result = await modeHierarchyAnalysis.run(contextOf(4, 7, Float64Array.from(toy)), { items: "rows", draws: 20 });
  expect(result.modes[2]!.group).toEqual([2, 3]);
  expect(result.modes[3]!.group).toEqual([2, 3]);
  const alone = (k: number) => {
    const v = result.itemVectors.subarray(4 * k, 4 * k + 4);
    return Math.max((v[0]! - v[1]!) ** 2 / 2, (v[2]! - v[3]!) ** 2 / 2);
  };
  expect(result.modes[2]!.purity).toBeCloseTo(1, 9);
  expect(alone(2)).toBeLessThanOrEqual(1 + 1e-6);
});

test("the basic level of tree data is the first: lambda falls, no advantage below", async () => {
  const toy = [1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 1, 0, 1];
  const result = await modeHierarchyAnalysis.run(contextOf(4, 7, Float64Array.from(toy)), { items: "rows", draws: 20 });
  // S = YYᵀ/7: 3 with oneself, 2 with the sibling, 1 across; λ₁ = (3 + 2 − 1 − 1)/7, λ₂ = (3 − 2)/7.
  expect(result.basicLevel?.level).toBe(1);
  expect(result.basicLevel?.levels.map(({ lambda }) => lambda)).toEqual([
    expect.closeTo(3 / 7, 9),
    expect.closeTo(1 / 7, 9),
  ]);
  expect(result.basicLevel?.advantage).toBeCloseTo((1 - 3) / 3, 9);
});

import { expect, test } from "vitest";
import { CancelledError } from "../../base/errors.ts";
import { Random } from "../../numerics/random.ts";
import { modeHierarchyAnalysis } from "./index.ts";
import { contextOf, tree } from "./many.testkit.ts";

test("items as columns, centred, in directions: the same items summarized", async () => {
  const [items, properties] = [1200, 12];
  const { values, leaf } = tree(items, properties, 0.1);
  const turned = Float32Array.from(
    { length: values.length },
    (_, at) => values[(at % items) * properties + Math.floor(at / items)]!,
  );
  const options = { draws: 20, leaves: 8, centre: true, geometry: "direction" };
  const rows = await modeHierarchyAnalysis.run(contextOf(items, properties, values), { ...options, items: "rows" });
  const columns = await modeHierarchyAnalysis.run(contextOf(properties, items, turned), {
    ...options,
    items: "columns",
  });
  for (const result of [rows, columns]) {
    const owner = new Map<number, number>();
    for (let i = 0; i < items; i++) owner.set(result.leaves!.of[i]!, leaf(i));
    expect(owner.size).toBe(8);
    expect(result.leaves!.withinShare).toBeLessThan(0.1);
  }
});

test("of many items a category of a two-valued table has its coherence, rows or columns alike", async () => {
  const [items, properties, size, own] = [1200, 60, 300, 20];
  const random = new Random(15);
  const values = Float32Array.from({ length: items * properties }, (_, at) => {
    const inside = Math.floor(at / properties) < size && at % properties < own;
    return random.uniform() < (inside ? 0.95 : 0.05) ? 1 : 0;
  });
  const turned = Float32Array.from(
    { length: values.length },
    (_, at) => values[(at % items) * properties + Math.floor(at / items)]!,
  );
  const options = { draws: 20, leaves: 12, geometry: "behaviour" };
  const rows = await modeHierarchyAnalysis.run(contextOf(items, properties, values), { ...options, items: "rows" });
  const columns = await modeHierarchyAnalysis.run(contextOf(properties, items, turned), {
    ...options,
    items: "columns",
  });
  // C = (0.9²/(0.05·0.95))·300·20/√(1200·60) = 381.
  for (const { nodes } of [rows, columns]) {
    const category = nodes.find((node) => node.size === size)?.coherence;
    if (category?.kind !== "planted") throw new Error("the planted category is no branch");
    expect(Math.abs(category.value / 381 - 1)).toBeLessThan(0.1);
    expect([category.inside, category.outside]).toEqual([expect.closeTo(0.95, 1), expect.closeTo(0.05, 1)]);
    expect(category.count).toBe(own);
    expect(category.named.every((m) => m < own)).toBe(true);
    // No null was drawn over the groups: none is shown.
    expect(category.p).toBeNaN();
  }
});

test("a cancel ends the summary at once, wherever it is", async () => {
  const { values } = tree(1500, 12, 0.2);
  for (const after of [3, 30, 200]) {
    let looks = 0;
    const cancel = {
      get cancelled() {
        return looks > after;
      },
      throwIfCancelled() {
        looks++;
        if (looks > after) throw new CancelledError();
      },
    };
    const run = modeHierarchyAnalysis.run({ ...contextOf(1500, 12, values), cancel }, { items: "rows", draws: 20 });
    await expect(run).rejects.toBeInstanceOf(CancelledError);
    expect(looks).toBe(after + 1);
  }
});

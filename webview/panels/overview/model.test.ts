import { expect, test } from "vitest";
import { leavesOf, matrixSize } from "./model.ts";
import { done, gates, modelOf, spectrum, statistics, tensor } from "./overview.testkit.ts";

test("a fused tensor has one line per part, with the part's own shape", () => {
  const [item] = modelOf(tensor("lstm.weight_hh_l0", [8, 2], { parts: gates(2) })).items;
  expect(item?.children.map(({ shape, elements }) => ({ shape, elements }))).toEqual(
    Array(4).fill({ shape: [2, 2], elements: 4 }),
  );
  expect(item?.children.map(({ target }) => target.part)).toEqual([0, 1, 2, 3]);
  const part = item?.children[1];
  expect(part && matrixSize(part)).toEqual({ rows: 2, columns: 2 });
});

test("outcomes go to their lines; unknown targets are left out; long value lists are dropped", () => {
  const model = modelOf(tensor("w", [2, 3]), tensor("b", [2]));
  expect(model.apply("statistics", [done("w", statistics({ mean: 7 })), done("gone", statistics())])).toBe(1);
  model.apply("spectrum", [done("w", spectrum(4))]);
  const [w] = model.items;
  expect(w?.statistics).toMatchObject({ kind: "done", result: { mean: 7 } });
  expect(w?.spectrum.kind === "done" && "singularValues" in w.spectrum.result).toBe(false);
  expect(w?.spectrum).toMatchObject({ result: { spectralNorm: { value: 4 } } });
});

test("cancelled targets are open again; failures and what does not apply are grouped by reason", () => {
  const model = modelOf(tensor("w", [2, 3]), tensor("a", [2]), tensor("b", [2]), tensor("c", [2]));
  const target = (name: string) => ({ tensor: name, part: null, tap: null });
  model.apply("spectrum", [
    {
      target: target("w"),
      outcome: { kind: "failed", error: { code: "cancelled", message: "Cancelled.", details: {} } },
    },
    { target: target("a"), outcome: { kind: "not-applicable", reason: "no matrix" } },
    { target: target("b"), outcome: { kind: "not-applicable", reason: "no matrix" } },
    {
      target: target("c"),
      outcome: { kind: "failed", error: { code: "non-finite", message: "has NaN", details: {} } },
    },
  ]);
  expect(model.waiting("spectrum")).toEqual([target("w")]);
  expect(model.unanalysed("spectrum")).toEqual([
    { kind: "not-applicable", reason: "no matrix", names: ["a", "b"] },
    { kind: "failed", reason: "has NaN", names: ["c"] },
  ]);
});

test("a fused tensor's results are its parts'", () => {
  const model = modelOf(tensor("lstm.w", [8, 2], { parts: gates(2) }));
  expect(model.leafCount).toBe(4);
  expect(model.apply("statistics", [done("lstm.w", statistics()), done("lstm.w", statistics({ std: 3 }), 2)])).toBe(1);
  const [item] = model.items;
  expect(item && leavesOf(item).map(({ statistics: { kind } }) => kind)).toEqual([
    "waiting",
    "waiting",
    "done",
    "waiting",
  ]);
});

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { singularValues } from "../../numerics/svd/singularValues.ts";
import { runStudyOn } from "../_shared/runStudy.testkit.ts";
import { isometryStudy } from "./index.ts";

const FOLDER = "test/fixtures/derivatives";
const EXPECTED = JSON.parse(readFileSync(`${FOLDER}/expected.json`, "utf8"));
const model = (name: string) => [{ role: "checkpoint", path: `${FOLDER}/${name}.onnx` }];
const ask = async (name: string, parameters: unknown, more: readonly { role: string; path: string }[] = []) =>
  runStudyOn(isometryStudy, [...model(name), ...more], parameters);

test("a transformer block on the fixture's own input: all singular values of autograd's Jacobian", async () => {
  const { result, partials } = await ask("block", { inputs: 1 }, [
    { role: "inputs", path: `${FOLDER}/block-input.npy` },
  ]);
  const { jacobian } = EXPECTED.block as { jacobian: number[][] };
  const [rows, columns] = [jacobian.length, jacobian[0]!.length];
  const values = singularValues({ rows, columns, data: Float64Array.from(jacobian.flat()) });
  const squares = Array.from(values, (s) => s * s);
  const mean = squares.reduce((sum, s) => sum + s, 0) / squares.length;
  const { measured } = result;
  expect([measured!.method, measured!.count, result.activation]).toEqual(["exact", 24, null]);
  expect(measured!.mean.value / mean).toBeCloseTo(1, 5);
  expect(measured!.relativeVariance.value).toBeCloseTo(
    squares.reduce((sum, s) => sum + s * s, 0) / squares.length / mean ** 2 - 1,
    4,
  );
  expect(measured!.largest.value / values[0]!).toBeCloseTo(1, 5);
  expect(Math.abs(measured!.smallest!.value - values.at(-1)!)).toBeLessThan(1e-5 * values[0]!);
  expect(result.graph!.blocks.map(({ op }) => op)).toEqual(["input", "Add (joins ways)", "Add (joins ways)"]);
  expect(result.graph!.blocks[0]!.shape).toEqual([4, 6]);
  // ‖J‖_F²/n by random directions against autograd's own.
  const { logJacobian } = result.graph!.blocks[2]!;
  const expected = Math.log(squares.reduce((sum, s) => sum + s, 0) / rows);
  expect(Math.abs(logJacobian!.value - expected)).toBeLessThan(4 * logJacobian!.standardError + 0.01);
  expect(result.noTheory).toMatch(/unknown state/);
  expect(partials.length).toBeGreaterThan(0);
});

test("residual and normalised: one growth for each block, links that multiply to the whole on average, theory refused by what is in the way", async () => {
  const { result } = await ask("residual", { inputs: 3, stage: "initial", open: 9 });
  expect(result.graph!.blocks.map(({ op }) => op)).toEqual([
    "input",
    "Conv",
    "Add (joins ways)",
    "Add (joins ways)",
    "Gemm",
  ]);
  expect(result.noTheory).toMatch(/a link is none: it (has|is)/);
  expect(result.theory).toBeNull();
  for (const { logJacobian } of result.graph!.blocks.slice(1)) expect(Number.isFinite(logJacobian!.value)).toBe(true);
  for (const link of result.links) {
    expect(link.mean.value).toBeGreaterThan(0);
    expect(link.predicted).toBeNull();
  }
  expect(result.inputs).toBe("3 random inputs (x: Gaussian, 2 × 9 × 9, second moment 1)");
});

test("whole numbers in: from the embedding on; Lanczos where the Jacobian is asked of a part is exact here too", async () => {
  const { result } = await ask("tokens", { inputs: 2, open: 5 });
  expect(result.layers[0]).toMatch(/words · Gather/);
  expect(result.inputs).toContain("ids: 5, uniform among 11");
  expect(result.measured!.inputs).toBe(2);
  const { result: part } = await ask("tokens", { inputs: 2, open: 5, from: 1, to: 3 });
  expect([part.links.length, part.graph!.blocks[0]!.q]).toEqual([2, null]);
});

test("a chain inside the graph has its theory: Gaussian, orthogonal and χ₁ at the measured q", async () => {
  const { result } = await ask("deep", { inputs: 4, stage: "initial", from: 2, to: 8, start: 1 });
  expect(result.noTheory).toBeNull();
  const [gaussian, orthogonal] = result.theory!;
  expect(gaussian!.relativeVariance - orthogonal!.relativeVariance).toBeCloseTo(6, 10);
  expect(Math.abs(Math.log(result.measured!.mean.value / gaussian!.mean))).toBeLessThan(1);
  for (const link of result.links) {
    expect(Math.abs(Math.log(link.mean.value / link.predicted!))).toBeLessThan(0.35);
    expect(Math.abs(link.relativeVariance.value / link.gaussianVariance! - 1)).toBeLessThan(0.4);
  }
});

test("what has no derivative is refused by its name and operation, and so are spans and inputs that are none", async () => {
  const { result } = await ask("mlp", { activation: "tanh" });
  expect(result.graph).toBeNull();
  await expect(ask("no-rule", {})).rejects.toThrow(
    "No derivative goes through node /volume/Det (Det): its derivative is not known here.",
  );
  await expect(ask("block", { from: 2, to: 1 })).rejects.toThrow(/A span goes/);
  await expect(ask("block", {}, [{ role: "inputs", path: "samples/toy-world/four-items/data.csv" }])).rejects.toThrow(
    /wants|no array/,
  );
  await expect(ask("block", { fill: { x: "a" } })).rejects.toThrow(/no number/);
});

test("cancelled between runs", async () => {
  let asked = 0;
  await expect(
    runStudyOn(isometryStudy, model("tokens"), { inputs: 8, open: 8 }, { cancelled: () => ++asked > 2 }),
  ).rejects.toMatchObject({ code: "cancelled" });
});

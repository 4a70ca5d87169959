import { expect, test } from "vitest";
import { runStudyOn } from "../_shared/runStudy.testkit.ts";
import { expressivityStudy } from "./index.ts";

const FOLDER = "test/fixtures/derivatives";
const ask = async (name: string, parameters: unknown, inputs?: string) =>
  (
    await runStudyOn(
      expressivityStudy,
      [
        { role: "checkpoint", path: `${FOLDER}/${name}.onnx` },
        ...(inputs === undefined ? [] : [{ role: "inputs", path: inputs }]),
      ],
      parameters,
    )
  ).result;

test("a chain behind a norm: q, stretching, curvature and correlations near the recursion from what the norm gives", async () => {
  const result = await ask("deep", { stage: "initial", points: 256 });
  expect([result.activation, result.closed, result.smooth, result.noTheory]).toEqual([null, true, true, null]);
  expect(result.layers.map(({ theory }) => theory === null)).toEqual([true, true, ...new Array(7).fill(false)]);
  for (const layer of result.layers.slice(2)) {
    expect(Math.abs(Math.log(layer.q / layer.theory!.q)), layer.tensor).toBeLessThan(0.3);
    expect(Math.abs(Math.log(layer.metric / layer.theory!.metric)), layer.tensor).toBeLessThan(0.6);
    expect(Math.abs(Math.log(layer.curvature! / layer.theory!.curvature!)), layer.tensor).toBeLessThan(0.6);
    expect(Math.abs(Math.log(layer.growth! / layer.theory!.growth!)), layer.tensor).toBeLessThan(0.3);
    for (const [k, c] of layer.correlations.entries())
      expect(Math.abs(c - layer.predictedCorrelations![k]!)).toBeLessThan(0.3);
  }
  const [input] = result.layers;
  expect(input!.grassmannian).toBeCloseTo(2 * Math.PI, 3);
  expect(input!.euclidean).toBeCloseTo(2 * Math.PI * Math.sqrt(64), 2);
  expect(input!.shares[0]! + input!.shares[1]!).toBeCloseTo(1, 5);
  for (const layer of result.layers) {
    // Exact derivatives beside the polyline that they are the derivatives of.
    expect(layer.polyline / layer.euclidean).toBeCloseTo(1, 2);
    expect(layer.turning / layer.grassmannian!).toBeCloseTo(1, 1);
    expect(layer.sampling).toBeCloseTo(1, 2);
  }
});

test("convolutions, skip connections and kinks: turning, no curvature, each kink by its name, and theory refused", async () => {
  const result = await ask("residual", { open: 9, points: 64, stage: "initial" });
  expect(result.kinks).toEqual(["Relu", "MaxPool", "LeakyRelu"]);
  expect(result.noTheory).toMatch(/chains of dense layers/);
  for (const layer of result.layers) {
    expect([layer.curvature, layer.grassmannian, layer.theory, layer.predictedCorrelations]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(layer.polyline).toBeGreaterThan(0);
  }
  expect(result.layers[0]!.width).toBe(2 * 9 * 9);
});

test("two of the user's inputs joined: a straight line at the input, bent behind it", async () => {
  const result = await ask("mlp-gelu", { points: 40, first: 0, second: 2 }, "test/fixtures/table/inputs-4.csv");
  expect([result.closed, result.curve]).toEqual([false, "items 0 and 2 of the file, joined by a straight line"]);
  const [input, ...others] = result.layers;
  expect(input!.turning).toBeLessThan(1e-2);
  expect(input!.shares[0]).toBeCloseTo(1, 5);
  expect(others.at(-1)!.turning).toBeGreaterThan(0.05);
  await expect(ask("mlp-gelu", { first: 1, second: 1 }, "test/fixtures/table/inputs-4.csv")).rejects.toThrow(
    /two different/,
  );
});

test("whole numbers have no curve between them; what is run is counted and cancelled", async () => {
  await expect(ask("tokens", { open: 4 })).rejects.toThrow(/between them there is no curve/);
  let asked = 0;
  const files = [{ role: "checkpoint", path: `${FOLDER}/block.onnx` }];
  await expect(
    runStudyOn(expressivityStudy, files, { points: 512 }, { cancelled: () => ++asked > 2 }),
  ).rejects.toMatchObject({ code: "cancelled" });
});

import { expect, test } from "vitest";
import { runStudyOn } from "../_shared/runStudy.testkit.ts";
import { expressivityStudy } from "./index.ts";

const sample = (path: string) => [{ role: "checkpoint", path: `samples/${path}` }];
const ask = async (path: string, parameters: unknown, files = sample(path)) =>
  (await runStudyOn(expressivityStudy, files, parameters)).result;

test("the chaotic sample: q, stretching and curvature near the recursion of its own layers, correlations near the c-map's", async () => {
  const result = await ask("criticality/chaotic/checkpoints/step-0000.safetensors", {
    activation: "tanh",
    points: 256,
  });
  expect([result.noTheory, result.closed, result.smooth, result.layers.length]).toEqual([null, true, true, 31]);
  for (const layer of result.layers.slice(0, 8)) {
    expect(Math.abs(layer.q / layer.theory!.q - 1), layer.tensor).toBeLessThan(0.35);
    expect(Math.abs(Math.log(layer.metric / layer.theory!.metric)), layer.tensor).toBeLessThan(0.9);
    expect(Math.abs(Math.log(layer.curvature! / layer.theory!.curvature!)), layer.tensor).toBeLessThan(0.6);
    expect(layer.sampling).toBeCloseTo(1, 1);
    // The turning of the polyline is the Grassmannian length, not the Euclidean.
    expect(layer.turning / layer.grassmannian!).toBeCloseTo(1, 0);
  }
  const [first] = result.layers;
  expect(first!.grassmannian).toBeCloseTo(2 * Math.PI, 0);
  expect(first!.shares[0]! + first!.shares[1]!).toBeCloseTo(1, 6);
  const third = result.layers[2]!;
  for (const [k, c] of third.correlations.entries())
    expect(Math.abs(c - third.predictedCorrelations![k]!)).toBeLessThan(0.25);
  // Chaos: opposite points and near ones end alike, near c*.
  const last = result.layers[29]!;
  expect(last.shares[0]! + last.shares[1]!).toBeLessThan(0.8);
  expect(last.polyline).toBeGreaterThan(3 * first!.polyline);
});

test("the ordered sample shrinks the circle to a point", async () => {
  const result = await ask("criticality/ordered/checkpoints/step-0000.safetensors", { activation: "tanh", points: 64 });
  expect(result.layers[29]!.metric).toBeLessThan(1e-2 * result.layers[0]!.metric);
  expect(Math.min(...result.layers[29]!.correlations)).toBeGreaterThan(0.99);
});

test("ReLU: no curvature, but turning, and the bound of Raghu below the growth on average", async () => {
  const result = await ask("digits/mlp/checkpoints/epoch-000.pt", { activation: "relu", points: 512 });
  expect(result.smooth).toBe(false);
  for (const layer of result.layers) expect([layer.curvature, layer.grassmannian]).toEqual([null, null]);
  expect(result.layers[1]!.turning).toBeGreaterThan(2 * Math.PI);
  expect(result.layers[1]!.raghu).toBeGreaterThan(0);
});

test("linear: L^G stays 2π in every layer, and two inputs joined stay a straight line", async () => {
  const circle = await ask("digits/mlp/checkpoints/epoch-000.pt", { activation: "linear", points: 400 });
  for (const layer of circle.layers) expect(layer.grassmannian).toBeCloseTo(2 * Math.PI, 2);
  const files = [
    ...sample("toy-world/four-items/checkpoints/step-0100.safetensors"),
    { role: "inputs", path: "test/fixtures/table/inputs-4.csv" },
  ];
  const line = await ask("", { activation: "linear", points: 40, first: 0, second: 2 }, files);
  expect(line.closed).toBe(false);
  expect(line.curve).toMatch(/rows 0 and 2 of inputs-4\.csv/);
  for (const layer of line.layers) {
    expect(layer.turning).toBeCloseTo(0, 5);
    expect(layer.polyline / layer.euclidean).toBeCloseTo(1, 10);
    expect(layer.shares[0]).toBeCloseTo(1, 10);
  }
});

test("trained weights get no theory; a few points are told to be too few", async () => {
  const trained = await ask("criticality/chaotic/checkpoints/step-0600.safetensors", {
    activation: "tanh",
    points: 16,
  });
  expect(trained.noTheory).toMatch(/trained/);
  expect(
    trained.layers.every(({ theory, predictedCorrelations }) => theory === null && predictedCorrelations === null),
  ).toBe(true);
  expect(Math.max(...trained.layers.map(({ sampling }) => sampling))).toBeGreaterThan(1.2);
  expect(trained.pointsNeeded).toBeGreaterThan(trained.points);
});

test("what is no chain, and inputs of another size, are refused in words", async () => {
  await expect(ask("digits/conv/checkpoints/epoch-000.pt", {})).rejects.toThrow(/normalisation/);
  const files = [
    ...sample("digits/mlp/checkpoints/epoch-000.pt"),
    { role: "inputs", path: "test/fixtures/table/inputs-4.csv" },
  ];
  await expect(ask("", {}, files)).rejects.toThrow(/64 features a row; it has 4/);
  await expect(ask("digits/mlp/checkpoints/epoch-000.pt", { points: 3 })).rejects.toThrow(/points is a whole number/);
});

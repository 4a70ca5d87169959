import { expect, test } from "vitest";
import { contextOf, sample } from "./files.testkit.ts";
import { semanticModesStudy } from "./index.ts";
import type { SemanticModesResult } from "./types.ts";

const run = (files: Parameters<typeof contextOf>[0], parameters: object = {}) =>
  semanticModesStudy.run(contextOf(files).context, { draws: 50, ...parameters });
const strengths = ({ modes }: SemanticModesResult) => modes.map(({ singularValue }) => singularValue);
const row = (values: Float32Array, index: number, length: number) =>
  Array.from(values.subarray(index * length, (index + 1) * length));

const TABLE = sample("four-items/data.csv");
const TRAINED = sample("four-items/checkpoints/step-1250.safetensors");

test("four items from the CSV: s = (√7, √3, 1, 1), the vectors of PNAS 2019, names from the heading", async () => {
  const result = await run({ subject: TABLE });
  expect(result.subject).toMatchObject({ kind: "correlation", rowName: "property", columnName: "item", items: 4 });
  for (const [at, s] of [Math.sqrt(7), Math.sqrt(3), 1, 1].entries()) expect(strengths(result)[at]).toBeCloseTo(s, 9);
  expect(result.modes.map(({ group }) => group)).toEqual([[0], [1], [2, 3], [2, 3]]);
  const { labels } = result;
  expect(labels.columns).toEqual(["Canary", "Salmon", "Oak", "Rose"]);
  expect(labels.rows).toEqual(["Grow", "Move", "Fly", "Swim", "Roots", "Bark", "Petals"]);
  for (const value of row(result.right, 0, 4)) expect(value).toBeCloseTo(0.5, 6);
  const u1 = row(result.left, 0, 7);
  expect(u1[0]).toBeCloseTo(0.755928946, 6);
  expect([u1[1], u1[4]]).toEqual([expect.closeTo(0.377964473, 6), expect.closeTo(0.377964473, 6)]);
  for (const at of [2, 3, 5, 6]) expect(u1[at]).toBeCloseTo(0.188982237, 6);
  const [v2, u2] = [row(result.right, 1, 4), row(result.left, 1, 7)];
  const animals = Math.sign(v2[0]!);
  expect(v2.map((value) => value * animals)).toEqual([0.5, 0.5, -0.5, -0.5].map((value) => expect.closeTo(value, 6)));
  expect(u2[1]! * animals).toBeCloseTo(0.57735027, 6);
  expect(u2[4]! * animals).toBeCloseTo(-0.57735027, 6);
  expect(Math.abs(u2[2]!)).toBeCloseTo(0.288675135, 6);
});

test("a degenerate group is shown as a subspace: turned onto the tree's splits, never as evidence", async () => {
  const result = await run({ subject: TABLE });
  const pair = [row(result.right, 2, 4), row(result.right, 3, 4)].map((v) => v.map((value) => Math.abs(value)));
  const root = Math.SQRT1_2;
  expect(pair).toEqual(
    expect.arrayContaining([
      [expect.closeTo(root, 6), expect.closeTo(root, 6), expect.closeTo(0, 6), expect.closeTo(0, 6)],
      [expect.closeTo(0, 6), expect.closeTo(0, 6), expect.closeTo(root, 6), expect.closeTo(root, 6)],
    ]),
  );
  expect(result.modes[2]!.leftIpr).toBeNaN();
  expect(result.modes[0]!.rightIpr).toBeCloseTo(0.25, 9);
  // Whatever basis it is turned to, the modes still make the table.
  const [rows, columns] = [7, 4];
  const made = new Float64Array(rows * columns);
  for (const { index, singularValue } of result.modes) {
    const [u, v] = [row(result.left, index, rows), row(result.right, index, columns)];
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) made[r * columns + c]! += singularValue * u[r]! * v[c]!;
  }
  expect(made.reduce((sum, value) => sum + value, 0)).toBeCloseTo(12, 5);
  for (const value of made) expect(Math.min(Math.abs(value), Math.abs(value - 1))).toBeLessThan(1e-5);
});

test("sum and mean differ by the number of items, and only if Σˣ comes along do they ask the same of the network", async () => {
  const files = { properties: TABLE, network: TRAINED };
  const [sum, mean] = [await run(files), await run(files, { convention: "mean" })];
  for (const [at, s] of strengths(sum).entries()) expect(strengths(mean)[at]).toBeCloseTo(s / 4, 12);
  expect(mean.network!.targets).toEqual(sum.network!.targets.map((target) => expect.closeTo(target, 9)));
  expect(mean.network!.strengths).toEqual(sum.network!.strengths);
  expect(sum.notes.join(" ")).toMatch(/Sum convention.*τ = 1\/λ/);
  expect(mean.notes.join(" ")).toMatch(/Mean convention.*1\/\(λ·4\)/);
});

test("centring deletes the mode that all items share, and says so", async () => {
  const result = await run({ subject: TABLE }, { centre: true });
  expect(strengths(result)).toEqual([Math.sqrt(3), 1, 1].map((s) => expect.closeTo(s, 9)));
  expect(result.centred).toBe(true);
  expect(result.notes.join(" ")).toMatch(/what all items share is no mode/);
});

test("the trained network has the data's modes: strengths near σ, nothing off the diagonal", async () => {
  const { network, chain } = await run({ properties: TABLE, network: TRAINED });
  expect(network).toMatchObject({ source: "weights", rSquared: 1 });
  for (const [at, s] of [Math.sqrt(7), Math.sqrt(3), 1, 1].entries()) {
    expect(network!.targets[at]).toBeCloseTo(s, 9);
    expect(network!.strengths[at]).toBeCloseTo(s, 2);
  }
  expect(network!.offDiagonal).toBeLessThan(1e-4);
  const [joint] = chain!.joints;
  expect(joint!.alignment).toBeGreaterThan(0.999);
  expect(joint!.alignmentNull).toBeCloseTo(4 / 16, 12);
  expect(joint!.relativeImbalance).toBeLessThan(1e-2);
  expect(chain!.fingerprint).toBeLessThan(1e-2);
});

test("the untrained network has none of them: small strengths, nearly all of its map elsewhere, layers not aligned", async () => {
  const start = sample("four-items/checkpoints/step-0000.safetensors");
  const { network, chain } = await run({ properties: TABLE, network: start });
  for (const strength of network!.strengths) expect(Math.abs(strength)).toBeLessThan(1e-4);
  expect(network!.offDiagonal).toBeGreaterThan(0.5);
  expect(chain!.joints[0]!.alignment).toBeLessThan(0.6);
  expect(chain!.fingerprint).toBeGreaterThan(0.1);
});

test("a network's own modes are not offered as evidence that it learned them", async () => {
  const result = await run({ subject: TRAINED });
  expect(result.subject.kind).toBe("chain");
  expect(result.network).toBeNull();
  expect(result.notes.join(" ")).toMatch(/no evidence/);
  expect(result.notes.join(" ")).toMatch(/Weights do not say whether there are nonlinearities/);
  expect(result.images.columns).toBeNull();
});

test("what it knows before the tree is published, and the tree's modes are these modes", async () => {
  const { context, published } = contextOf({ subject: TABLE });
  const result = await semanticModesStudy.run(context, { draws: 20 });
  expect(published).toHaveLength(1);
  expect((published[0] as SemanticModesResult).hierarchy).toBeNull();
  expect(result.linked).toBe(true);
  expect(result.hierarchy!.modes.map(({ singularValue }) => singularValue)).toEqual(
    strengths(result).map((s) => expect.closeTo(s, 9)),
  );
});

test("a table that the network was not trained on is refused by its sizes", async () => {
  await expect(run({ properties: sample("eight-items/data.csv"), network: TRAINED })).rejects.toMatchObject({
    code: "bad-request",
    message: expect.stringMatching(/8 one-hot inputs.*4 inputs to 7 outputs/),
  });
});

import { expect, test } from "vitest";
import { contextOf, type MadeFile, sample } from "./files.testkit.ts";
import { semanticModesStudy } from "./index.ts";

const run = (files: Readonly<Record<string, MadeFile>>, parameters: object = {}) =>
  semanticModesStudy.run(contextOf(files).context, { draws: 20, ...parameters });
const csv = (name: string, rows: readonly (readonly number[])[]): MadeFile => ({
  name,
  text: `item,${rows[0]!.map((_, at) => `f${at}`).join()}\n${rows.map((row, at) => `i${at},${row.join()}`).join("\n")}\n`,
});
const Y = [
  [1, 1, 1, 0, 0, 0, 0],
  [1, 1, 0, 1, 0, 0, 0],
  [1, 0, 0, 0, 1, 1, 0],
  [1, 0, 0, 0, 1, 0, 1],
];

test("answers to one-hot items are the map itself: a nonlinear network by what it says, not by its weights", async () => {
  const half = Y.map((row) => row.map((value) => value / 2));
  const { network } = await run({ properties: csv("y.csv", Y), answers: csv("answers.csv", half) });
  expect(network).toMatchObject({ source: "answers", file: "answers.csv", rSquared: 1 });
  expect(network!.strengths).toEqual(network!.targets.map((target) => expect.closeTo(target / 2, 9)));
  expect(network!.offDiagonal).toBeCloseTo(0, 9);
});

test("answers that have nothing of the table lie off its diagonal", async () => {
  const shuffled = Y.map((_, at) => Y[(at + 1) % 4]!);
  const { network } = await run({ properties: csv("y.csv", Y), answers: csv("answers.csv", shuffled) });
  expect(network!.offDiagonal).toBeGreaterThan(0.1);
});

test("given inputs: white ones change nothing but the basis, coloured ones mix modes and it is said", async () => {
  const white = [
    [0, 0, 2, 0],
    [2, 0, 0, 0],
    [0, 0, 0, 2],
    [0, 2, 0, 0],
  ];
  const plain = await run({ properties: csv("y.csv", Y) });
  const turned = await run({ properties: csv("y.csv", Y), inputs: csv("x.csv", white) });
  expect(turned.modes.map(({ singularValue }) => singularValue)).toEqual(
    plain.modes.map(({ singularValue }) => expect.closeTo(2 * singularValue, 9)),
  );
  expect(turned.inputs).toMatchObject({
    inputs: 4,
    offDiagonalShare: expect.closeTo(0, 12),
    colour: expect.closeTo(0, 7),
  });
  expect(turned.subject.columnName).toBe("input");
  expect(turned.linked).toBe(false);
  const coloured = await run({
    properties: csv("y.csv", Y),
    inputs: csv("x.csv", [
      [3, 1, 0, 0],
      [0, 1, 1, 0],
      [0, 0, 1, 1],
      [1, 0, 0, 1],
    ]),
  });
  expect(coloured.inputs!.offDiagonalShare).toBeGreaterThan(0.01);
});

test("answers on given inputs: the linear view and the share that it explains", async () => {
  const x = Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(0.7 * i), Math.sin(0.3 * i + 1)]);
  const linear = x.map(([a = 0, b = 0, c = 0]) => [2 * a - b, a + c]);
  const bent = linear.map((row) => row.map((value) => Math.max(0, value)));
  const files = { properties: csv("y.csv", linear), inputs: csv("x.csv", x) };
  const exact = await run({ ...files, answers: csv("a.csv", linear) });
  expect(exact.network!.rSquared).toBeCloseTo(1, 9);
  const rectified = await run({ ...files, answers: csv("a.csv", bent) });
  expect(rectified.network!.rSquared).toBeLessThan(0.95);
  expect(rectified.network!.rSquared).toBeGreaterThan(0.3);
  const shrunk = await run({ ...files, answers: csv("a.csv", linear) }, { ridge: 1 });
  expect(shrunk.network!.rSquared).toBeLessThan(0.99);
});

test("items in columns are the same items", async () => {
  const turned: MadeFile = {
    name: "t.csv",
    text: `property,Canary,Salmon,Oak,Rose\n${Y[0]!.map((_, p) => `p${p},${Y.map((row) => row[p]).join()}`).join("\n")}\n`,
  };
  const result = await run({ subject: turned }, { items: "columns" });
  expect(result.labels.columns).toEqual(["Canary", "Salmon", "Oak", "Rose"]);
  expect(result.modes[0]!.singularValue).toBeCloseTo(Math.sqrt(7), 9);
});

test.each([
  [
    "other items",
    { properties: csv("y.csv", Y), answers: csv("a.csv", Y.slice(1)) },
    {},
    /a\.csv has 3 items, y\.csv has 4/,
  ],
  ["a gap", { subject: { name: "y.csv", text: "item,a,b\nx,1,\ny,2,3\nz,1,1\n" } }, {}, /no number in row 0, column 1/],
  ["two tables", {}, { count: 0 }, /count must be a whole number from 1 to 64/],
  ["an unknown parameter", {}, { colour: 1 }, /There is no parameter colour/],
  [
    "a tensor that is not there",
    { subject: sample("four-items/checkpoints/step-1250.safetensors") },
    { tensor: "x" },
    /no tensor “x”/,
  ],
  ["nothing", {}, {}, /need a table/],
])("%s is refused in words", async (_, files, parameters, message) => {
  await expect(run(files as Readonly<Record<string, MadeFile>>, parameters)).rejects.toMatchObject({
    message: expect.stringMatching(message),
  });
});

test("names that disagree between tables are said, not guessed", async () => {
  const other = csv("a.csv", Y);
  const renamed = { ...other, text: "text" in other ? other.text.replace("i2", "someone else") : "" } as MadeFile;
  const { notes } = await run({ properties: csv("y.csv", Y), answers: renamed });
  expect(notes[0]).toMatch(/Item 3 is “i2” in y\.csv, but “someone else” in a\.csv/);
});

test("a network that is no linear chain shows one matrix, says why, and gives it error bars from its own spectrum", async () => {
  const result = await run(
    { subject: { path: "samples/digits/mlp/checkpoints/epoch-040.pt" } },
    { tensor: "model/0.weight" },
  );
  expect(result.subject.kind).toBe("matrix");
  expect(result.noise!.how.kind).toBe("estimate");
  for (const { leftError } of result.modes) expect(leftError).toBeGreaterThan(0);
  expect(result.images.columns).toMatchObject({ height: 8, width: 8, channels: 1 });
});

// Mistakes that are easily made with modes: each test fails if one of them is.
import { expect, test } from "vitest";
import { Random } from "../../numerics/random.ts";
import { contextOf, type MadeFile, safetensorsOf, sample } from "./files.testkit.ts";
import { semanticModesStudy } from "./index.ts";
import type { SemanticModesResult } from "./types.ts";

const run = (files: Readonly<Record<string, MadeFile>>, parameters: object = {}) =>
  semanticModesStudy.run(contextOf(files).context, { draws: 20, ...parameters });
const csv = (rows: readonly (readonly number[])[]): MadeFile => ({
  name: "y.csv",
  text: rows.map((row) => row.join()).join("\n"),
});
const gaussian = (rows: number, columns: number, seed: number) => {
  const random = new Random(seed);
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => random.normal()));
};
const strengths = ({ modes }: SemanticModesResult) => modes.map(({ singularValue }) => singularValue);
const vectors = (result: SemanticModesResult, side: "left" | "right") => {
  const length = side === "left" ? result.rows : result.columns;
  return result.modes.map((_, k) => Array.from(result[side].subarray(k * length, (k + 1) * length)));
};
const near = (values: readonly number[], digits = 5) => values.map((value) => expect.closeTo(value, digits));
/** 9 items × 6 properties: no two strengths are equal. */
const TABLE = gaussian(9, 6, 1);

test("signs: u and v flip together, and which way is fixed by the larger pole, whatever the order of items", async () => {
  const plain = await run({ subject: csv(TABLE) });
  const [u, v] = [vectors(plain, "left"), vectors(plain, "right")];
  for (const [k, { singularValue }] of plain.modes.entries()) {
    for (let p = 0; p < 6; p++) {
      const image = v[k]!.reduce((sum, value, item) => sum + TABLE[item]![p]! * value, 0);
      expect(image).toBeCloseTo(singularValue * u[k]![p]!, 5);
    }
    expect(v[k]!.reduce((sum, value) => sum + Math.sign(value) * value ** 2, 0)).toBeGreaterThanOrEqual(0);
  }
  const order = [3, 8, 1, 0, 7, 2, 6, 5, 4];
  const shuffled = await run({ subject: csv(order.map((item) => TABLE[item]!)) });
  for (const [k, one] of vectors(shuffled, "right").entries())
    expect(one).toEqual(near(order.map((item) => v[k]![item]!)));
  for (const [k, one] of vectors(shuffled, "left").entries()) expect(one).toEqual(near(u[k]!));
});

test("a transposed table has the same modes with its sides exchanged", async () => {
  const plain = await run({ subject: csv(TABLE) });
  const turned = await run({ subject: csv(TABLE[0]!.map((_, p) => TABLE.map((row) => row[p]!))) });
  expect(strengths(turned)).toEqual(near(strengths(plain), 9));
  for (const [k, one] of vectors(turned, "left").entries())
    expect(one.map(Math.abs)).toEqual(near(vectors(plain, "right")[k]!.map(Math.abs)));
});

test("scaling a table scales its strengths and nothing that has no scale", async () => {
  const [one, other] = [
    await run({ subject: csv(TABLE) }),
    await run({ subject: csv(TABLE.map((row) => row.map((x) => 1e3 * x))) }),
  ];
  expect(strengths(other)).toEqual(
    near(
      strengths(one).map((value) => 1e3 * value),
      6,
    ),
  );
  for (const field of ["share", "leftIpr", "rightIpr"] as const)
    expect(other.modes.map((mode) => mode[field])).toEqual(
      near(
        one.modes.map((mode) => mode[field]),
        6,
      ),
    );
  expect(other.modes.map(({ group }) => group)).toEqual(one.modes.map(({ group }) => group));
});

test("renaming hidden units changes nothing about a network", async () => {
  const [first, second] = [gaussian(8, 4, 2), gaussian(5, 8, 3)];
  const order = [5, 2, 7, 0, 3, 1, 6, 4];
  const plain = await run({ subject: safetensorsOf({ "a.weight": first, "b.weight": second }) });
  const renamed = await run({
    subject: safetensorsOf({
      "a.weight": order.map((unit) => first[unit]!),
      "b.weight": second.map((row) => order.map((unit) => row[unit]!)),
    }),
  });
  expect(strengths(renamed)).toEqual(near(strengths(plain), 5));
  const { joints, logValues, fingerprint } = plain.chain!;
  const other = renamed.chain!;
  for (const field of ["alignment", "imbalance", "relativeImbalance"] as const)
    expect(other.joints[0]![field]).toBeCloseTo(joints[0]![field], 5);
  expect(other.logValues).toEqual(near(logValues, 5));
  expect(other.fingerprint).toBeCloseTo(fingerprint!, 5);
});

test("vectors inside a degenerate group are not read: no spread, one subspace, whatever basis the table came in", async () => {
  const result = await run({ subject: sample("four-items/data.csv") });
  const shuffled = await run({
    subject: csv([
      [1, 0, 0, 0, 1, 0, 1],
      [1, 1, 0, 1, 0, 0, 0],
      [1, 0, 0, 0, 1, 1, 0],
      [1, 1, 1, 0, 0, 0, 0],
    ]),
  });
  for (const one of [result, shuffled]) {
    expect(one.modes.map(({ group }) => group)).toEqual([[0], [1], [2, 3], [2, 3]]);
    expect(one.modes[3]!.rightIpr).toBeNaN();
    // The pair is turned onto the tree's splits: each vector sets two items against one another, and leaves two alone.
    for (const vector of vectors(one, "right").slice(2))
      expect(vector.map((value) => Math.abs(value)).sort((a, b) => a - b)).toEqual(
        near([0, 0, Math.SQRT1_2, Math.SQRT1_2]),
      );
  }
});

test("modes of equal strength that noise mixes are one subspace; without noise they are told apart", async () => {
  const close = [
    [5, 0, 0, 0],
    [0, 2, 0, 0],
    [0, 0, 1.99, 0],
    [0, 0, 0, 1],
  ];
  const exact = await run({ subject: csv(close) });
  expect(exact.modes.map(({ group }) => group.length)).toEqual([1, 1, 1, 1]);
  const noisy = await run({ subject: csv(close) }, { noise: 0.05 });
  expect(noisy.modes.map(({ group }) => group.length)).toEqual([1, 2, 2, 1]);
  expect(noisy.modes[0]!.leftError).toBeGreaterThan(0);
  expect(exact.modes[0]!.leftError).toBeNull();
});

test("centring is asked for, never done in silence: the mode that all items share is there, and gone only when it is said", async () => {
  const plain = await run({ subject: sample("four-items/data.csv") });
  expect(vectors(plain, "right")[0]).toEqual(near([0.5, 0.5, 0.5, 0.5]));
  expect(plain.notes.some((note) => note.includes("mean over the items"))).toBe(false);
  const centred = await run({ subject: sample("four-items/data.csv") }, { centre: true });
  for (const vector of vectors(centred, "right"))
    expect(vector.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 5);
  expect(centred.notes.some((note) => note.includes("mean over the items"))).toBe(true);
});

test("a hidden layer has outputs and inputs, not properties and items", async () => {
  const { subject } = await run(
    { subject: { path: "samples/digits/mlp/checkpoints/epoch-040.pt" } },
    { tensor: "model/2.weight" },
  );
  expect(subject).toMatchObject({ kind: "matrix", rowName: "output", columnName: "input", items: null });
});

test("a product of matrices gets no error bars from a law that is not its own", async () => {
  const chain = await run({
    subject: safetensorsOf({ "a.weight": gaussian(40, 30, 5), "b.weight": gaussian(30, 40, 6) }),
  });
  expect(chain.noise).toBeNull();
  expect(chain.notes.join(" ")).toMatch(/No error bars/);
  const single = await run({ subject: safetensorsOf({ "a.weight": gaussian(40, 30, 5) }) }, { as: "network" });
  expect(single.noise!.value).toBeCloseTo(1, 1);
});

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { NEVER_CANCELLED } from "../../base/cancel.ts";
import type { DenseMatrix } from "../dense.ts";
import { Random } from "../random.ts";
import { topTriplets } from "../svd/topTriplets.ts";
import { averageLinkage } from "../trees/averageLinkage.ts";
import { multifurcate } from "../trees/multifurcate.ts";
import { layerJoints } from "./alignment.ts";
import { contrastsOf } from "./contrasts.ts";
import { inputOutputCorrelation, inputStructure, timesTransposed, transposed } from "./correlations.ts";
import { modeErrors, modeGroups } from "./modeErrors.ts";
import { networkMap, procrustes } from "./networkMap.ts";
import { varimax } from "./varimax.ts";

const reference = JSON.parse(
  readFileSync(new URL("../../../test/fixtures/theory/semantics.json", import.meta.url), "utf8"),
) as {
  readonly noiseAngles: { readonly values: number[]; readonly noise: number; readonly sin2: number[] };
  readonly ridge: {
    readonly x: number[][];
    readonly y: number[][];
    readonly cases: { ridge: number; b: number[][]; r2: number }[];
  };
};
const matrix = (rows: readonly (readonly number[])[]): DenseMatrix => ({
  rows: rows.length,
  columns: rows[0]?.length ?? 0,
  data: Float64Array.from(rows.flat()),
});
const gaussian = (rows: number, columns: number, seed: number, scale = 1): DenseMatrix => {
  const random = new Random(seed);
  return { rows, columns, data: Float64Array.from({ length: rows * columns }, () => scale * random.normal()) };
};
const product = (a: DenseMatrix, b: DenseMatrix) => timesTransposed(a, transposed(b));

test("turn by noise: the first-order formula of the reference, and what noise does in fact", () => {
  const { values, noise, sin2 } = reference.noiseAngles;
  const alone = values.map((_, at) => [at]);
  const errors = modeErrors(values, alone, values.length, values.length, noise);
  for (const [at, { left }] of errors.entries()) expect(left).toBeCloseTo(sin2[at]!, 10);
  // 40 × 30 with four modes: mean sin² over draws of the noise, each within 3 standard errors.
  const [rows, columns, draws] = [40, 30, 200];
  const small = 0.05;
  const clean: DenseMatrix = { rows, columns, data: new Float64Array(rows * columns) };
  for (const [at, value] of values.entries()) clean.data[at * columns + at] = value;
  const sums = values.map(() => ({ left: [] as number[], right: [] as number[] }));
  for (let draw = 0; draw < draws; draw++) {
    const noisy = gaussian(rows, columns, 100 + draw, small);
    const seen = { rows, columns, data: clean.data.map((value, at) => value + noisy.data[at]!) };
    const found = topTriplets(seen, values.length);
    for (const at of values.keys()) {
      sums[at]!.left.push(1 - found.left[at]![at]! ** 2);
      sums[at]!.right.push(1 - found.right[at]![at]! ** 2);
    }
  }
  const expected = modeErrors(values, alone, rows, columns, small);
  for (const [at, { left, right }] of sums.entries())
    for (const [got, want] of [
      [left, expected[at]!.left],
      [right, expected[at]!.right],
    ] as const) {
      const mean = got.reduce((sum, one) => sum + one, 0) / draws;
      const spread = Math.sqrt(got.reduce((sum, one) => sum + (one - mean) ** 2, 0) / draws / (draws - 1));
      // The next order of the expansion is about the square of the first.
      expect(Math.abs(mean - want)).toBeLessThan(3 * spread + 3 * want ** 2);
    }
});

test("groups: exact ties, and modes that noise mixes; a mode alone is turned by others only, not inside its group", () => {
  expect(modeGroups([3, 1, 1 - 1e-9], 1e-6, 0)).toEqual([[0], [1, 2], [1, 2]]);
  expect(modeGroups([3, 1, 0.99], 1e-6, 0)).toEqual([[0], [1], [2]]);
  expect(modeGroups([3, 1, 0.99], 1e-6, 0.05)).toEqual([[0], [1, 2], [1, 2]]);
  const [, tied] = modeErrors([3, 1, 1], [[0], [1, 2], [1, 2]], 3, 3, 0.01);
  expect(tied!.left).toBeCloseTo((0.01 ** 2 * (1 + 9)) / 64, 12);
});

test("correlations: sum, mean and centred; inputs that are one-hot say nothing new", () => {
  const y = matrix([
    [1, 0, 2],
    [0, 1, 1],
  ]);
  const unit = matrix([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ]);
  const sum = inputOutputCorrelation({ y, x: null, convention: "sum", centre: false });
  expect(Array.from(sum.data)).toEqual([1, 0, 2, 0, 1, 1]);
  expect(inputOutputCorrelation({ y, x: unit, convention: "sum", centre: false })).toEqual(sum);
  const mean = inputOutputCorrelation({ y, x: unit, convention: "mean", centre: true });
  expect(Array.from(mean.data)).toEqual(
    [0, -1 / 3, 1 / 3, -2 / 9, 1 / 9, 1 / 9].map((value) => expect.closeTo(value, 12)),
  );
  const white = inputStructure(unit, [Float64Array.of(1, 0, 0), Float64Array.of(0, 1, 0)], "mean", 3);
  expect(white.offDiagonalShare).toBe(0);
  expect(white.colour).toBe(0);
  expect(white.strengths).toEqual([1 / 3, 1 / 3].map((value) => expect.closeTo(value, 12)));
  const mixed = inputStructure(
    matrix([
      [1, 1],
      [0, 1],
    ]),
    [Float64Array.of(1, 0), Float64Array.of(0, 1)],
    "sum",
    2,
  );
  // D = [[2, 1], [1, 1]]: off-diagonal 2 of 7.
  expect(mixed.offDiagonalShare).toBeCloseTo(2 / 7, 12);
  expect(mixed.colour).toBeGreaterThan(0.5);
});

test("the map of answers: least squares with ridge and R² as an independent implementation gives them", () => {
  const [x, y] = [matrix(reference.ridge.x), matrix(reference.ridge.y)];
  for (const { ridge, b, r2 } of reference.ridge.cases) {
    const { map, rSquared } = networkMap(y, x, ridge);
    for (const [at, value] of matrix(b).data.entries()) expect(map.data[at]).toBeCloseTo(value, 9);
    expect(rSquared).toBeCloseTo(r2, 9);
  }
  // More inputs than items: the map of least norm gives the answers themselves.
  const wide = networkMap(gaussian(3, 5, 1), gaussian(9, 5, 2), 0);
  expect(wide.rSquared).toBeCloseTo(1, 9);
  expect(() => networkMap(gaussian(3, 5, 1), gaussian(9, 4, 2), 0)).toThrow(/same items/);
});

test("alignment is 1 and balance 0 for a balanced chain, k/n for unrelated layers", () => {
  const turn = topTriplets(gaussian(5, 5, 6), 5).left;
  const first: DenseMatrix = { rows: 5, columns: 4, data: new Float64Array(20) };
  const second: DenseMatrix = { rows: 3, columns: 5, data: new Float64Array(15) };
  for (let h = 0; h < 5; h++) {
    for (let i = 0; i < 2; i++) first.data[h * 4 + i] = (2 - i) * turn[i]![h]!;
    for (let m = 0; m < 2; m++) second.data[m * 5 + h] = (2 - m) * turn[m]![h]!;
  }
  const [joint] = layerJoints([first, second], 2, NEVER_CANCELLED);
  expect(joint!.alignment).toBeCloseTo(1, 9);
  expect(joint!.imbalance).toBeCloseTo(0, 9);
  let [sum, square] = [0, 0];
  const draws = 300;
  for (let draw = 0; draw < draws; draw++) {
    const [one] = layerJoints([gaussian(20, 8, 2 * draw + 7), gaussian(8, 20, 2 * draw + 8)], 4, NEVER_CANCELLED);
    expect(one!.alignmentNull).toBe(4 / 20);
    sum += one!.alignment;
    square += one!.alignment ** 2;
  }
  const mean = sum / draws;
  expect(Math.abs(mean - 0.2)).toBeLessThan(3 * Math.sqrt((square / draws - mean ** 2) / draws));
});

test("varimax finds the simple basis from any rotation of it, and Procrustes turns one basis onto another", () => {
  const simple = [
    [1, -1, 0, 0],
    [0, 0, 1, -1],
  ].map((vector) => vector.map((value) => value * Math.SQRT1_2));
  for (const angle of [0.3, 1.1, 2.5]) {
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const turned = [0, 1].map((k) =>
      simple[0]!.map((value, i) => (k === 0 ? c : -s) * value + (k === 0 ? s : c) * simple[1]![i]!),
    );
    for (const rotation of [varimax(turned), procrustes(turned, simple)]) {
      const back = [0, 1].map((k) =>
        turned[0]!.map((value, i) => value * rotation[0]![k]! + turned[1]![i]! * rotation[1]![k]!),
      );
      const overlaps = simple.map((vector) =>
        Math.max(...back.map((other) => Math.abs(vector.reduce((sum, value, i) => sum + value * other[i]!, 0)))),
      );
      for (const overlap of overlaps) expect(overlap).toBeCloseTo(1, 9);
    }
  }
});

test("contrasts of all splits and the mean are an orthonormal basis, for nodes of two and of more children", () => {
  const d = new Float64Array(36).fill(2);
  for (let i = 0; i < 6; i++) d[i * 6 + i] = 0;
  for (const [i, j] of [
    [0, 1],
    [0, 2],
    [1, 2],
    [3, 4],
  ] as const)
    d[i * 6 + j] = d[j * 6 + i] = 1;
  const nodes = multifurcate(averageLinkage(d, 6), 6);
  expect(nodes.some(({ children }) => children.length === 3)).toBe(true);
  const basis = [-1, ...nodes.keys()].flatMap((node) => contrastsOf(nodes, node, 6));
  expect(basis).toHaveLength(6);
  for (const [a, x] of basis.entries())
    for (const [b, y] of basis.entries())
      expect(x.reduce((sum, value, i) => sum + value * y[i]!, 0)).toBeCloseTo(a === b ? 1 : 0, 12);
});

test("the product of matrices that a chain is made of is what its layers do one after another", () => {
  const [a, b] = [gaussian(3, 4, 11), gaussian(4, 2, 12)];
  const both = product(a, b);
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 2; j++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += a.data[i * 4 + k]! * b.data[k * 2 + j]!;
      expect(both.data[i * 2 + j]).toBeCloseTo(sum, 12);
    }
});

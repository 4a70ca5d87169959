import { expect, test } from "vitest";
import { NEVER_CANCELLED } from "../base/cancel.ts";
import { topTriplets } from "../numerics/svd/topTriplets.ts";
import { followMatrix } from "./matrixCourse.ts";
import { paceOf } from "./pace.ts";

/** Two modes of one 4 × 3 matrix whose strengths cross: the one that ends stronger starts later. */
const U = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
];
const V = [
  [0.6, 0.8, 0],
  [0, 0, 1],
];
const STEPS = [0, 1, 2, 3, 4, 5];
const EARLY = [0, 0.8, 0.95, 1, 1, 1];
const LATE = [0, 0.1, 0.4, 1.5, 1.9, 2];

function matrixAt(k: number) {
  const strengths = [EARLY[k]!, LATE[k]!];
  const data = new Float64Array(12);
  for (const [a, u] of U.entries())
    for (let i = 0; i < 4; i++)
      for (let j = 0; j < 3; j++) data[i * 3 + j] = data[i * 3 + j]! + strengths[a]! * u[i]! * V[a]![j]!;
  return { rows: 4, columns: 3, data };
}

test("modes keep their names where their strengths cross: one decomposition at each checkpoint would swap them", async () => {
  const seen: number[] = [];
  const course = await followMatrix(
    STEPS,
    async (k) => matrixAt(k),
    (k) => seen.push(k),
    NEVER_CANCELLED,
  );
  expect(seen).toEqual(STEPS);
  expect(course.modes.map(({ singularValue }) => singularValue)).toEqual([
    expect.closeTo(2, 10),
    expect.closeTo(1, 10),
  ]);
  const [late, early] = course.modes;
  for (const k of STEPS) {
    expect(late!.strengths[k]).toBeCloseTo(LATE[k]!, 10);
    expect(early!.strengths[k]).toBeCloseTo(EARLY[k]!, 10);
  }
  // Values in order of size, taken anew at every checkpoint, are no course of either.
  const again = STEPS.map((k) => topTriplets(matrixAt(k), 2).values[0] ?? 0);
  expect(again[2]).toBeCloseTo(EARLY[2]!, 6);
  expect(again[5]).toBeCloseTo(LATE[5]!, 6);
  expect(late!.halfTime!.time).toBeGreaterThan(early!.halfTime!.time);
  expect(course.inModes.slice(1)).toEqual(STEPS.slice(1).map(() => expect.closeTo(1, 10)));
  expect(course.stepLengths[0]).toBeCloseTo(Math.hypot(0.8, 0.1), 10);
});

test("the end is circular: whatever the matrix did, its own modes are at their full strength there", async () => {
  let state = 5;
  const noise = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const walk = [new Float64Array(30)];
  for (let k = 1; k < 8; k++) walk.push(walk[k - 1]!.map((x) => x + noise()));
  const steps = walk.map((_, k) => k);
  const course = await followMatrix(
    steps,
    async (k) => ({ rows: 6, columns: 5, data: walk[k]! }),
    () => {},
    NEVER_CANCELLED,
  );
  for (const { strengths, singularValue } of course.modes) expect(strengths.at(-1)).toBeCloseTo(singularValue, 10);
  expect(course.offDiagonal.at(-1)).toBeCloseTo(0, 10);
  // That is why a random walk of the same steps stands beside it: here it is one.
  expect(course.walkHalf!.time).toBeGreaterThan(2);
  expect(course.walkHalf!.time).toBeLessThan(5);
});

test("nothing changed: no modes, and no time at which half was walked", async () => {
  const still = { rows: 2, columns: 2, data: new Float64Array([1, 2, 3, 4]) };
  const course = await followMatrix(
    [0, 1, 2],
    async () => still,
    () => {},
    NEVER_CANCELLED,
  );
  expect(course.modes).toEqual([]);
  expect(course.walkHalf).toBeNull();
  expect(course.travel).toEqual([0, 0, 0]);
});

test("pace: a drop stands alone or is recorded; a run that converges has none", () => {
  const steps = [0, 10, 20, 30, 40, 50];
  const lengths = (speeds: readonly number[]) => speeds.map((speed) => speed * Math.sqrt(10));
  const none = steps.map(() => null);
  expect(paceOf(steps, lengths([1, 1, 0.2, 0.2, 0.2]), none).drops).toEqual([
    { checkpoint: 2, factor: expect.closeTo(0.2, 10), rates: null },
  ]);
  expect(paceOf(steps, lengths([1, 0.3, 0.09, 0.027, 0.008]), none).drops).toEqual([]);
  expect(paceOf(steps, lengths([1, 1, 0.45, 0.45, 0.45]), none).drops).toEqual([]);
  expect(paceOf(steps, lengths([1, 1, 0.45, 0.45, 0.45]), [1, 1, 1, 0.1, 0.1, 0.1]).drops).toEqual([
    { checkpoint: 2, factor: expect.closeTo(0.45, 10), rates: [1, 0.1] },
  ]);
});

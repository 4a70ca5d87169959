// @vitest-environment happy-dom
// The figures of the theory of learning: their numbers, and that the committed pictures are what the product draws.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  canarySwims,
  coherenceAt,
  coherenceSamples,
  differentiation,
  figure3,
  figure3Random,
  projectionsByTheory,
  swimming,
  toyDeep,
  toyShallow,
  trainedToy,
} from "./learning.ts";
import { PICTURES } from "./pictures.ts";

const PAGE = readFileSync("docs/learning-theory.md", "utf8");
/** A number is on the page as it is computed. */
const told = (value: number, digits: number) => expect(PAGE).toContain(value.toFixed(digits));

test("figure 3 of 2014: half-times of six levels, by theory and by training", async () => {
  const { groups } = await figure3();
  const theory = groups.map(({ theoryHalfTime }) => theoryHalfTime!.value);
  expect(theory).toEqual([224.702, 318.78, 379.4, 464.382, 599.333, 883.254].map((time) => expect.closeTo(time, 3)));
  for (const { theoryHalfTime, trainedHalfTime, singularValue } of groups) {
    told(theoryHalfTime!.value, 1);
    told(trainedHalfTime!.value, 1);
    told(singularValue, 2);
    // Steps of a rate run ahead or behind by about the part that the rate is of the largest one.
    expect(Math.abs(trainedHalfTime!.value / theoryHalfTime!.value - 1)).toBeLessThan(0.02);
  }
});

test("random weights of the same effective start: later, and the more so the weaker the level", async () => {
  const { groups } = await figure3Random();
  const delays = groups.map(({ theoryHalfTime, trainedHalfTime }) => trainedHalfTime!.value - theoryHalfTime!.value);
  expect(delays.every((delay) => delay > 0)).toBe(true);
  expect(delays[5]).toBeGreaterThan(3 * delays[3]!);
  for (const { trainedHalfTime } of groups) told(trainedHalfTime!.value, 0);
});

test("sigmoids and exponentials: stages of a deep network, one time for all in a shallow one", async () => {
  const [deep, shallow] = [await toyDeep(), await toyShallow()];
  const half = ({ groups }: typeof deep) => groups.map(({ theoryHalfTime }) => theoryHalfTime!.value * 0.005);
  expect(half(deep)).toEqual([1.489242826, 2.152501495, 3.453377389].map((time) => expect.closeTo(time, 8)));
  for (const time of half(shallow)) expect(time).toBeCloseTo(Math.LN2, 2);
  for (const time of half(deep)) told(time, 3);
  expect(deep.groups[0]!.theoryStage).toBeLessThan(0.6);
  expect(shallow.groups[0]!.theoryStage).toBeGreaterThan(0.97);
});

test("progressive differentiation: items part at the broad branch before they part at the fine ones", async () => {
  const { trainedPaths, groups } = await differentiation();
  const { times, axes, points } = trainedPaths!;
  const apart = (k: number, i: number, j: number) =>
    Math.hypot(
      ...Array.from({ length: axes }, (_, a) => points[(k * 8 + i) * axes + a]! - points[(k * 8 + j) * axes + a]!),
    );
  const half = (i: number, j: number) => times.findIndex((_, k) => apart(k, i, j) > apart(times.length - 1, i, j) / 2);
  expect(half(0, 7)).toBeLessThan(half(5, 7));
  expect(groups.map(({ limit }) => limit! ** 2 / 200)).toEqual(
    [3.507776, 1.410624, 0.8208, 0.36].map((lambda) => expect.closeTo(lambda, 9)),
  );
});

test("coherence: nothing below C = 1, three quarters at C = 4, in theory and in tables", () => {
  expect(coherenceAt(40, 1600)).toMatchObject({
    coherence: expect.closeTo(4, 12),
    itemOverlap: expect.closeTo(0.75, 12),
    propertyOverlap: expect.closeTo(0.75, 12),
    outlier: expect.closeTo(2.5, 12),
  });
  expect(coherenceAt(20, 1600)).toMatchObject({ coherence: expect.closeTo(1, 12), itemOverlap: expect.closeTo(0, 12) });
  const samples = coherenceSamples();
  const at = (c: number) => samples.find(({ coherence }) => Math.abs(coherence - c) < 1e-9)!.overlap;
  expect(at(4)).toBeCloseTo(0.75, 1);
  expect(samples.filter(({ coherence }) => coherence < 0.7).every(({ overlap }) => overlap < 0.1)).toBe(true);
});

test("inductive projection: widely at first, narrowly at the end; a trained network does the same", () => {
  const reference = [
    [1, 0.872811, 0.664546],
    [2, 0.935739, 0.569532],
    [3, 0.763479, 0.205578],
    [40, 0.372824693, 0.143262598],
  ] as const;
  const theory = projectionsByTheory(reference.map(([t]) => t));
  for (const [k, [, salmon, oak]] of reference.entries()) {
    expect(theory[k]!.items).toEqual([1, salmon, oak, oak].map((value) => expect.closeTo(value, 6)));
    told(salmon, 6);
  }
  const trained = trainedToy(2, 3, 500);
  for (const [k, [t, salmon]] of reference.slice(0, 3).entries()) {
    const moment = trained.find((one) => Math.abs(one.t - t) < 1e-9)!;
    expect(Math.abs(moment.items[1]! - salmon), `t = ${t}, ${k}`).toBeLessThan(0.01);
  }
});

test("illusory correlation: 0.378746 at 2.5974, nothing in a shallow network, and a trained network believes it too", () => {
  const { found, shallowMost } = canarySwims(8000);
  expect(found!.peak).toBeCloseTo(0.378745562, 7);
  expect(found!.peakTime).toBeCloseTo(2.597413, 3);
  told(found!.peak, 6);
  told(found!.peakTime, 3);
  // In a shallow network the belief only fades from its start.
  expect(shallowMost).toBeLessThan(2.7e-4);
  const trained = trainedToy(2, 8, 20).map(({ map }) => swimming(map));
  expect(Math.max(...trained)).toBeCloseTo(found!.peak, 2);
  expect(trained.at(-1)).toBeLessThan(0.001);
});

test.each(PICTURES)("$name is what the product draws, and the page shows it", async ({ name, draw }) => {
  expect(PAGE).toContain(`(images/${name})`);
  const committed = readFileSync(`docs/images/${name}`, "utf8");
  const drawn = await draw();
  // Where they differ, `npm run figures` draws them anew.
  expect(drawn === committed, `docs/images/${name} is not what npm run figures draws`).toBe(true);
  expect(drawn).toMatch(/^<svg .*role="img">\n<title>/);
  expect(drawn).not.toMatch(/NaN|undefined|Infinity/);
});

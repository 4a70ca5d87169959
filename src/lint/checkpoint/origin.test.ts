import { expect, test } from "vitest";
import { Random } from "../../numerics/random.ts";
import { checkWeights } from "./check.ts";
import { measureWeight } from "./measure.ts";
import { originOf, settled } from "./origin.ts";
import { rankOf } from "./rank.ts";
import type { MeasuredWeight, NetworkFacts, WeightShape } from "./types.ts";

const random = new Random(21);
const dense = (rows: number, columns: number): WeightShape => ({
  rows,
  columns,
  taps: 1,
  wholeRows: rows,
  axes: [rows, columns],
  kind: "dense",
  hidden: null,
});

function weight(
  shape: WeightShape,
  draw: (at: number) => number,
  change: (entries: Float64Array<ArrayBuffer>) => void = () => {},
  tensor = "fc.weight",
): MeasuredWeight {
  const entries = Float64Array.from({ length: shape.rows * shape.columns }, (_, at) => draw(at));
  change(entries);
  const measure = measureWeight(entries, shape.rows, shape.columns);
  const origin = originOf(measure, shape, null);
  return { tensor, part: null, partLabel: null, shape, measure, origin, bias: null, activation: null, rank: null };
}

const he = (columns: number) => () => random.normal() * Math.sqrt(2 / columns);
const FACTS: NetworkFacts = {
  verdict: { kind: "trained", sentence: "" },
  segments: [],
  noChain: "",
  inputMoment: 1,
  normalised: false,
};
const rules = (one: MeasuredWeight, facts = FACTS) => checkWeights([one], facts).map(({ rule }) => rule);

test("a small weight's law is believed beside larger ones of the same, not alone, and not among trained ones", () => {
  const large = weight(dense(100, 80), he(80));
  const small = weight(dense(20, 40), he(40));
  expect(small.origin).toMatchObject({ kind: "law", law: "he-normal" });
  expect(settled([large, small]).map(({ origin }) => origin.kind)).toEqual(["law", "law"]);
  expect(settled([small]).map(({ origin }) => origin.kind)).toEqual(["unknown"]);
  // Three small ones know it together.
  const three = [small, weight(dense(22, 40), he(40)), weight(dense(24, 40), he(40)), weight(dense(24, 60), he(60))];
  expect(settled(three).every(({ origin }) => origin.kind === "law")).toBe(true);
  const trained = weight(dense(60, 60), () => random.normal() ** 3);
  expect(trained.origin.kind).toBe("trained");
  expect(settled([large, small, trained]).map(({ origin }) => origin.kind)).toEqual(["law", "unknown", "trained"]);
});

test("a transposed convolution's default counts the outputs, and has its name", () => {
  // Stored (in, out, 4, 4): the matrix is out × (in·16).
  const shape: WeightShape = { ...dense(32, 64 * 16), taps: 16, axes: [64, 32, 4, 4], kind: "convolution" };
  const bound = 1 / Math.sqrt(32 * 16);
  const made = weight(shape, () => bound * (2 * random.uniform() - 1));
  expect(made.origin).toMatchObject({ kind: "law", law: "torch-default-transposed" });
  expect(rules(made, { ...FACTS, verdict: { kind: "initialization", sentence: "" } })).toEqual([]);
});

test("depthwise kernels may be alike, a Fourier basis may have zero rows, and what has died away is nobody's twin", () => {
  const kernel: WeightShape = { ...dense(30, 9), taps: 9, axes: [30, 1, 3, 3], kind: "convolution" };
  const alike = (entries: Float64Array) => entries.copyWithin(9, 0, 9);
  expect(rules(weight(kernel, he(9), alike))).toEqual([]);
  expect(rules(weight(dense(30, 9), he(9), alike))).toEqual(["MF009"]);
  const zero = (entries: Float64Array) => entries.fill(0, 0, 20);
  expect(rules(weight(dense(30, 20), he(20), zero, "stft.forward_basis"))).toEqual([]);
  expect(rules(weight(dense(30, 20), he(20), zero))).toEqual(["MF010"]);
  const faded = (entries: Float64Array) => {
    for (let at = 0; at < 40; at++) entries[at] = (entries[at % 20] ?? 0) * 1e-12;
  };
  expect(rules(weight(dense(30, 20), he(20), faded))).toEqual(["MF010"]);
});

test("small columns explain small singular values; what they do not explain is a finding", () => {
  const graded = weight(dense(40, 30), he(30), (entries) => {
    for (let row = 0; row < 40; row++) for (let at = 0; at < 3; at++) entries[row * 30 + at]! *= 1e-4;
  });
  const rms = Math.sqrt(graded.measure.meanSquare);
  const values = (missing: number) => {
    const singularValues = Float64Array.from({ length: 30 }, (_, at) => (at < 30 - missing ? 1 : 1e-12));
    return rankOf({ rows: 40, columns: 30, singularValues, floor: 0, edgeRatio: null }, rms, 2 ** -24);
  };
  expect(rules({ ...graded, rank: values(3) })).toEqual([]);
  expect(rules({ ...graded, rank: values(4) })).toEqual(["MF023"]);
});

test("one entry is a finding only where it leaves nothing to the others", () => {
  const heavy = (share: number) => (entries: Float64Array) => {
    const rest = entries.reduce((sum, value) => sum + value * value, 0);
    entries[5] = Math.sqrt((share / (1 - share)) * rest);
  };
  expect(rules(weight(dense(30, 20), he(20), heavy(0.83)))).toEqual([]);
  expect(rules(weight(dense(30, 20), he(20), heavy(0.995)))).toEqual(["MF025"]);
});

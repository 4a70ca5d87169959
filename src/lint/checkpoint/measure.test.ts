import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import { openCheckpoint } from "../../formats/sniff.ts";
import { Random } from "../../numerics/random.ts";
import { familiesOf } from "./families.ts";
import { measureWeight } from "./measure.ts";
import { missingDirections, rankOf } from "./rank.ts";
import { stepInName, verdictOf } from "./verdict.ts";

const MADE = "test/fixtures/checkpoint-lint";
interface Facts {
  readonly meanSquare: number;
  readonly relativeError: number;
  readonly meanScore: number;
  readonly kurtosis: number;
  readonly rowScore: number;
  readonly columnScore: number;
  readonly orthogonal: boolean;
  readonly threshold: number;
  readonly rank: number;
  readonly expected: number;
  readonly expectedAtTenth: number;
  readonly tenth: number;
}
const reference: { readonly facts: Readonly<Record<string, Facts>>; readonly rank: Facts } = JSON.parse(
  readFileSync(`${MADE}/reference.json`, "utf8"),
);

test("moments, their errors and evenness are those of NumPy and SciPy", async () => {
  const bytes = new Uint8Array(readFileSync(`${MADE}/drawn.pt`));
  const { checkpoint } = await openCheckpoint(memorySource(bytes, "drawn.pt"), "drawn.pt", {
    sibling: () => Promise.reject(new Error("There is none.")),
  });
  expect(Object.keys(reference.facts).length).toBeGreaterThan(14);
  for (const [name, facts] of Object.entries(reference.facts)) {
    const tensor = checkpoint.tensors.find((one) => one.name === name)!;
    const [rows = 1, ...rest] = tensor.shape;
    const columns = rest.reduce((product, size) => product * size, 1);
    const measure = measureWeight(await checkpoint.read(name, 0, tensor.elements), rows, columns);
    const { meanSquare, relativeError, meanScore, kurtosis, rowScore, columnScore, orthogonality } = measure;
    const close = (value: number, wanted: number) =>
      expect(Math.abs(value - wanted), `${name}: ${value} for ${wanted}`).toBeLessThan(
        1e-5 * Math.max(1, Math.abs(wanted)),
      );
    close(meanSquare / facts.meanSquare, 1);
    close(relativeError, facts.relativeError);
    close(meanScore, facts.meanScore);
    close(kurtosis, facts.kurtosis);
    // Of an orthogonal matrix the rows are even to rounding, which the score magnifies.
    if (!facts.orthogonal) close(rowScore, facts.rowScore);
    if (!facts.orthogonal) close(columnScore, facts.columnScore);
    expect([name, orthogonality < 1e-4]).toEqual([name, facts.orthogonal]);
    const values = { rows, columns, singularValues: [], floor: 0, edgeRatio: null };
    const reading = rankOf(values, Math.sqrt(meanSquare), 2 ** -24);
    close(reading.threshold / facts.threshold, 1);
    expect(Math.abs(reading.expected - facts.expected)).toBeLessThan(1e-6);
    // The same with a threshold inside the bulk: quadrature over the density.
    const inside = rankOf({ ...values, floor: facts.tenth }, Math.sqrt(meanSquare), 2 ** -24);
    expect(Math.abs(inside.expected - facts.expectedAtTenth)).toBeLessThan(1e-5 * Math.max(1, facts.expectedAtTenth));
  }
});

test("the spread of the kurtosis of each family is what its entries show", () => {
  const random = new Random(11);
  const normal = () => random.normal();
  const cut = (): number => {
    for (;;) {
      const value = normal();
      if (Math.abs(value) <= 2) return value;
    }
  };
  for (const [family, draw, n, spread] of [
    ["uniform", () => 2 * random.uniform() - 1, 1000, 1.3166],
    ["truncated", cut, 1000, 3.8547],
    ["normal", normal, 4000, 24],
  ] as const) {
    const runs = Array.from({ length: 600 }, () => {
      const entries = Float64Array.from({ length: n }, draw);
      const { kurtosis, largest, deviation } = measureWeight(entries, 20, n / 20);
      expect(familiesOf(kurtosis, largest, deviation, n).map((one) => one.family)).toContain(family);
      return kurtosis;
    });
    const mean = runs.reduce((sum, k) => sum + k, 0) / runs.length;
    const variance = runs.reduce((sum, k) => sum + (k - mean) ** 2, 0) / (runs.length - 1);
    // 600 runs know a variance to 6 %; the kurtosis of normal entries is skewed itself.
    expect(Math.abs((n * variance) / spread - 1), family).toBeLessThan(0.3);
  }
});

test("evenness scores of independent entries are standard; one loud row is far out", () => {
  const random = new Random(12);
  const scores = Array.from({ length: 300 }, () =>
    measureWeight(
      Float64Array.from({ length: 40 * 9 }, () => random.normal()),
      40,
      9,
    ),
  ).flatMap(({ rowScore, columnScore }) => [rowScore, columnScore]);
  const mean = scores.reduce((sum, z) => sum + z, 0) / scores.length;
  const deviation = Math.sqrt(scores.reduce((sum, z) => sum + z * z, 0) / scores.length);
  expect(Math.abs(mean)).toBeLessThan(0.2);
  expect(deviation).toBeGreaterThan(0.6);
  expect(deviation).toBeLessThan(1.3);
  const loud = Float64Array.from({ length: 40 * 60 }, (_, at) => random.normal() * (at < 60 ? 3 : 1));
  expect(measureWeight(loud, 40, 60).rowScore).toBeGreaterThan(20);
});

test("a rank is missed only beyond what noise misses", () => {
  const { rank, threshold } = reference.rank;
  expect([rank, threshold < 1e-6]).toEqual([12, true]);
  const singularValues = Float64Array.from({ length: 40 }, (_, at) => (at < 12 ? 1 : 1e-9));
  const known = { rows: 48, columns: 40, singularValues, floor: 0, edgeRatio: null };
  expect(missingDirections(rankOf(known, Math.sqrt(reference.rank.meanSquare), 2 ** -24))).toBe(28);
  // A square matrix in half precision loses its smallest values to rounding by itself.
  const half = { rows: 400, columns: 400, floor: 0, edgeRatio: null };
  const few = Float64Array.from({ length: 400 }, (_, at) => (at < 398 ? 1 : 1e-6));
  const reading = rankOf({ ...half, singularValues: few }, 1, 2 ** -8);
  expect(reading.expected).toBeGreaterThan(1);
  expect(missingDirections(reading)).toBe(0);
});

test("units: dead, alike, opposite, constant, never positive; and none where there is nothing to see", () => {
  const random = new Random(13);
  const entries = Float64Array.from({ length: 30 * 20 }, () => random.normal());
  const clean = measureWeight(entries, 30, 20);
  expect([clean.deadRows, clean.twinRows, clean.oppositeRows, clean.constantRows, clean.negativeRows]).toEqual(
    Array.from({ length: 5 }, () => []),
  );
  entries.fill(0, 0, 20);
  for (let at = 0; at < 20; at++) {
    entries[20 + at] = 0.5 * entries[40 + at]!;
    entries[60 + at] = -2 * entries[80 + at]!;
    entries[100 + at] = 0.25;
    entries[120 + at] = -Math.abs(entries[120 + at]!);
    entries[140 + at]! *= 1e-9;
  }
  entries[599] = Number.NaN;
  const { deadRows, fadedRows, twinRows, oppositeRows, constantRows, negativeRows, nan, firstBad } = measureWeight(
    entries,
    30,
    20,
  );
  expect({ deadRows, fadedRows, twinRows, oppositeRows, constantRows, negativeRows, nan, firstBad }).toEqual({
    deadRows: [0],
    fadedRows: [7],
    twinRows: [1, 2],
    oppositeRows: [3, 4],
    constantRows: [5],
    negativeRows: [6],
    nan: 1,
    firstBad: 599,
  });
});

test.each([
  ["epoch-000.pt", 0],
  ["step-1350.safetensors", 1350],
  ["checkpoint_12.pth.tar", 12],
  ["model-init.pt", 0],
  ["resnet50.safetensors", null],
  ["fer2013_mini_XCEPTION.00-0.47.hdf5", null],
])("the step in %s is %s", (name, step) => {
  expect(stepInName(name)).toBe(step);
});

test("a file's verdict counts what tells, and believes a number in its name", () => {
  const drawn = { origin: { kind: "law", name: "x", law: "x", evidence: "" } } as const;
  const trained = { origin: { kind: "trained", evidence: "" } } as const;
  const small = { origin: { kind: "unknown", evidence: "" } } as const;
  expect(verdictOf([drawn, drawn, small], null)).toEqual({
    kind: "initialization",
    sentence: "Looks like before training: 2 of 3 weights look drawn from one law each, 1 cannot be told.",
  });
  expect(verdictOf([drawn, trained], null).kind).toBe("partly");
  const random = { origin: { kind: "random", family: "normal", evidence: "" } } as const;
  expect(verdictOf([random, trained], null)).toEqual({
    kind: "trained",
    sentence: "Trained: 1 of 2 weights look like no draw, 1 still look drawn.",
  });
  expect(verdictOf([drawn, drawn], 7)).toEqual({
    kind: "partly",
    sentence: "Little trained: 2 of 2 weights still look drawn. Its name says step 7.",
  });
  expect(verdictOf([trained], null).kind).toBe("trained");
  expect(verdictOf([drawn, trained], 7)).toEqual({
    kind: "trained",
    sentence: "Trained: 1 of 2 weights look like no draw, 1 still look drawn. Its name says step 7.",
  });
  expect(verdictOf([small], 7)).toEqual({
    kind: "trained",
    sentence: "Of after step 7, by its name; its weights are too small to tell.",
  });
  expect(verdictOf([small], null).kind).toBe("unknown");
  expect(verdictOf([small], 0).kind).toBe("initialization");
});

import { expect, test } from "vitest";
import { sharedCancelToken } from "../../base/cancel.ts";
import { Random } from "../../numerics/random.ts";
import { contextOf, type MadeTensor, memoryCheckpoint } from "../_shared/testCheckpoint.testkit.ts";
import { spectralNullAnalysis } from "./index.ts";

const QUICK = { flipDraws: 19, tailDraws: 19 };

function noise(rows: number, columns: number, std: number, seed = 3): Float64Array {
  const random = new Random(seed);
  return Float64Array.from({ length: rows * columns }, () => std * random.normal());
}

function analyse(tensor: MadeTensor, parameters = {}, overrides = {}) {
  const context = contextOf(memoryCheckpoint({ w: tensor }), { tensor: "w" }, overrides);
  return spectralNullAnalysis.run(context, { ...QUICK, ...parameters });
}

test("noise alone: no mode, no exponent, nothing to remark", async () => {
  const result = await analyse({ shape: [48, 96], values: noise(48, 96, 0.1) });
  expect(result.noise.value?.signalModes.value).toBe(0);
  expect(result.noise.value?.modes).toEqual([]);
  expect(result.noise.value?.noiseStd.value).toBeCloseTo(0.1, 2);
  expect(result.noise.value?.noiseStd.how.kind).toBe("estimate");
  expect(result.powerLaw.reason).toMatch(/no tail/);
  expect(result.weightWatcher.alphaWeighted).toBeNull();
  expect(result.weightWatcher.mpSoftrank?.value).toBeCloseTo(1, 0);
  expect(result.signFlip.value?.p[0]).toBeGreaterThan(0.05);
  expect(result.remarks).toEqual([]);
  expect(result.operator.reason).toMatch(/No convolution/);
});

test("one planted direction: one mode, with its strength and overlaps; the same transposed with sides changed", async () => {
  const [rows, columns] = [60, 120];
  const random = new Random(8);
  const u = random.direction(rows);
  const v = random.direction(columns);
  const std = 1 / Math.sqrt(columns);
  const values = noise(rows, columns, std).map((x, k) => x + 3 * u[Math.floor(k / columns)]! * v[k % columns]!);
  const { noise: account, signFlip } = await analyse({ shape: [rows, columns], values });
  expect(account.value?.signalModes.value).toBe(1);
  const [mode] = account.value?.modes ?? [];
  expect(Math.abs(mode!.strength / 3 - 1)).toBeLessThan(0.1);
  expect(mode!.leftOverlap).toBeGreaterThan(mode!.rightOverlap);
  expect(mode!.shrunk).toBeLessThan(mode!.singularValue);
  expect(signFlip.value?.p[0]).toBe(1 / 20);
  const turned = Float64Array.from(values, (_, k) => values[(k % rows) * columns + Math.floor(k / rows)]!);
  const other = (await analyse({ shape: [columns, rows], values: turned })).noise.value?.modes[0];
  expect(other!.leftOverlap).toBeCloseTo(mode!.rightOverlap, 5);
  const known = await analyse({ shape: [rows, columns], values }, { noiseStd: std });
  expect(known.noise.value?.noiseEdge.how.kind).toBe("exact");
});

test("one huge entry is named by its place, and every sign flip keeps it", async () => {
  const values = noise(32, 64, 0.01);
  values[5 * 64 + 7] = -1000;
  const result = await analyse({ shape: [32, 64], values });
  expect(result.heavyEntries.largest).toEqual([{ row: 5, column: 7, value: -1000 }]);
  expect(result.remarks).toMatchObject([
    { code: "heavy-entry", message: expect.stringMatching(/^w: .*row 5, column 7/) },
  ]);
  expect(result.signFlip.value?.median).toBeCloseTo(1000, 3);
});

test("what is the wrong null is said instead of computed", async () => {
  const identity = Float64Array.from({ length: 400 }, (_, k) => (k % 21 === 0 ? 1.5 : 0));
  const orthogonal = await analyse({ shape: [20, 20], values: identity });
  expect(orthogonal.orthogonality).toMatchObject({ verdict: "orthogonal", gain: { value: 1.5 } });
  expect(orthogonal.noise.reason).toMatch(/orthogonal/);
  expect(orthogonal.remarks.map(({ code }) => code)).toContain("orthogonal");
  const sparse = noise(32, 32, 1).map((x, k) => (k % 3 === 0 ? 0 : x));
  expect((await analyse({ shape: [32, 32], values: sparse })).noise.reason).toMatch(/33 % .* zero/);
  expect((await analyse({ shape: [32, 32], values: noise(32, 32, 1), role: "embedding" })).noise.reason).toMatch(
    /norms/,
  );
  expect((await analyse({ shape: [8, 32], values: noise(8, 32, 1) })).noise.reason).toMatch(/Only 8/);
  const zero = await analyse({ shape: [8, 32], values: new Float64Array(256) });
  expect(zero.remarks).toEqual([{ code: "zero", message: "w: every entry is zero." }]);
  expect([zero.noise.reason, zero.signFlip.reason]).toEqual(["All entries are zero.", "All entries are zero."]);
});

test("entries with a mean: said, with the singular value that it makes", async () => {
  const values = noise(32, 32, 1).map((x) => x + 0.5);
  const { meanOutlier, meanStrength, remarks } = await analyse({ shape: [32, 32], values });
  expect(meanOutlier.value).toBeGreaterThan(10);
  expect(meanStrength.value).toBeCloseTo(16, -1);
  expect(remarks.map(({ code }) => code)).toContain("mean");
});

test("a long power-law tail keeps its exponent, with its tests", async () => {
  const n = 150;
  const random = new Random(6);
  const values = new Float64Array(n * n);
  for (let i = 0; i < n; i++) values[i * n + i] = ((i + 0.5) / n) ** -0.25;
  // Two random rotations hide the diagonal; singular values stay.
  for (let turn = 0; turn < 2; turn++) {
    const h = random.direction(n);
    for (let j = 0; j < n; j++) {
      let dot = 0;
      for (let i = 0; i < n; i++) dot += h[i]! * values[turn === 0 ? i * n + j : j * n + i]!;
      for (let i = 0; i < n; i++) {
        const at = turn === 0 ? i * n + j : j * n + i;
        values[at] = values[at]! - 2 * dot * h[i]!;
      }
    }
  }
  const { powerLaw, weightWatcher } = await analyse({ shape: [n, n], values, dtype: "f64" }, { noiseStd: 0.01 });
  expect(powerLaw.value?.alpha.value).toBeCloseTo(3, 0);
  expect(powerLaw.value?.tailCount).toBeGreaterThanOrEqual(50);
  expect(powerLaw.value?.ksP).toBeGreaterThan(0.1);
  expect(weightWatcher.alphaWeighted?.how.kind).toBe("estimate");
});

test("a convolution's operator norm lies between its bounds, in either layout", async () => {
  const shape = [4, 3, 3, 3];
  const values = noise(4, 27, 0.2);
  const out = (await analyse({ shape, values })).operator.value!;
  expect(out.grid).toEqual([8, 8]);
  expect(out.norm.value).toBeGreaterThan(out.lowerBound);
  expect(out.norm.value).toBeLessThan(out.upperBound);
  const last = Float64Array.from({ length: 108 }, (_, k) => {
    const [o, i, tap] = [k % 4, Math.floor(k / 4) % 3, Math.floor(k / 12)];
    return values[o * 27 + i * 9 + tap]!;
  });
  const keras = (await analyse({ shape: [3, 3, 3, 4], values: last, layout: "in-out" })).operator.value!;
  expect(keras.norm.value).toBeCloseTo(out.norm.value, 6);
});

test("a cancel ends it; optimizer state has none", async () => {
  const tensor: MadeTensor = { shape: [32, 32], values: noise(32, 32, 1) };
  await expect(analyse(tensor, {}, { cancel: sharedCancelToken(new Int32Array([1])) })).rejects.toMatchObject({
    code: "cancelled",
  });
  const { described } = memoryCheckpoint({ m: { ...tensor, role: "optimizer-state" } });
  expect(spectralNullAnalysis.applies(described[0]!, { tensor: "m", part: null, tap: null })?.reason).toMatch(
    /optimizer/,
  );
});

/** Noise of the standard deviation, with one planted direction on top. */
function planted(rows: number, columns: number, std: number, strength: number, seed = 8) {
  const random = new Random(seed);
  const [u, v] = [random.direction(rows), random.direction(columns)];
  const start = noise(rows, columns, std, seed + 1);
  const values = start.map((x, k) => x + strength * u[Math.floor(k / columns)]! * v[k % columns]!);
  return { start, values };
}

test("each spike is taken apart: entry, mean, row, column, or spread, with exact shares", async () => {
  const [rows, columns] = [40, 64];
  const base = noise(rows, columns, 0.1);
  const cause = async (change: (x: number, row: number, column: number) => number) => {
    const values = base.map((x, k) => change(x, Math.floor(k / columns), k % columns));
    return (await analyse({ shape: [rows, columns], values })).spikes[0]!;
  };
  const entry = await cause((x, row, column) => (row === 7 && column === 9 ? 40 : x));
  expect(entry).toMatchObject({
    cause: "entry",
    entry: { row: 7, column: 9 },
    row: { index: 7 },
    column: { index: 9 },
  });
  expect(entry.entry.share).toBeCloseTo(1, 2);
  expect(entry.explanation).toMatch(/^The entry 40\.00 at row 7, column 9 makes \d+ % of it\.$/);
  const mean = await cause((x) => x + 0.2);
  expect(mean.cause).toBe("mean");
  expect(mean.meanShare).toBeGreaterThan(0.9);
  const row = await cause((x, at) => (at === 3 ? 5 * x : x));
  expect([row.cause, row.row.index]).toEqual(["row", 3]);
  const column = await cause((x, _, at) => (at === 11 ? 5 * x : x));
  expect([column.cause, column.column.index]).toEqual(["column", 11]);
  const spread = (await analyse({ shape: [rows, columns], values: planted(rows, columns, 0.1, 4).values })).spikes[0]!;
  expect(spread.cause).toBeNull();
  expect(spread.explanation).toMatch(/^Spread over about \d+ outputs/);
  expect(spread.residual).toBeLessThan(1e-6);
});

test("with the earlier weights: their variance is the noise level, and σ splits into before and since", async () => {
  const [rows, columns] = [48, 96];
  const { start, values } = planted(rows, columns, 0.1, 4);
  const earlier = memoryCheckpoint({ w: { shape: [rows, columns], values: start } });
  const reference = { checkpoint: earlier, tensor: earlier.described[0]! };
  const result = await analyse({ shape: [rows, columns], values }, {}, { reference });
  expect(result.noise.value).toMatchObject({ source: "initial", noiseEdge: { how: { kind: "exact" } } });
  expect(result.initial.value?.std.value).toBeCloseTo(0.1, 2);
  expect(result.medianNoise.value?.source).toBe("median");
  const [spike] = result.spikes;
  // The planted direction has nothing to do with the start: uᵀW₀v is small, the rest of σ came since.
  expect(Math.abs(spike!.initialPart!)).toBeLessThan(0.3 * spike!.singularValue);
  const still = await analyse(
    { shape: [rows, columns], values },
    {},
    { reference: { ...reference, checkpoint: memoryCheckpoint({ w: { shape: [rows, columns], values } }) } },
  );
  expect(still.spikes[0]!.initialPart).toBeCloseTo(still.spikes[0]!.singularValue, 4);
  expect(still.initial.reason).toMatch(/not noise: 1 of their singular values/);
  expect(still.noise.value?.source).toBe("median");
  expect(
    (await analyse({ shape: [rows, columns], values }, {}, { reference: { reason: "No twin." } })).initial.reason,
  ).toBe("No twin.");
  expect((await analyse({ shape: [rows, columns], values })).initial.reason).toMatch(/weights alone do not say/);
});

test("an orthogonal start is no noise level for what came after", async () => {
  const identity = Float64Array.from({ length: 400 }, (_, k) => (k % 21 === 0 ? 1 : 0));
  const earlier = memoryCheckpoint({ w: { shape: [20, 20], values: identity } });
  const result = await analyse(
    { shape: [20, 20], values: noise(20, 20, 0.1).map((x, k) => x + identity[k]!) },
    {},
    { reference: { checkpoint: earlier, tensor: earlier.described[0]! } },
  );
  expect(result.initial.reason).toMatch(/not independent entries of one variance: .*orthogonal/);
});

test("above the exact limit: leading modes, their own noise level, and no tail", async () => {
  const { values } = planted(80, 100, 0.1, 6);
  const [leading, exact] = [
    await analyse({ shape: [80, 100], values }, { exactLimit: 40 }),
    await analyse({ shape: [80, 100], values }),
  ];
  expect(leading.noise.value?.source).toBe("rest");
  expect(leading.noise.value?.signalModes.value).toBe(1);
  expect(leading.noise.value!.noiseStd.value / exact.noise.value!.noiseStd.value).toBeCloseTo(1, 1);
  expect(leading.powerLaw.reason).toMatch(/all singular values/);
  expect(leading.orthogonality).toBeNull();
});

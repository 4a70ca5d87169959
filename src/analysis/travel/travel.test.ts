import { expect, test } from "vitest";
import { Random } from "../../numerics/random.ts";
import { contextOf, type MadeTensor, memoryCheckpoint } from "../_shared/testCheckpoint.testkit.ts";
import { travelAnalysis } from "./index.ts";

function noise(rows: number, columns: number, std: number, seed: number): Float64Array {
  const random = new Random(seed);
  return Float64Array.from({ length: rows * columns }, () => std * random.normal());
}

function compare(now: MadeTensor, before: MadeTensor | null, parameters = {}) {
  const checkpoint = memoryCheckpoint({ w: now });
  const earlier = before === null ? null : memoryCheckpoint({ w: before });
  const reference =
    earlier === null ? { reason: "no such tensor" } : { checkpoint: earlier, tensor: earlier.described[0]! };
  return travelAnalysis.run(contextOf(checkpoint, { tensor: "w" }, { reference }), parameters);
}

test("a planted rank-one change is the one mode learned since, found again in the later weights", async () => {
  const [rows, columns] = [40, 80];
  const random = new Random(5);
  const [u, v] = [random.direction(rows), random.direction(columns)];
  const start = noise(rows, columns, 0.1, 1);
  const jitter = noise(rows, columns, 0.01, 2);
  const later = start.map((x, k) => x + jitter[k]! + 3 * u[Math.floor(k / columns)]! * v[k % columns]!);
  const result = await compare({ shape: [rows, columns], values: later }, { shape: [rows, columns], values: start });
  const change = result.change.value!;
  expect(change.noise.value?.signalModes.value).toBe(1);
  expect(change.noise.value?.noiseStd.value).toBeCloseTo(0.01, 2);
  const [mode] = change.modes;
  expect(mode!.strength).toBeCloseTo(3, 1);
  expect(mode!.final.index).toBe(0);
  expect(mode!.final.overlap).toBeGreaterThan(0.7);
  // By chance: 8 of 40 and 8 of 80 dimensions.
  expect(change.subspace).toBe(8);
  expect(mode!.leftInInitial).toBeLessThan(0.5);
  expect(mode!.rightInInitial).toBeLessThan(0.4);
});

test("travel, norms and cosine of two small matrices", async () => {
  const result = await compare({ shape: [2, 2], values: [3, 0, 0, 5] }, { shape: [2, 2], values: [3, 0, 0, 4] });
  expect(result.travel.value).toBeCloseTo(0.2, 12);
  expect(result.changeNorm.value).toBe(1);
  expect(result.initialNorm.value).toBe(5);
  expect(result.cosine.value).toBeCloseTo(29 / (5 * Math.sqrt(34)), 12);
  expect(result.change.value?.noise.reason).toMatch(/Only 2/);
  expect([...result.change.value!.singularValues]).toEqual([1, 0]);
});

test("what did not move, what was not asked for, and what has no earlier self", async () => {
  const tensor: MadeTensor = { shape: [4, 4], values: noise(4, 4, 1, 3) };
  expect((await compare(tensor, tensor)).change.reason).toMatch(/Nothing changed/);
  expect((await compare(tensor, tensor)).travel.value).toBe(0);
  const norms = await compare(tensor, { shape: [4, 4], values: noise(4, 4, 1, 4) }, { modes: false });
  expect(norms.change.reason).toMatch(/Only the size/);
  await expect(compare(tensor, null)).rejects.toMatchObject({ code: "unsupported", message: "no such tensor" });
  const started = await compare(tensor, { shape: [4, 4], values: new Float64Array(16) });
  expect(started.travel.value).toBe(Number.POSITIVE_INFINITY);
});

test("above the exact limit the leading modes of the change serve, and the count is the same", async () => {
  const [rows, columns] = [120, 130];
  const start = noise(rows, columns, 0.1, 7);
  const jitter = noise(rows, columns, 0.01, 8);
  const later = start.map((x, k) => x + jitter[k]! + (k % columns === 3 ? 0.1 : 0));
  const [now, before] = [
    { shape: [rows, columns], values: later },
    { shape: [rows, columns], values: start },
  ];
  const leading = (await compare(now, before, { exactLimit: 64 })).change.value!;
  const exact = (await compare(now, before)).change.value!;
  expect([leading.promise, exact.promise]).toEqual(["top-k", "exact"]);
  expect(leading.noise.value?.source).toBe("rest");
  expect(leading.noise.value?.signalModes.value).toBe(1);
  expect(exact.noise.value?.signalModes.value).toBe(1);
  expect(leading.modes[0]!.singularValue).toBeCloseTo(exact.modes[0]!.singularValue, 6);
});

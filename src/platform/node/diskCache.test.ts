import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { diskCache } from "./diskCache.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "modescope-cache-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const key = (n: number) => n.toString(16).padStart(64, "0");
const filesIn = async () => (await readdir(folder, { recursive: true })).filter((name) => /[0-9a-f]{64}/.test(name));

test("what was put is found, by another window as well", async () => {
  await diskCache(folder, 1e6).put(key(1), new Uint8Array([1, 2, 3]));
  expect(await diskCache(folder, 1e6).get(key(1))).toEqual(new Uint8Array([1, 2, 3]));
  expect(await diskCache(folder, 1e6).get(key(2))).toBeNull();
});

test("two windows that write the same key leave one whole entry and no scraps", async () => {
  const [a, b] = [diskCache(folder, 1e6), diskCache(folder, 1e6)];
  await Promise.all(Array.from({ length: 50 }, (_, i) => (i % 2 ? a : b).put(key(7), new Uint8Array(1000).fill(7))));
  expect(await a.get(key(7))).toEqual(new Uint8Array(1000).fill(7));
  expect((await filesIn()).length).toBe(1);
});

test("the size stays bounded", async () => {
  const cache = diskCache(folder, 10_000);
  for (let i = 0; i < 257; i++) await cache.put(key(i), new Uint8Array(1000));
  await expect.poll(async () => (await filesIn()).length, { timeout: 5_000 }).toBeLessThanOrEqual(10);
});

test("what was used last stays, and what a dead process left half-written goes", async () => {
  const first = diskCache(folder, 10_000);
  for (let i = 0; i < 9; i++) await first.put(key(i), new Uint8Array(1000));
  const old = new Date(Date.now() - 10 * 3_600_000);
  for (const name of await filesIn()) await utimes(join(folder, name), old, old);
  const scrap = join(folder, "00", `${key(0)}.1.x.tmp`);
  await writeFile(scrap, "half");
  await utimes(scrap, old, old);
  await first.get(key(3));
  // A second window: its first write sweeps.
  const second = diskCache(folder, 5_000);
  await second.put(key(99), new Uint8Array(1000));
  await expect.poll(async () => (await filesIn()).length).toBe(4);
  expect(await second.get(key(3))).not.toBeNull();
  expect(await second.get(key(99))).not.toBeNull();
});

test("a bound of 0 switches it off: nothing is read, nothing is written", async () => {
  await diskCache(folder, 1e6).put(key(1), new Uint8Array(3));
  expect(await diskCache(folder, 0).get(key(1))).toBeNull();
  await diskCache(folder, 0).put(key(2), new Uint8Array(3));
  expect((await filesIn()).length).toBe(1);
});

test("a key that is no hash touches no file; a folder that cannot be made is no error", async () => {
  const cache = diskCache(folder, 1e6);
  await cache.put("../../escape", new Uint8Array(1));
  expect(await cache.get("../../escape")).toBeNull();
  expect(await filesIn()).toEqual([]);
  await writeFile(join(folder, "file"), "");
  await diskCache(join(folder, "file", "below"), 1e6).put(key(1), new Uint8Array(1));
});

test("a folder that someone cleared is made anew: one entry is lost, the next is kept", async () => {
  const cache = diskCache(folder, 1e6);
  await cache.put(key(1), new Uint8Array(3));
  await rm(join(folder, "00"), { recursive: true });
  await cache.put(key(2), new Uint8Array(3));
  await cache.put(key(3), new Uint8Array(3));
  expect(await cache.get(key(3))).toEqual(new Uint8Array(3));
});

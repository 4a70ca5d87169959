import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import { ModeScopeError } from "../../base/errors.ts";
import type { Checkpoint } from "../types.ts";
import { pytorchLegacyFormat } from "./index.ts";

type Expected = Record<string, Record<string, { shape: number[]; values: number[]; sharesStorageWith?: string }>>;

const folder = new URL("../../../test/fixtures/pytorch/", import.meta.url);
const expected = JSON.parse(readFileSync(new URL("expected.json", folder), "utf8")) as Expected;
const bytesOf = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(new URL(name, folder)));
const context = { sibling: () => Promise.reject(new Error("no sibling is needed")) };
const openBytes = (bytes: Uint8Array<ArrayBuffer>): Promise<Checkpoint> =>
  pytorchLegacyFormat.open(memorySource(bytes), context);

test.each(["legacy.pth", "legacy-views.pth", "legacy-evil.pth"])("%s: every value as NumPy reads it", async (name) => {
  const bytes = bytesOf(name);
  expect(pytorchLegacyFormat.sniff({ head: bytes.subarray(0, 4096), name, size: bytes.length })).toBe(true);
  const checkpoint = await openBytes(bytes);
  const wanted = expected[name]!;
  expect(checkpoint.tensors.map((tensor) => tensor.name).sort()).toEqual(Object.keys(wanted).sort());
  for (const tensor of checkpoint.tensors) {
    const want = wanted[tensor.name]!;
    expect(tensor.shape).toEqual(want.shape);
    expect(tensor.sharesStorageWith).toBe(want.sharesStorageWith);
    expect([...(await checkpoint.read(tensor.name, 0, tensor.elements))]).toEqual(want.values);
  }
  expect(checkpoint.skipped).toEqual([]);
});

test("what would run is listed, not run", async () => {
  const { findings } = await openBytes(bytesOf("legacy-evil.pth"));
  expect(findings).toEqual([expect.objectContaining({ kind: "security", field: "posix.system" })]);
});

test("a truncated file says so", async () => {
  const bytes = bytesOf("legacy.pth");
  await expect(openBytes(bytes.slice(0, bytes.length - 8))).rejects.toMatchObject({ code: "bad-format" });
  await expect(openBytes(bytes.slice(0, 40))).rejects.toMatchObject({ code: "bad-format" });
});

test("1000 mutated files give a checkpoint or a typed error, each within a second", async () => {
  let state = 99;
  const random = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
  const good = bytesOf("legacy-views.pth");
  let refused = 0;
  let slowest = 0;
  for (let i = 0; i < 1000; i++) {
    const bytes = good.slice(0, random(20) === 0 ? random(good.length) : good.length);
    for (let k = 0; k <= random(4); k++) if (bytes.length > 0) bytes[random(bytes.length)] = random(256);
    const started = performance.now();
    try {
      const checkpoint = await openBytes(bytes);
      for (const tensor of checkpoint.tensors) {
        if (!tensor.dtype.startsWith("c")) await checkpoint.read(tensor.name, 0, Math.min(tensor.elements, 64));
      }
    } catch (error) {
      expect(error).toBeInstanceOf(ModeScopeError);
      refused += 1;
    }
    slowest = Math.max(slowest, performance.now() - started);
  }
  expect(refused).toBeGreaterThan(300);
  expect(slowest).toBeLessThan(1000);
});

const shared = fileURLToPath(new URL("../../../../shared/testdata/lpips/", import.meta.url));
test("the public files of the old format have NumPy's statistics", async () => {
  if (!existsSync(shared)) {
    console.log("../shared/testdata is not there: public files of the old PyTorch format not compared.");
    return expect(existsSync(new URL("statistics.json", folder))).toBe(true);
  }
  const statistics = JSON.parse(readFileSync(new URL("statistics.json", folder), "utf8")) as Record<
    string,
    Record<string, { shape: number[]; mean: number; std: number; min: number; max: number; zeros: number }>
  >;
  for (const name of ["v0.1_alex.pth", "v0.1_squeeze.pth", "v0.1_vgg.pth"]) {
    const checkpoint = await openBytes(new Uint8Array(readFileSync(`${shared}${name}`)));
    const wanted = statistics[`lpips/${name}`]!;
    expect(checkpoint.tensors.map((tensor) => tensor.name).sort()).toEqual(Object.keys(wanted).sort());
    for (const tensor of checkpoint.tensors) {
      const want = wanted[tensor.name]!;
      const values = [...(await checkpoint.read(tensor.name, 0, tensor.elements))];
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      expect(tensor.shape).toEqual(want.shape);
      expect(Math.abs(mean - want.mean)).toBeLessThanOrEqual(1e-6 * Math.abs(want.mean));
      expect([Math.min(...values), Math.max(...values)]).toEqual([want.min, want.max]);
    }
  }
});

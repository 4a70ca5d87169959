import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
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

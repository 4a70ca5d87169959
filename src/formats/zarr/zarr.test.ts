import { expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import { expectValues, fixtureBytes, fixtureTables, fixtureUrl, folderContext } from "../_shared/fixtures.testkit.ts";
import type { OpenContext } from "../types.ts";
import { zarrFormat } from "./index.ts";

const expected = fixtureTables("zarr/expected.json");
const split = (entry: string) => ({
  folder: entry.slice(0, entry.lastIndexOf("/")),
  file: entry.slice(entry.lastIndexOf("/") + 1),
});

async function open(entry: string, context?: Partial<OpenContext>) {
  const { folder } = split(entry);
  const bytes = fixtureBytes(`zarr/${entry}`);
  expect(zarrFormat.sniff({ head: bytes.subarray(0, 4096), name: split(entry).file, size: bytes.length })).toBe(true);
  return zarrFormat.open(memorySource(bytes, fixtureUrl(`zarr/${entry}`).href), {
    ...folderContext(`zarr/${folder}`),
    ...context,
  });
}

test.each(Object.keys(expected))("%s: every array as Zarr reads it", async (entry) => {
  const checkpoint = await open(entry);
  const wanted = expected[entry] ?? {};
  const shown = checkpoint.tensors.map(({ name }) => name).filter((name) => name !== "blosclz");
  expect(shown.sort()).toEqual(Object.keys(wanted).sort());
  for (const [name, want] of Object.entries(wanted)) await expectValues(checkpoint, name, want);
});

test("what is not read is said: text, filters, codecs", async () => {
  const checkpoint = await open("group/.zmetadata");
  const reasons = Object.fromEntries(checkpoint.skipped.map(({ name, reason }) => [name, reason]));
  expect(reasons.text).toContain("<U4");
  expect(reasons.filtered).toContain("filters");
  await expect(checkpoint.read("blosclz", 0, 9)).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringContaining("BloscLZ"),
    details: { tensor: "blosclz" },
  });
  expect(checkpoint.metadata).toEqual({ attributes: { "made by": "zarr" } });
});

test("a group without a common description is walked, folder by folder", async () => {
  const checkpoint = await open("group/.zgroup");
  const wanted = expected["group/.zmetadata"] ?? {};
  const shown = checkpoint.tensors.map(({ name }) => name).filter((name) => name !== "blosclz");
  expect(shown.sort()).toEqual(Object.keys(wanted).sort());
  for (const [name, want] of Object.entries(wanted)) await expectValues(checkpoint, name, want);
});

test("where folders cannot be listed, it says what to do", async () => {
  const { list: _none, ...context } = folderContext("zarr/group");
  const source = memorySource(fixtureBytes("zarr/group/.zgroup"));
  await expect(zarrFormat.open(source, context)).rejects.toMatchObject({
    code: "unsupported",
    details: { remedy: expect.stringContaining("consolidate_metadata") },
  });
});

const meta = (changes: object) =>
  new TextEncoder().encode(
    JSON.stringify({
      zarr_format: 2,
      shape: [4],
      chunks: [4],
      dtype: "<f4",
      compressor: null,
      fill_value: 0,
      order: "C",
      filters: null,
      ...changes,
    }),
  );
const only = (files: Record<string, Uint8Array<ArrayBuffer>>): OpenContext => ({
  async sibling(name) {
    const bytes = Object.hasOwn(files, name) ? files[name] : undefined;
    if (bytes === undefined) throw Object.assign(new Error(name), { name: "unexpected" });
    return memorySource(bytes);
  },
});
const openMeta = (changes: object, files: Record<string, Uint8Array<ArrayBuffer>> = {}) =>
  zarrFormat.open(memorySource(meta(changes), "file:///m/net.zarr/.zarray"), only(files));

test.each([
  ["more elements than any array has", { shape: [2 ** 31, 2 ** 31], chunks: [1, 1] }, /claims/],
  ["chunks of terabytes", { shape: [2 ** 38], chunks: [2 ** 38] }, /chunks have/],
  ["chunks of no elements", { chunks: [0] }, /damaged/],
  ["a negative size", { shape: [-1] }, /damaged/],
  ["chunks of other axes", { chunks: [2, 2] }, /damaged/],
  ["records", { dtype: [["a", "<f4"]] }, /elements/],
  ["an unknown codec", { compressor: { id: "bz2" } }, /bz2/],
  ["a codec that means something to JavaScript", { compressor: { id: "constructor" } }, /constructor/],
])("%s: listed with the reason", async (_, changes, reason) => {
  expect((await openMeta(changes)).skipped).toEqual([{ name: "net", reason: expect.stringMatching(reason) }]);
});

test.each([
  ["shorter than it must be", null, new Uint8Array(8), /8 bytes where 16/],
  ["no gzip", { id: "gzip" }, new Uint8Array(30).fill(7), /damaged/],
  ["no Zstandard", { id: "zstd" }, new Uint8Array(30).fill(7), /damaged/],
  [
    "Zstandard that claims gigabytes",
    { id: "zstd" },
    Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0),
    /damaged/,
  ],
  ["no Blosc", { id: "blosc" }, new Uint8Array(10), /Blosc header/],
  [
    "Blosc that claims gigabytes",
    { id: "blosc" },
    Uint8Array.of(2, 1, 33, 4, 0, 0, 0, 255, 0, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0),
    /claims/,
  ],
  [
    "Blosc whose blocks lie elsewhere",
    { id: "blosc" },
    Uint8Array.of(2, 1, 33, 4, 16, 0, 0, 0, 16, 0, 0, 0, 24, 0, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0),
    /damaged/,
  ],
  ["LZ4 that goes back too far", { id: "lz4" }, Uint8Array.of(16, 0, 0, 0, 0x10, 1, 9, 9, 0), /damaged/],
  ["larger than a chunk can be", null, new Uint8Array(200_000), /at most/],
])("a chunk that is %s costs the tensor, with its file", async (_, compressor, chunk, message) => {
  const checkpoint = await openMeta({ compressor }, { "0": chunk });
  await expect(checkpoint.read("net", 0, 4)).rejects.toMatchObject({
    message: expect.stringMatching(message),
    details: { field: "0", tensor: "net" },
  });
});

test("two arrays of one name: the first is offered, the other is listed with its reason", async () => {
  const one = {
    zarr_format: 2,
    shape: [1],
    chunks: [1],
    dtype: "<f4",
    compressor: null,
    fill_value: 0,
    order: "C",
    filters: null,
  };
  const text = JSON.stringify({ zarr_consolidated_format: 1, metadata: { ".zarray": one, "array/.zarray": one } });
  const checkpoint = await zarrFormat.open(memorySource(new TextEncoder().encode(text)), only({}));
  expect(checkpoint.tensors.map(({ name }) => name)).toEqual(["array"]);
  expect(checkpoint.skipped).toEqual([{ name: "array", reason: "another array has the same name" }]);
});

test.each(['"Infinity"', '"NaN"', "1e400"])("integers filled with %s are left out with the reason", async (fill) => {
  const folder = "group/dtypes/little-u8";
  const text = new TextDecoder().decode(fixtureBytes(`zarr/${folder}/.zarray`));
  const described = text.replace(/"fill_value":\s*[^,\n}]+/, `"fill_value": ${fill}`);
  expect(described).toContain(fill);
  const source = memorySource(new TextEncoder().encode(described), fixtureUrl(`zarr/${folder}/.zarray`).href);
  const opened = await zarrFormat.open(source, folderContext(`zarr/${folder}`)).catch((error: unknown) => error);
  const said = opened instanceof Error ? opened.message : JSON.stringify(Reflect.get(Object(opened), "skipped"));
  expect(said).toMatch(/fill value, (Infinity|NaN), is none of its elements' kind, u/);
});

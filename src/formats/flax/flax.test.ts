import { expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import { serializeError } from "../../base/errors.ts";
import {
  countingSource,
  expectValues,
  fixtureBytes,
  fixtureTables,
  noSiblings,
  openBytes,
} from "../_shared/fixtures.testkit.ts";
import { describeTensors } from "../interpret/index.ts";
import { openCheckpoint } from "../sniff.ts";
import { flaxFormat } from "./index.ts";
import { looksLikeFlax } from "./sniff.ts";

const expected = fixtureTables("flax/expected.json");

test.each(Object.keys(expected))("%s: every array as Flax restores it", async (file) => {
  const source = memorySource(fixtureBytes(`flax/${file}`), `file:///m/${file}`);
  const { checkpoint, format } = await openCheckpoint(source, file, noSiblings);
  expect(format.manifest.id).toBe("flax");
  expect(checkpoint.framework).toBe("flax");
  const wanted = Object.entries(expected[file] ?? {}).filter(([name]) => name !== "int4");
  expect(checkpoint.tensors.filter(({ dtype }) => dtype !== "c64").map(({ name }) => name)).toEqual(
    wanted.map(([name]) => name),
  );
  for (const [name, want] of wanted) await expectValues(checkpoint, name, want);
});

test("kernels are (in, out), running statistics buffers, moments optimizer state", async () => {
  const described = describeTensors(await openBytes(flaxFormat, fixtureBytes("flax/checkpoint_7")));
  const of = (name: string) => described.find((one) => one.name === name);
  expect(of("state/params/hidden/kernel")).toMatchObject({
    role: "weight",
    layout: "in-out",
    shape: [4, 5],
    dtype: "f32",
  });
  expect(of("state/params/head/kernel")).toMatchObject({ role: "weight", layout: "in-out", dtype: "bf16" });
  expect(of("state/params/normal/scale")?.role).toBe("norm");
  expect(of("batch_stats/normal/mean")?.role).toBe("buffer");
  const moments = described.filter(({ name }) => /opt_state.*(mu|nu)/.test(name));
  expect(moments).toHaveLength(20);
  for (const { role } of moments) expect(role).toBe("optimizer-state");
});

test("plain values become metadata; what is no number is listed with its reason", async () => {
  const { metadata, skipped, tensors } = await openBytes(flaxFormat, fixtureBytes("flax/dtypes.msgpack"));
  expect(metadata).toEqual({ pair: "(a complex number)", rate: 0.5, large: "1152921504606846976" });
  expect(skipped).toEqual([{ name: "int4", reason: expect.stringContaining("int4") }]);
  expect(tensors.find(({ name }) => name === "complex64")?.dtype).toBe("c64");
});

test("an array that Flax has cut is one array, in any range", async () => {
  const checkpoint = await openBytes(flaxFormat, fixtureBytes("flax/chunked.msgpack"));
  expect(checkpoint.tensors.map(({ name, shape }) => [name, shape])).toEqual([
    ["params/half", [2, 20]],
    ["params/small", [3]],
    ["params/wide", [4, 5]],
  ]);
  expect(Array.from(await checkpoint.read("params/wide", 6, 4))).toEqual([6, 7, 8, 9]);
  expect(Array.from(await checkpoint.read("params/half", 15, 20))).toEqual(
    Array.from({ length: 20 }, (_, i) => 15 + i),
  );
});

/** MessagePack of what a Flax file may hold, by hand. */
const text = (value: string) => [0xd9, value.length, ...new TextEncoder().encode(value)];
const binary = (length: number, claimed = length) => [
  0xc6,
  claimed >>> 24,
  (claimed >> 16) & 255,
  (claimed >> 8) & 255,
  claimed & 255,
  ...Array(length).fill(0),
];
const array = (shape: number[], dtype: string, data: number[]) => {
  const inside = [
    0x93,
    0x90 | shape.length,
    ...shape.flatMap((size) =>
      size < 128 ? [size] : [0xce, size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255],
    ),
    ...text(dtype),
    ...data,
  ];
  return [0xc8, inside.length >> 8, inside.length & 255, 1, ...inside];
};
const map = (...entries: [string, number[]][]) => [
  0xde,
  entries.length >> 8,
  entries.length & 255,
  ...entries.flatMap(([key, value]) => [...text(key), ...value]),
];
const good: [string, number[]] = ["good", array([2], "float32", binary(8))];
const open = (bytes: number[]) => openBytes(flaxFormat, Uint8Array.from(bytes));

test.each([
  ["fewer bytes than elements", array([100, 100], "float32", binary(8)), /needs 40000 bytes/],
  ["more elements than any array has", array([2 ** 31, 2 ** 31], "float32", binary(8)), /claims/],
  ["an unknown dtype", array([2], "float77", binary(8)), /float77/],
  ["a dtype that means something to JavaScript", array([2], "constructor", binary(8)), /constructor/],
  ["a negative size", [0xc7, 6, 1, 0x93, 0x91, 0xff, 0xa0, 0xc4, 0], /shape/],
  ["an extension that Flax does not have", [0xc7, 2, 9, 0, 0], /type 9/],
  ["data that claim more than the array has", array([2], "float32", binary(8, 2 ** 31 - 1)), /needs 8 bytes/],
])("%s costs that array", async (_, bad, reason) => {
  const checkpoint = await open(map(good, ["bad", bad], ["after", array([1], "float64", binary(8))]));
  expect(checkpoint.tensors.map(({ name }) => name)).toEqual(["good", "after"]);
  expect(checkpoint.skipped).toEqual([{ name: "bad", reason: expect.stringMatching(reason) }]);
});

test("a file that is cut off shows what is whole, and says where it ends", async () => {
  const whole = fixtureBytes("flax/checkpoint_7");
  for (let length = 1; length < whole.length; length += 7) {
    const opened = await openBytes(flaxFormat, whole.slice(0, length)).catch((error: unknown) => serializeError(error));
    if ("code" in opened)
      expect(opened).toMatchObject({ code: "bad-format", details: { format: "flax", offset: expect.any(Number) } });
    else {
      expect(opened.findings[0]?.message).toMatch(/not listed/);
      for (const { name, elements } of opened.tensors)
        expect(await opened.read(name, 0, elements)).toHaveLength(elements);
    }
  }
});

test("nesting without end, and counts beyond the file, end with a sentence", async () => {
  const deep = Array.from({ length: 100_000 }, () => [0x81, 0xa1, 0x61]).flat();
  await expect(open(deep)).rejects.toMatchObject({
    code: "limit-exceeded",
    message: expect.stringContaining("nested"),
  });
  await expect(open([0xdf, 0xff, 0xff, 0xff, 0xff, 0xa1, 0x61, 1])).rejects.toMatchObject({ code: "bad-format" });
});

test("names that mean something to JavaScript are only names", async () => {
  const checkpoint = await open(map(["__proto__", array([1], "float32", binary(4))], ["constructor", [5]], good));
  expect(checkpoint.tensors.map(({ name }) => name)).toEqual(["__proto__", "good"]);
  expect(Object.entries(checkpoint.metadata)).toEqual([["constructor", 5]]);
});

test("opening reads the structure, not the arrays", async () => {
  const big = array([15_000], "float32", binary(60_000));
  const { source, bytesRead } = countingSource(
    Uint8Array.from(map(...Array.from({ length: 40 }, (_, i): [string, number[]] => [`layer${i}`, big]))),
  );
  const checkpoint = await flaxFormat.open(source, noSiblings);
  expect(checkpoint.tensors).toHaveLength(40);
  expect(bytesRead()).toBeLessThan(source.size / 2);
  const before = bytesRead();
  await checkpoint.read("layer7", 100, 10);
  expect(bytesRead() - before).toBe(40);
});

test("other files that begin like a map are not taken for Flax", () => {
  const bytes = (value: string) => new TextEncoder().encode(value);
  for (const head of [
    bytes("\u0081 hello"),
    Uint8Array.of(0x80, 2, 0x7d, 0x71, 0),
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47),
    Uint8Array.from(map(["a", [1]], ["b", text("hello")])),
  ])
    expect(looksLikeFlax(head)).toBe(false);
});

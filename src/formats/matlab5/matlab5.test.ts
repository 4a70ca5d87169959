import { readFileSync } from "node:fs";
import { zlibSync } from "fflate";
import { expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import { serializeError } from "../../base/errors.ts";
import {
  countingSource,
  type ExpectedTensor,
  expectValues,
  fixtureBytes,
  fixtureUrl,
  noSiblings,
  openBytes,
} from "../_shared/fixtures.testkit.ts";
import { openCheckpoint } from "../sniff.ts";
import { matlab5Format } from "./index.ts";

interface Expected {
  readonly tensors: Record<string, ExpectedTensor>;
  readonly texts: Record<string, string>;
}
const expected = JSON.parse(readFileSync(fixtureUrl("matlab5/expected.json"), "utf8")) as Record<string, Expected>;

test.each(Object.keys(expected))("%s: arrays and texts as SciPy reads them", async (file) => {
  const checkpoint = await openBytes(matlab5Format, fixtureBytes(`matlab5/${file}`));
  const { tensors = {}, texts = {} } = expected[file] ?? {};
  expect(checkpoint.tensors.map(({ name }) => name).sort()).toEqual(Object.keys(tensors).sort());
  for (const [name, want] of Object.entries(tensors)) await expectValues(checkpoint, name, want);
  expect(checkpoint.metadata).toMatchObject(texts);
});

test("classes decide the dtype, whatever type the values are stored in", async () => {
  const { tensors } = await openBytes(matlab5Format, fixtureBytes("matlab5/compressed.mat"));
  const of = (name: string) => tensors.find((tensor) => tensor.name === name)?.dtype;
  expect(["float64", "float32", "int64", "uint8", "logical", "cube"].map(of)).toEqual([
    "f64",
    "f32",
    "i64",
    "u8",
    "bool",
    "f64",
  ]);
  const checkpoint = await openBytes(matlab5Format, fixtureBytes("matlab5/testmulti_7.4_GLNX86.mat"));
  // Small whole numbers of class double: MATLAB stores them as bytes.
  expect(await checkpoint.read("a", 0, 2)).toBeInstanceOf(Float64Array);
});

test.each([
  ["testcomplex_7.4_GLNX86.mat", /complex/],
  ["testsparse_7.4_GLNX86.mat", /sparse/],
  ["testfunc_7.4_GLNX86.mat", /function handle/],
])("%s is refused in its own words", async (file, reason) => {
  const source = memorySource(fixtureBytes(`matlab5/${file}`), `file:///m/${file}`);
  await expect(openCheckpoint(source, file, noSiblings)).rejects.toMatchObject({
    message: expect.stringMatching(reason),
  });
});

test("a large compressed variable is not unpacked when the file is opened", async () => {
  const bytes = fixtureBytes("matlab5/large.mat");
  const only = bytes.slice(0, 128 + 8 + new DataView(bytes.buffer).getUint32(132, true));
  const { source, bytesRead } = countingSource(only);
  const checkpoint = await matlab5Format.open(source, noSiblings);
  expect(checkpoint.tensors).toHaveLength(1);
  expect(bytesRead()).toBeLessThan(40_000);
});

/** A file of version 5 from elements. */
function matFile(...elements: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(128).fill(32);
  head.set(new TextEncoder().encode("MATLAB 5.0 MAT-file"));
  head.set([0, 1, 0x49, 0x4d], 124);
  return Uint8Array.from([...head, ...elements.flatMap((one) => [...one])]);
}
const little = (value: number) => [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >>> 24) & 255];
function element(type: number, data: readonly number[], claimed = data.length): Uint8Array {
  // Compressed elements alone are not padded.
  if (type === 15) return Uint8Array.from([...little(type), ...little(claimed), ...data]);
  return Uint8Array.from([...little(type), ...little(claimed), ...data, ...Array((8 - (data.length % 8)) % 8).fill(0)]);
}
function matrix(kind: number, shape: number[], name: string, ...inside: Uint8Array[]): Uint8Array {
  const parts = [
    element(6, [...little(kind), ...little(0)]),
    element(5, shape.flatMap(little)),
    element(1, [...new TextEncoder().encode(name)]),
    ...inside,
  ];
  return element(
    14,
    parts.flatMap((one) => [...one]),
  );
}
const doubles = (count: number) => element(9, Array(count * 8).fill(0));
const good = matrix(6, [2, 2], "good", doubles(4));

test.each([
  ["more elements than any array has", matrix(6, [2 ** 30, 2 ** 30], "x", doubles(1)), /claims/],
  ["fewer values than elements", matrix(6, [100, 100], "x", doubles(2)), /needs 80000 bytes/],
  ["a negative size", matrix(6, [-1, 4], "x", doubles(1)), /dimensions/],
  ["values of an unknown type", matrix(6, [1, 1], "x", element(99, [0, 0, 0, 0, 0, 0, 0, 0])), /type 99/],
  ["a cell with fewer members than it says", matrix(1, [1, 1000], "c", matrix(6, [1, 1], "", doubles(1))), /cut off/],
  ["a cell of something else", matrix(1, [1, 1], "c", element(9, Array(8).fill(0))), /must be a matrix/],
  [
    "a member longer than what holds it",
    matrix(1, [1, 1], "c", element(14, [0, 0, 0, 0, 0, 0, 0, 0], 2 ** 20)),
    /longer than what holds it/,
  ],
  ["fields without a length", matrix(2, [1, 1], "s", element(5, little(0)), element(1, [65])), /names of the fields/],
  ["an unknown class", matrix(77, [1, 1], "x"), /class 77/],
  ["compressed data that are damaged", element(15, Array(40).fill(0x77)), /damaged/],
  [
    "compressed data that want to be gigabytes",
    element(15, [...zlibSync(element(14, Array(64).fill(0), 0xfffffff0))]),
    /cut off|flags|unpacked/,
  ],
])("%s costs that variable, with its place", async (_, bad, reason) => {
  const checkpoint = await openBytes(matlab5Format, matFile(good, bad, matrix(6, [1, 1], "after", doubles(1))));
  expect(checkpoint.tensors.map(({ name }) => name).filter((name) => !name.startsWith("c"))).toEqual(["good", "after"]);
  expect(checkpoint.skipped.map((one) => one.reason).join(" ")).toMatch(reason);
});

test("cells nested two thousand deep end with a sentence", async () => {
  let bytes: number[] = [];
  const prefix = [
    ...element(6, [...little(1), ...little(0)]),
    ...element(5, [1, 1].flatMap(little)),
    ...element(1, [67]),
  ];
  const levels = 2000;
  const sizes = Array.from({ length: levels }, (_, i) => (levels - i) * (prefix.length + 8) - 8);
  bytes = sizes.flatMap((size) => [...little(14), ...little(size), ...prefix]);
  const checkpoint = await openBytes(matlab5Format, matFile(Uint8Array.from(bytes)));
  expect(checkpoint.skipped[0]?.reason).toMatch(/nested too deeply/);
});

test("a file that is cut off shows what is whole and says so", async () => {
  const whole = fixtureBytes("matlab5/plain.mat");
  for (const share of [0.95, 0.5, 0.2, 0.06]) {
    const checkpoint = await openBytes(matlab5Format, whole.slice(0, Math.floor(whole.length * share))).catch(
      (error: unknown) => {
        expect(serializeError(error).code).toMatch(/bad-format|short-read/);
        return null;
      },
    );
    if (checkpoint === null) continue;
    expect(checkpoint.findings.length + checkpoint.skipped.length).toBeGreaterThan(0);
    for (const { name, elements } of checkpoint.tensors)
      expect(await checkpoint.read(name, 0, elements)).toHaveLength(elements);
  }
});

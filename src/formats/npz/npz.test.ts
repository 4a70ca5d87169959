import { zipSync } from "fflate";
import { expect, test } from "vitest";
import {
  countingSource,
  expectValues,
  fixtureBytes,
  fixtureJson,
  noSiblings,
  openBytes,
} from "../_shared/fixtures.testkit.ts";
import { npzFormat } from "./index.ts";

const { scalar: _scalar, version2: _two, version3: _three, ...expected } = fixtureJson("npy/expected.json");

test.each(["stored.npz", "deflated.npz"])("%s: every array as NumPy reads it", async (file) => {
  const bytes = fixtureBytes(`npz/${file}`);
  expect(npzFormat.sniff({ head: bytes.subarray(0, 4096), name: file, size: bytes.length })).toBe(true);
  const checkpoint = await openBytes(npzFormat, bytes);
  expect(checkpoint.tensors.map(({ name }) => name).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, want] of Object.entries(expected)) await expectValues(checkpoint, name, want);
});

test("text and objects are listed as not read; the weights beside them open", async () => {
  const checkpoint = await openBytes(npzFormat, fixtureBytes("npz/mixed.npz"));
  expect(checkpoint.tensors.map(({ name }) => name)).toEqual(["weight"]);
  expect(checkpoint.skipped.map(({ name }) => name).sort()).toEqual(["names", "objects"]);
});

const npy = (values: Float32Array): Uint8Array => {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${values.length},), }`.padEnd(117, " ");
  const file = new Uint8Array(10 + 118 + values.byteLength);
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
  file.set(new TextEncoder().encode(`${header}\n`), 10);
  file.set(new Uint8Array(values.buffer), 128);
  return file;
};

test.each([0, 9] as const)("opening reads headers, not megabytes (deflate level %d)", async (level) => {
  const values = Float32Array.from({ length: 500_000 }, (_, i) => Math.sin(i * i));
  const { source, bytesRead } = countingSource(
    zipSync({ "a.npy": npy(values), "b.npy": npy(values) }, { level }) as Uint8Array<ArrayBuffer>,
  );
  const checkpoint = await npzFormat.open(source, noSiblings);
  expect(checkpoint.tensors).toHaveLength(2);
  expect(bytesRead()).toBeLessThan(300_000);
  expect(Array.from(await checkpoint.read("b", 499_999, 1))).toEqual([values[499_999]]);
});

test("damage to a deflated member costs that member, or is said when it is read", async () => {
  const values = Float32Array.from({ length: 50_000 }, (_, i) => Math.sin(i * i));
  const file = zipSync({ "a.npy": npy(values), "b.npy": npy(values) }, { level: 6 }) as Uint8Array<ArrayBuffer>;
  file.fill(0xff, 120_000, 121_000);
  const checkpoint = await openBytes(npzFormat, file);
  await expect(checkpoint.read("a", 0, 50_000)).rejects.toMatchObject({ code: "bad-format" });
  expect(await checkpoint.read("b", 0, 50_000)).toEqual(values);
});

test("a member that inflates to more than it declares is refused", async () => {
  const file = zipSync({ "a.npy": npy(new Float32Array(100_000)) }, { level: 9 }) as Uint8Array<ArrayBuffer>;
  const view = new DataView(file.buffer, file.byteOffset);
  for (let at = 0; at + 46 < file.length; at++)
    if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 500, true);
  const checkpoint = await openBytes(npzFormat, file);
  expect(checkpoint.tensors).toHaveLength(0);
  expect(checkpoint.skipped[0]?.reason).toMatch(/cut off|more than it declares/);
});

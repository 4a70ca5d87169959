import { expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import { serializeError } from "../../base/errors.ts";
import { fixtureBytes, noSiblings, openBytes } from "../_shared/fixtures.testkit.ts";
import { lookup3 } from "../_shared/hdf5/checksum.ts";
import type { Checkpoint } from "../types.ts";
import { hdf5Format } from "./index.ts";

const copy = (file: string) => fixtureBytes(`hdf5/${file}`).slice();
const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Places of a mark in the file. */
function places(bytes: Uint8Array, mark: string): number[] {
  const code = new TextEncoder().encode(mark);
  const found: number[] = [];
  for (let at = 0; at + code.length <= bytes.length; at++)
    if (code.every((byte, i) => bytes[at + i] === byte)) found.push(at);
  return found;
}

/** Opens; then reads every tensor. All errors that come out must be typed. */
async function readAll(bytes: Uint8Array<ArrayBuffer>): Promise<{ checkpoint: Checkpoint | null; failed: string[] }> {
  const failed: string[] = [];
  try {
    const checkpoint = await openBytes(hdf5Format, bytes);
    for (const { name, elements } of checkpoint.tensors)
      await checkpoint.read(name, 0, Math.min(elements, 10_000)).catch((error: unknown) => {
        const { code } = serializeError(error);
        expect(["internal"]).not.toContain(code);
        failed.push(name);
      });
    return { checkpoint, failed };
  } catch (error) {
    expect(serializeError(error).code).not.toBe("internal");
    return { checkpoint: null, failed };
  }
}

test("a file that is cut off opens as far as it goes, and says so", async () => {
  const whole = copy("oldest.h5");
  for (const share of [0.999, 0.8, 0.5, 0.25]) {
    const bytes = whole.slice(0, Math.floor(whole.length * share));
    const { checkpoint } = await readAll(bytes);
    if (checkpoint !== null) expect(checkpoint.findings[0]?.message).toMatch(/cut off/);
  }
  await expect(openBytes(hdf5Format, whole.slice(0, 1040))).rejects.toMatchObject({
    code: "bad-format",
    details: { format: "hdf5" },
  });
});

test("a damaged chunk costs the tensor, and the message says where", async () => {
  const bytes = copy("newest.h5");
  const good = await openBytes(hdf5Format, bytes.slice());
  // The bytes of the first zlib stream that a chunk holds.
  for (const at of places(bytes, "\x78\x5e")) bytes.fill(0xaa, at + 2, at + 12);
  const { checkpoint, failed } = await readAll(bytes);
  expect(checkpoint?.tensors.length).toBe(good.tensors.length);
  expect(failed).toContain("storage/gzip");
  expect(failed).not.toContain("storage/plain");
  await expect(checkpoint?.read("storage/gzip", 0, 429)).rejects.toMatchObject({
    code: "bad-format",
    details: { format: "hdf5", tensor: "storage/gzip", field: "chunk", offset: expect.any(Number) },
  });
});

test("a chunk that was changed under its Fletcher sum is refused", async () => {
  const bytes = copy("newest.h5");
  const range = (await openBytes(hdf5Format, bytes)).tensors.find(({ name }) => name === "dtypes/little-f8")?.byteRange;
  expect(range?.length).toBe(96);
  const source = memorySource(bytes);
  const seen: number[] = [];
  const spy = {
    ...source,
    read: (offset: number, length: number) => {
      seen.push(offset);
      return source.read(offset, length);
    },
  };
  const checkpoint = await hdf5Format.open(spy, noSiblings);
  await checkpoint.read("storage/checked-only", 0, 1);
  const chunk = seen.at(-1) ?? 0;
  bytes[chunk] = (bytes[chunk] ?? 0) ^ 1;
  const again = await openBytes(hdf5Format, bytes);
  await expect(again.read("storage/checked-only", 0, 1)).rejects.toMatchObject({
    message: expect.stringContaining("checksum of a chunk"),
  });
});

test.each(["OHDR", "BTHD", "FRHP", "FAHD", "EAHD", "BTLF"])("a changed %s is caught by its checksum", async (mark) => {
  const bytes = copy("newest.h5");
  const at = places(bytes, mark);
  expect(at.length).toBeGreaterThan(0);
  for (const place of at.slice(1)) bytes[place + 9] = (bytes[place + 9] ?? 0) ^ 0x40;
  const first = at[0] ?? 0;
  bytes[first + 9] = (bytes[first + 9] ?? 0) ^ 0x40;
  const { checkpoint, failed } = await readAll(bytes);
  const told = [...(checkpoint?.skipped.map(({ reason }) => reason) ?? ["checksum"]), ...failed.map(() => "checksum")];
  expect(told.join(" ")).toMatch(/checksum/);
});

test("a group B-tree that goes in a circle ends", async () => {
  const bytes = copy("oldest.h5");
  const view = viewOf(bytes);
  for (const at of places(bytes, "TREE"))
    if (bytes[at + 4] === 0) {
      bytes[at + 5] = 1;
      // Its first child is itself (addresses count from behind the user block).
      view.setBigUint64(at + 32, BigInt(at - 1024), true);
    }
  const { skipped } = await openBytes(hdf5Format, bytes);
  const reason = skipped.find(({ name }) => name === "storage")?.reason;
  expect(reason).toMatch(/circle|wrong kind/);
  expect(reason).toMatch(/offset \d+/);
});

test("an object header whose continuation is itself ends", async () => {
  const bytes = copy("oldest.h5");
  const view = viewOf(bytes);
  let changed = 0;
  for (let at = 1024; at + 24 <= bytes.length; at += 8)
    if (view.getUint16(at, true) === 0x10 && view.getUint16(at + 2, true) === 16) {
      view.setBigUint64(at + 8, BigInt(at - 1024), true);
      view.setBigUint64(at + 16, 24n, true);
      changed += 1;
    }
  expect(changed).toBeGreaterThan(0);
  await readAll(bytes);
});

/** A minimal file: superblock of version 2, and a root group whose messages are given. */
function build(...messages: readonly [type: number, body: readonly number[]][]): Uint8Array<ArrayBuffer> {
  const body = messages.flatMap(([type, bytes]) => [type, bytes.length & 255, bytes.length >> 8, 0, ...bytes]);
  const header = [...new TextEncoder().encode("OHDR"), 2, 2, ...little(body.length, 4), ...body];
  const sum = (bytes: readonly number[]) => little(lookup3(Uint8Array.from(bytes)), 4);
  const root = 48;
  const end = root + header.length + 4;
  const block = [
    0x89,
    0x48,
    0x44,
    0x46,
    13,
    10,
    26,
    10,
    2,
    8,
    8,
    0,
    ...little(0, 8),
    ...Array(8).fill(255),
    ...little(end, 8),
    ...little(root, 8),
  ];
  return Uint8Array.from([...block, ...sum(block), ...header, ...sum(header)]);
}

const little = (value: number, width: number) =>
  Array.from({ length: width }, (_, i) => Math.floor(value / 256 ** i) % 256);
const FLOAT32 = [0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0];
const space = (...sizes: number[]) => [2, sizes.length, 0, 1, ...sizes.flatMap((size) => little(size, 8))];
const contiguous = (address: number, length: number) => [3, 1, ...little(address, 8), ...little(length, 8)];
const chunked = (sizes: number[]) => [
  3,
  2,
  sizes.length,
  ...Array(8).fill(255),
  ...sizes.flatMap((size) => little(size, 4)),
];

test.each([
  [
    "more elements than any array has",
    build([1, space(2 ** 30, 2 ** 30)], [3, FLOAT32], [8, contiguous(48, 8)]),
    /claims/,
  ],
  [
    "data that lie outside the file",
    build([1, space(1000)], [3, FLOAT32], [8, contiguous(2 ** 40, 4000)]),
    /outside the file/,
  ],
  [
    "fewer bytes than elements",
    build([1, space(1000)], [3, FLOAT32], [8, contiguous(48, 8)]),
    /needs 4000 bytes, but has 8/,
  ],
  ["a chunk of gigabytes", build([1, space(10)], [3, FLOAT32], [8, chunked([2 ** 31, 4])]), /chunks have/],
  ["chunks of no elements", build([1, space(10)], [3, FLOAT32], [8, chunked([0, 4])]), /no elements/],
  ["chunks of other elements", build([1, space(10)], [3, FLOAT32], [8, chunked([5, 8])]), /another size/],
  [
    "a datatype nested without end",
    build(
      [1, space(1)],
      [3, Array.from({ length: 60 }, () => [0x19, 0, 0, 0, 16, 0, 0, 0]).flat()],
      [8, contiguous(48, 4)],
    ),
    /nested too deeply/,
  ],
  [
    "sixty-five axes",
    build([1, [2, 65, 0, 1, ...Array(65 * 8).fill(1)]], [3, FLOAT32], [8, contiguous(48, 4)]),
    /65 axes/,
  ],
  ["a virtual dataset", build([1, space(1)], [3, FLOAT32], [8, [4, 3, ...Array(12).fill(0)]]), /virtual dataset/],
  ["external storage", build([1, space(1)], [3, FLOAT32], [7, [1]], [8, contiguous(48, 4)]), /other files/],
])("%s is listed with its reason", async (_, bytes, reason) => {
  const checkpoint = await openBytes(hdf5Format, bytes).catch((error: unknown) => serializeError(error));
  const said = "skipped" in checkpoint ? checkpoint.skipped.map((one) => one.reason).join(" ") : checkpoint.message;
  expect(said).toMatch(reason);
});

test("an array that was never written costs no memory until it is asked for, and then only what is asked", async () => {
  const bytes = build([1, space(2 ** 20, 2 ** 19)], [3, FLOAT32], [8, chunked([1024, 1024, 4])]);
  const checkpoint = await openBytes(hdf5Format, bytes);
  expect(checkpoint.tensors).toHaveLength(1);
  expect(Array.from(await checkpoint.read(checkpoint.tensors[0]?.name ?? "", 2 ** 38, 4))).toEqual([0, 0, 0, 0]);
});

test("two datasets of one name: the first is offered, the other is listed with its reason", async () => {
  const bytes = copy("oldest.h5");
  const code = new TextEncoder().encode("number 5");
  for (const at of places(bytes, "number 6")) bytes.set(code, at);
  const { checkpoint } = await readAll(bytes);
  const names = checkpoint?.tensors.map(({ name }) => name) ?? [];
  expect(new Set(names).size).toBe(names.length);
  const twice = "many/a rather long name for number 5";
  expect(names).toContain(twice);
  expect(checkpoint?.skipped).toContainEqual({ name: twice, reason: "another dataset has the same name" });
});

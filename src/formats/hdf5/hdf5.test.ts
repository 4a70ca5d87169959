import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import {
  countingSource,
  expectValues,
  fixtureBytes,
  fixtureTables,
  noSiblings,
  openBytes,
} from "../_shared/fixtures.testkit.ts";
import { describeTensors } from "../interpret/index.ts";
import { hdf5Format } from "./index.ts";

const expected = fixtureTables("hdf5/expected.json");

test.each(Object.keys(expected))("%s: every dataset as h5py reads it, in every layout of the library", async (file) => {
  const checkpoint = await openBytes(hdf5Format, fixtureBytes(`hdf5/${file}`));
  const wanted = expected[file] ?? {};
  const { tensors } = checkpoint;
  const shown = tensors.filter(({ dtype }) => dtype !== "c64").map(({ name }) => name);
  expect(shown.sort()).toEqual(Object.keys(wanted).sort());
  for (const [name, want] of Object.entries(wanted)) await expectValues(checkpoint, name, want);
  expect(tensors.find(({ name }) => name === "complex")).toMatchObject({ dtype: "c64", shape: [3] });
  // One array under two names is stored once.
  const owners = tensors.filter(({ name }) => name === "tied" || name === "storage/plain");
  expect(owners.map(({ sharesStorageWith }) => sharesStorageWith ?? "").sort()).toEqual([
    "",
    owners.find((one) => one.sharesStorageWith === undefined)?.name ?? "?",
  ]);
});

test.each(Object.keys(expected))(
  "%s: what is no array of numbers, or leads elsewhere, is listed with its reason",
  async (file) => {
    const { skipped } = await openBytes(hdf5Format, fixtureBytes(`hdf5/${file}`));
    const reasons = Object.fromEntries(skipped.map(({ name, reason }) => [name, reason]));
    expect(reasons).toMatchObject({
      "external-link": expect.stringContaining("elsewhere.h5"),
      "external-data": expect.stringContaining("other files, which are not opened"),
      soft: expect.stringContaining("/storage/plain"),
      "loop/back": expect.stringContaining("another name of the root"),
      records: expect.stringContaining("records (a, b)"),
      text: expect.stringContaining("text"),
      nothing: expect.stringContaining("null dataspace"),
    });
    if (file !== "oldest.h5") expect(reasons.virtual).toContain("virtual dataset");
  },
);

test.each(Object.keys(expected))("%s: attributes become metadata, few and many, short and huge", async (file) => {
  const { metadata } = await openBytes(hdf5Format, fixtureBytes(`hdf5/${file}`));
  expect(metadata).toMatchObject({
    title: "a text",
    names: ["a", "bb"],
    fixed: ["ab", "cde"],
    numbers: [0, 1, 2],
    flag: true,
  });
  for (let i = 0; i < 40; i++) expect(metadata[`many@a${i}`]).toBe(`value ${i}`);
  if (file !== "oldest.h5") expect(metadata["many@huge"]).toBe("x".repeat(70_000));
});

test.each(Object.keys(expected))("%s: any range of a chunked array is the same range of the whole", async (file) => {
  const checkpoint = await openBytes(hdf5Format, fixtureBytes(`hdf5/${file}`));
  const whole = Array.from(await checkpoint.read("storage/plain", 0, 13 * 11 * 3));
  for (const name of ["plain", "checked", "grows-all", "shuffled"])
    for (const [start, count] of [
      [0, 1],
      [1, 2],
      [5, 100],
      [32, 33],
      [33, 66],
      [100, 329],
      [428, 1],
      [17, 0],
    ] as const)
      expect(Array.from(await checkpoint.read(`storage/${name}`, start, count))).toEqual(
        whole.slice(start, start + count),
      );
});

test("ranges are read, not the file", async () => {
  const bytes = fixtureBytes("hdf5/newest.h5");
  const { source, bytesRead } = countingSource(bytes);
  const checkpoint = await hdf5Format.open(source, noSiblings);
  const opened = bytesRead();
  await checkpoint.read("of-named-type", 1, 2);
  expect(bytesRead() - opened).toBe(16);
  await expect(checkpoint.read("of-named-type", 3, 2)).rejects.toMatchObject({ code: "bad-request" });
  await expect(checkpoint.read("absent", 0, 1)).rejects.toMatchObject({ code: "unknown-tensor" });
  await expect(checkpoint.read("complex", 0, 1)).rejects.toMatchObject({ code: "unsupported" });
});

/** Ten epochs of one public training run, and an intruder of another (…119): Keras 2.0.5 with Adam's state. */
const shared = fileURLToPath(new URL("../../../../shared/testdata/keras-series/", import.meta.url));
test("every epoch of a public series opens: 23 kernels, 58,423 parameters, Adam's state apart", async () => {
  if (!existsSync(shared)) {
    console.log("../shared/testdata is not there: the public Keras series is not opened.");
    return expect(Object.keys(expected)).toHaveLength(3);
  }
  const files = readdirSync(shared).filter((name) => name.endsWith(".hdf5"));
  expect(files).toHaveLength(11);
  for (const file of files) {
    const checkpoint = await openBytes(hdf5Format, new Uint8Array(readFileSync(shared + file)));
    const described = describeTensors(checkpoint);
    const weights = described.filter(({ role }) => role !== "optimizer-state");
    expect(checkpoint.framework).toBe("keras");
    expect(checkpoint.skipped).toEqual([]);
    expect(weights.every(({ name }) => name.startsWith("model_weights/"))).toBe(true);
    expect(described.length).toBeGreaterThan(weights.length);
    if (file.includes(".119-")) continue;
    expect(weights.filter(({ role }) => role === "weight")).toHaveLength(23);
    expect(weights.reduce((sum, { elements }) => sum + elements, 0)).toBe(58_423);
    const norm = /\.(00|110)-/.exec(file)?.[1];
    if (norm === undefined) continue;
    let squares = 0;
    for (const { name, elements } of weights.filter(({ role }) => role === "weight"))
      for (const value of await checkpoint.read(name, 0, elements)) squares += value * value;
    expect(Math.sqrt(squares)).toBeCloseTo(norm === "00" ? 32.9 : 74.4, 1);
  }
});

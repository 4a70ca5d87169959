import { expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import { serializeError } from "../../base/errors.ts";
import { crc32c } from "../_shared/crc32c.ts";
import { expectValues, fixtureBytes, fixtureTables, folderContext } from "../_shared/fixtures.testkit.ts";
import { describeTensors } from "../interpret/index.ts";
import type { OpenContext } from "../types.ts";
import { orbaxFormat } from "./index.ts";

const expected = fixtureTables("orbax/expected.json");

async function open(entry: string) {
  const folder = entry.slice(0, entry.lastIndexOf("/"));
  const bytes = fixtureBytes(`orbax/${entry}`);
  expect(
    orbaxFormat.sniff({ head: bytes.subarray(0, 4096), name: entry.slice(folder.length + 1), size: bytes.length }),
  ).toBe(true);
  return orbaxFormat.open(memorySource(bytes), folderContext(`orbax/${folder}`));
}

test.each([...Object.keys(expected), "ocdbt/_METADATA"])("%s: every array as Orbax restores it", async (entry) => {
  const checkpoint = await open(entry);
  const wanted = expected[entry === "ocdbt/_METADATA" ? "ocdbt/manifest.ocdbt" : entry] ?? {};
  expect(checkpoint.skipped).toEqual([]);
  expect(checkpoint.tensors.map(({ name }) => name).sort()).toEqual(Object.keys(wanted).sort());
  for (const [name, want] of Object.entries(wanted)) await expectValues(checkpoint, name, want);
  expect(checkpoint.metadata).toMatchObject({ use_zarr3: false });
});

test.each(Object.keys(expected))(
  "%s: kernels are (in, out), moments optimizer state, bfloat16 is kept",
  async (entry) => {
    const checkpoint = await open(entry);
    expect(checkpoint.framework).toBe("flax");
    const of = (name: string) => describeTensors(checkpoint).find((one) => one.name === name);
    expect(of("params.hidden.kernel")).toMatchObject({ role: "weight", layout: "in-out" });
    expect(of("params.head.kernel")).toMatchObject({ role: "weight", dtype: "bf16" });
    expect(of("params.hidden.bias")).toMatchObject({ role: "bias", dtype: "bf16" });
    expect(of("opt_state.0.mu.hidden.kernel")?.role).toBe("optimizer-state");
  },
);

test("the Castagnoli checksum has its published value", () => {
  expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
});

const manifest = () => fixtureBytes("orbax/ocdbt/manifest.ocdbt").slice();

test("a manifest whose bytes were changed is refused with its place", async () => {
  const bytes = manifest();
  for (let at = 0; at < bytes.length; at++) {
    const changed = bytes.slice();
    changed[at] = (changed[at] ?? 0) ^ 0x21;
    await expect(orbaxFormat.open(memorySource(changed), folderContext("orbax/ocdbt"))).rejects.toMatchObject({
      code: "bad-format",
      details: { format: "orbax", field: expect.any(String) },
    });
  }
});

/** The folder with one data file changed. */
function changed(change: (name: string, bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>): OpenContext {
  const context = folderContext("orbax/ocdbt");
  return {
    ...context,
    async sibling(name) {
      const source = await context.sibling(name);
      return memorySource(change(name, (await source.read(0, source.size)).slice()));
    },
  };
}

test("a data file that is cut off or changed costs what lies in it", async () => {
  for (const change of [
    (_: string, bytes: Uint8Array<ArrayBuffer>) => bytes.slice(0, bytes.length / 2),
    (name: string, bytes: Uint8Array<ArrayBuffer>) =>
      name.includes("process") ? bytes.map((byte) => byte ^ 0x55) : bytes,
  ]) {
    const opened = await orbaxFormat
      .open(memorySource(manifest()), changed(change))
      .catch((error: unknown) => serializeError(error));
    if ("code" in opened) {
      expect(opened).toMatchObject({ code: "bad-format", details: { format: "orbax" } });
      continue;
    }
    for (const { name, elements } of opened.tensors)
      await opened
        .read(name, 0, elements)
        .catch((error: unknown) => expect(serializeError(error).details.tensor).toBe(name));
  }
});

/** A manifest by hand: configuration, a table of one file, one version. */
function manifestOf(path: string, height = 0, length = 100): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode(path);
  const body = [
    ...Array(16).fill(7),
    0,
    0x80,
    8,
    0x80,
    8,
    4,
    0,
    1,
    name.length,
    0,
    ...name,
    1,
    1,
    height,
    0,
    0,
    length,
    0,
    0,
    0,
    ...Array(8).fill(0),
  ];
  const bytes = Uint8Array.from([0x0c, 0xdb, 0x3a, 0x2a, ...Array(8).fill(0), 0, 0, ...body, 0, 0, 0, 0]);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(4, BigInt(bytes.length), true);
  view.setUint32(bytes.length - 4, crc32c(bytes.subarray(0, bytes.length - 4)), true);
  return bytes;
}

test("paths of data files go through the folder's own gate", async () => {
  const asked: string[] = [];
  const context: OpenContext = {
    sibling(name) {
      asked.push(name);
      return Promise.reject(new Error("refused"));
    },
  };
  for (const path of ["../../etc/passwd", "/etc/passwd", "d/abc"])
    await expect(orbaxFormat.open(memorySource(manifestOf(path)), context)).rejects.toThrow("refused");
  expect(asked.filter((name) => name !== "_METADATA")).toEqual(["../../etc/passwd", "/etc/passwd", "d/abc"]);
});

test("a version without a root is an empty checkpoint; a node without an end is refused", async () => {
  const empty = await orbaxFormat.open(memorySource(manifestOf("d/a", 0, 0)), {
    sibling: () => Promise.reject(new Error("none")),
  });
  expect(empty.tensors).toEqual([]);
  const context: OpenContext = { sibling: async () => memorySource(new Uint8Array(200)) };
  await expect(orbaxFormat.open(memorySource(manifestOf("d/a", 5)), context)).rejects.toMatchObject({
    code: "bad-format",
    details: { field: "B+tree node" },
  });
});

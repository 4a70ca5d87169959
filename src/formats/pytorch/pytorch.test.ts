import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import type { Checkpoint } from "../types.ts";
import { pytorchFormat } from "./index.ts";

type Expected = Record<
  string,
  Record<string, { shape: number[]; dtype: string; values?: (number | string)[]; sharesStorageWith?: string }>
>;

const folder = new URL("../../../test/fixtures/pytorch/", import.meta.url);
const expected = JSON.parse(readFileSync(new URL("expected.json", folder), "utf8")) as Expected;
const bytesOf = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(new URL(name, folder)));
const context = { sibling: () => Promise.reject(new Error("no sibling is needed")) };
const openBytes = (bytes: Uint8Array<ArrayBuffer>): Promise<Checkpoint> =>
  pytorchFormat.open(memorySource(bytes), context);

const zipFixtures = Object.keys(expected).filter((name) => !name.startsWith("legacy"));

test.each(zipFixtures)("%s: names, shapes and every value as NumPy reads them", async (name) => {
  const bytes = bytesOf(name);
  expect(pytorchFormat.sniff({ head: bytes.subarray(0, 4096), name, size: bytes.length })).toBe(true);
  const checkpoint = await openBytes(bytes);
  const wanted = expected[name]!;
  expect(checkpoint.tensors.map((tensor) => tensor.name).sort()).toEqual(Object.keys(wanted).sort());
  for (const tensor of checkpoint.tensors) {
    const want = wanted[tensor.name]!;
    expect(tensor.shape).toEqual(want.shape);
    expect(tensor.sharesStorageWith).toBe(want.sharesStorageWith);
    if (want.values === undefined) {
      await expect(checkpoint.read(tensor.name, 0, 1)).rejects.toMatchObject({ code: "unsupported" });
      continue;
    }
    const values = await checkpoint.read(tensor.name, 0, tensor.elements);
    const numbers = want.values.map((value) =>
      value === "inf" ? Infinity : value === "-inf" ? -Infinity : Number(value),
    );
    expect([...values]).toEqual(numbers);
    if (tensor.elements > 3) expect([...(await checkpoint.read(tensor.name, 1, 2))]).toEqual(numbers.slice(1, 3));
    if (tensor.byteRange !== undefined)
      expect(tensor.byteRange.length).toBe(
        want.values.length * (tensor.byteRange.length / Math.max(1, tensor.elements)),
      );
  }
});

test("a training checkpoint keeps its plain values as metadata", async () => {
  const { metadata, findings } = await openBytes(bytesOf("checkpoint.ckpt"));
  expect(metadata).toMatchObject({
    epoch: 3,
    step: 2 ** 40,
    best: 0.125,
    big: "-1180591620717411303424",
    note: null,
    "args/lr": 0.001,
    "args/hidden": [4, 3],
    "args/out": "/runs/tiny",
    "history/1/loss": 0.75,
    "optimizer/param_groups/0/lr": 0.001,
    "optimizer/param_groups/0/betas": [0.9, 0.999],
  });
  expect(findings).toEqual([]);
});

test("opening reads headers, not storages", async () => {
  const bytes = bytesOf("checkpoint.ckpt");
  const reads: [number, number][] = [];
  const inner = memorySource(bytes);
  const checkpoint = await pytorchFormat.open(
    {
      ...inner,
      read: (offset, length) => {
        reads.push([offset, length]);
        return inner.read(offset, length);
      },
    },
    context,
  );
  expect(checkpoint.bytesRead()).toBe(reads.reduce((sum, [, length]) => sum + length, 0));
  const before = checkpoint.bytesRead();
  await checkpoint.read("model/body.0.weight", 0, 4);
  expect(checkpoint.bytesRead() - before).toBe(16);
});

test("a whole module is read as inert data, with a warning", async () => {
  const { findings, metadata } = await openBytes(bytesOf("module.pt"));
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ kind: "warning", message: expect.stringContaining("whole module") });
  expect(findings[0]!.message).toContain("__main__.Net");
  expect(metadata.modules).toMatchObject({ "(root)": "__main__.Net", "body.0": "torch.nn.modules.linear.Linear" });
});

test("a pickle that would run a command is listed as a security finding and stays usable", async () => {
  const { findings } = await openBytes(bytesOf("evil.pt"));
  expect(findings).toEqual([
    {
      kind: "security",
      field: "posix.system",
      message:
        "The file asks Python to run posix.system when loaded with torch.load(weights_only=False). ModeScope never runs it.",
    },
  ]);
});

test("quantised and sparse tensors are skipped with their reason", async () => {
  const { skipped } = await openBytes(bytesOf("other.pt"));
  expect(skipped.map((entry) => entry.name).sort()).toEqual(["quantised", "sparse"]);
  expect(skipped.every((entry) => /quantised|sparse/.test(entry.reason))).toBe(true);
});

test("a TorchScript archive is another format's", () => {
  const bytes = bytesOf("script.pt");
  expect(pytorchFormat.sniff({ head: bytes.subarray(0, 4096), name: "script.pt", size: bytes.length })).toBe(false);
});

test("a name that is not there and a range beyond the tensor are refused", async () => {
  const checkpoint = await openBytes(bytesOf("views.pt"));
  await expect(checkpoint.read("absent", 0, 1)).rejects.toMatchObject({ code: "unknown-tensor" });
  await expect(checkpoint.read("plain", 20, 5)).rejects.toMatchObject({ code: "bad-request" });
});

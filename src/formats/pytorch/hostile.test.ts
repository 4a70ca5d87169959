import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import type { Checkpoint } from "../types.ts";
import { pytorchFormat } from "./index.ts";

const text = (value: string): number[] => [...new TextEncoder().encode(value)];
const u32 = (value: number): number[] => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
const unicode = (value: string): number[] => [0x58, ...u32(value.length), ...text(value)];
const int = (value: number): number[] => text(`I${value}\n`);
const tuple = (...items: number[][]): number[] => [0x28, ...items.flat(), 0x74];
const global = (module: string, name: string): number[] => text(`c${module}\n${name}\n`);

interface TensorSpec {
  readonly key?: string;
  readonly count?: number;
  readonly offset?: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

function tensor({ key = "0", count = 4, offset = 0, shape, strides }: TensorSpec): number[] {
  const storage = tuple(unicode("storage"), global("torch", "FloatStorage"), unicode(key), unicode("cpu"), int(count));
  const hooks = [...global("collections", "OrderedDict"), 0x29, 0x52];
  const args = tuple(
    [...storage, 0x51],
    int(offset),
    tuple(...shape.map(int)),
    tuple(...strides.map(int)),
    [0x89],
    hooks,
  );
  return [...global("torch._utils", "_rebuild_tensor_v2"), ...args, 0x52];
}

function dict(entries: Record<string, number[]>): number[] {
  return [
    0x80,
    2,
    0x7d,
    0x28,
    ...Object.entries(entries).flatMap(([key, value]) => [...unicode(key), ...value]),
    0x75,
    0x2e,
  ];
}

function archive(
  pickle: number[] | Uint8Array,
  options: { level?: 0 | 9; more?: Record<string, Uint8Array> } = {},
): Uint8Array<ArrayBuffer> {
  const files = { "x/data.pkl": Uint8Array.from(pickle), "x/data/0": new Uint8Array(16), ...options.more };
  return new Uint8Array(zipSync(files, { level: options.level ?? 0 }));
}

const open = (bytes: Uint8Array<ArrayBuffer>): Promise<Checkpoint> =>
  pytorchFormat.open(memorySource(bytes), { sibling: () => Promise.reject(new Error("no sibling is needed")) });

test("a bad tensor is skipped with its reason, the good one beside it stays readable", async () => {
  const checkpoint = await open(
    archive(
      dict({
        good: tensor({ shape: [2, 2], strides: [2, 1] }),
        "negative offset": tensor({ offset: -1, shape: [2], strides: [1] }),
        "negative stride": tensor({ shape: [2], strides: [-1] }),
        "negative size": tensor({ shape: [-2], strides: [1] }),
        "huge offset": tensor({ offset: 2 ** 52, shape: [2], strides: [1] }),
        "stride bomb": tensor({ shape: [2 ** 40, 2 ** 10], strides: [0, 0] }),
        "stride beyond": tensor({ shape: [2, 2], strides: [2 ** 50, 2 ** 50] }),
        "rank mismatch": tensor({ shape: [2, 2], strides: [1] }),
        "rank bomb": tensor({ shape: new Array<number>(65).fill(1), strides: new Array<number>(65).fill(1) }),
        "storage claims more than its record": tensor({ count: 2 ** 40, offset: 100, shape: [2], strides: [1] }),
        "storage absent": tensor({ key: "../0", shape: [2], strides: [1] }),
      }),
    ),
  );
  expect(checkpoint.tensors.map((entry) => entry.name)).toEqual(["good"]);
  expect([...(await checkpoint.read("good", 0, 4))]).toEqual([0, 0, 0, 0]);
  expect(checkpoint.skipped).toHaveLength(10);
  for (const { reason } of checkpoint.skipped) expect(reason.length).toBeGreaterThan(10);
});

test("an expanded tensor below the cap is listed for its logical size and read in parts", async () => {
  const checkpoint = await open(archive(dict({ wide: tensor({ shape: [2 ** 20, 2 ** 10], strides: [0, 0] }) })));
  expect(checkpoint.tensors[0]).toMatchObject({ elements: 2 ** 30, storedBytes: 4 });
  expect((await checkpoint.read("wide", 2 ** 30 - 10, 10)).length).toBe(10);
});

test("a name __proto__ stays a name, in tensors and in metadata", async () => {
  const inner = [0x7d, ...unicode("polluted"), 0x88, 0x73];
  const checkpoint = await open(archive(dict({ ["__proto__"]: inner, good: tensor({ shape: [1], strides: [1] }) })));
  const direct = await open(
    archive([0x7d, ...unicode("__proto__"), ...int(5), 0x73, ...unicode("constructor"), ...int(6), 0x73, 0x2e]),
  );
  expect(checkpoint.tensors).toHaveLength(1);
  expect(Object.entries(direct.metadata)).toEqual([
    ["__proto__", 5],
    ["constructor", 6],
  ]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test("a maze of shared lists (2^60 paths) is walked once", async () => {
  const maze = [0x5d, ...tuple([0x5d, 0x5d, 0x61]), 0x61, 0x71, 0, 0x30];
  for (let level = 1; level <= 60; level++)
    maze.push(0x5d, 0x28, 0x68, level - 1, 0x68, level - 1, 0x65, 0x71, level, 0x30);
  const checkpoint = await open(archive([...maze, 0x68, 60, 0x2e]));
  expect(checkpoint.tensors).toHaveLength(0);
});

test("one tensor under 2^30 names is refused in time", async () => {
  const maze = [0x5d, ...tensor({ shape: [1], strides: [1] }), 0x61, 0x71, 0, 0x30];
  for (let level = 1; level <= 30; level++)
    maze.push(0x5d, 0x28, 0x68, level - 1, 0x68, level - 1, 0x65, 0x71, level, 0x30);
  await expect(open(archive([...maze, 0x68, 30, 0x2e]))).rejects.toMatchObject({ code: "limit-exceeded" });
});

test("a depth of 200,000 lists ends at the walk's bound, not in a stack overflow", async () => {
  const depth = 200_000;
  const bytes = new Uint8Array(2 * depth + 2);
  bytes.fill(0x5d, 0, depth + 1);
  bytes.fill(0x61, depth + 1, 2 * depth + 1);
  bytes[2 * depth + 1] = 0x2e;
  const checkpoint = await open(archive(bytes));
  expect(checkpoint.skipped).toEqual([expect.objectContaining({ reason: expect.stringContaining("nested deeper") })]);
});

test("a list that holds itself, as item and as argument of its own call, ends", async () => {
  const checkpoint = await open(
    archive([0x5d, 0x71, 0, 0x68, 0, 0x61, ...global("m", "f"), 0x68, 0, 0x85, 0x52, 0x61, 0x2e]),
  );
  expect(checkpoint.tensors).toHaveLength(0);
  expect(checkpoint.findings).toEqual([expect.objectContaining({ kind: "security", field: "m.f" })]);
});

test("parameters nested by hand do not recurse without end", async () => {
  const before = [...global("torch._utils", "_rebuild_parameter"), 0x28];
  const after = [0x88, 0x4e, 0x74, 0x52];
  const repeat = (part: number[]): number[] => Array.from({ length: 2000 }, () => part).flat();
  const value = [...repeat(before), ...tensor({ shape: [1], strides: [1] }), ...repeat(after)];
  const checkpoint = await open(archive(dict({ deep: value })));
  expect(checkpoint.skipped).toEqual([{ name: "deep", reason: "a Parameter without a tensor inside" }]);
});

test("a deflated data.pkl is read; one that lies about its size is refused", async () => {
  const bytes = archive(dict({ epoch: int(3), filler: unicode("a".repeat(5000)) }), { level: 9 });
  expect((await open(bytes)).metadata.epoch).toBe(3);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 46 < bytes.length; at++)
    if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 0x7fffffff, true);
  await expect(open(bytes)).rejects.toMatchObject({ code: "limit-exceeded" });
});

test("two data.pkl, or none, are refused", async () => {
  await expect(open(archive(dict({}), { more: { "y/data.pkl": Uint8Array.of(0x4e, 0x2e) } }))).rejects.toMatchObject({
    code: "bad-format",
  });
  await expect(open(new Uint8Array(zipSync({ "x/version": Uint8Array.of(51) })))).rejects.toMatchObject({
    code: "bad-format",
  });
});

test("keys of a megabyte do not make names of a gigabyte", async () => {
  const long = [...unicode("k".repeat(1 << 20)), 0x71, 0, 0x30];
  const nested: number[] = [];
  for (let i = 0; i < 200; i++) nested.push(0x7d, 0x68, 0);
  const bytes = [
    ...long,
    ...nested,
    ...tensor({ shape: [1], strides: [1] }),
    ...new Array<number>(200).fill(0x73),
    0x2e,
  ];
  const checkpoint = await open(archive(bytes));
  expect(checkpoint.tensors[0]!.name.length).toBe(4096);
});

import { expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import { describeError, serializeError } from "../../base/errors.ts";
import { crc32c, maskedCrc32c } from "../_shared/crc32c.ts";
import { message, type Part } from "../_shared/protobuf.testkit.ts";
import { unsnappy } from "../_shared/snappy.ts";
import { tensorflowBundleFormat } from "./index.ts";

const text = new TextEncoder();

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 128);
  }
}

type Entry = readonly [key: string | Uint8Array, value: Uint8Array];

/** A block of whole keys, without compression. */
function block(entries: readonly Entry[], restarts = 1): number[] {
  const bytes: number[] = [];
  for (const [key, value] of entries) {
    const own = typeof key === "string" ? text.encode(key) : key;
    bytes.push(0, ...varint(own.length), ...varint(value.length), ...own, ...value);
  }
  return [...bytes, 0, 0, 0, 0, restarts & 255, (restarts >> 8) & 255, (restarts >> 16) & 255, (restarts >>> 24) & 255];
}

interface Damage {
  readonly compression?: number;
  readonly rawBlock?: readonly number[];
  readonly handle?: readonly number[];
  readonly checksum?: number;
}

/** A table of one data block. */
function table(entries: readonly Entry[], damage: Damage = {}): Uint8Array<ArrayBuffer> {
  const data = [...(damage.rawBlock ?? block(entries))];
  const trailer = (bytes: readonly number[], compression: number) => {
    const sum = damage.checksum ?? maskedCrc32c(Uint8Array.of(...bytes, compression));
    return [compression, sum & 255, (sum >> 8) & 255, (sum >> 16) & 255, sum >>> 24];
  };
  const handle = damage.handle ?? [...varint(0), ...varint(data.length)];
  const index = block([["~", Uint8Array.from(handle)]]);
  const first = [...data, ...trailer(data, damage.compression ?? 0)];
  const second = [...index, ...trailer(index, 0)];
  const footer = [...varint(0), ...varint(0), ...varint(first.length), ...varint(index.length)];
  while (footer.length < 40) footer.push(0);
  return Uint8Array.of(...first, ...second, ...footer, 0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb);
}

const header = (shards: number): Entry => [
  "",
  message([
    [1, shards],
    [3, [[1, 1]]],
  ]),
];
const dims = (...shape: readonly number[]): Part => [2, shape.map((size): Part => [2, [[1, size]]])];
const tensor = (key: string, ...parts: readonly Part[]): Entry => [key, message(parts)];
const good = tensor("good", [1, 1], dims(2, 2), [4, 0], [5, 16]);
const DATA = new Uint8Array(64).fill(1);
const open = (index: Uint8Array<ArrayBuffer>) =>
  tensorflowBundleFormat.open(memorySource(index, "file:///folder/m.index"), {
    sibling: async (name) => memorySource(DATA, name),
  });
const failure = (index: Uint8Array<ArrayBuffer>) =>
  open(index).then(
    () => null,
    (error: unknown) => serializeError(error),
  );

const refused: Record<string, [Uint8Array<ArrayBuffer>, RegExp]> = {
  nothing: [new Uint8Array(10), /fewer than its footer/],
  "no mark at the end": [table([header(1), good]).fill(0, -8), /mark of a table/],
  "a block outside the file": [
    table([header(1), good], { handle: [...varint(0), ...varint(2 ** 40)] }),
    /outside the table/,
  ],
  "a handle that never ends": [table([header(1), good], { handle: new Array(10).fill(0xff) }), /outside the table/],
  "more restarts than bytes": [table([], { rawBlock: block([header(1)], 2 ** 31 - 1) }), /restarts/],
  "an entry that reaches beyond its block": [
    table([], { rawBlock: [0, 0x7f, 0x7f, 1, 2, 3, 0, 0, 0, 0, 1, 0, 0, 0] }),
    /beyond its block/,
  ],
  "a prefix that no key had": [table([], { rawBlock: [9, 1, 0, 65, 0, 0, 0, 0, 1, 0, 0, 0] }), /beyond its block/],
  "an unknown compression": [table([header(1), good], { compression: 4 }), /cannot be decompressed \(method 4\)/],
  "Snappy that claims 4 GiB": [
    table([], { rawBlock: [0xff, 0xff, 0xff, 0xff, 0x0f, 0], compression: 1 }),
    /cannot be decompressed/,
  ],
  "no header": [table([good]), /no header/],
  "no shards": [table([header(0), good]), /names 0 data shards/],
  "a billion shards": [table([header(1_000_000_000), good]), /data shards/],
};

test.each(Object.entries(refused))("%s is refused with field and offset", async (_, [index, message]) => {
  const error = await failure(index);
  expect(error).toMatchObject({ code: "bad-format", details: { format: "tensorflow-bundle" } });
  expect(error?.details.field).toBeDefined();
  expect(error?.details.offset).toBeDefined();
  expect(describeError(error!)).toMatch(message);
});

test("a damaged tensor costs that tensor, not the file", async () => {
  const checkpoint = await open(
    table([
      header(1),
      good,
      tensor("behind", [1, 1], dims(4), [4, 60], [5, 16]),
      tensor("negative", [1, 1], dims(1), [4, -8], [5, 4]),
      tensor("overflow", [1, 1], dims(2 ** 40, 2 ** 40), [5, 16]),
      tensor("short", [1, 1], dims(9), [5, 16]),
      tensor("other shard", [1, 1], dims(1), [3, 7], [5, 4]),
      good,
      tensor("k".repeat(5000), [1, 1], dims(1), [5, 4]),
      tensor("resource", [1, 20], dims(1), [5, 4]),
    ]),
  );
  expect(checkpoint.tensors.map(({ name }) => name)).toEqual(["good"]);
  const reasons = checkpoint.skipped.map(({ name, reason }) => `${name}: ${reason}`).join("\n");
  for (const pattern of [
    /behind: .*m\.data-00000-of-00001, which has 64/,
    /negative: it needs the bytes -8/,
    /overflow: .*too many elements/,
    /short: .*needs 36 bytes, but it has 16/,
    /other shard: .*the index does not have it/,
    /resource: .*number 20/,
    /good: another entry has the same key/,
    /k{4096}: its key has 5000 characters/,
  ])
    expect(reasons).toMatch(pattern);
  await expect(checkpoint.read("good", 3, 2)).rejects.toMatchObject({ code: "bad-request" });
});

test("an index whose checksum does not fit is a warning", async () => {
  const { findings } = await open(table([header(1), good], { checksum: 5 }));
  expect(findings.map(({ message }) => message).join()).toMatch(/part of the index does not fit its checksum/);
});

test("names of JavaScript's own are names", async () => {
  const checkpoint = await open(table([header(1), tensor("__proto__", [1, 1], dims(2), [5, 8])]));
  expect(await checkpoint.read("__proto__", 0, 2)).toHaveLength(2);
});

test("CRC-32C as published (RFC 3720, B.4)", () => {
  expect(crc32c(new Uint8Array(32)).toString(16)).toBe("8a9136aa");
  expect(crc32c(new Uint8Array(32).fill(255)).toString(16)).toBe("62a8ab43");
  expect(crc32c(text.encode("123456789")).toString(16)).toBe("e3069283");
});

test("Snappy: literals, near and far copies, overlapping ones; nothing beyond the limit", () => {
  // "abcdabcdabcd": a literal of four, a copy of eight from four back (one-byte offset).
  expect(unsnappy(Uint8Array.of(12, 0x0c, 97, 98, 99, 100, 0x11, 4), 100)).toEqual(text.encode("abcdabcdabcd"));
  expect(unsnappy(Uint8Array.of(8, 0x0c, 97, 98, 99, 100, 0x0e, 4, 0), 100)).toEqual(text.encode("abcdabcd"));
  expect(unsnappy(Uint8Array.of(8, 0x0c, 97, 98, 99, 100, 0x0e, 4, 0), 7)).toBeNull();
  expect(unsnappy(Uint8Array.of(8, 0x0c, 97, 98, 99, 100, 0x0e, 5, 0), 100)).toBeNull();
  expect(unsnappy(Uint8Array.of(8, 0x0c, 97, 98), 100)).toBeNull();
  expect(unsnappy(Uint8Array.of(), 100)).toBeNull();
});

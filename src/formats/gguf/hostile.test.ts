import { expect, test } from "vitest";
import { describeError, serializeError } from "../../base/errors.ts";
import { countingSource, noSiblings, openBytes } from "../_shared/fixtures.testkit.ts";
import { type Field, fields, ggufFile, header, text, u32, u64 } from "./gguf.testkit.ts";
import { ggufFormat } from "./index.ts";

const failure = (bytes: Uint8Array<ArrayBuffer>) =>
  openBytes(ggufFormat, bytes).then(
    () => null,
    (error: unknown) => serializeError(error),
  );
/** Room behind a short header, so that counts and not the file's end decide. */
const padded = (...list: readonly Field[]) => fields(...list, { bytes: new Uint8Array(4096) });
const LIST = 9;
const STRING = 8;

const refused: Record<string, [Uint8Array<ArrayBuffer>, RegExp]> = {
  "nothing behind the magic": [fields({ bytes: new TextEncoder().encode("GGUF") }), /24 bytes are needed/],
  "2^50 tensors": [padded(...header(2n ** 50n, 0)), /claims 1125899906842624 in tensor_count/],
  "2^64 - 1 keys": [padded(...header(0, 2n ** 64n - 1n)), /metadata_kv_count/],
  "a key of 2^62 bytes": [padded(...header(0, 1), u64(2n ** 62n)), /metadata key claims/],
  "a text of 2^63 bytes": [padded(...header(0, 1), text("k"), u32(STRING), u64(2n ** 63n)), /k claims/],
  "a list of 2^40 bytes": [padded(...header(0, 1), text("k"), u32(LIST), u32(0), u64(2n ** 40n)), /more than the file/],
  "a list whose bytes overflow": [padded(...header(0, 1), text("k"), u32(LIST), u32(10), u64(2000)), /cannot hold/],
  "lists in lists in lists": [
    padded(...header(0, 1), text("k"), u32(LIST), ...Array.from({ length: 40 }, () => [u32(LIST), u64(1)]).flat()),
    /cannot hold/,
  ],
  "a value type that does not exist": [padded(...header(0, 1), text("k"), u32(13)), /value type 13/],
  "2^31 axes": [padded(...header(1, 0), text("w"), u32(2 ** 31)), /claims 2147483648 axes/],
  "an alignment of zero": [padded(...header(0, 1), text("general.alignment"), u32(4), u32(0)), /alignment 0/],
  "an alignment that is a text": [
    padded(...header(0, 1), text("general.alignment"), u32(STRING), text("x")),
    /alignment x/,
  ],
  "version 9": [padded(...header(0, 0, 9)), /version 9/],
};

test.each(Object.entries(refused))("%s is refused with field and offset", async (_, [bytes, message]) => {
  const error = await failure(bytes);
  expect(error).toMatchObject({ code: "bad-format", details: { format: "gguf" } });
  expect(error?.details.field).toBeDefined();
  expect(error?.details.offset).toBeDefined();
  expect(describeError(error!)).toMatch(message);
});

test.each([
  ["big-endian", 0x03000000, /big-endian/],
  ["version 1", 1, /GGUF version 1/],
])("%s is unsupported, with what to do", async (_, version, message) => {
  const error = await failure(padded(...header(0, 0, version)));
  expect(error).toMatchObject({ code: "unsupported", details: { remedy: expect.any(String) } });
  expect(error?.message).toMatch(message);
});

test("a damaged tensor costs that tensor, not the file", async () => {
  const checkpoint = await openBytes(
    ggufFormat,
    ggufFile(
      [
        { name: "good", shape: [2, 2] },
        { name: "unaligned", shape: [2], offset: 3 },
        { name: "behind the end", shape: [2], offset: 2n ** 40n },
        { name: "too long", shape: [1000] },
        { name: "overflow", shape: [2 ** 40, 2 ** 40] },
        { name: "odd block", shape: [33], type: 2 },
        { name: "unknown type", shape: [2], type: 99 },
        { name: "good", shape: [1] },
        { name: "n".repeat(5000), shape: [1] },
      ],
      64,
    ),
  );
  expect(checkpoint.tensors.map(({ name }) => name)).toEqual(["good"]);
  const reasons = Object.fromEntries(checkpoint.skipped.map(({ name, reason }) => [name, reason]));
  expect(reasons).toMatchObject({
    unaligned: expect.stringContaining("not aligned to 32"),
    "behind the end": expect.stringContaining("cut off"),
    "too long": expect.stringContaining("it needs 4000 bytes"),
    overflow: expect.stringContaining("too many elements"),
    "odd block": expect.stringContaining("q4_0 blocks of 32"),
    "unknown type": expect.stringContaining("number 99"),
    good: expect.stringContaining("same name"),
  });
  expect(checkpoint.skipped.at(-1)?.reason).toMatch(/its name has 5000 characters/);
  expect(await checkpoint.read("good", 0, 4)).toHaveLength(4);
  await expect(checkpoint.read("good", 3, 2)).rejects.toMatchObject({ code: "bad-request" });
  await expect(checkpoint.read("bad", 0, 1)).rejects.toMatchObject({ code: "unknown-tensor" });
});

test("data that overlap are said", async () => {
  const checkpoint = await openBytes(
    ggufFormat,
    ggufFile(
      [
        { name: "a", shape: [16] },
        { name: "b", shape: [8] },
      ],
      64,
    ),
  );
  expect(checkpoint.findings).toEqual([expect.objectContaining({ message: expect.stringContaining("overlap") })]);
});

test("a name of JavaScript's own stays a key", async () => {
  const file = ggufFile([{ name: "__proto__", shape: [1] }], 32, [text("__proto__"), u32(4), u32(7)], 1);
  const checkpoint = await openBytes(ggufFormat, file);
  expect(Object.entries(checkpoint.metadata)).toContainEqual(["__proto__", 7]);
  expect(await checkpoint.read("__proto__", 0, 1)).toHaveLength(1);
});

test("opening 5,000 tensors over a gigabyte reads the records only", async () => {
  const tensors = Array.from({ length: 5000 }, (_, i) => ({ name: `blk.${i}.w`, shape: [1], offset: i * 32 }));
  const bytes = ggufFile(tensors, 5000 * 32);
  const { source, bytesRead } = countingSource(bytes);
  const checkpoint = await ggufFormat.open({ ...source, size: 2 ** 30 }, noSiblings).catch(() => null);
  // The records end at some 200 kB; the window behind them is at most one more.
  expect(checkpoint?.tensors ?? []).toHaveLength(5000);
  expect(bytesRead()).toBeLessThan(bytes.length - 5000 * 32 + 256 * 1024);
});

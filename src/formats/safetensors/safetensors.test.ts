import { expect, test } from "vitest";
import { describeError, serializeError } from "../../base/errors.ts";
import {
  countingSource,
  expectValues,
  fixtureBytes,
  fixtureJson,
  noSiblings,
  openBytes,
} from "../_shared/fixtures.testkit.ts";
import { safetensorsFile } from "../_shared/safetensors.testkit.ts";
import { safetensorsFormat } from "./index.ts";

const expected = fixtureJson("safetensors/expected.json");
const f32 = (begin: number, end: number, shape: unknown = [(end - begin) / 4]) => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, end],
});

test.each(Object.keys(expected))("%s reads as torch reads it", async (name) => {
  const checkpoint = await openBytes(safetensorsFormat, fixtureBytes("safetensors/dtypes.safetensors"));
  await expectValues(checkpoint, name, expected[name]!);
});

test("metadata name the framework, and every tensor is listed once", async () => {
  const checkpoint = await openBytes(safetensorsFormat, fixtureBytes("safetensors/dtypes.safetensors"));
  expect(checkpoint.framework).toBe("pytorch");
  expect(checkpoint.metadata.step).toBe("7");
  expect(checkpoint.tensors.map(({ name }) => name).sort()).toEqual(Object.keys(expected).sort());
});

test("opening 10,000 tensors reads the header and no data", async () => {
  const header = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, i) => [`layers.${i}.weight`, f32(i * 16, i * 16 + 16, [2, 2])]),
  );
  const bytes = safetensorsFile(header, 160_000);
  const { source, bytesRead } = countingSource(bytes);
  const checkpoint = await safetensorsFormat.open(source, noSiblings);
  expect(checkpoint.tensors).toHaveLength(10_000);
  expect(bytesRead()).toBe(bytes.length - 160_000);
  expect(checkpoint.bytesRead()).toBe(bytesRead());
});

test("a dtype that is not read costs its tensor, not the file", async () => {
  const odd = { dtype: "F3", shape: [8], data_offsets: [0, 4] };
  const six = { dtype: "F6_E3M2", shape: [8], data_offsets: [12, 18] };
  const checkpoint = await openBytes(safetensorsFormat, safetensorsFile({ odd, good: f32(4, 12), six }, 18));
  expect(checkpoint.tensors.map(({ name }) => name)).toEqual(["good"]);
  expect(checkpoint.skipped).toEqual([
    { name: "odd", reason: expect.stringContaining("F3") },
    { name: "six", reason: expect.stringContaining("six bits") },
  ]);
});

test("four-bit floats, block scales and the other float8 types read as their definition says, from any place on", async () => {
  const packed = fixtureJson("safetensors/packed.expected.json");
  const checkpoint = await openBytes(safetensorsFormat, fixtureBytes("safetensors/packed.safetensors"));
  expect(checkpoint.tensors.map(({ dtype }) => dtype).sort()).toEqual([
    "f4_e2m1",
    "f8_e4m3fnuz",
    "f8_e5m2fnuz",
    "f8_e8m0",
  ]);
  for (const [name, want] of Object.entries(packed)) await expectValues(checkpoint, name, want);
  const whole = [...(await checkpoint.read("f4", 0, 16))];
  for (let start = 0; start < 16; start++)
    for (let count = 0; start + count <= 16; count++)
      expect([...(await checkpoint.read("f4", start, count))]).toEqual(whole.slice(start, start + count));
});

test("names that mean something to JavaScript stay names", async () => {
  const file = safetensorsFile(null, 8, {
    raw: '{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"constructor":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}',
  });
  const checkpoint = await openBytes(safetensorsFormat, file);
  expect(checkpoint.tensors.map(({ name }) => name)).toEqual(["__proto__", "constructor"]);
  expect(await checkpoint.read("__proto__", 0, 1)).toHaveLength(1);
});

const hostile: Record<string, [Uint8Array<ArrayBuffer>, RegExp]> = {
  "a length beyond the file": [safetensorsFile({}, 0, { claimed: 999n }), /claims 999 bytes/],
  "a length beyond any number": [safetensorsFile({}, 0, { claimed: 2n ** 63n }), /claims/],
  "a header that is no JSON": [safetensorsFile(null, 0, { raw: '{"a":' }), /no valid JSON/],
  "a header that is a list": [safetensorsFile(null, 0, { raw: "[1, 2, 3]" }), /does not begin/],
  "a header that is not UTF-8": [badUtf8(), /no valid JSON/],
  "data that end behind the file": [safetensorsFile({ a: f32(0, 400) }, 8), /has only 8/],
  "data that overlap": [safetensorsFile({ a: f32(0, 8), b: f32(4, 12) }, 12), /overlap/],
  "a gap between data": [safetensorsFile({ a: f32(0, 4), b: f32(8, 12) }, 12), /gap/],
  "bytes behind the last tensor": [safetensorsFile({ a: f32(0, 4) }, 12), /8 bytes behind the last tensor/],
  "a range that runs backwards": [safetensorsFile({ a: f32(8, 4, [1]) }, 12), /no range/],
  "a negative offset": [safetensorsFile({ a: f32(-4, 4, [2]) }, 12), /no range/],
  "a fraction as offset": [safetensorsFile({ a: f32(0.5, 4.5, [1]) }, 12), /no range/],
  "a shape that does not fit its bytes": [
    safetensorsFile({ a: f32(0, 8, [3]) }, 8),
    /needs 12 bytes, but its range has 8/,
  ],
  "a shape whose product overflows": [safetensorsFile({ a: f32(0, 8, [2 ** 40, 2 ** 40]) }, 8), /too many elements/],
  "half a byte": [safetensorsFile({ a: { dtype: "F4", shape: [3], data_offsets: [0, 2] } }, 2), /needs 1.5 bytes/],
  "a negative size": [safetensorsFile({ a: f32(0, 8, [-2, -1]) }, 8), /no list of sizes/],
  "a shape that is text": [safetensorsFile({ a: f32(0, 8, "2") }, 8), /no list of sizes/],
  "a tensor that is null": [safetensorsFile({ a: null }, 0), /no list of sizes/],
  "a rank beyond bounds": [safetensorsFile({ a: f32(0, 4, new Array(65).fill(1)) }, 4), /no list of sizes/],
};

function badUtf8(): Uint8Array<ArrayBuffer> {
  const file = safetensorsFile(null, 0, { raw: '{"abcdef":1}' });
  file[12] = 0xff;
  return file;
}

test.each(Object.entries(hostile))("%s is refused with format, field and offset", async (_, [file, message]) => {
  const error = await openBytes(safetensorsFormat, file).then(
    () => null,
    (thrown: unknown) => serializeError(thrown),
  );
  expect(error).toMatchObject({ code: "bad-format", details: { format: "safetensors" } });
  expect(error?.details.field).toBeDefined();
  expect(error?.details.offset).toBeDefined();
  expect(describeError(error!)).toMatch(message);
});

test("a range outside the tensor is refused, not clipped", async () => {
  const checkpoint = await openBytes(safetensorsFormat, safetensorsFile({ a: f32(0, 8) }, 8));
  await expect(checkpoint.read("a", 1, 2)).rejects.toMatchObject({ code: "bad-request" });
  await expect(checkpoint.read("a", -1, 1)).rejects.toMatchObject({ code: "bad-request" });
  await expect(checkpoint.read("b", 0, 1)).rejects.toMatchObject({ code: "unknown-tensor" });
});

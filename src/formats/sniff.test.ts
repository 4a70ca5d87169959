import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { memorySource } from "../base/byteSource.ts";
import { describeError, serializeError } from "../base/errors.ts";
import { fixtureBytes, noSiblings, producedFixtures } from "./_shared/fixtures.testkit.ts";
import { safetensorsFile } from "./_shared/safetensors.testkit.ts";
import { FORMATS } from "./registry.ts";
import { openCheckpoint } from "./sniff.ts";

/** Every file that a producer's note names, whatever format it is of: new fixtures join by themselves. */
const fixtures = producedFixtures().map(({ path }) => path);

test.each(fixtures)("%s is claimed by exactly one format", (path) => {
  const bytes = fixtureBytes(path);
  const name = path.slice(path.lastIndexOf("/") + 1);
  const claims = FORMATS.filter((format) => format.sniff({ head: bytes.subarray(0, 4096), name, size: bytes.length }));
  expect(claims.map((format) => format.manifest.id)).toHaveLength(1);
});

test("no format claims noise, or throws on it", () => {
  for (let length = 0; length < 64; length++) {
    const head = Uint8Array.from({ length }, (_, i) => (i * 37 + length * 11) & 255);
    for (const format of FORMATS) expect(format.sniff({ head, name: "noise", size: length })).toBe(false);
  }
});

const text = (value: string) => new TextEncoder().encode(value);

async function refusal(bytes: Uint8Array<ArrayBuffer>, name: string) {
  return openCheckpoint(memorySource(bytes, `file:///folder/${name}`), name, noSiblings).then(
    () => null,
    (error: unknown) => serializeError(error),
  );
}

test.each([
  [
    "a Git LFS pointer",
    text("version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 1\n"),
    /Git LFS pointer.*git lfs pull/,
  ],
  ["an empty file", new Uint8Array(), /empty \(0 bytes\)/],
  ["a web page", text("<!DOCTYPE html><html>"), /web page/],
  ["zeros", new Uint8Array(10_000), /zeros only/],
  ["gzip", Uint8Array.of(0x1f, 0x8b, 8, 0), /gzip/],
  [
    "another zip",
    zipSync({ "readme/notes.txt": text("hello") }) as Uint8Array<ArrayBuffer>,
    /zip archive.*no checkpoint that ModeScope knows/,
  ],
  ["other JSON", text('{"a": 1}'), /JSON, but no index/],
  ["a text", text("hello, this is my model"), /no checkpoint that ModeScope knows/],
])("%s gets its own sentence", async (_, bytes, message) => {
  const error = await refusal(bytes, "model.pt");
  expect(error?.details.remedy).toBeTruthy();
  expect(describeError(error!)).toMatch(message);
});

test("a checkpoint without tensors says so", async () => {
  expect(await refusal(safetensorsFile({ __metadata__: { a: "b" } }, 0), "model.safetensors")).toMatchObject({
    code: "bad-format",
    message: expect.stringContaining("holds no tensor"),
  });
});

test("a pickle that is nothing but a call is refused with what it would have run", async () => {
  const pickle = text("cposix\nsystem\n(S'true'\ntR.");
  const file = zipSync(
    { "archive/data.pkl": pickle, "archive/version": text("3\n") },
    { level: 0 },
  ) as Uint8Array<ArrayBuffer>;
  const error = await refusal(file, "model.pt");
  expect(error?.details.security?.join(" ")).toContain("posix.system");
  expect(describeError(error!)).toMatch(/posix\.system.*Nothing was executed/s);
});

test("a wrong extension is opened by its content, with a word about it", async () => {
  const bytes = fixtureBytes("safetensors/dtypes.safetensors");
  const { checkpoint, format } = await openCheckpoint(
    memorySource(bytes, "file:///m/model.pt"),
    "model.pt",
    noSiblings,
  );
  expect(format.manifest.id).toBe("safetensors");
  expect(checkpoint.findings).toEqual([
    { kind: "warning", message: expect.stringMatching(/promises.*opened by its content/) },
  ]);
});

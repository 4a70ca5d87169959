import { expect, test } from "vitest";
import { expectValues, fixtureBytes, fixtureJson, openBytes } from "../_shared/fixtures.testkit.ts";
import { npyFormat } from "./index.ts";

const expected = fixtureJson("npy/expected.json");

test.each(Object.keys(expected))("%s reads as NumPy reads it", async (name) => {
  const bytes = fixtureBytes(`npy/${name}.npy`);
  expect(npyFormat.sniff({ head: bytes.subarray(0, 4096), name: `${name}.npy`, size: bytes.length })).toBe(true);
  await expectValues(await openBytes(npyFormat, bytes, `${name}.npy`), name, expected[name]!);
});

test.each([
  ["refused-object", /Python objects/],
  ["refused-record", /Structured/],
  ["refused-text", /hold no weights/],
])("%s is refused in its own words", async (name, message) => {
  await expect(openBytes(npyFormat, fixtureBytes(`npy/${name}.npy`))).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringMatching(message),
  });
});

function npyFile(header: string, data = 64, version = 1): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(header);
  const prefix = version === 1 ? 10 : 12;
  const file = new Uint8Array(prefix + text.length + data);
  file.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  if (version === 1) new DataView(file.buffer).setUint16(8, text.length, true);
  else new DataView(file.buffer).setUint32(8, text.length, true);
  file.set(text, prefix);
  return file;
}

const dict = (shape: string, descr = "'<f4'") => `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }`;

test.each([
  ["data that are cut off", npyFile(dict("(100, 100)")), "bad-format", /needs 40000 bytes/],
  ["a shape beyond bounds", npyFile(dict("(99999999, 99999999)")), "limit-exceeded", /claims/],
  ["a negative size", npyFile(dict("(-1,)")), "bad-format", /dictionary/],
  ["a header that is code", npyFile("__import__('os').system('true')"), "bad-format", /dictionary/],
  ["a version of the future", npyFile(dict("(1,)"), 64, 9), "unsupported", /Version 9/],
  ["too many axes", npyFile(dict(`(${"1,".repeat(65)})`)), "bad-format", /shape/],
  ["an unknown dtype", npyFile(dict("(1,)", "'<f16'")), "unsupported", /f16/],
  ["a dtype that means something to JavaScript", npyFile(dict("(1,)", "'constructor'")), "unsupported", /constructor/],
  ["a file of twelve bytes less one", npyFile("", 0).slice(0, 11), "bad-format", /cut off/],
])("%s is refused", async (_, file, code, message) => {
  await expect(openBytes(npyFormat, file)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

test("a header that claims more than the file has", async () => {
  const file = npyFile(dict("(1,)"), 0, 2);
  new DataView(file.buffer).setUint32(8, 0xffffffff, true);
  await expect(openBytes(npyFormat, file)).rejects.toMatchObject({ code: "bad-format" });
});

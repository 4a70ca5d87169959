import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type ExpectedTensor, expectValues, fixtureBytes, fixtureUrl, openBytes } from "../_shared/fixtures.testkit.ts";
import { matlab73Format } from "./index.ts";

interface Expected {
  readonly tensors: Record<string, ExpectedTensor>;
  readonly texts: Record<string, string>;
}
const expected = JSON.parse(readFileSync(fixtureUrl("matlab73/expected.json"), "utf8")) as Record<string, Expected>;

test.each(Object.keys(expected))(
  "%s: arrays in MATLAB's orientation, cells under their places, texts",
  async (file) => {
    const bytes = fixtureBytes(`matlab73/${file}`);
    expect(matlab73Format.sniff({ head: bytes.subarray(0, 4096), name: file, size: bytes.length })).toBe(true);
    const checkpoint = await openBytes(matlab73Format, bytes);
    const { tensors = {}, texts = {} } = expected[file] ?? {};
    const real = checkpoint.tensors.filter(({ dtype }) => dtype !== "c128");
    expect(real.map(({ name }) => name).sort()).toEqual(Object.keys(tensors).sort());
    for (const [name, want] of Object.entries(tensors)) await expectValues(checkpoint, name, want);
    expect(checkpoint.metadata).toMatchObject(texts);
  },
);

test("logical arrays are booleans, complex ones are listed", async () => {
  const checkpoint = await openBytes(matlab73Format, fixtureBytes("matlab73/storage.mat"));
  expect(checkpoint.tensors.find(({ name }) => name === "logical")?.dtype).toBe("bool");
  expect(checkpoint.tensors.find(({ name }) => name === "z")?.dtype).toBe("c128");
});

test("references that were changed lead to nothing, or to something, and the rest opens", async () => {
  const whole = fixtureBytes("matlab73/storage.mat");
  const view = new DataView(whole.buffer);
  const references = new Set<number>();
  for (let at = 512; at + 8 <= whole.length; at += 8) {
    const value = Number(view.getBigUint64(at, true));
    // An address of an object header inside the file.
    if (
      value > 0 &&
      value + 512 < whole.length &&
      value % 8 === 0 &&
      whole[512 + value] === 1 &&
      whole[512 + value + 1] === 0
    )
      references.add(at);
  }
  expect(references.size).toBeGreaterThan(5);
  for (const at of references)
    for (const target of [0n, 96n, BigInt(at - 512), 2n ** 60n]) {
      const bytes = whole.slice();
      new DataView(bytes.buffer).setBigUint64(at, target, true);
      const opened = await openBytes(matlab73Format, bytes).catch((error: unknown) => error);
      if (opened instanceof Error) expect(opened.name).toMatch(/^(Format|Limit|ModeScope|Unsupported|ShortRead)Error$/);
    }
});

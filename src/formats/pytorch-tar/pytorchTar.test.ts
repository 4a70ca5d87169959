import { expect, test } from "vitest";
import { serializeError } from "../../base/errors.ts";
import {
  type ExpectedTensor,
  expectValues,
  fixtureBytes,
  fixtureJson,
  openBytes,
} from "../_shared/fixtures.testkit.ts";
import { pytorchTarFormat } from "./index.ts";

const good = fixtureBytes("pytorch-tar/old.pth");
const expected = fixtureJson("pytorch-tar/expected.json")["old.pth"] as unknown as Record<string, ExpectedTensor>;

test("tensors, views and strides as torch.load reads them", async () => {
  expect(pytorchTarFormat.sniff({ head: good.subarray(0, 4096), name: "old.pth", size: good.length })).toBe(true);
  const checkpoint = await openBytes(pytorchTarFormat, good);
  expect(checkpoint.tensors.map(({ name }) => name).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, want] of Object.entries(expected)) await expectValues(checkpoint, name, want);
  expect(checkpoint.metadata.epoch).toBe(3);
  expect(checkpoint.findings).toEqual([]);
});

/** The file with some bytes of a member replaced, counted from where `text` stands in it. */
function damaged(change: (bytes: Uint8Array<ArrayBuffer>, view: DataView) => void): Uint8Array<ArrayBuffer> {
  const bytes = good.slice();
  change(bytes, new DataView(bytes.buffer));
  return bytes;
}

function memberAt(name: string): number {
  const text = new TextDecoder("latin1").decode(good);
  for (let at = 0; at < good.length; at += 512) if (text.startsWith(`${name}\0`, at)) return at;
  throw new Error(`no member ${name}`);
}

test.each([
  [
    "a member without a size",
    damaged((bytes) => bytes.fill(0x7a, memberAt("tensors") + 124, memberAt("tensors") + 135)),
    /no size/,
  ],
  [
    "a member beyond the file",
    damaged((bytes) => bytes.fill(0x37, memberAt("tensors") + 124, memberAt("tensors") + 135)),
    /outside the file/,
  ],
  ["a file cut off", good.slice(0, memberAt("storages") + 512 + 40), /outside the file/],
  ["a missing member", damaged((bytes) => bytes.set([0x78], memberAt("tensors"))), /no member tensors/],
  [
    "noise instead of pickles",
    damaged((bytes) => bytes.fill(0xff, memberAt("storages") + 512, memberAt("storages") + 600)),
    /./,
  ],
])("%s is refused with a typed error", async (_, bytes, message) => {
  const error = await openBytes(pytorchTarFormat, bytes).then(
    () => null,
    (thrown: unknown) => serializeError(thrown),
  );
  expect(error?.code).toBe("bad-format");
  expect(error?.message).toMatch(message);
  expect(error?.details.remedy).toBeTruthy();
});

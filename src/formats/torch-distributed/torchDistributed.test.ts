import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { describeError, serializeError } from "../../base/errors.ts";
import { type ExpectedTensor, expectValues, fixtureUrl } from "../_shared/fixtures.testkit.ts";
import { type FolderChange, fixtureFolder } from "../_shared/folderFixture.testkit.ts";

const expected = JSON.parse(readFileSync(fixtureUrl("torch-distributed/expected.json"), "utf8")) as Record<
  string,
  Record<string, ExpectedTensor>
>;
const open = (folder: string, change: FolderChange = {}) =>
  fixtureFolder(`torch-distributed/${folder}`, change)
    .open(".metadata")
    .then(({ checkpoint }) => checkpoint);

test.each(["single", "sharded"])("%s: every tensor from its slices, as PyTorch wrote it", async (folder) => {
  const checkpoint = await open(folder);
  expect(checkpoint.format).toBe("torch-distributed");
  expect(checkpoint.tensors.map(({ name }) => name).sort()).toEqual(Object.keys(expected[folder]!).sort());
  for (const [name, want] of Object.entries(expected[folder]!)) await expectValues(checkpoint, name, want);
  expect(checkpoint.metadata.step).toBe(folder === "single" ? 7 : 40);
  expect(checkpoint.findings).toEqual([]);
  expect(checkpoint.skipped).toEqual([]);
});

test("any range of a tensor that is cut by columns reads as the whole does", async () => {
  const checkpoint = await open("sharded");
  for (const name of ["columns.weight", "cube.weight", "rows.weight", "uneven.bias"]) {
    const whole = expected.sharded![name]!.values;
    for (let start = 0; start <= whole.length; start++)
      for (let count = 0; start + count <= whole.length; count += 3)
        expect([...(await checkpoint.read(name, start, count))]).toEqual(whole.slice(start, start + count));
  }
});

test("opening reads .metadata and small objects, no tensor", async () => {
  const checkpoint = await open("single");
  const before = checkpoint.bytesRead();
  await checkpoint.read("model.weight", 0, 1);
  expect(checkpoint.bytesRead()).toBeGreaterThan(before);
});

test("a missing file costs the tensors that need it", async () => {
  const checkpoint = await open("sharded", { "__0_0.distcp": null });
  expect(checkpoint.skipped.map(({ name }) => name)).toContain("rows.weight");
  expect(checkpoint.skipped[0]?.reason).toContain("__0_0.distcp");
  expect(checkpoint.tensors.map(({ name }) => name)).toContain("norm.weight");
});

test("a truncated file costs the tensors behind its end, a damaged slice is told when it is read", async () => {
  const bytes = fixtureFolder("torch-distributed/single").bytesOf("__0_0.distcp");
  const short = await open("single", { "__0_0.distcp": bytes.slice(0, bytes.length - 1200) });
  expect(short.skipped.length).toBeGreaterThan(0);
  expect(short.skipped[0]?.reason).toMatch(/ends at byte \d+ of __0_0.distcp, which has/);
  const zeros = await open("single", { "__0_0.distcp": new Uint8Array(bytes.length) });
  const error = await zeros.read("model.weight", 0, 6).catch(serializeError);
  expect(describeError(error as ReturnType<typeof serializeError>)).toMatch(/no file that torch.save wrote/);
});

test("a file name that leaves the folder is asked of nobody but the folder", async () => {
  const folder = fixtureFolder("torch-distributed/single");
  const metadata = folder.bytesOf(".metadata");
  const at = new TextDecoder("latin1").decode(metadata).indexOf("__0_0.distcp");
  const moved = metadata.slice();
  moved.set(new TextEncoder().encode("../../../../"), at);
  const hostile = fixtureFolder("torch-distributed/single", { ".metadata": moved });
  await expect(hostile.open(".metadata")).rejects.toMatchObject({
    code: "bad-format",
    message: expect.stringContaining("../../../../"),
  });
  expect(hostile.asked).toContain("../../../../");
});

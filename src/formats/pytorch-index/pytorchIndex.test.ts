import { expect, test } from "vitest";
import { expectValues, fixtureBytes, fixtureJson } from "../_shared/fixtures.testkit.ts";
import { type FolderChange, fixtureFolder } from "../_shared/folderFixture.testkit.ts";
import { pytorchIndexFormat } from "./index.ts";

const INDEX = "pytorch_model.bin.index.json";
const SECOND = "pytorch_model-00002-of-00002.bin";
const expected = fixtureJson("pytorch-index/expected.json");
const text = (value: string) => new TextEncoder().encode(value);
const open = (change: FolderChange = {}) =>
  fixtureFolder("pytorch-index", change)
    .open(INDEX)
    .then(({ checkpoint }) => checkpoint);

test("tensors of all shards, zip and legacy alike, as one checkpoint", async () => {
  const checkpoint = await open();
  expect(checkpoint.format).toBe("pytorch-index");
  expect(checkpoint.tensors.map(({ name }) => name).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, want] of Object.entries(expected)) await expectValues(checkpoint, name, want);
  expect(checkpoint.metadata["config.json"]).toMatchObject({ model_type: "tiny" });
  expect(checkpoint.labels?.[0]).toMatchObject({
    id: "vocab.json",
    tensors: ["model.embed_tokens.weight", "lm_head.weight"],
  });
  expect(await checkpoint.labels?.[0]?.load()).toEqual(["<s>", "a", "b", "c", "d", "e"]);
});

test("each shard is opened once; a missing or damaged one costs its tensors", async () => {
  const folder = fixtureFolder("pytorch-index");
  await folder.open(INDEX);
  expect(folder.asked.filter((name) => name.endsWith(".bin"))).toHaveLength(2);
  for (const broken of [null, text("version https://git-lfs.github.com/spec/v1\n"), new Uint8Array(0)]) {
    const checkpoint = await open({ [SECOND]: broken });
    expect(checkpoint.tensors).toHaveLength(2);
    expect(checkpoint.skipped.map(({ name }) => name)).toEqual(["model.layers.0.fc.bias", "lm_head.weight"]);
    expect(checkpoint.skipped[0]?.reason).toContain(SECOND);
  }
});

test("what would run in a shard is listed, and a tensor that the index promises in vain is said", async () => {
  const evil = await open({ [SECOND]: fixtureBytes("pytorch/evil.pt") });
  expect(evil.findings).toContainEqual(expect.objectContaining({ kind: "security" }));
  expect(evil.skipped).toHaveLength(2);
});

test.each([
  ["no JSON", '{"weight_map": {"a": "x.bin"', /no valid JSON/],
  ["a file name that is no text", '{"weight_map": {"b": "x.bin", "a": 3}}', /weight_map/],
])("%s is refused", async (_, index, message) => {
  const head = text(index);
  expect(pytorchIndexFormat.sniff({ head, name: INDEX, size: head.length })).toBe(true);
  await expect(open({ [INDEX]: head })).rejects.toMatchObject({
    code: "bad-format",
    message: expect.stringMatching(message),
  });
});

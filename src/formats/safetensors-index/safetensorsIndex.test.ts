import { expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import { ModeScopeError } from "../../base/errors.ts";
import { fixtureBytes } from "../_shared/fixtures.testkit.ts";
import { safetensorsFile } from "../_shared/safetensors.testkit.ts";
import { safetensorsIndexFormat } from "./index.ts";

const FIRST = "model-00001-of-00002.safetensors";
const SECOND = "model-00002-of-00002.safetensors";

function open(index: unknown, files: Record<string, Uint8Array<ArrayBuffer>>) {
  const bytes = new TextEncoder().encode(typeof index === "string" ? index : JSON.stringify(index));
  const asked: string[] = [];
  const sibling = async (name: string) => {
    asked.push(name);
    const found = Object.hasOwn(files, name) ? files[name] : undefined;
    if (found === undefined) throw new ModeScopeError("source-missing", `${name} is not there.`);
    return memorySource(found, name);
  };
  return {
    asked,
    checkpoint: safetensorsIndexFormat.open(memorySource(bytes, "file:///m/model.safetensors.index.json"), { sibling }),
  };
}

const shards = { [FIRST]: fixtureBytes(`safetensors/${FIRST}`), [SECOND]: fixtureBytes(`safetensors/${SECOND}`) };
const index = JSON.parse(new TextDecoder().decode(fixtureBytes("safetensors/model.safetensors.index.json"))) as {
  weight_map: Record<string, string>;
};

test("tensors come from their shards, and each shard is opened once", async () => {
  const { asked, checkpoint } = open(index, shards);
  const opened = await checkpoint;
  expect(opened.tensors.map(({ name }) => name)).toEqual(["a.weight", "b.weight"]);
  expect(asked).toEqual([FIRST, SECOND]);
  expect(Array.from(await opened.read("a.weight", 0, 6))).toEqual([0, 1, 2, 3, 4, 5]);
  expect(Array.from(await opened.read("b.weight", 2, 2))).toEqual([2, 3]);
});

test("a missing or damaged shard costs its tensors, not the others", async () => {
  const missing = await open(index, { [FIRST]: shards[FIRST]! }).checkpoint;
  expect(missing.tensors.map(({ name }) => name)).toEqual(["a.weight"]);
  expect(missing.skipped).toEqual([{ name: "b.weight", reason: expect.stringContaining(SECOND) }]);
  const damaged = await open(index, { ...shards, [SECOND]: safetensorsFile(null, 0, { raw: "{" }) }).checkpoint;
  expect(damaged.skipped).toEqual([{ name: "b.weight", reason: expect.stringContaining("JSON") }]);
});

test("a tensor that the index promises but its shard lacks is said", async () => {
  const { checkpoint } = open({ weight_map: { ...index.weight_map, ghost: FIRST } }, shards);
  expect((await checkpoint).skipped).toEqual([{ name: "ghost", reason: expect.stringContaining("is not") }]);
});

test("a shard may be called anything: no name stands for the index itself", async () => {
  const { checkpoint } = open({ weight_map: { "a.weight": "index" } }, { index: shards[FIRST]! });
  expect(Array.from(await (await checkpoint).read("a.weight", 0, 6))).toEqual([0, 1, 2, 3, 4, 5]);
});

test("ten thousand shards are each asked for once, and every name has its reason", async () => {
  const names = Array.from({ length: 50_000 }, (_, at) => [`t${at}`, `shard-${at % 10_000}`]);
  const { asked, checkpoint } = open({ weight_map: Object.fromEntries(names) }, {});
  expect((await checkpoint).skipped).toHaveLength(50_000);
  expect(asked).toHaveLength(10_000);
});

test.each([
  ["no JSON", "{", /no valid JSON/],
  ["no map", { weight_map: 3 }, /weight_map/],
  ["an empty map", { weight_map: {} }, /weight_map/],
  ["a file name that is no text", { weight_map: { a: 3 } }, /weight_map/],
])("%s is refused", async (_, bad, message) => {
  await expect(open(bad, shards).checkpoint).rejects.toMatchObject({
    code: "bad-format",
    message: expect.stringMatching(message),
  });
});

import { expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import { ModeScopeError } from "../../base/errors.ts";
import { openCheckpoint } from "../sniff.ts";
import type { OpenContext } from "../types.ts";
import { safetensorsFile } from "./safetensors.testkit.ts";

const f32 = (begin: number, shape: number[]) => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, begin + 4 * shape.reduce((a, b) => a * b, 1)],
});
const MODEL = safetensorsFile({ "embed.weight": f32(0, [4, 2]), "classifier.weight": f32(32, [3, 2]) }, 56);

function opened(files: Readonly<Record<string, unknown>>) {
  const encoded = new Map(
    Object.entries(files).map(([name, file]) => [
      name,
      new TextEncoder().encode(typeof file === "string" ? file : JSON.stringify(file)),
    ]),
  );
  const context: OpenContext = {
    sibling: async (name) => {
      const bytes = encoded.get(name);
      if (bytes === undefined) throw new ModeScopeError("source-missing", "not there");
      return memorySource(bytes, `file:///m/${name}`);
    },
    list: async () => ({ entries: [...encoded.keys()].map((name) => ({ name, kind: "file" })), complete: true }),
  };
  return openCheckpoint(memorySource(MODEL, "file:///m/model.safetensors"), "model.safetensors", context).then(
    ({ checkpoint }) => checkpoint,
  );
}

const CONFIG = { model_type: "tiny", vocab_size: 4, id2label: { 0: "no", 1: "perhaps", 2: "yes" }, layers: [1, [2]] };

test("the configuration becomes metadata, classes and vocabulary labels of the rows that they name", async () => {
  const checkpoint = await opened({
    "config.json": CONFIG,
    "tokenizer.json": {
      model: { type: "BPE", vocab: { a: 0, b: 1, c: "x" } },
      added_tokens: [{ id: 2, content: "<end>" }, { id: "x" }],
    },
  });
  expect(checkpoint.metadata["config.json"]).toEqual(CONFIG);
  const [words, classes] = checkpoint.labels ?? [];
  expect(words).toMatchObject({ id: "tokenizer.json", tensors: ["embed.weight"], axis: 0 });
  expect(await words?.load()).toEqual(["a", "b", "<end>", "#3"]);
  expect(classes).toMatchObject({ id: "id2label", tensors: ["classifier.weight"] });
  expect(await classes?.load()).toEqual(["no", "perhaps", "yes"]);
});

test.each([
  ["vocab.json", { x: 3, y: 0 }, ["y", "#1", "#2", "x"]],
  ["vocab.txt", "[PAD]\r\n[UNK]\nhello\nworld", ["[PAD]", "[UNK]", "hello", "world"]],
  [
    "tokenizer.json",
    {
      model: {
        vocab: [
          ["<s>", 0],
          ["▁a", -1.5],
        ],
      },
    },
    ["<s>", "▁a", "#2", "#3"],
  ],
])("a vocabulary in %s", async (name, file, words) => {
  const checkpoint = await opened({ "config.json": CONFIG, [name]: file });
  expect(await checkpoint.labels?.[0]?.load()).toEqual(words);
});

test("what is no model's configuration, or no JSON, changes nothing", async () => {
  for (const config of ["{", "[]", { lr: 0.1 }, "null"]) {
    const checkpoint = await opened({ "config.json": config });
    expect(checkpoint.metadata).toEqual({});
    expect(checkpoint.labels).toBeUndefined();
  }
});

test("a damaged tokenizer is said when its words are asked for, not before", async () => {
  const checkpoint = await opened({ "config.json": CONFIG, "tokenizer.json": "{" });
  await expect(checkpoint.labels?.[0]?.load()).rejects.toMatchObject({
    code: "bad-format",
    message: expect.stringContaining("tokenizer.json"),
  });
});

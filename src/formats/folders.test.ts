import { expect, test } from "vitest";
import { ENTRY_NAMES, mayOpenFolder, modelInFolder } from "./folders.ts";
import { FORMATS } from "./registry.ts";

/** A folder from the paths of its files; a path that ends in "/" is an empty folder. */
function folder(...paths: string[]) {
  const asked: string[] = [];
  const list = async (below: string) => {
    asked.push(below);
    const prefix = below === "" ? "" : `${below}/`;
    const names = new Map<string, "file" | "folder">();
    for (const path of paths.filter((one) => one.startsWith(prefix))) {
      const [name = "", ...rest] = path.slice(prefix.length).split("/");
      if (name !== "") names.set(name, rest.length > 0 ? "folder" : "file");
    }
    return { entries: [...names].map(([name, kind]) => ({ name, kind })), complete: true };
  };
  return { list, asked };
}

const entryOf = async (...paths: string[]) => (await modelInFolder(folder(...paths).list))?.entry ?? null;

test("an index opens its shards, whatever else lies there", async () => {
  expect(
    await entryOf(
      "config.json",
      "model.safetensors.index.json",
      "model-00001-of-00002.safetensors",
      "model-00002-of-00002.safetensors",
      "training_args.bin",
      "onnx/model.onnx",
    ),
  ).toBe("model.safetensors.index.json");
});

test("config.json makes model.safetensors the model", async () => {
  expect(await entryOf("config.json", "model.safetensors", "tokenizer.json", "optimizer.pt")).toBe("model.safetensors");
  expect(await entryOf("model.safetensors", "other.safetensors")).toBeNull();
});

test("a series, two indices, a folder of that name, and nothing at all are no model", async () => {
  expect(await entryOf("step-000.pt", "step-100.pt", "log.csv")).toBeNull();
  expect(await entryOf("a.safetensors.index.json", "b.safetensors.index.json")).toBeNull();
  expect(await entryOf("model.safetensors.index.json/x")).toBeNull();
  expect(await entryOf()).toBeNull();
});

test("every format's entry is recognised by a folder that has just what it declares", async () => {
  const declared = FORMATS.flatMap(({ manifest }) => (manifest.folder ?? []).map((entry) => ({ manifest, entry })));
  expect(declared.length).toBeGreaterThan(2);
  for (const { manifest, entry } of declared) {
    const paths = [entry.name, ...(entry.beside ?? [])].map((pattern) => pattern.replaceAll("*", "x"));
    const { list, asked } = folder(...paths);
    const model = await modelInFolder(list);
    expect(model, `${manifest.id} ${entry.name}`).toMatchObject({ entry: paths[0], title: manifest.title });
    expect(mayOpenFolder((paths[0] ?? "").replace(/^.*\//, ""))).toBe(true);
    expect(new Set(asked).size).toBe(asked.length);
  }
  expect(new Set(ENTRY_NAMES).size).toBe(ENTRY_NAMES.length);
  expect(mayOpenFolder("notes.txt")).toBe(false);
});

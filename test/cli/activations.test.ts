import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { smallModel } from "../../src/studies/activations/smallModel.testkit.ts";
import { modescope } from "./cli.testkit.ts";
import { schemaErrors } from "./schema.testkit.ts";

let folder: string;
const path = (name: string) => join(folder, name);
const cli = (...args: string[]) => modescope(args, { cache: path("cache") });
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "modescope-cli-onnx-"));
  await writeFile(path("small.onnx"), smallModel());
  await writeFile(path("items.csv"), "item,a,b\nfirst,1,2\nsecond,-3,1\n");
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const ask = (...more: string[]) =>
  cli("activations", path("small.onnx"), "--stimuli", path("items.csv"), "--out", path("out.safetensors"), ...more);

test("activations are written, listed, and can be opened like any checkpoint", async () => {
  const { code, out } = await ask("--fill", "k=2", "--layers", "*", "--json");
  expect(code).toBe(0);
  const document = JSON.parse(out);
  expect(schemaErrors(document)).toEqual([]);
  expect(document.layers.map(({ name }: { name: string }) => name)).toEqual(["h", "s", "r", "y"]);
  const opened = JSON.parse((await cli("inspect", path("out.safetensors"), "--json")).out);
  expect(opened.tensors.map(({ name, shape }: { name: string; shape: number[] }) => [name, shape])).toEqual([
    ["h", [2, 3]],
    ["s", [2, 3]],
    ["r", [2, 3]],
    ["y", [2, 3]],
  ]);
  expect(opened.metadata.items).toBe('["first","second"]');
  const text = await ask("--fill", "k=2");
  expect(text.out).toContain("small.onnx on 2 items of items.csv: 2 layers");
});

test.each([
  [[], "items.csv has no array for the model's input x"],
  [["--fill", "k"], "--fill is NAME=VALUE with a number, not k."],
  [["--fill", "k=1", "--pooling", "max"], "--pooling is flatten, mean, mean-middle."],
  [["--fill", "k=1", "--layers", "none"], "No layer matches none."],
])("what makes no sense is refused, and nothing is written: %j", async (more, why) => {
  await rm(path("out.safetensors"), { force: true });
  const { code, err } = await ask(...more);
  expect(err).toContain(why);
  expect(code).toBe(2);
  await expect(readFile(path("out.safetensors"))).rejects.toThrow();
});

test("without items or a place for the answer the call is wrong", async () => {
  expect((await cli("activations", path("small.onnx"))).err).toContain("--stimuli FILE");
  expect((await cli("activations", path("small.onnx"), "--stimuli", path("items.csv"))).err).toContain("--out FILE");
});

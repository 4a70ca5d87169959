import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import {
  type ExpectedTensor,
  expectValues,
  fixtureBytes,
  fixtureUrl,
  noSiblings,
} from "../_shared/fixtures.testkit.ts";
import { message } from "../_shared/protobuf.testkit.ts";
import { describeTensors } from "../interpret/index.ts";
import { savedModelFormat } from "./index.ts";

const expected = JSON.parse(readFileSync(fixtureUrl("tensorflow/expected.json"), "utf8")) as Record<
  string,
  Record<string, ExpectedTensor>
>;
const open = (folder: string) =>
  savedModelFormat.open(
    memorySource(fixtureBytes(`tensorflow/${folder}/saved_model.pb`), `file:///${folder}/saved_model.pb`),
    {
      sibling: async (name) => memorySource(fixtureBytes(`tensorflow/${folder}/${name}`), `file:///${folder}/${name}`),
    },
  );

test("a Keras export: each variable once, by its own name, with the tags and version of the model", async () => {
  const checkpoint = await open("saved-model");
  expect(checkpoint.framework).toBe("keras");
  expect(checkpoint.metadata).toMatchObject({ tags: ["serve"], tensorflow: "2.21.0", checksums: "all fit" });
  const all = new Map(describeTensors(checkpoint).map((tensor) => [tensor.name, tensor]));
  expect([...all.keys()].sort()).toEqual(
    [
      "bn/beta",
      "bn/gamma",
      "bn/moving_mean",
      "bn/moving_variance",
      "conv/bias",
      "conv/kernel",
      "depth/bias",
      "depth/kernel",
      "fc/bias",
      "fc/kernel",
    ].map((name) => `net/${name}`),
  );
  expect(all.get("net/conv/kernel")).toMatchObject({
    role: "weight",
    layout: "in-out",
    matrix: { rows: 4, columns: 27 },
  });
  expect(checkpoint.skipped.filter(({ reason }) => reason.includes("stored twice"))).toHaveLength(10);
  const values = Object.values(expected["saved-model"]!).find(({ shape }) => shape.join() === "100,5");
  await expectValues(checkpoint, "net/fc/kernel", values!);
});

test("a module of plain variables", async () => {
  const checkpoint = await open("module");
  expect(checkpoint.framework).toBe("tensorflow");
  expect(checkpoint.tensors.map(({ name, dtype }) => `${name} ${dtype}`).sort()).toEqual(["half bf16", "weight f32"]);
  for (const { name } of checkpoint.tensors)
    await expectValues(checkpoint, name, expected.module![`${name}/.ATTRIBUTES/VARIABLE_VALUE`]!);
});

test("without its variables a model says what a SavedModel is", async () => {
  const source = memorySource(fixtureBytes("tensorflow/module/saved_model.pb"));
  await expect(savedModelFormat.open(source, noSiblings)).rejects.toMatchObject({
    code: "bad-format",
    details: {
      format: "saved-model",
      field: "variables/variables.index",
      remedy: expect.stringContaining("is a folder"),
    },
  });
});

test.each([
  ["cut off", fixtureBytes("tensorflow/module/saved_model.pb").slice(0, 5000)],
  ["a graph that claims more than the file", Uint8Array.of(8, 1, 0x12, 0xff, 0xff, 0x7f, 0x0a, 2, 0x22, 0)],
  [
    "a tag of a group",
    message([
      [1, 1],
      [2, Uint8Array.of(0x0b)],
    ]),
  ],
])("%s: a typed error with its place", async (_, bytes) => {
  await expect(savedModelFormat.open(memorySource(bytes), noSiblings)).rejects.toMatchObject({
    code: "bad-format",
    details: { format: "saved-model", offset: expect.any(Number), remedy: expect.any(String) },
  });
});

test("knows its own head and no other protobuf", () => {
  const head = fixtureBytes("tensorflow/module/saved_model.pb").subarray(0, 4096);
  expect(savedModelFormat.sniff({ head, name: "x", size: 1 })).toBe(true);
  const onnx = fixtureBytes("onnx/control.onnx").subarray(0, 4096);
  expect(savedModelFormat.sniff({ head: onnx, name: "saved_model.pb", size: 1 })).toBe(false);
});

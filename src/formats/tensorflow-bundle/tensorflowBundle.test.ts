import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import { type ExpectedTensor, expectValues, fixtureBytes, fixtureUrl } from "../_shared/fixtures.testkit.ts";
import { describeTensors } from "../interpret/index.ts";
import type { Checkpoint, OpenContext } from "../types.ts";
import { tensorflowBundleFormat } from "./index.ts";

const expected = JSON.parse(readFileSync(fixtureUrl("tensorflow/expected.json"), "utf8")) as Record<
  string,
  Record<string, ExpectedTensor>
>;
const beside: OpenContext = {
  sibling: async (name) => memorySource(fixtureBytes(`tensorflow/${name}`), `file:///folder/${name}`),
};
const open = (name: string) =>
  tensorflowBundleFormat.open(memorySource(fixtureBytes(`tensorflow/${name}`), `file:///folder/${name}`), beside);
const roles = (checkpoint: Checkpoint) =>
  Object.fromEntries(describeTensors(checkpoint).map(({ name, role }) => [name, role]));

test.each(["dtypes.index", "version1.index"])("%s reads as TensorFlow reads it", async (file) => {
  const checkpoint = await open(file);
  for (const [name, want] of Object.entries(expected[file]!)) await expectValues(checkpoint, name, want);
  const kept = new Set(checkpoint.tensors.map(({ name }) => name));
  expect(Object.keys(expected[file]!).filter((name) => !kept.has(name))).toEqual([]);
  expect(checkpoint.metadata.checksums).toBe("all fit");
});

test("texts and complex values are listed as what they are", async () => {
  const checkpoint = await open("dtypes.index");
  expect(checkpoint.skipped).toEqual([{ name: "texts", reason: "it holds texts" }]);
  await expect(checkpoint.read("c64", 0, 1)).rejects.toMatchObject({ code: "unsupported" });
});

test("names of TensorFlow 1: slots and averages stand beside their variable, shards together, partitioned ones are said", async () => {
  const checkpoint = await open("version1.index");
  expect(checkpoint.framework).toBe("tensorflow");
  expect(checkpoint.metadata.shards).toBe(3);
  expect(roles(checkpoint)).toEqual({
    beta1_power: "optimizer-state",
    "dense/bias": "bias",
    "dense/kernel": "weight",
    "dense/kernel/Adam": "optimizer-state",
    "dense/kernel/Adam_1": "optimizer-state",
    "dense/kernel/ExponentialMovingAverage": "ema",
    global_step: "buffer",
  });
  expect(checkpoint.skipped).toEqual([{ name: "table", reason: expect.stringContaining("partitioned into 2 slices") }]);
});

test("Keras 3: variables that hide in the optimizer's list have their own names and roles, moments are optimizer state", async () => {
  const checkpoint = await open("trained.index");
  expect(checkpoint.framework).toBe("keras");
  const all = roles(checkpoint);
  const network = Object.fromEntries(Object.entries(all).filter(([, role]) => role !== "optimizer-state"));
  expect(network).toEqual({
    "net/conv/kernel": "weight",
    "net/conv/bias": "bias",
    "net/bn/gamma": "norm",
    "net/bn/beta": "norm",
    "net/bn/moving_mean": "buffer",
    "net/bn/moving_variance": "buffer",
    "net/depth/kernel": "weight",
    "net/depth/bias": "bias",
    "net/fc/kernel": "weight",
    "net/fc/bias": "bias",
  });
  expect(Object.keys(all).filter((name) => all[name] === "optimizer-state")).toHaveLength(18);
  expect(checkpoint.skipped.map(({ name }) => name)).toEqual(["_CHECKPOINTABLE_OBJECT_GRAPH"]);
  await expectValues(
    checkpoint,
    "net/fc/kernel",
    expected["trained.index"]!["optimizer/_trainable_variables/6/.ATTRIBUTES/VARIABLE_VALUE"]!,
  );
});

test("a changed value is a warning that names the tensor, a missing shard costs its tensors", async () => {
  const data = fixtureBytes("tensorflow/trained.data-00000-of-00001");
  data[40] = (data[40] ?? 0) ^ 1;
  const index = memorySource(fixtureBytes("tensorflow/trained.index"), "file:///folder/trained.index");
  const changed = await tensorflowBundleFormat.open(index, { sibling: async (name) => memorySource(data, name) });
  expect(changed.metadata.checksums).toBe("1 do not fit");
  expect(changed.findings).toEqual([
    expect.objectContaining({ kind: "warning", message: expect.stringContaining("do not fit their checksum") }),
  ]);
  const alone = await tensorflowBundleFormat.open(index, {
    sibling: () => Promise.reject(new Error("It is not there.")),
  });
  expect(alone.tensors).toEqual([]);
  expect(alone.skipped.at(-1)?.reason).toMatch(/trained.data-00000-of-00001 cannot be read: It is not there/);
});

const shared = fileURLToPath(new URL("../../../../shared/testdata/basic-pitch/", import.meta.url));

test("a public checkpoint of Keras 2: slots are optimizer state, metrics and bookkeeping are left out with reasons", async () => {
  if (!existsSync(shared)) {
    console.log("../shared/testdata is not there: a public TensorFlow bundle not opened.");
    return;
  }
  const read = (name: string) => new Uint8Array(readFileSync(shared + name));
  const checkpoint = await tensorflowBundleFormat.open(
    memorySource(read("variables.index"), "file:///m/variables.index"),
    {
      sibling: async (name) => memorySource(read(name), name),
    },
  );
  expect(checkpoint.framework).toBe("keras");
  expect(checkpoint.metadata.checksums).toBe("all fit");
  expect(checkpoint.findings).toEqual([]);
  const all = describeTensors(checkpoint);
  const count = (role: string) => all.filter((tensor) => tensor.role === role).length;
  expect(checkpoint.skipped.filter(({ reason }) => reason.includes("Keras metric"))).toHaveLength(8);
  expect([count("weight"), count("bias"), count("norm"), count("buffer"), count("optimizer-state")]).toEqual([
    6, 6, 6, 6, 41,
  ]);
  expect(all.find(({ name }) => name === "layer_with_weights-1/kernel")?.matrix).toMatchObject({
    rows: 8,
    columns: 936,
  });
});

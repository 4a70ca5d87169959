import { zipSync } from "fflate";
import { expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import { expectValues, fixtureBytes, fixtureTables, noSiblings, openBytes } from "../_shared/fixtures.testkit.ts";
import { describeTensors } from "../interpret/index.ts";
import { openCheckpoint } from "../sniff.ts";
import { kerasFormat } from "./index.ts";

const expected = fixtureTables("keras/expected.json");
const open = (file: string) =>
  openCheckpoint(memorySource(fixtureBytes(`keras/${file}`), `file:///m/${file}`), file, noSiblings);

test.each(Object.keys(expected))("%s: every weight has the value that the model has", async (file) => {
  const { checkpoint, format } = await open(file);
  expect(format.manifest.id).toBe(file.endsWith(".keras") ? "keras" : "hdf5");
  expect(checkpoint.framework).toBe("keras");
  expect(checkpoint.findings).toEqual([]);
  const wanted = expected[file] ?? {};
  for (const [name, want] of Object.entries(wanted)) await expectValues(checkpoint, name, want);
  const described = describeTensors(checkpoint);
  const others = described.filter(({ name }) => !(name in wanted));
  for (const { name, role } of others) expect([name, role]).toEqual([name, "optimizer-state"]);
  // Two moments for each trained variable, the step and the rate: Adam's state is there, and apart.
  expect(others.length > 2).toBe(/^(keras[23]|deflated)/.test(file) && file !== "keras2-weights.h5");
});

test.each(Object.keys(expected))(
  "%s: kernels are read as (in, out), gates and normalisations are told",
  async (file) => {
    const { checkpoint } = await open(file);
    const described = describeTensors(checkpoint);
    for (const { name, layout } of described.filter(({ name, role }) => /kernel(:0)?$/.test(name) && role === "weight"))
      expect([name, layout]).toEqual([name, "in-out"]);
    if (file.startsWith("bfloat16")) return;
    const of = (pattern: RegExp) =>
      described.filter(({ name, role }) => pattern.test(name) && role !== "optimizer-state");
    expect(of(/memory.*recurrent_kernel/)[0]?.parts.map(({ label }) => label)).toEqual(["i", "f", "c", "o"]);
    expect(of(/gated.*[/]kernel/)[0]?.parts.map(({ label }) => label)).toEqual(["z", "r", "h"]);
    expect(of(/table.*embeddings/)[0]?.role).toBe("embedding");
    expect(of(/normal.*gamma/).map(({ role }) => role)).toEqual(["norm", "norm"]);
    expect(of(/moving_(mean|variance)/).map(({ role }) => role)).toEqual(["buffer", "buffer"]);
  },
);

test("layers stand in the order of the model, the optimizer last", async () => {
  for (const file of ["keras3.keras", "keras3.h5", "keras2.h5"]) {
    const { checkpoint } = await open(file);
    const layers = checkpoint.tensors.map(({ name }) => name.split("/")[1] ?? "");
    const order = [...new Set(layers)].filter((layer) =>
      ["first_conv", "normal", "separable", "layer_normal", "gated", "memory", "hidden", "head"].includes(layer),
    );
    expect(order).toEqual(["first_conv", "normal", "separable", "layer_normal", "gated", "memory", "hidden", "head"]);
    expect(checkpoint.tensors.at(-1)?.name).toMatch(/^optimizer/);
  }
});

test("the configuration is kept", async () => {
  const { checkpoint: archive } = await open("keras3.keras");
  expect(archive.metadata).toMatchObject({
    metadata: { keras_version: expect.stringMatching(/^3\./) },
    config: {
      class_name: "Functional",
      config: { layers: expect.arrayContaining([expect.objectContaining({ class_name: "GRU" })]) },
    },
  });
  const { checkpoint: legacy } = await open("keras2.h5");
  expect(legacy.metadata).toMatchObject({
    backend: "tensorflow",
    model_config: { class_name: "Functional" },
    training_config: { loss: "mse" },
    "model_weights@layer_names": expect.arrayContaining(["first_conv", "head"]),
  });
});

const text = (value: string) => new TextEncoder().encode(value);
const archive = (members: Record<string, Uint8Array>, level: 0 | 6 = 0) =>
  zipSync({ "metadata.json": text('{"keras_version": "3.0.0"}'), ...members }, { level }) as Uint8Array<ArrayBuffer>;

test("an archive without weights, or with something else in their place, is refused in words", async () => {
  await expect(openBytes(kerasFormat, archive({ "config.json": text("{}") }))).rejects.toMatchObject({
    code: "bad-format",
    message: expect.stringContaining("model.weights.h5"),
  });
  await expect(openBytes(kerasFormat, archive({ "model.weights.h5": text("no HDF5 at all") }))).rejects.toMatchObject({
    code: "bad-format",
    message: expect.stringContaining("no HDF5 signature"),
  });
});

test("a configuration that is no JSON, or nested without end, costs itself alone", async () => {
  const weights = fixtureBytes("keras/bfloat16.weights.h5");
  const broken = await openBytes(kerasFormat, archive({ "config.json": text("{"), "model.weights.h5": weights }));
  expect(broken.tensors.length).toBe(4);
  expect(broken.findings).toEqual([expect.objectContaining({ kind: "warning", field: "config.json" })]);
  const deep = text("[".repeat(100_000) + "]".repeat(100_000));
  const nested = await openBytes(kerasFormat, archive({ "config.json": deep, "model.weights.h5": weights }, 6));
  expect(nested.tensors.length).toBe(4);
  expect(JSON.stringify(nested.metadata.config).length).toBeLessThan(1000);
});

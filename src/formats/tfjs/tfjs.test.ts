import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import { describeError, serializeError } from "../../base/errors.ts";
import { type ExpectedTensor, expectValues, fixtureBytes, fixtureUrl } from "../_shared/fixtures.testkit.ts";
import { describeTensors } from "../interpret/index.ts";
import { matrixOf } from "../interpret/interpret.testkit.ts";
import type { OpenContext } from "../types.ts";
import { tfjsFormat } from "./index.ts";

const expected = JSON.parse(readFileSync(fixtureUrl("tfjs/expected.json"), "utf8")) as Record<
  string,
  Record<string, ExpectedTensor>
>;
const open = (folder: string) =>
  tfjsFormat.open(memorySource(fixtureBytes(`tfjs/${folder}/model.json`), `file:///${folder}/model.json`), {
    sibling: async (name) => memorySource(fixtureBytes(`tfjs/${folder}/${name}`), name),
  });

test.each(Object.keys(expected))("%s: every weight as the converter's own reader gives it back", async (folder) => {
  const checkpoint = await open(folder);
  expect(checkpoint.tensors.map(({ name }) => name).sort()).toEqual(Object.keys(expected[folder]!).sort());
  expect(checkpoint.skipped).toEqual([]);
  for (const [name, want] of Object.entries(expected[folder]!)) await expectValues(checkpoint, name, want);
});

test("a layers model: weights that cross files, classes of layers, metadata of the user", async () => {
  const checkpoint = await open("layers");
  expect(checkpoint.framework).toBe("keras");
  expect(checkpoint.tensors.some(({ byteRange }) => byteRange === undefined)).toBe(true);
  expect(checkpoint.metadata).toMatchObject({
    format: "layers-model",
    convertedBy: expect.stringContaining("4.22.0"),
    userDefinedMetadata: { classes: ["cat", "dog"] },
    layers: { conv: "Conv2D", bn: "BatchNormalization", depth: "DepthwiseConv2D", fc: "Dense" },
  });
  expect(await checkpoint.labels?.[0]?.load()).toEqual(["cat", "dog"]);
  const kernel = describeTensors(checkpoint).find(({ name }) => name.endsWith("conv/kernel"));
  expect(kernel).toMatchObject({ role: "weight", layout: "in-out" });
  expect(matrixOf(kernel!)).toBe("conv-reshaped [3]x[0,1,2] 4x18");
});

test.each([
  ["uint8", "u8_affine", /quantized \(8 bits/],
  ["uint16", "u16_affine", /quantized \(16 bits/],
] as const)("%s weights are dequantized, and a finding says so", async (folder, dtype, message) => {
  const checkpoint = await open(folder);
  expect(checkpoint.tensors.map((tensor) => tensor.dtype)).toContain(dtype);
  expect(checkpoint.findings).toEqual([{ kind: "warning", message: expect.stringMatching(message) }]);
  expect(describeTensors(checkpoint).find(({ name }) => name.endsWith("fc/kernel"))?.matrix).toMatchObject({
    rows: 6,
    columns: 100,
  });
});

test("float16 weights are float16", async () => {
  const checkpoint = await open("float16");
  expect(new Set(checkpoint.tensors.map(({ dtype }) => dtype))).toEqual(new Set(["f16"]));
  expect(checkpoint.findings).toEqual([]);
});

test("a graph model: the node that takes a weight tells its layout, the graph is kept", async () => {
  const checkpoint = await open("graph");
  expect(checkpoint.framework).toBe("tensorflow");
  const of = (shape: string) => describeTensors(checkpoint).find((tensor) => tensor.shape.join() === shape)!;
  expect(matrixOf(of("3,3,2,4"))).toBe("conv-reshaped [3]x[0,1,2] 4x18");
  // Multiplied with transpose_b: nine outputs of four inputs.
  expect(matrixOf(of("9,4"))).toBe("linear [0]x[1] 9x4");
  expect(matrixOf(of("9,5"))).toBe("linear [1]x[0] 5x9");
  expect(of("7,5").role).toBe("embedding");
  expect(of("5").role).toBe("bias");
  expect(checkpoint.graph?.nodes.map(({ op }) => op)).toEqual(expect.arrayContaining(["Conv2D", "GatherV2"]));
  expect(checkpoint.graph?.inputs).toEqual(expect.arrayContaining(["x", "tokens"]));
});

const json = (value: unknown) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const DATA = new Uint8Array(64).fill(1);
const files: OpenContext = {
  sibling: async (name) => {
    if (name === "b.bin") throw new Error("It is not there.");
    if (name.includes("..") || name.startsWith("/")) throw new Error("would leave its folder");
    return memorySource(DATA, name);
  },
};
const openJson = (value: unknown, context = files) =>
  tfjsFormat.open(memorySource(json(value), "file:///m/model.json"), context);
const model = (weights: readonly unknown[], paths: readonly unknown[] = ["a.bin"]) => ({
  format: "layers-model",
  weightsManifest: [{ paths, weights }],
});
const weight = (name: string, shape: readonly unknown[], dtype = "float32", more = {}) => ({
  name,
  shape,
  dtype,
  ...more,
});

test.each([
  ["no JSON", '{"modelTopology": {', /no valid JSON/],
  ["brackets without end", "[".repeat(500_000), /no valid JSON/],
  ["no manifest", { modelTopology: {} }, /must be a list of groups/],
  ["a group that is a number", { weightsManifest: [5] }, /list of paths/],
  ["a path that is a number", model([], [5]), /list of paths/],
])("%s is refused with field and offset", async (_, value, message) => {
  const error = await openJson(value).then(
    () => null,
    (thrown: unknown) => serializeError(thrown),
  );
  expect(error).toMatchObject({
    code: "bad-format",
    details: { format: "tfjs", field: expect.any(String), offset: 0 },
  });
  expect(describeError(error!)).toMatch(message);
});

test("a damaged weight costs what cannot be placed without it, not the file", async () => {
  const checkpoint = await openJson(
    model([
      weight("first", [2]),
      weight("complex", [1], "complex64"),
      weight("first", [1]),
      weight("too long", [1000]),
      weight("overflow", [2 ** 40, 2 ** 40]),
      weight("behind", [1]),
    ]),
  );
  expect(checkpoint.tensors.map(({ name }) => name)).toEqual(["first", "complex"]);
  const reasons = checkpoint.skipped.map(({ name, reason }) => `${name}: ${reason}`).join("\n");
  for (const pattern of [
    /first: another weight/,
    /too long: it needs the bytes 20 to 4020.*64 are there/,
    /overflow: .*too many/,
    /behind: it lies behind overflow/,
  ])
    expect(reasons).toMatch(pattern);
});

test("texts are walked past by their lengths; lengths that lie end there", async () => {
  const texts = new Uint8Array(64);
  new DataView(texts.buffer).setUint32(0, 3, true);
  new DataView(texts.buffer).setFloat32(7, 2.5, true);
  const context: OpenContext = { sibling: async (name) => memorySource(texts, name) };
  const good = await openJson(model([weight("labels", [1], "string"), weight("w", [1])]), context);
  expect(Array.from(await good.read("w", 0, 1))).toEqual([2.5]);
  expect(good.skipped).toEqual([{ name: "labels", reason: "it holds texts" }]);
  const lying = await openJson(model([weight("labels", [9], "string"), weight("w", [1])]));
  expect(lying.tensors).toEqual([]);
  expect(lying.skipped.at(-1)?.reason).toMatch(/needs the bytes|behind labels/);
});

test("a list of texts is words for an axis, read when it is asked for, across files", async () => {
  const words = ["ts", "", "größer"];
  const stored = words.map((word) => new TextEncoder().encode(word));
  const bytes = new Uint8Array(stored.reduce((sum, { length }) => sum + 4 + length, 0) + 4);
  let at = 0;
  for (const word of stored) {
    new DataView(bytes.buffer).setUint32(at, word.length, true);
    bytes.set(word, at + 4);
    at += 4 + word.length;
  }
  const halves: Record<string, Uint8Array<ArrayBuffer>> = { "a.bin": bytes.slice(0, 9), "b.bin": bytes.slice(9) };
  const context: OpenContext = { sibling: async (name) => memorySource(halves[name]!, name) };
  const opened = await openJson(
    model([weight("classes", [3], "string"), weight("w", [1])], ["a.bin", "b.bin"]),
    context,
  );
  expect(opened.labels?.map(({ id, title }) => [id, title])).toEqual([["classes", "3 texts of classes"]]);
  expect(await opened.labels![0]!.load()).toEqual(words);
  // A single text is data, and so is a table of them.
  expect((await openJson(model([weight("one", [1], "string")], ["a.bin", "b.bin"]), context)).labels).toBeUndefined();
});

test("a missing file costs what lies in it and behind it; no path leaves the folder", async () => {
  const missing = await openJson(model([weight("a", [16]), weight("b", [4])], ["a.bin", "b.bin", "c.bin"]));
  expect(missing.tensors.map(({ name }) => name)).toEqual(["a"]);
  expect(missing.skipped).toEqual([
    { name: "b", reason: expect.stringMatching(/b.bin cannot be read: It is not there/) },
  ]);
  const outside = await openJson(model([weight("a", [1])], ["../../secret.bin"]));
  expect(outside.tensors).toEqual([]);
  expect(outside.skipped[0]?.reason).toMatch(/would leave its folder/);
});

test("records that are none, and names of JavaScript's own", async () => {
  const raw =
    '{"weightsManifest":[{"paths":["a.bin"],"weights":[{"name":"__proto__","shape":[2],"dtype":"float32"},{"shape":5},{"name":"x","shape":[1],"dtype":"float32"}]}],"modelTopology":{"__proto__":{"a":1}}}';
  const checkpoint = await openJson(raw);
  expect(checkpoint.tensors.map(({ name }) => name)).toEqual(["__proto__"]);
  expect(checkpoint.skipped.map(({ name }) => name)).toEqual(["a weight without a name", "x"]);
  const odd = await openJson(
    model([weight("w", [4], "float32", { quantization: { dtype: "uint4", scale: 1, min: 0 } })]),
  );
  expect(odd.skipped).toEqual([{ name: "w", reason: "its data type uint4 is not read" }]);
});

test.each(["constructor", "__proto__", "toString"])(
  "a data type by the name %s is one that is not read",
  async (dtype) => {
    const plain = await openJson(model([weight("w", [1], dtype)]));
    expect(plain.skipped).toEqual([{ name: "w", reason: `its data type ${dtype} is not read` }]);
    const quantized = await openJson(
      model([weight("w", [1], "float32", { quantization: { dtype, scale: 1, min: 0 } })]),
    );
    expect(quantized.skipped).toEqual([{ name: "w", reason: `its data type ${dtype} is not read` }]);
  },
);

test("knows both kinds of model and bare manifests, no other JSON", () => {
  const sniff = (value: unknown) => tfjsFormat.sniff({ head: json(value).subarray(0, 4096), name: "x.json", size: 1 });
  expect(sniff(model([]))).toBe(true);
  expect(sniff({ format: "graph-model", modelTopology: {} })).toBe(true);
  expect(sniff([{ weights: [], paths: [] }])).toBe(true);
  expect(sniff({ weight_map: {}, metadata: {} })).toBe(false);
  expect(sniff([{ a: 1 }])).toBe(false);
  expect(sniff({ architectures: ["x"] })).toBe(false);
});

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import { DTYPES } from "../../base/dtype.ts";
import { countingSource, fixtureBytes, fixtureJson, noSiblings, openBytes } from "../_shared/fixtures.testkit.ts";
import { describeTensors } from "../interpret/index.ts";
import { partsOf } from "../interpret/interpret.testkit.ts";
import { ggufFormat } from "./index.ts";

const open = (name: string) => openBytes(ggufFormat, fixtureBytes(`gguf/${name}`), name);

test("every element type dequantizes to the gguf package's own bits", async () => {
  const checkpoint = await open("quants.gguf");
  const wanted = new Float32Array(fixtureBytes("gguf/quants.f32").buffer);
  expect(checkpoint.tensors).toHaveLength(39);
  expect(wanted.length).toBe(39 * 1024);
  for (const [index, { name, dtype, elements }] of checkpoint.tensors.entries()) {
    const values = await checkpoint.read(name, 0, elements);
    expect(values instanceof Float32Array || !DTYPES[dtype].fitsFloat32, name).toBe(true);
    const single = Float32Array.from(values);
    const want = wanted.subarray(index * 1024, (index + 1) * 1024);
    expect(bitsOf(single), name).toEqual(bitsOf(want));
  }
  expect(new Set(checkpoint.tensors.map(({ dtype }) => dtype)).size).toBe(31);
});

/** Minus zero and zero are the same weight: the package's order of operations leaves one or the other. */
const bitsOf = (values: Float32Array) => Array.from(values, (value) => (value === 0 ? 0 : value));

test("any stretch of a tensor reads the same as the whole", async () => {
  const checkpoint = await open("quants.gguf");
  for (const name of ["q4_k.random.weight", "q8_0.signal.weight", "iq3_s.random.weight", "f16.weight"]) {
    const whole = Array.from(await checkpoint.read(name, 0, 1024));
    for (const [start, count] of [
      [0, 0],
      [0, 1],
      [255, 2],
      [31, 700],
      [1023, 1],
    ] as const) {
      expect(Array.from(await checkpoint.read(name, start, count)), name).toEqual(whole.slice(start, start + count));
    }
  }
});

test("a model has its metadata, shapes with the slowest axis first, and a vocabulary on demand", async () => {
  const { source, bytesRead } = countingSource(fixtureBytes("gguf/model.gguf"));
  const checkpoint = await ggufFormat.open(source, noSiblings);
  expect(bytesRead()).toBe(checkpoint.bytesRead());
  expect(checkpoint.metadata).toMatchObject({
    "general.architecture": "llama",
    "general.name": "tiny",
    "tiny.flag": true,
    "tiny.double": 0.1,
    "tiny.far": -(2 ** 50),
    "tiny.beyond": "9223372036854775809",
    "tiny.sizes": [1, 2, 3],
    "tokenizer.ggml.tokens": "300 × string",
    "tokenizer.ggml.scores": "300 × f32",
  });
  const [labels] = checkpoint.labels ?? [];
  expect(labels).toMatchObject({ id: "vocabulary", tensors: ["token_embd.weight", "output.weight"], axis: 0 });
  const tokens = await labels?.load();
  expect(tokens).toHaveLength(300);
  expect([tokens?.[0], tokens?.[299]]).toEqual(["▁tok0", "▁tok299"]);
  for (const [name, want] of Object.entries(fixtureJson("gguf/expected.json"))) {
    expect(checkpoint.tensors.find((tensor) => tensor.name === name)?.shape, name).toEqual(want.shape);
    expect(Array.from(await checkpoint.read(name, 0, want.values.length)), name).toEqual(want.values);
  }
});

test("roles and parts come from llama.cpp's names and the model's own sizes", async () => {
  const described = new Map(describeTensors(await open("model.gguf")).map((tensor) => [tensor.name, tensor]));
  const role = (name: string) => described.get(name)?.role;
  expect(role("token_embd.weight")).toBe("embedding");
  expect(role("output_norm.weight")).toBe("norm");
  expect(role("rope_freqs.weight")).toBe("buffer");
  expect(role("output.weight")).toBe("weight");
  expect(described.get("blk.0.ffn_down.weight")?.matrix).toMatchObject({ rows: 32, columns: 64 });
  // Four heads of eight for the queries, two for keys and values.
  expect(partsOf(described.get("blk.0.attn_qkv.weight")!)).toBe("q 0+32@0, k 32+16@0, v 48+16@0");
  expect(described.get("blk.0.ffn_up_exps.weight")?.matrix).toBeUndefined();
  expect(described.get("blk.0.ffn_up_exps.weight")?.evidence).toContain("one matrix for each expert");
});

test("a split model opens whole from any of its files, and says which part is missing", async () => {
  const names = ["split-00001-of-00003.gguf", "split-00002-of-00003.gguf", "split-00003-of-00003.gguf"];
  const whole = await open("model.gguf");
  for (const name of names) {
    const checkpoint = await ggufFormat.open(memorySource(fixtureBytes(`gguf/${name}`), `file:///folder/${name}`), {
      sibling: async (other) => memorySource(fixtureBytes(`gguf/${other}`), `file:///folder/${other}`),
    });
    expect(checkpoint.tensors.map((tensor) => tensor.name).sort()).toEqual(
      whole.tensors.map((tensor) => tensor.name).sort(),
    );
    expect(await checkpoint.labels?.[0]?.load()).toHaveLength(300);
    expect(describeTensors(checkpoint).find((tensor) => tensor.name.includes("qkv"))?.parts).toHaveLength(3);
  }
  const alone = await ggufFormat.open(
    memorySource(fixtureBytes(`gguf/${names[1]}`), `file:///folder/${names[1]}`),
    noSiblings,
  );
  expect(alone.tensors.length).toBe(4);
  expect(alone.findings.map(({ message }) => message).join()).toMatch(/split-00001-of-00003.*cannot be read/);
});

test("quantized files say that their values are dequantized", async () => {
  const { findings } = await open("quants.gguf");
  expect(findings).toEqual([
    { kind: "warning", message: expect.stringMatching(/31 of 39 tensors are quantized.*rounding noise/) },
  ]);
});

const shared = fileURLToPath(new URL("../../../../shared/testdata/gguf/tiny.gguf", import.meta.url));

test("a public GGUF opens", async () => {
  if (!existsSync(shared)) {
    console.log("../shared/testdata is not there: a public GGUF not opened.");
    return;
  }
  const checkpoint = await openBytes(ggufFormat, new Uint8Array(readFileSync(shared)));
  expect(checkpoint.metadata["general.architecture"]).toBe("llama");
  expect(checkpoint.skipped).toEqual([]);
  for (const { name, elements } of checkpoint.tensors) {
    const values = await checkpoint.read(name, 0, elements);
    expect(values.every(Number.isFinite), name).toBe(true);
  }
});

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { memorySource } from "../../../base/byteSource.ts";
import { describeTensors } from "../../interpret/index.ts";
import { openCheckpoint } from "../../sniff.ts";
import type { Checkpoint } from "../../types.ts";
import { type ExpectedTensor, fixtureUrl, noSiblings } from "../fixtures.testkit.ts";
import { fixtureFolder } from "../folderFixture.testkit.ts";
import { safetensorsFile } from "../safetensors.testkit.ts";
import { fieldOf } from "./packedInts.ts";

type Expected = Record<string, Record<string, ExpectedTensor & { readonly starts?: Record<string, number[]> }>>;
const expectedOf = (folder: string) =>
  JSON.parse(readFileSync(fixtureUrl(`${folder}/expected.json`), "utf8")) as Expected;

function openFixture(path: string): Promise<Checkpoint> {
  const cut = path.lastIndexOf("/");
  return fixtureFolder(path.slice(0, cut))
    .open(path.slice(cut + 1))
    .then(({ checkpoint }) => checkpoint);
}

/** Whole, and from an odd place on, so that ranges begin inside words, bytes and blocks. */
async function expectClose(checkpoint: Checkpoint, name: string, want: ExpectedTensor, relative: number) {
  const tensor = checkpoint.tensors.find((one) => one.name === name);
  expect(tensor?.shape, name).toEqual(want.shape);
  const wanted = want.values.map(Number);
  const size = Math.max(...wanted.map(Math.abs));
  for (const start of [0, 1, 37].filter((at) => at < wanted.length)) {
    const values = await checkpoint.read(name, start, wanted.length - start);
    const worst = Math.max(...[...values].map((value, i) => Math.abs(value - (wanted[start + i] ?? Number.NaN))));
    expect(worst / size, `${name} from ${start}`).toBeLessThanOrEqual(relative);
  }
}

test.each(["plain", "rslora", "transposed"])("adapters/%s: ΔW as PEFT computes it, with its scale", async (variant) => {
  const checkpoint = await openFixture(`adapters/${variant}/adapter_model.safetensors`);
  const wanted = expectedOf("adapters")[variant]!;
  const products = checkpoint.tensors.filter(({ derivedFrom }) => derivedFrom !== undefined);
  expect(products.map(({ name }) => name).sort()).toEqual(Object.keys(wanted).sort());
  for (const [name, want] of Object.entries(wanted)) await expectClose(checkpoint, name, want, 2e-6);
});

test("factors are never weights, and the product says its rank and scale", async () => {
  const described = describeTensors(await openFixture("adapters/rslora/adapter_model.safetensors"));
  const factors = described.filter(({ name }) => /lora_[AB]/.test(name));
  expect(factors).toHaveLength(2);
  for (const factor of factors) {
    expect(factor).toMatchObject({ role: "factor", layout: "none", parts: [] });
    expect(factor.matrix).toBeUndefined();
  }
  const delta = described.find(({ name }) => name.endsWith("delta_weight"));
  expect(delta).toMatchObject({ role: "weight", layout: "out-in", storedBytes: 0 });
  expect(delta?.evidence).toContain("s = 9/√3 = 5.19615");
  expect(delta?.matrix).toMatchObject({ rows: 7, columns: 5 });
});

test("the update of a convolution or of a fused projection is read like the weight itself", async () => {
  const described = describeTensors(await openFixture("adapters/plain/adapter_model.safetensors"));
  expect(described.find(({ name }) => name.endsWith("conv.delta_weight"))?.matrix).toMatchObject({
    kind: "conv-reshaped",
    rows: 4,
    columns: 27,
  });
  const transposed = describeTensors(await openFixture("adapters/transposed/adapter_model.safetensors"));
  expect(transposed.find(({ name }) => name.endsWith("c_attn.delta_weight"))).toMatchObject({
    layout: "in-out",
    evidence: expect.stringContaining("c_attn"),
  });
});

test("beyond the rank nothing is left but rounding of 1e-15: the 3×3 minors of a rank-2 update vanish", async () => {
  const checkpoint = await openFixture("adapters/plain/adapter_model.safetensors");
  const m = await checkpoint.read("base_model.model.q_proj.delta_weight", 0, 35);
  const at = (row: number, column: number) => m[row * 5 + column] ?? Number.NaN;
  const minor = (r: number, c: number) =>
    at(r, c) * (at(r + 1, c + 1) * at(r + 2, c + 2) - at(r + 1, c + 2) * at(r + 2, c + 1)) -
    at(r, c + 1) * (at(r + 1, c) * at(r + 2, c + 2) - at(r + 1, c + 2) * at(r + 2, c)) +
    at(r, c + 2) * (at(r + 1, c) * at(r + 2, c + 1) - at(r + 1, c + 1) * at(r + 2, c));
  const size = Math.max(...[...m].map(Math.abs));
  for (let r = 0; r < 5; r++) for (let c = 0; c < 3; c++) expect(Math.abs(minor(r, c))).toBeLessThan(1e-13 * size ** 3);
});

test("an update without a known scale says so", async () => {
  const f32 = (begin: number, shape: number[]) => ({ dtype: "F32", shape, data_offsets: [begin, begin + 8] });
  const bytes = safetensorsFile({ "x.lora_A.weight": f32(0, [1, 2]), "x.lora_B.weight": f32(8, [2, 1]) }, 16);
  const { checkpoint } = await openCheckpoint(
    memorySource(bytes, "file:///m/a.safetensors"),
    "a.safetensors",
    noSiblings,
  );
  expect(checkpoint.findings[0]?.message).toMatch(/scale of 1 low-rank updates is not known/);
  expect(checkpoint.tensors[0]).toMatchObject({ name: "x.delta_weight", shape: [2, 2] });
});

test.each(["gptq/model.safetensors", "gptq-v2/model.safetensors", "awq.safetensors", "float8.safetensors"])(
  "quantized/%s: weights as their layout says",
  async (file) => {
    const checkpoint = await openFixture(`quantized/${file}`);
    for (const [name, want] of Object.entries(expectedOf("quantized")[file]!))
      await expectClose(checkpoint, name, want, 1e-7);
    for (const tensor of describeTensors(checkpoint))
      expect(tensor.role, tensor.name).toBe(tensor.derivedFrom === undefined ? "buffer" : "weight");
  },
);

test("quantized/bitsandbytes: nf4, fp4, nested maxima and int8 as the library dequantizes them", async () => {
  const checkpoint = await openFixture("quantized/bitsandbytes.safetensors");
  const wanted = expectedOf("quantized")["bitsandbytes.safetensors"]!;
  for (const [name, want] of Object.entries(wanted)) {
    if (want.starts === undefined) {
      await expectClose(checkpoint, name, want, 2e-7);
      continue;
    }
    expect(checkpoint.tensors.find((tensor) => tensor.name === name)?.shape).toEqual(want.shape);
    for (const [at, values] of Object.entries(want.starts)) {
      const read = await checkpoint.read(name, Number(at), values.length);
      values.forEach((value, i) => {
        expect(Math.abs((read[i] ?? Number.NaN) - value)).toBeLessThanOrEqual(4e-7 * Math.abs(value));
      });
    }
  }
  const roles = new Map(describeTensors(checkpoint).map(({ name, role }) => [name, role]));
  expect(roles.get("a.weight")).toBe("weight");
  expect(roles.get("a.weight (packed)")).toBe("buffer");
  expect(roles.get("a.weight.absmax")).toBe("buffer");
  expect(roles.get("d.bias")).toBe("bias");
});

test("parts that do not fit together cost their weight, not the file", async () => {
  const state = new TextEncoder().encode('{"shape":[1000,1000],"blocksize":64}');
  const header = {
    "w.weight": { dtype: "U8", shape: [4, 1], data_offsets: [0, 4] },
    "w.weight.absmax": { dtype: "F32", shape: [1], data_offsets: [4, 8] },
    "w.weight.quant_map": { dtype: "F32", shape: [16], data_offsets: [8, 72] },
    "w.weight.quant_state.bitsandbytes__nf4": {
      dtype: "U8",
      shape: [state.length],
      data_offsets: [72, 72 + state.length],
    },
  };
  const bytes = safetensorsFile(header, 72 + state.length);
  bytes.set(state, bytes.length - state.length);
  const { checkpoint } = await openCheckpoint(
    memorySource(bytes, "file:///m/a.safetensors"),
    "a.safetensors",
    noSiblings,
  );
  expect(checkpoint.skipped).toEqual([{ name: "w.weight", reason: expect.stringMatching(/do not fit/) }]);
  expect(checkpoint.tensors.length).toBe(3);
});

test.each([2, 3, 4, 8])("fields of %i bits come out of their words, also across two of them", (bits) => {
  const fields = Array.from({ length: 32 }, (_, i) => (i * 7 + 3) % 2 ** bits);
  const words = new Float64Array(bits);
  let all = 0n;
  fields.forEach((field, i) => {
    all |= BigInt(field) << BigInt(i * bits);
  });
  for (let word = 0; word < bits; word++) words[word] = Number(BigInt.asIntN(32, all >> BigInt(32 * word)));
  expect(fields.map((_, i) => fieldOf(words, 0, 1, i, bits))).toEqual(fields);
});

// Real checkpoints that nobody on this project made: each opens as what it is, or is refused with the right sentence.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { memorySource } from "../../src/base/byteSource.ts";
import { describeError, serializeError } from "../../src/base/errors.ts";
import type { TensorInfo } from "../../src/base/tensor.ts";
import { describeTensors } from "../../src/formats/interpret/index.ts";
import { openCheckpoint } from "../../src/formats/sniff.ts";
import type { Checkpoint } from "../../src/formats/types.ts";
import { exactSingularValues } from "../../src/numerics/svd/singularValues.ts";

const folder = fileURLToPath(new URL("../../../shared/testdata/", import.meta.url));
const here = existsSync(folder);
if (!here)
  console.log("../shared/testdata is not there: public files are not opened; every format has fixtures of its own.");

/** By path: the format's id, or what a refusal must say. Paths end in `*` for a series. */
const WANTED: readonly (readonly [string, string | RegExp])[] = [
  ["basic-pitch/nmp.onnx", "onnx"],
  ["basic-pitch/nmp.tflite", /TensorFlow Lite model, which is not read/],
  ["basic-pitch/variables.index", "tensorflow-bundle"],
  ["basic-pitch/variables.data-00000-of-00001", /no checkpoint that ModeScope knows/],
  ["gguf/tiny.gguf", "gguf"],
  ["keras-series/*", "hdf5"],
  ["lpips/*", "pytorch-legacy"],
  ["silero-vad/silero_vad.jit", "torchscript"],
  ["silero-vad/silero_vad_16k.safetensors", "safetensors"],
  ["weightlens/*", "pytorch"],
];

const source = (path: string) => memorySource(new Uint8Array(readFileSync(folder + path)), `file:///testdata/${path}`);

const open = (path: string) =>
  openCheckpoint(source(path), path.slice(path.lastIndexOf("/") + 1), {
    sibling: async (name) => source(path.slice(0, path.lastIndexOf("/") + 1) + name),
  });

function filesOf(below = ""): string[] {
  return readdirSync(folder + below).flatMap((name) => {
    const path = `${below}${name}`;
    return statSync(folder + path).isDirectory() ? filesOf(`${path}/`) : [path];
  });
}

const wantedFor = (path: string) =>
  WANTED.find(([pattern]) => (pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern))?.[1];

test.each(here ? filesOf().filter((path) => path !== "README.md") : ["(absent)"])("%s", async (path) => {
  if (!here) return expect(here).toBe(false);
  const wanted = wantedFor(path);
  expect(wanted, "an expectation for every file").toBeDefined();
  const opened = await open(path).catch((error: unknown) => serializeError(error));
  if (wanted instanceof RegExp) {
    expect("code" in opened && describeError(opened)).toMatch(wanted);
    expect("code" in opened && opened.details.remedy).toBeTruthy();
    return;
  }
  expect("format" in opened ? opened.format.manifest.id : opened).toBe(wanted);
  if (!("checkpoint" in opened)) return;
  const { checkpoint } = opened;
  expect(checkpoint.tensors.length).toBeGreaterThan(0);
  expect(checkpoint.findings.filter(({ kind }) => kind === "security")).toEqual([]);
  // The last element of every tensor is there: nothing that is listed lies outside its file.
  for (const { name, elements, dtype } of checkpoint.tensors)
    if (elements > 0 && !dtype.startsWith("c")) expect(await checkpoint.read(name, elements - 1, 1)).toHaveLength(1);
});

/** Names of the 16 kHz branch in the archive beside those of the plain file: the converter's renaming, spelled out. */
const SILERO: readonly (readonly [string, string])[] = [
  ["stft_conv.weight", "_model.stft.forward_basis_buffer"],
  ...[1, 2, 3, 4].flatMap((n) =>
    ["weight", "bias"].map((leaf) => [`conv${n}.${leaf}`, `_model.encoder.${n - 1}.reparam_conv.${leaf}`] as const),
  ),
  ...["weight_ih", "weight_hh", "bias_ih", "bias_hh"].map(
    (leaf) => [`lstm_cell.${leaf}`, `_model.decoder.rnn.${leaf}`] as const,
  ),
  ...["weight", "bias"].map((leaf) => [`final_conv.${leaf}`, `_model.decoder.decoder.2.${leaf}`] as const),
];

async function spectrumOf(checkpoint: Checkpoint, tensor: TensorInfo): Promise<number[]> {
  const rows = tensor.shape[0] ?? 1;
  const data = Float64Array.from(await checkpoint.read(tensor.name, 0, tensor.elements));
  return Array.from(exactSingularValues({ rows, columns: tensor.elements / rows, data }).values);
}

test("one network as safetensors and as TorchScript: every tensor by its name, every spectrum the same", async () => {
  const [plain, script] = await Promise.all(
    ["branches.safetensors", "branches.pt"].map(async (name) => {
      const bytes = new Uint8Array(readFileSync(new URL(`../fixtures/torchscript/${name}`, import.meta.url)));
      const { checkpoint } = await openCheckpoint(memorySource(bytes, `file:///f/${name}`), name, {
        sibling: () => Promise.reject(new Error("no sibling is needed")),
      });
      return { checkpoint, tensors: describeTensors(checkpoint) };
    }),
  );
  if (plain === undefined || script === undefined) return expect.unreachable();
  const own = script.tensors.filter(({ name }) => !name.startsWith("constants/"));
  expect(own.map(({ name }) => name).sort()).toEqual(plain.tensors.map(({ name }) => name).sort());
  for (const one of plain.tensors) {
    const other = own.find(({ name }) => name === one.name);
    if (other === undefined) return expect.unreachable();
    for (const fact of ["shape", "role", "layout", "matrix", "parts"] as const)
      expect(other[fact], `${fact} of ${one.name}`).toEqual(one[fact]);
    if (one.shape.length < 2) continue;
    const spectrum = await spectrumOf(plain.checkpoint, one);
    expect(spectrum[0]).toBeGreaterThan(0);
    expect(await spectrumOf(script.checkpoint, other), one.name).toEqual(spectrum);
  }
});

test("silero: the same network from two formats has the same shapes, roles and parts, and the same fixed basis", async () => {
  if (!here) return expect(here).toBe(false);
  const [plain, script] = await Promise.all(
    ["silero-vad/silero_vad_16k.safetensors", "silero-vad/silero_vad.jit"].map(async (path) => {
      const { checkpoint } = await open(path);
      return { checkpoint, tensors: describeTensors(checkpoint) };
    }),
  );
  if (plain === undefined || script === undefined) return expect.unreachable();
  expect(SILERO.map(([name]) => name).sort()).toEqual(plain.tensors.map(({ name }) => name).sort());
  let compared = 0;
  for (const [left, right] of SILERO) {
    const one = plain.tensors.find(({ name }) => name === left);
    const other = script.tensors.find(({ name }) => name === right);
    if (one === undefined || other === undefined) return expect.unreachable(`${left} or ${right} is missing`);
    expect(other.shape, right).toEqual(one.shape);
    expect(other.parts, right).toEqual(one.parts);
    // The archive's name says that the Fourier basis is a buffer; the plain file's does not.
    if (!right.endsWith("_buffer")) expect([other.role, other.matrix], right).toEqual([one.role, one.matrix]);
    if (!right.endsWith("_buffer")) continue;
    // The two files are of different trainings, so that of all tensors the one that is not trained is the same.
    const values = await Promise.all([plain.checkpoint.read(left, 0, 1024), script.checkpoint.read(right, 0, 1024)]);
    expect([...values[1]]).toEqual([...values[0]]);
    expect(await spectrumOf(script.checkpoint, other)).toEqual(await spectrumOf(plain.checkpoint, one));
    compared++;
  }
  expect(compared).toBe(1);
  // Both branches are there, each with as many tensors.
  const branch = (name: string) => script.tensors.filter((tensor) => tensor.name.startsWith(`${name}.`)).length;
  expect([branch("_model"), branch("_model_8k")]).toEqual([SILERO.length, SILERO.length]);
});

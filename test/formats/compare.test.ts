// The same network from two formats: what each tensor is must not depend on who wrote the file.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { spectrumAnalysis } from "../../src/analysis/spectrum/index.ts";
import { memorySource } from "../../src/base/byteSource.ts";
import { NEVER_CANCELLED } from "../../src/base/cancel.ts";
import type { DescribedTensor } from "../../src/base/tensor.ts";
import { describeTensors } from "../../src/formats/interpret/index.ts";
import { openCheckpoint } from "../../src/formats/sniff.ts";
import type { Checkpoint } from "../../src/formats/types.ts";

interface Opened {
  readonly checkpoint: Checkpoint;
  readonly weights: readonly DescribedTensor[];
}

async function open(folder: string, name: string): Promise<Opened> {
  const read = (file: string) => memorySource(new Uint8Array(readFileSync(folder + file)), `file://${folder}${file}`);
  const { checkpoint } = await openCheckpoint(read(name), name, { sibling: async (other) => read(other) });
  const weights = describeTensors(checkpoint).filter(({ role, matrix }) => role === "weight" && matrix !== undefined);
  return { checkpoint, weights };
}

const shapeOf = ({ matrix }: DescribedTensor) => `${matrix?.rows}×${matrix?.columns}`;

/** Singular values of a weight, largest first; of an own matrix if one is given. */
async function spectrum({ checkpoint }: Opened, tensor: DescribedTensor): Promise<number[]> {
  const target = { tensor: tensor.name, part: null, tap: null };
  expect(spectrumAnalysis.applies(tensor, target)).toBeNull();
  const context = { checkpoint, tensor, part: null, target, cancel: NEVER_CANCELLED, progress() {} };
  return Array.from((await spectrumAnalysis.run(context, {})).singularValues);
}

/** Pairs of tensors with the same matrix shape, where one file has exactly one and the other, too. */
function byShape(one: Opened, other: Opened): [DescribedTensor, DescribedTensor][] {
  return one.weights.flatMap((tensor) => {
    const same = (side: Opened) => side.weights.filter((candidate) => shapeOf(candidate) === shapeOf(tensor));
    const [match] = same(other);
    return same(one).length === 1 && same(other).length === 1 && match !== undefined ? [[tensor, match] as const] : [];
  }) as [DescribedTensor, DescribedTensor][];
}

function expectClose(got: readonly number[], want: readonly number[], tolerance = 1e-5): void {
  expect(got.length).toBe(want.length);
  for (const [i, value] of want.entries())
    expect(Math.abs(got[i]! - value)).toBeLessThanOrEqual(tolerance * (want[0] ?? 1));
}

const fixtures = fileURLToPath(new URL("../fixtures/tensorflow/", import.meta.url));

test("a Keras checkpoint and its twin in ONNX: each weight finds its like by shape, and its spectrum is the same", async () => {
  const keras = await open(fixtures, "trained.index");
  const onnx = await open(fixtures, "twin.onnx");
  const pairs = byShape(keras, onnx);
  expect(pairs.map(([a, b]) => [a.name, b.name])).toEqual(
    expect.arrayContaining([
      ["net/conv/kernel", "conv.weight"],
      ["net/depth/kernel", "depth.weight"],
      ["net/fc/kernel", "fc.weight"],
    ]),
  );
  expect(pairs).toHaveLength(3);
  for (const [a, b] of pairs) {
    // One keeps (in, out), the other (out, in).
    expect([a.layout, b.layout]).toEqual(["in-out", "out-in"]);
    expectClose(await spectrum(keras, a), await spectrum(onnx, b));
  }
});

const shared = fileURLToPath(new URL("../../../shared/testdata/basic-pitch/", import.meta.url));

test("a public network from a TensorFlow bundle and from ONNX: the same, but for what the exporter folded", async () => {
  if (!existsSync(shared))
    return console.log("../shared/testdata is not there: basic-pitch not compared over its two formats.");
  const bundle = await open(shared, "variables.index");
  const onnx = await open(shared, "nmp.onnx");
  const pairs = byShape(bundle, onnx);
  expect(pairs.map(([a]) => a.name.replace(/^layer_with_weights-/, ""))).toEqual([
    "1/kernel",
    "3/kernel",
    "4/kernel",
    "5/kernel",
    "7/kernel",
    "8/kernel",
  ]);
  // Behind these two stands a batch normalization, which the exporter multiplied into the kernel.
  const folded: Readonly<Record<string, string>> = { "1": "2", "5": "6" };
  for (const [a, b] of pairs) {
    const normalization = folded[/-(\d)\//.exec(a.name)?.[1] ?? ""];
    const scaled =
      normalization === undefined ? bundle : await scaledBy(bundle, a, `layer_with_weights-${normalization}`);
    expectClose(await spectrum(scaled, a), await spectrum(onnx, b));
    if (normalization !== undefined) {
      const [own = 0] = await spectrum(bundle, a);
      const [other = 0] = await spectrum(onnx, b);
      expect(Math.abs(own - other) / own).toBeGreaterThan(0.01);
    }
  }
});

/** The checkpoint with one kernel multiplied, output by output, by γ/√(variance + ε) of the normalization behind it. */
async function scaledBy(opened: Opened, kernel: DescribedTensor, layer: string): Promise<Opened> {
  const { checkpoint } = opened;
  const outputs = kernel.shape.at(-1)!;
  const gamma = await checkpoint.read(`${layer}/gamma`, 0, outputs);
  const variance = await checkpoint.read(`${layer}/moving_variance`, 0, outputs);
  return {
    weights: opened.weights,
    checkpoint: {
      ...checkpoint,
      async read(name, start, count, signal) {
        const values = await checkpoint.read(name, start, count, signal);
        return values.map((value, i) => {
          const output = (start + i) % outputs;
          return (value * gamma[output]!) / Math.sqrt(variance[output]! + 1e-3);
        });
      },
    },
  };
}

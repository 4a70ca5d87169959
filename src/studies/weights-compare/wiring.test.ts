import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { safetensorsBytes } from "../../formats/safetensors/write.ts";
import { Random } from "../../numerics/random.ts";
import { shuffled } from "../../numerics/similarity/resampling.ts";
import { runStudyOn } from "../_shared/runStudy.testkit.ts";
import { weightsCompareStudy } from "./index.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "modescope-wiring-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Made {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

const random = new Random(1);
const made = (name: string, ...shape: number[]): Made => ({
  name,
  shape,
  data: Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () => random.normal()),
});
const norm = (name: string, units: number) =>
  ["weight", "bias", "running_mean", "running_var"].map((one) => made(`${name}.${one}`, units));

/** Stem, a block of as many units, one that changes their number with a way around, and an end; normalizations behind every convolution. */
const RESIDUAL: readonly Made[] = [
  made("conv1.weight", 8, 3, 3, 3),
  ...norm("bn1", 8),
  made("layer1.0.conv1.weight", 10, 8, 3, 3),
  ...norm("layer1.0.bn1", 10),
  made("layer1.0.conv2.weight", 8, 10, 3, 3),
  ...norm("layer1.0.bn2", 8),
  made("layer2.0.conv1.weight", 12, 8, 3, 3),
  ...norm("layer2.0.bn1", 12),
  made("layer2.0.conv2.weight", 12, 12, 3, 3),
  ...norm("layer2.0.bn2", 12),
  made("layer2.0.downsample.0.weight", 12, 8, 1, 1),
  ...norm("layer2.0.downsample.1", 12),
  made("fc.weight", 5, 12),
  made("fc.bias", 5),
];

/** Permutations of the stream before and after the second block, and inside either block. */
const ORDERS = { s: 8, a: 10, t: 12, b: 12 } as const;
type Stream = keyof typeof ORDERS;
const WIRES: readonly (readonly [RegExp, Stream | null, Stream | null])[] = [
  [/^conv1|^bn1/, "s", null],
  [/^layer1\.0\.(conv1|bn1)/, "a", "s"],
  [/^layer1\.0\.(conv2|bn2)/, "s", "a"],
  [/^layer2\.0\.(conv1|bn1)/, "b", "s"],
  [/^layer2\.0\.(conv2|bn2)/, "t", "b"],
  [/^layer2\.0\.downsample/, "t", "s"],
  [/^fc/, null, "t"],
];

/** The same network with its hidden units in another order. */
function permuted(tensors: readonly Made[], orders: Readonly<Record<Stream, Int32Array>>): Made[] {
  return tensors.map(({ name, shape, data }) => {
    const [, out, into] = WIRES.find(([pattern]) => pattern.test(name))!;
    const [units = 1, inputs = 1, ...rest] = shape;
    const taps = rest.reduce((product, size) => product * size, 1);
    const moved = new Float32Array(data.length);
    for (let i = 0; i < units; i++)
      for (let j = 0; j < inputs; j++)
        for (let t = 0; t < taps; t++) {
          const from = out === null ? i : orders[out][i]!;
          const column = into === null || shape.length === 1 ? j : orders[into][j]!;
          moved[(i * inputs + j) * taps + t] = data[(from * inputs + column) * taps + t]!;
        }
    return { name, shape, data: moved };
  });
}

async function ask(first: readonly Made[], second: readonly Made[]) {
  const paths = [join(folder, "a.safetensors"), join(folder, "b.safetensors")];
  for (const [k, tensors] of [first, second].entries()) await writeFile(paths[k]!, safetensorsBytes(tensors));
  return (
    await runStudyOn(
      weightsCompareStudy,
      paths.map((path) => ({ role: "checkpoint", path })),
    )
  ).result;
}

test("a residual network and its permuted copy: units are put back, one order for all that is added, scales with them", async () => {
  const draw = new Random(7);
  const orders = Object.fromEntries(
    Object.entries(ORDERS).map(([name, units]) => [name, shuffled(units, draw)]),
  ) as Record<Stream, Int32Array>;
  const { matching, noMatching } = await ask(RESIDUAL, permuted(RESIDUAL, orders));
  expect(noMatching).toBeNull();
  expect(matching!.before).toBeLessThan(0.5);
  expect(matching!.after).toBeCloseTo(1, 9);
  expect(matching!.after).toBeGreaterThan(matching!.chance.mean + 4 * matching!.chance.standardDeviation);
  const by = new Map(matching!.layers.map((one) => [one.tensor, one]));
  const [stem, inner] = [by.get("conv1.weight")!, by.get("layer1.0.conv2.weight")!];
  expect(inner.permutation).toBe(stem.permutation);
  expect(by.get("layer2.0.conv2.weight")!.permutation).toBe(by.get("layer2.0.downsample.0.weight")!.permutation);
  expect(by.get("layer2.0.conv2.weight")!.permutation).not.toBe(stem.permutation);
  expect(by.get("fc.weight")).toMatchObject({ order: null, permutation: null, moved: 0 });
  // B's unit i is A's orders[i]: what is found is the inverse.
  for (const [i, unit] of orders.s.entries()) expect(stem.order![unit]).toBe(i);
  expect(matching!.notes).toEqual([
    "Units of 2 blocks (layer1.0, layer2.0) are taken to be added over residual connections: they share one order with what they are added to.",
    "Scales and shifts of normalizations behind 6 layers move with their units; what they share is taken out.",
  ]);
});

test("blocks that give another number of units than they take, and no way around, add nothing: a chain", async () => {
  const plain = [
    made("stem.weight", 8, 3),
    made("block.0.fc1.weight", 9, 8),
    made("block.0.fc2.weight", 7, 9),
    made("head.weight", 4, 7),
  ];
  const { matching } = await ask(plain, plain);
  expect(matching!.notes).toEqual([]);
  expect(new Set(matching!.layers.map(({ permutation }) => permutation)).size).toBe(4);
});

test.each([
  [
    [made("a.weight", 8, 8), made("skip.weight", 8, 8), made("b.weight", 4, 8)],
    "skip.weight belongs to a connection around layers",
  ],
  [
    [made("in.weight", 8, 3), made("layer1.0.conv1.weight", 8, 8), made("layer1.0.conv2.weight", 8, 8)],
    "layer1.0 adds its units to the network's outputs",
  ],
  [
    [made("layer1.0.conv1.weight", 6, 5), made("layer1.0.conv2.weight", 5, 6), made("fc.weight", 4, 5)],
    "layer1.0 adds its units to the network's inputs",
  ],
  [
    [
      made("in.weight", 8, 3),
      made("layer1.0.conv1.weight", 8, 8),
      made("layer1.0.conv2.weight", 6, 8),
      made("layer1.0.downsample.0.weight", 7, 8),
      made("fc.weight", 4, 6),
    ],
    "layer1.0.downsample.0.weight gives 7 units, the layers that it leads around 6",
  ],
  [[made("a.weight", 8, 3), made("b.weight", 4, 5)], "b.weight takes 5 inputs, but what comes before gives 8"],
])("what is no chain is refused by name: %#", async (tensors, why) => {
  const { matching, noMatching } = await ask(tensors, tensors);
  expect(matching).toBeNull();
  expect(noMatching).toContain(why);
});

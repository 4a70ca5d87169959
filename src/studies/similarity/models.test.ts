import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { safetensorsBytes } from "../../formats/safetensors/write.ts";
import { Random } from "../../numerics/random.ts";
import { runStudyOn } from "../_shared/runStudy.testkit.ts";
import { activationsStudy } from "../activations/index.ts";
import { externalModel, externalWeights, rectifier, smallModel } from "../activations/smallModel.testkit.ts";
import { similarityStudy } from "./index.ts";

let folder: string;
const path = (name: string) => join(folder, name);
const ITEMS = 16;
const names = Array.from({ length: ITEMS }, (_, item) => `item${item}`);
const table = (order: readonly string[]) => {
  const random = new Random(2);
  const rows = new Map(names.map((name) => [name, [random.normal(), random.normal()]]));
  return `item,a,b\n${order.map((name) => `${name},${rows.get(name)!.join(",")}`).join("\n")}\n`;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "modescope-models-"));
  await writeFile(path("small.onnx"), smallModel());
  await writeFile(path("plain.onnx"), rectifier());
  await writeFile(path("outside.onnx"), externalModel("weights.bin"));
  await writeFile(path("weights.bin"), externalWeights());
  await writeFile(path("items.csv"), table(names));
  await writeFile(path("turned.csv"), table([...names].reverse()));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const QUICK = { permutations: 19, bootstraps: 20 };
const ask = (parameters: unknown, ...files: readonly (readonly [role: string, name: string])[]) =>
  runStudyOn(
    similarityStudy,
    files.map(([role, name]) => ({ role, path: path(name) })),
    { ...QUICK, ...Object(parameters) },
  );

describe("models are run on stimuli and stand beside files", () => {
  test("the layers are those that a file of activations has, number by number, and keep the items' names", async () => {
    const written = await runStudyOn(
      activationsStudy,
      [
        { role: "model", path: path("plain.onnx") },
        { role: "stimuli", path: path("items.csv") },
      ],
      { layers: ["h", "y"] },
    );
    await writeFile(path("plain.safetensors"), written.result.file);
    const { result, fractions } = await ask(
      { layers: ["h", "y"] },
      ["model", "plain.onnx"],
      ["activations", "plain.safetensors"],
      ["stimuli", "items.csv"],
    );
    expect(result.layers.map(({ label, dimensions }) => [label, dimensions])).toEqual([
      ["plain: h", 3],
      ["plain: y", 3],
      ["plain: h", 3],
      ["plain: y", 3],
    ]);
    expect(result.items.names).toEqual(names);
    for (const [a, b] of [
      [0, 2],
      [1, 3],
    ] as const) {
      const cell = result.cells.find((one) => one.a === a && one.b === b)!;
      expect(cell.value).toBeCloseTo(1, 12);
      // The same numbers twice: no item left out changes that they are the same.
      expect(cell.interval!.high - cell.interval!.low).toBeLessThan(1e-9);
      expect(cell.interval!.low).toBeLessThanOrEqual(1 + 1e-9);
      expect(cell.interval!.high).toBeGreaterThanOrEqual(1 - 1e-9);
    }
    expect(result.models.find(({ a, b }) => a === 0 && b === 1)).toMatchObject({ by: "same-names" });
    expect(fractions).toEqual([...fractions].sort((x, y) => x - y));
  });

  test("one with its weights in another file answers as the one that has them inside", async () => {
    const { result } = await ask({}, ["model", "plain.onnx"], ["model", "outside.onnx"], ["stimuli", "items.csv"]);
    const [pair] = result.models.filter(({ a, b }) => a !== b);
    expect(pair!.value).toBeCloseTo(1, 9);
    expect(pair!.matches.every(({ sameName }) => sameName)).toBe(true);
  });

  test("inputs of their own are filled, items drawn, layers without an answer said", async () => {
    const { result } = await ask(
      { layers: ["*"], fill: { k: 2 }, items: 8 },
      ["model", "small.onnx"],
      ["stimuli", "items.csv"],
    );
    expect(result.layers.map(({ tensor }) => tensor)).toEqual(["h", "s", "r", "y"]);
    expect(result.items).toMatchObject({ all: ITEMS, used: 8 });
    expect(result.leftOut).toEqual([
      { file: 0, tensor: "size", reason: `its first axis has 2 entries for ${ITEMS} items` },
    ]);
  });

  test("what does not fit is refused", async () => {
    await expect(ask({}, ["model", "plain.onnx"])).rejects.toThrow("A model is run on stimuli");
    await expect(ask({ fill: { k: "x" } }, ["model", "plain.onnx"], ["stimuli", "items.csv"])).rejects.toThrow(
      "The value for k is no number.",
    );
    await expect(ask({ layers: ["none"] }, ["model", "plain.onnx"], ["stimuli", "items.csv"])).rejects.toThrow(
      "No layer matches none.",
    );
    const many = safetensorsBytes([{ name: "h", shape: [20, 3], data: new Float32Array(60).map((_, k) => k % 7) }]);
    await writeFile(path("many.safetensors"), many);
    const files = [
      ["model", "plain.onnx"],
      ["activations", "many.safetensors"],
      ["stimuli", "items.csv"],
    ] as const;
    await expect(ask({ layers: ["h"] }, ...files)).rejects.toMatchObject({ details: { field: "items-differ" } });
  });
});

test("files that name their items must name the same ones in the same order", async () => {
  await writeFile(path("fewer.csv"), table(names).replace("item3,", "another,"));
  for (const [other, why] of [
    ["turned.csv", 'Item 0 is "item0" in items.csv and "item15" in turned.csv.'],
    ["fewer.csv", 'Item 3 is "item3" in items.csv and "another" in fewer.csv.'],
  ] as const)
    await expect(ask({}, ["activations", "items.csv"], ["activations", other])).rejects.toMatchObject({
      message: why,
      details: { field: "items-differ" },
    });
  const same = await ask({}, ["activations", "items.csv"], ["activations", "items.csv"]);
  expect(same.result.items.names).toEqual(names);
});

test("a layer with NaN is left out with its place; one alone, and a recording with holes, are refused", async () => {
  const values = (hole: number) =>
    Float32Array.from({ length: 48 }, (_, at) => (at === hole ? Number.NaN : Math.sin(at * at)));
  const write = (name: string, tensors: readonly { name: string; hole: number }[]) =>
    writeFile(
      path(name),
      safetensorsBytes(tensors.map(({ name: tensor, hole }) => ({ name: tensor, shape: [12, 4], data: values(hole) }))),
    );
  await write("both.safetensors", [
    { name: "good", hole: -1 },
    { name: "bad", hole: 13 },
  ]);
  await write("bad.safetensors", [{ name: "bad", hole: 13 }]);
  const { result } = await ask({}, ["activations", "both.safetensors"]);
  expect(result.layers.map(({ tensor }) => tensor)).toEqual(["good"]);
  expect(result.leftOut).toEqual([{ file: 0, tensor: "bad", reason: "It holds NaN at item 3, dimension 1." }]);
  await expect(ask({}, ["activations", "bad.safetensors"])).rejects.toThrow(
    "No layer is left: bad: It holds NaN at item 3",
  );
  await expect(ask({}, ["recording", "bad.safetensors"])).rejects.toThrow("bad holds NaN at trial 3, unit 1");
});

test("recordings of other items are refused, even where there are as many", async () => {
  const record = (name: string, first: number) =>
    writeFile(
      path(name),
      safetensorsBytes([
        {
          name: "responses",
          shape: [24, 3],
          data: Float32Array.from({ length: 72 }, (_, at) => Math.sin(at * at + first)),
        },
        { name: "stimulus_id", shape: [24], data: Float32Array.from({ length: 24 }, (_, at) => first + (at % 8)) },
      ]),
    );
  await record("one.safetensors", 0);
  await record("two.safetensors", 5);
  await expect(ask({}, ["recording", "one.safetensors"], ["recording", "two.safetensors"])).rejects.toMatchObject({
    message: "two.safetensors showed item 5 where one.safetensors showed item 0.",
    details: { field: "items-differ" },
  });
});

test.each([[[24]], [[24, 1]], [[1, 24]]])(
  "a list of items may be a column or a row, as MATLAB writes it: %j",
  async (shape) => {
    const list = (name: string, value: (trial: number) => number) => ({
      name,
      shape,
      data: Float32Array.from({ length: 24 }, (_, trial) => value(trial)),
    });
    await writeFile(
      path("listed.safetensors"),
      safetensorsBytes([
        { name: "responses", shape: [24, 3], data: Float32Array.from({ length: 72 }, (_, at) => Math.sin(at * at)) },
        list("stimulus", (trial) => trial % 8),
        list("session", (trial) => Math.floor(trial / 8)),
      ]),
    );
    const { result } = await ask({}, ["recording", "listed.safetensors"]);
    expect(result.layers).toMatchObject([{ kind: "recording", items: 8, dimensions: 3, repeats: 3 }]);
  },
);

test("three networks with the same layers: their mean, with errors over items and networks that add up", async () => {
  const files: (readonly [string, string])[] = [];
  for (let seed = 0; seed < 3; seed++) {
    const draw = new Random(40 + seed);
    const values = (scale: number) =>
      Float32Array.from({ length: 60 }, (_, at) => Math.sin(at * at) + scale * draw.normal());
    const name = `seed${seed}.safetensors`;
    await writeFile(
      path(name),
      safetensorsBytes([
        { name: "close", shape: [20, 3], data: values(0.1) },
        { name: "far", shape: [20, 3], data: values(2) },
      ]),
    );
    files.push(["activations", name]);
  }
  const { result } = await ask({}, ...files);
  const across = result.acrossFiles!;
  expect(across).toMatchObject({ files: [0, 1, 2], layers: ["close", "far"], degreesOfFreedom: 2 });
  expect(across.cells.map(({ a, b }) => [a, b])).toEqual([
    [0, 0],
    [0, 1],
    [1, 1],
  ]);
  const [close, , far] = across.cells;
  const at = (a: number, b: number) => result.cells.find((cell) => cell.a === a && cell.b === b)!.value;
  expect(close!.value).toBeCloseTo((at(0, 2) + at(0, 4) + at(2, 4)) / 3, 12);
  for (const { standardError, errors } of across.cells)
    expect(standardError ** 2).toBeCloseTo(errors[0] ** 2 + errors[1] ** 2, 12);
  expect(close!.standardError).toBeLessThan(far!.standardError);
  expect((await ask({}, files[0]!, files[1]!)).result.acrossFiles).toBeNull();
  // No interval goes beyond what a representation is to itself.
  for (const { interval } of result.cells) expect(interval!.high).toBeLessThanOrEqual(1);
});

